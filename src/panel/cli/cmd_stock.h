/* cmd_stock.h – endpoint-panel stock. */
#ifndef ENDPOINT_PANEL_CLI_CMD_STOCK_H
#define ENDPOINT_PANEL_CLI_CMD_STOCK_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_stock[];

#endif
