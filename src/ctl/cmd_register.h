/* cmd_register.h – endpointctl register. */
#ifndef ENDPOINT_CTL_CMD_REGISTER_H
#define ENDPOINT_CTL_CMD_REGISTER_H

#include "ctl/command.h"

extern const struct command cmd_register;

#endif
