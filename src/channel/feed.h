/* feed.h – how far a feed of orders was read that a shop gives by the time of their last change.
 *
 * A round begins some time before the newest order that was given, as shops save late and share seconds; what was given
 * already is known by id and time. The text of it is a channel's cursor.
 */
#ifndef ENDPOINT_CHANNEL_FEED_H
#define ENDPOINT_CHANNEL_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define FEED_KNOWN 64                  /* orders; as many as fit go into the text */
#define FEED_FAR   INT64_C(4102444800) /* 2100-01-01: no time is later */

/* Times are seconds since 1970, by the clock that the shop counts its changes by. */
struct feed_cursor {
    int64_t low;                    /* where the round began */
    int64_t from;                   /* orders changed after this are still to be read */
    int64_t asked;                  /* when the round began; 0: no round is under way */
    int64_t walk_offset, walk_last; /* within the second after `from`, by id; -1: not within one */
    struct {
        int64_t id, modified;
    } known[FEED_KNOWN]; /* given already, newest last */
    size_t count;
};

/* False: it is not a cursor (nor is ""), and c is empty. */
bool feed_read(const char *text, struct feed_cursor *c);
/* At most CHANNEL_CURSOR_MAX bytes: orders that do not fit are forgotten, oldest first. */
void feed_print(const struct feed_cursor *c, struct buf *text);

/* Was this order given as it is? Note that it is given now. Forget orders that no round will see again. */
bool feed_known(const struct feed_cursor *c, int64_t id, int64_t modified);
void feed_remember(struct feed_cursor *c, int64_t id, int64_t modified);
void feed_forget(struct feed_cursor *c);

#endif
