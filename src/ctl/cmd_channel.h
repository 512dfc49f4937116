/* cmd_channel.h – endpointctl channel. */
#ifndef ENDPOINT_CTL_CMD_CHANNEL_H
#define ENDPOINT_CTL_CMD_CHANNEL_H

#include "ctl/command.h"

extern const struct command cmd_channel;

#endif
