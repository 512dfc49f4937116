/* cmd_plugins.h – endpointctl plugins. */
#ifndef ENDPOINT_CTL_CMD_PLUGINS_H
#define ENDPOINT_CTL_CMD_PLUGINS_H

#include "ctl/command.h"

extern const struct command cmd_plugins;

#endif
