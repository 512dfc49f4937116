/* cmd_service.h – endpointctl service. */
#ifndef ENDPOINT_CTL_CMD_SERVICE_H
#define ENDPOINT_CTL_CMD_SERVICE_H

#include "ctl/ctl.h"
#include "ctl/service.h"

int cmd_service(struct ctl *c);

#endif
