/* cmd_explain.h – endpointctl explain: what a code means, why it comes, and what to do. */
#ifndef ENDPOINT_CTL_CMD_EXPLAIN_H
#define ENDPOINT_CTL_CMD_EXPLAIN_H

#include "ctl/ctl.h"

int cmd_explain(struct ctl *c);

#endif
