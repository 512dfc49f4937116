/* cmd_config.h – endpointctl config. */
#ifndef ENDPOINT_CTL_CMD_CONFIG_H
#define ENDPOINT_CTL_CMD_CONFIG_H

#include "ctl/command.h"

extern const struct command cmd_config;

/* A file can be well-formed and still have lost the settings that endpointd works with: somebody
 * emptied it, or only half of it was saved. */
enum status cmd_config_lost(const struct ctl *c, const struct config *config, struct error *e);

#endif
