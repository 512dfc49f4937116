/* order_write.h – from waiting to handed over. */
#ifndef ENDPOINT_SYNC_ORDER_WRITE_H
#define ENDPOINT_SYNC_ORDER_WRITE_H

#include "sync/order_flow.h"

/* Try them all again at once. */
void order_flow_unpause(struct order_flow *f);

/* Until the first is to be tried again; < 0: none waits for that. */
int64_t order_flow_pause_left(struct order_flow *f);

/* Is it too old to be ours, having arrived at a time of the shop's clock? Then faults say so. */
bool order_flow_too_old(const struct order_flow *f, const struct order *o, int64_t arrived_ms,
                        json_t *faults);

/* Write one batch of what waits behind *after. STATUS_END: none waits. Failures leave what was not
 * written waiting; unsettled says that recover is needed. */
enum status order_flow_write(struct order_flow *f, int64_t *after, struct error *e);

#endif
