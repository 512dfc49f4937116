/* cmd_unregister.h – endpointctl unregister: give up our identity at the panel. */
#ifndef ENDPOINT_CTL_CMD_UNREGISTER_H
#define ENDPOINT_CTL_CMD_UNREGISTER_H

#include "ctl/command.h"

extern const struct command cmd_unregister;

#endif
