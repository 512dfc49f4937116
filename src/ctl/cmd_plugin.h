/* cmd_plugin.h – endpointctl plugin. */
#ifndef ENDPOINT_CTL_CMD_PLUGIN_H
#define ENDPOINT_CTL_CMD_PLUGIN_H

#include "ctl/command.h"

extern const struct command cmd_plugin;

#endif
