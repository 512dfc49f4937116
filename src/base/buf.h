/* buf.h – a growing byte buffer with a maximum.
 *
 * Additions beyond the maximum set `failed` and are dropped, so the caller may add freely and check
 * once at the end. The content always has a NUL after it, so that buf.data is a C string when it
 * holds text.
 */
#ifndef ENDPOINT_BASE_BUF_H
#define ENDPOINT_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* NULL until the first addition */
    size_t length;
    size_t capacity;
    size_t maximum; /* of length */
    bool failed;    /* something did not fit */
};

void buf_init(struct buf *b, size_t maximum);
void buf_free(struct buf *b);  /* also leaves it ready for use again, with the same maximum */
void buf_reset(struct buf *b); /* empties it, keeps the memory, clears failed */
void buf_add(struct buf *b, const void *bytes, size_t length);
void buf_add_text(struct buf *b, const char *text);
void buf_add_byte(struct buf *b, int byte);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `length` bytes at the end, to be filled by the caller and counted with buf_commit.
 * NULL (and failed) beyond the maximum. */
char *buf_reserve(struct buf *b, size_t length);
void buf_commit(struct buf *b, size_t length);

/* Drop bytes from the front. */
void buf_consume(struct buf *b, size_t length);

/* The content as a C string, "" when empty. Valid until the next change. */
const char *buf_text(const struct buf *b);

/* Take the content as a malloc'ed C string ("" when empty); the buffer is empty afterwards. */
char *buf_take(struct buf *b);

#endif
