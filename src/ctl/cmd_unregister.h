/* cmd_unregister.h – endpointctl unregister: forget who we are to the panel. */
#ifndef ENDPOINT_CTL_CMD_UNREGISTER_H
#define ENDPOINT_CTL_CMD_UNREGISTER_H

#include "ctl/ctl.h"

int cmd_unregister(struct ctl *c);

#endif
