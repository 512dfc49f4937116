/* cmd_explain.h – endpointctl explain: what a code means, why it appears, and what to do. */
#ifndef ENDPOINT_CTL_CMD_EXPLAIN_H
#define ENDPOINT_CTL_CMD_EXPLAIN_H

#include "ctl/command.h"

extern const struct command cmd_explain;

#endif
