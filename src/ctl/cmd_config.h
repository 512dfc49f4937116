/* cmd_config.h – endpointctl config. */
#ifndef ENDPOINT_CTL_CMD_CONFIG_H
#define ENDPOINT_CTL_CMD_CONFIG_H

#include "ctl/command.h"

extern const struct command cmd_config;

/* A file can be well-formed and yet have lost what endpointd works with: emptied, or saved by half. */
enum status cmd_config_lost(const struct ctl *c, const struct config *config, struct error *e);

#endif
