/* cmd_plugin.h – endpoint-panel plugin. */
#ifndef ENDPOINT_PANEL_CLI_CMD_PLUGIN_H
#define ENDPOINT_PANEL_CLI_CMD_PLUGIN_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_plugin[];

#endif
