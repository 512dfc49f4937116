/* cmd_take_over.h – endpointctl take-over. */
#ifndef ENDPOINT_CTL_CMD_TAKE_OVER_H
#define ENDPOINT_CTL_CMD_TAKE_OVER_H

#include "ctl/ctl.h"

int cmd_take_over(struct ctl *c);

#endif
