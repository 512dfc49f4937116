/* order_recover.h – what to believe about orders that were being written: after a crash, or a step
 * with an unknown end. */
#ifndef ENDPOINT_SYNC_ORDER_RECOVER_H
#define ENDPOINT_SYNC_ORDER_RECOVER_H

#include "sync/order_flow.h"

/* Decide about all orders in the state `sending`. */
enum status order_flow_recover(struct order_flow *f, struct error *e);

#endif
