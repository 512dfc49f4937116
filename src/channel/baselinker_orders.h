/* baselinker_orders.h – the feed of BaseLinker's orders behind a cursor.
 *
 * getOrders returns 100 orders by confirmation date, in seconds. The vendor's recipe is to continue
 * one second after the last order; that loses other orders of the same second. Here the same second
 * is asked for again, and if all 100 share one second, the walk continues by id. Each pass begins
 * ten minutes back, and now and then three days back (a sweep), because a split order may have an
 * old date, and people edit orders. If statuses are chosen, each pass reads everything in them
 * instead, because an order may enter a status long after it was confirmed. The journal, if the
 * account has it, reports changes earlier; an empty journal proves nothing.
 *
 * An order that was given and stored is not given again while the channel is open, unless it
 * changed.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_ORDERS_H
#define ENDPOINT_CHANNEL_BASELINKER_ORDERS_H

#include "channel/baselinker_shop.h"

struct baselinker_feed;

struct baselinker_feed *baselinker_orders_open(void);
void baselinker_orders_close(struct baselinker_feed *f);

/* As channel_ops' orders. */
enum status baselinker_orders(struct baselinker_shop *s, const char *cursor, int limit,
                              json_t **orders, struct buf *next, int64_t *retry_after_ms,
                              struct error *e);

/* What the shop showed of an order in the last ten minutes, as it came, borrowed, and how long ago; NULL: nothing. */
const json_t *baselinker_orders_seen(const struct baselinker_shop *s, const char *order_id,
                                     int64_t *age_ms);
/* Forget an order that is about to change. */
void baselinker_orders_unsee(struct baselinker_shop *s, const char *order_id);

#endif
