/* order_write.h – takes orders from waiting to handed over. */
#ifndef ENDPOINT_SYNC_ORDER_WRITE_H
#define ENDPOINT_SYNC_ORDER_WRITE_H

#include "sync/order_flow.h"

/* Try them all again at once. */
void order_flow_unpause(struct order_flow *f);

/* Time until the first one is tried again; < 0: none waits. */
int64_t order_flow_pause_left(struct order_flow *f);

/* Is it too old for us, given when it arrived by the shop's clock? Then faults say so. */
bool order_flow_too_old(const struct order_flow *f, const struct order *o, int64_t arrived_ms,
                        json_t *faults);

/* Write one batch of the orders that wait after *after. STATUS_END: none waits. After a failure the
 * orders that were not written keep waiting; unsettled says that recover is needed. */
enum status order_flow_write(struct order_flow *f, int64_t *after, struct error *e);

#endif
