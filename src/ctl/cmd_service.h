/* cmd_service.h – endpointctl service: what runs endpointd, and as which user. */
#ifndef ENDPOINT_CTL_CMD_SERVICE_H
#define ENDPOINT_CTL_CMD_SERVICE_H

#include "ctl/command.h"
#include "ctl/service.h"

extern const struct command cmd_service;

#endif
