/* cmd_sync.h – endpointctl sync: run a pass now, or show what it would send. */
#ifndef ENDPOINT_CTL_CMD_SYNC_H
#define ENDPOINT_CTL_CMD_SYNC_H

#include "ctl/command.h"

extern const struct command cmd_sync;

#endif
