/* woocommerce_orders.h – the shop's orders as a feed by time of modification.
 *
 * The shop's times have seconds, its pages shift when an order changes, and what is saved late may carry an earlier time.
 * So a round asks for all orders from a little before where the last one ended (its "low"), page after page, each page
 * asked by time again instead of by number; where a second holds more than a page, by id within it. Orders that were
 * given already are known by the cursor, as many as fit in it; the rest is the ledger's business. An order whose second
 * is not over yet waits for the next round.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_ORDERS_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_ORDERS_H

#include "channel/woocommerce_http.h"

/* See channel.h, orders. */
enum status woocommerce_orders(struct woocommerce *w, const char *cursor, int limit,
                               json_t **orders, struct buf *next, int64_t *retry_after_ms,
                               struct error *e);

#define WOOCOMMERCE_ORDERS_KNOWN 64

/* What a cursor says. Times are seconds since 1970 by the shop's clock. */
struct woocommerce_cursor {
    int64_t low;                    /* where the round began */
    int64_t from;                   /* orders modified after this are still to be read */
    int64_t asked;                  /* when the round began; 0: none is going on */
    int64_t walk_offset, walk_last; /* within the second behind `from`, by id; -1: not within one */
    struct {
        int64_t id, modified;
    } known[WOOCOMMERCE_ORDERS_KNOWN]; /* given already, the newest last */
    size_t count;
};

/* False: it is none ("" neither), and c is empty. */
bool woocommerce_orders_read(const char *text, struct woocommerce_cursor *c);
/* At most CHANNEL_CURSOR_MAX bytes: what does not fit is forgotten, the oldest first. */
void woocommerce_orders_print(const struct woocommerce_cursor *c, struct buf *text);

#endif
