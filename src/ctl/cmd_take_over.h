/* cmd_take_over.h – endpointctl take-over. */
#ifndef ENDPOINT_CTL_CMD_TAKE_OVER_H
#define ENDPOINT_CTL_CMD_TAKE_OVER_H

#include "ctl/command.h"

extern const struct command cmd_take_over;

#endif
