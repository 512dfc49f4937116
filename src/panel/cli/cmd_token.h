/* cmd_token.h – endpoint-panel token. */
#ifndef ENDPOINT_PANEL_CLI_CMD_TOKEN_H
#define ENDPOINT_PANEL_CLI_CMD_TOKEN_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_token[];

#endif
