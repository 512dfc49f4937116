/* cmd_sync.h – endpointctl sync: run now, or say what would be sent. */
#ifndef ENDPOINT_CTL_CMD_SYNC_H
#define ENDPOINT_CTL_CMD_SYNC_H

#include "ctl/command.h"

extern const struct command cmd_sync;

#endif
