/* cmd_status.h – endpoint-panel status. */
#ifndef ENDPOINT_PANEL_CLI_CMD_STATUS_H
#define ENDPOINT_PANEL_CLI_CMD_STATUS_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_status[];

#endif
