/* order_look.h – finds out in the ERP what became of orders. */
#ifndef ENDPOINT_SYNC_ORDER_LOOK_H
#define ENDPOINT_SYNC_ORDER_LOOK_H

#include "sync/order_flow.h"

/* Look in the ERP for orders that were handed over (and those in doubt): among its new documents,
 * and the next part of the waiting orders. f->looking keeps the progress. */
enum status order_flow_look(struct order_flow *f, struct error *e);

/* Check whether the ERP has more documents of finished orders than it should: imported twice, or
 * after a person had settled them by hand. Called rarely. */
enum status order_flow_watch(struct order_flow *f, struct error *e);

#endif
