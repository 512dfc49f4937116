/* cmd_reload.h – endpointctl reload: endpointd reads its settings again. */
#ifndef ENDPOINT_CTL_CMD_RELOAD_H
#define ENDPOINT_CTL_CMD_RELOAD_H

#include "ctl/command.h"

extern const struct command cmd_reload;

#endif
