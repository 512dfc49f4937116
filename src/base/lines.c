#include "base/lines.h"

#include <string.h>

void lines_init(struct lines *l, size_t maximum_line)
{
    *l = (struct lines){0};
    buf_init(&l->pending, maximum_line + 65536);
}

void lines_free(struct lines *l)
{
    buf_free(&l->pending);
}

static size_t maximum_line(const struct lines *l)
{
    return l->pending.maximum - 65536;
}

/* Feed at most 32 KiB at a time, so that several short lines always fit after a long one. */
static void feed_some(struct lines *l, const char *bytes, size_t length)
{
    if (l->taken) {
        buf_consume(&l->pending, l->taken);
        l->taken = 0;
    }
    if (l->dropping) {
        const char *end = memchr(bytes, '\n', length);
        if (!end)
            return;
        l->dropping = false;
        length -= (size_t)(end + 1 - bytes);
        bytes = end + 1;
    }
    buf_add(&l->pending, bytes, length);
    const char *tail = l->pending.data ? memrchr(l->pending.data, '\n', l->pending.length) : NULL;
    size_t unfinished = l->pending.length - (tail ? (size_t)(tail + 1 - l->pending.data) : 0);
    if (l->pending.failed || unfinished > maximum_line(l)) {
        l->pending.length -= unfinished;
        l->pending.failed = false;
        l->dropping = l->overlong = true;
    }
}

void lines_feed(struct lines *l, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t some = length < 32768 ? length : 32768;
        feed_some(l, bytes, some);
        bytes += some;
        length -= some;
    }
}

enum status lines_next(struct lines *l, char **line, size_t *length)
{
    char *start = l->pending.data ? l->pending.data + l->taken : NULL;
    size_t left = l->pending.length - l->taken;
    char *end = start && left ? memchr(start, '\n', left) : NULL;
    if (!end) {
        if (l->overlong) {
            l->overlong = false;
            return STATUS_FULL;
        }
        return STATUS_END;
    }
    l->taken += (size_t)(end - start) + 1;
    if (end > start && end[-1] == '\r')
        end--;
    *end = '\0';
    *line = start;
    *length = (size_t)(end - start);
    return STATUS_OK;
}
