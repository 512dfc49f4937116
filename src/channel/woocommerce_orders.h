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

#endif
