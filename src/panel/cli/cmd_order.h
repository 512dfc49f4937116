/* cmd_order.h – endpoint-panel order. */
#ifndef ENDPOINT_PANEL_CLI_CMD_ORDER_H
#define ENDPOINT_PANEL_CLI_CMD_ORDER_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_order[];

#endif
