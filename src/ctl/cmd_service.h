/* cmd_service.h – endpointctl service. */
#ifndef ENDPOINT_CTL_CMD_SERVICE_H
#define ENDPOINT_CTL_CMD_SERVICE_H

#include "ctl/command.h"
#include "ctl/service.h"

extern const struct command cmd_service;

#endif
