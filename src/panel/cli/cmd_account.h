/* cmd_account.h – endpoint-panel account. */
#ifndef ENDPOINT_PANEL_CLI_CMD_ACCOUNT_H
#define ENDPOINT_PANEL_CLI_CMD_ACCOUNT_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_account[];

#endif
