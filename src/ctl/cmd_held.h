/* cmd_held.h – endpointctl held. */
#ifndef ENDPOINT_CTL_CMD_HELD_H
#define ENDPOINT_CTL_CMD_HELD_H

#include "ctl/command.h"

extern const struct command cmd_held;

#endif
