/* cmd_lookup.h – endpointctl lookup: a list of values from the ERP. */
#ifndef ENDPOINT_CTL_CMD_LOOKUP_H
#define ENDPOINT_CTL_CMD_LOOKUP_H

#include "ctl/command.h"

extern const struct command cmd_lookup;

#endif
