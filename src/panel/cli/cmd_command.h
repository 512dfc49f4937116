/* cmd_command.h – endpoint-panel command. */
#ifndef ENDPOINT_PANEL_CLI_CMD_COMMAND_H
#define ENDPOINT_PANEL_CLI_CMD_COMMAND_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_command[];

#endif
