/* cmd_status.h – endpointctl status, and what `plugins` shows like it. */
#ifndef ENDPOINT_CTL_CMD_STATUS_H
#define ENDPOINT_CTL_CMD_STATUS_H

#include "ctl/command.h"

extern const struct command cmd_status;

/* A plugin of endpointd's status on its lines. */
void cmd_status_print_plugin(const json_t *plugin);
/* What to say when there are none, or none that anybody told us of: that is not the same. */
const char *cmd_status_no_plugins(const json_t *status);
/* The exit code of a status: what a script should know without reading it. */
int cmd_status_code(const json_t *status);

#endif
