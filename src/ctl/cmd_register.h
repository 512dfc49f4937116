/* cmd_register.h – endpointctl register. */
#ifndef ENDPOINT_CTL_CMD_REGISTER_H
#define ENDPOINT_CTL_CMD_REGISTER_H

#include "ctl/ctl.h"

int cmd_register(struct ctl *c);

#endif
