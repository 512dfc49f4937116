/* cmd_version.h – endpointctl version. */
#ifndef ENDPOINT_CTL_CMD_VERSION_H
#define ENDPOINT_CTL_CMD_VERSION_H

#include "ctl/command.h"

extern const struct command cmd_version;

#endif
