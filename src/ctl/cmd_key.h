/* cmd_key.h – endpointctl key: a new identity key. */
#ifndef ENDPOINT_CTL_CMD_KEY_H
#define ENDPOINT_CTL_CMD_KEY_H

#include "ctl/ctl.h"

int cmd_key(struct ctl *c);

#endif
