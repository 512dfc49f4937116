/* woocommerce_orders.h – the shop's orders as a feed by modification time.
 *
 * The shop's times have a resolution of a second, its pages shift when an order changes, and an
 * order that is saved late may carry an earlier time. So a round begins a little before the end of
 * the last one (its "low") and reads page after page. Each page is requested by time, not by
 * number; if a second has more than a page, by id within it. The cursor remembers as many of the
 * given orders as fit in it; the ledger recognises the rest. An order whose second is not over yet
 * waits for the next round.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_ORDERS_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_ORDERS_H

#include "channel/woocommerce_http.h"

/* See channel.h, orders. */
enum status woocommerce_orders(struct woocommerce *w, const char *cursor, int limit,
                               json_t **orders, struct buf *next, int64_t *retry_after_ms,
                               struct error *e);

#define WOOCOMMERCE_ORDERS_KNOWN 64

/* The content of a cursor. Times are seconds since 1970 by the shop's clock. */
struct woocommerce_cursor {
    int64_t low;                    /* where the round began */
    int64_t from;                   /* orders modified after this are still to be read */
    int64_t asked;                  /* when the round began; 0: no round is under way */
    int64_t walk_offset, walk_last; /* within the second after `from`, by id; -1: not within one */
    struct {
        int64_t id, modified;
    } known[WOOCOMMERCE_ORDERS_KNOWN]; /* given already, newest last */
    size_t count;
};

/* False: it is not a cursor (nor is ""), and c is empty. */
bool woocommerce_orders_read(const char *text, struct woocommerce_cursor *c);
/* At most CHANNEL_CURSOR_MAX bytes: orders that do not fit are forgotten, oldest first. */
void woocommerce_orders_print(const struct woocommerce_cursor *c, struct buf *text);

#endif
