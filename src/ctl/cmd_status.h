/* cmd_status.h – endpointctl status and plugins. */
#ifndef ENDPOINT_CTL_CMD_STATUS_H
#define ENDPOINT_CTL_CMD_STATUS_H

#include "ctl/ctl.h"

int cmd_status(struct ctl *c);
int cmd_plugins(struct ctl *c);

#endif
