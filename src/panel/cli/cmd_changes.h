/* cmd_changes.h – endpoint-panel changes. */
#ifndef ENDPOINT_PANEL_CLI_CMD_CHANGES_H
#define ENDPOINT_PANEL_CLI_CMD_CHANGES_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_changes[];

#endif
