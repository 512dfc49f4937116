/* cmd_version.h – endpointctl version. */
#ifndef ENDPOINT_CTL_CMD_VERSION_H
#define ENDPOINT_CTL_CMD_VERSION_H

#include "ctl/ctl.h"

int cmd_version(struct ctl *c);

#endif
