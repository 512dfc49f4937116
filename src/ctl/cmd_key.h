/* cmd_key.h – endpointctl key: a new identity key. */
#ifndef ENDPOINT_CTL_CMD_KEY_H
#define ENDPOINT_CTL_CMD_KEY_H

#include "ctl/command.h"

extern const struct command cmd_key;

#endif
