/* order_tell.h – tells the shop what became of its orders: many in one request, or one by one to a
 * shop that knows no other way. */
#ifndef ENDPOINT_SYNC_ORDER_TELL_H
#define ENDPOINT_SYNC_ORDER_TELL_H

#include "sync/order_flow.h"

/* Tell the shop all outcomes that are due. Those that it refuses are journalled and tried again
 * later. */
enum status order_flow_tell(struct order_flow *f, const struct channel_ops *ops,
                            struct channel *channel, int64_t *retry_after_ms, struct error *e);

#endif
