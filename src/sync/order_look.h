/* order_look.h – seeing in the ERP what became of orders. */
#ifndef ENDPOINT_SYNC_ORDER_LOOK_H
#define ENDPOINT_SYNC_ORDER_LOOK_H

#include "sync/order_flow.h"

/* See in the ERP what was handed over (and what is in doubt): what is new there, and the next bit of what waits.
 * f->looking says how far it is. */
enum status order_flow_look(struct order_flow *f, struct error *e);

/* See whether the ERP has more of finished orders than it should: imported twice, or after a person
 * had settled them by hand. Seldom. */
enum status order_flow_watch(struct order_flow *f, struct error *e);

#endif
