#include "channel/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "channel/channel.h"

static void reset(struct feed_cursor *c)
{
    memset(c, 0, sizeof *c);
    c->walk_offset = -1;
}

bool feed_read(const char *text, struct feed_cursor *c)
{
    int used = 0;
    int64_t id, after;
    reset(c);
    if (sscanf(text, "1 %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 "%n", &c->low,
               &c->from, &c->asked, &c->walk_offset, &c->walk_last, &used) != 5 ||
        c->low < 0 || c->low > FEED_FAR || c->from < c->low || c->from > FEED_FAR || c->asked < 0 ||
        c->asked > FEED_FAR || c->walk_offset < -1 || c->walk_last < 0) {
        reset(c);
        return false;
    }
    for (text += used; c->count < COUNT_OF(c->known) &&
                       sscanf(text, " %" SCNd64 ":%" SCNd64 "%n", &id, &after, &used) == 2;
         text += used) {
        c->known[c->count].id = id;
        c->known[c->count++].modified = after > 0 && after < INT32_MAX ? c->low + after : c->low;
    }
    return true;
}

void feed_print(const struct feed_cursor *c, struct buf *text)
{
    struct buf list;
    size_t first = 0;
    do {
        buf_init(&list, 8192);
        buf_printf(&list, "1 %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, c->low,
                   c->from, c->asked, c->walk_offset, c->walk_last);
        for (size_t i = first; i < c->count; i++)
            buf_printf(&list, " %" PRId64 ":%" PRId64, c->known[i].id,
                       c->known[i].modified - c->low);
        bool fits = list.length <= CHANNEL_CURSOR_MAX;
        if (fits || first == c->count)
            buf_add_text(text, buf_text(&list));
        buf_free(&list);
        if (fits)
            return;
    } while (first++ < c->count);
}

bool feed_known(const struct feed_cursor *c, int64_t id, int64_t modified)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->known[i].id == id && c->known[i].modified == modified)
            return true;
    return false;
}

void feed_remember(struct feed_cursor *c, int64_t id, int64_t modified)
{
    if (c->count == COUNT_OF(c->known))
        memmove(&c->known[0], &c->known[1], --c->count * sizeof c->known[0]);
    c->known[c->count].id = id;
    c->known[c->count++].modified = modified;
}

void feed_forget(struct feed_cursor *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->known[i].modified > c->low)
            c->known[kept++] = c->known[i];
    c->count = kept;
}
