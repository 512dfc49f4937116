/* cmd_held.h – endpointctl held. */
#ifndef ENDPOINT_CTL_CMD_HELD_H
#define ENDPOINT_CTL_CMD_HELD_H

#include "ctl/ctl.h"

int cmd_held(struct ctl *c);

#endif
