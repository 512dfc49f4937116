/* lines.h – cuts a byte stream into lines: the framing of every JSON-lines conversation.
 *
 * A line longer than the maximum is dropped up to its end and reported once as STATUS_FULL, so that
 * garbage on a socket costs no memory.
 */
#ifndef ENDPOINT_BASE_LINES_H
#define ENDPOINT_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

struct lines {
    struct buf pending;
    size_t taken;  /* bytes of pending that were already handed out */
    bool dropping; /* inside an overlong line */
    bool overlong; /* one was seen and not yet reported */
};

void lines_init(struct lines *l, size_t maximum_line);
void lines_free(struct lines *l);
void lines_feed(struct lines *l, const char *bytes, size_t length);

/* The next whole line without its newline (and without a CR before it), NUL-terminated, valid until
 * the next call. STATUS_END: none yet; STATUS_FULL: an overlong one was dropped. */
enum status lines_next(struct lines *l, char **line, size_t *length);

#endif
