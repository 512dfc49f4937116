/* cmd_plugin.h – endpointctl plugin. */
#ifndef ENDPOINT_CTL_CMD_PLUGIN_H
#define ENDPOINT_CTL_CMD_PLUGIN_H

#include "ctl/ctl.h"

int cmd_plugin(struct ctl *c);

#endif
