/* cmd_status.h – endpointctl status; `plugins` shares its output. */
#ifndef ENDPOINT_CTL_CMD_STATUS_H
#define ENDPOINT_CTL_CMD_STATUS_H

#include "ctl/command.h"

extern const struct command cmd_status;

/* Print one plugin of endpointd's status. */
void cmd_status_print_plugin(const json_t *plugin);
/* What to print when there are no plugins, or when nobody has told us of any: these are different. */
const char *cmd_status_no_plugins(const json_t *status);
/* The exit code of a status: tells a script the result without parsing the text. */
int cmd_status_code(const json_t *status);

#endif
