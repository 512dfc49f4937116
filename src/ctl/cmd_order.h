/* cmd_order.h – endpointctl order. */
#ifndef ENDPOINT_CTL_CMD_ORDER_H
#define ENDPOINT_CTL_CMD_ORDER_H

#include "ctl/command.h"

extern const struct command cmd_order;

#endif
