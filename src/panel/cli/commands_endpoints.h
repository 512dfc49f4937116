/* commands_endpoints.h – commands about endpoints. */
#ifndef ENDPOINT_PANEL_CLI_COMMANDS_ENDPOINTS_H
#define ENDPOINT_PANEL_CLI_COMMANDS_ENDPOINTS_H

#include "panel/cli/commands.h"

/* commands_endpoints.c */
int endpoint_list(struct command_line *c);

int endpoint_status(struct command_line *c);

int endpoint_take_over(struct command_line *c);

#endif
