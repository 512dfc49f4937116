/* baselinker_orders.h – the feed of BaseLinker's orders behind a cursor.
 *
 * getOrders gives 100 by confirmation date, in seconds. The vendor's recipe, to ask from a second behind the last one,
 * loses what shares that second. Here the same second is asked for again, and when all 100 share one second it goes on by
 * id. Each pass begins ten minutes back, now and then three days back (a sweep): a split order may carry an old date, and
 * people edit. Where statuses are chosen, each pass reads all that is in them instead, as an order comes into a status long
 * after it was confirmed. The journal, where the account has it, tells of changes earlier; that it is empty proves nothing.
 *
 * What was given and stored is not given again while the channel is open, unless it changed.
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
/* It is about to change, so what was seen counts no more. */
void baselinker_orders_unsee(struct baselinker_shop *s, const char *order_id);

#endif
