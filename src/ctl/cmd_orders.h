/* cmd_orders.h – endpointctl orders and order. */
#ifndef ENDPOINT_CTL_CMD_ORDERS_H
#define ENDPOINT_CTL_CMD_ORDERS_H

#include "ctl/ctl.h"

int cmd_orders(struct ctl *c);

int cmd_order(struct ctl *c);

/* A document that would be written, from `sync --simulate`. */
void cmd_orders_document(const json_t *change);

#endif
