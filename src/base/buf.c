#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void buf_init(struct buf *b, size_t maximum)
{
    *b = (struct buf){.maximum = maximum};
}

void buf_free(struct buf *b)
{
    free(b->data);
    buf_init(b, b->maximum);
}

void buf_reset(struct buf *b)
{
    b->length = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

char *buf_reserve(struct buf *b, size_t length)
{
    if (length > b->maximum || b->length > b->maximum - length) {
        b->failed = true;
        return NULL;
    }
    size_t needed = b->length + length + 1;
    if (needed > b->capacity) {
        size_t grown = b->capacity ? b->capacity + b->capacity / 2 : 256;
        if (grown < needed)
            grown = needed;
        if (grown > b->maximum + 1)
            grown = b->maximum + 1;
        b->data = mem_resize(b->data, grown, 1);
        b->capacity = grown;
    }
    return b->data + b->length;
}

void buf_commit(struct buf *b, size_t length)
{
    b->length += length;
    b->data[b->length] = '\0';
}

void buf_add(struct buf *b, const void *bytes, size_t length)
{
    char *room = buf_reserve(b, length);
    if (!room)
        return;
    if (length)
        memcpy(room, bytes, length);
    buf_commit(b, length);
}

void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_add_byte(struct buf *b, int byte)
{
    char c = (char)byte;
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    size_t spare = b->data ? b->capacity - b->length : 0;
    int length = vsnprintf(spare ? b->data + b->length : NULL, spare, format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < spare) {
        b->length += (size_t)length;
    } else if (length >= 0) { /* it was truncated: make room, and print again */
        if (spare)
            b->data[b->length] = '\0';
        char *room = buf_reserve(b, (size_t)length);
        if (room) {
            vsnprintf(room, (size_t)length + 1, format, again);
            buf_commit(b, (size_t)length);
        }
    } else {
        b->failed = true;
    }
    va_end(again);
}

void buf_consume(struct buf *b, size_t length)
{
    if (length >= b->length) {
        b->length = 0;
    } else {
        memmove(b->data, b->data + length, b->length - length);
        b->length -= length;
    }
    if (b->data)
        b->data[b->length] = '\0';
}

const char *buf_text(const struct buf *b)
{
    return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
    char *taken = b->data ? b->data : mem_string("");
    buf_init(b, b->maximum);
    return taken;
}
