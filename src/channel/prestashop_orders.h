/* prestashop_orders.h – the shop's orders as a feed by modification time.
 *
 * The shop's times have a resolution of a second and are in its own zone, without saying so. Its
 * pages shift when an order changes. So a round begins a little before the end of the last one (its
 * "low") and reads page after page. Each page is requested by time, not by number; if a second has
 * more than a page, by id within it. When the clocks are put back, a whole hour is read again. The
 * cursor remembers as many of the given orders as fit in it; the ledger recognises the rest. An
 * order whose second is not over yet waits for the next round.
 *
 * The feed moves on only past orders that it saw. So with a wrong zone it reads more, but loses
 * nothing.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_ORDERS_H
#define ENDPOINT_CHANNEL_PRESTASHOP_ORDERS_H

#include "channel/prestashop_http.h"

/* See channel.h, orders. */
enum status prestashop_orders(struct prestashop *p, const char *cursor, int limit, json_t **orders,
                              struct buf *next, int64_t *retry_after_ms, struct error *e);

/* Is it a state in which orders are taken; is it the state of a cancelled order? */
bool prestashop_orders_taken(const json_t *settings, const char *state);
bool prestashop_orders_cancelled(const json_t *settings, const char *state);

#endif
