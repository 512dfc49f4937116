/* cmd_endpoint.h – endpoint-panel endpoint. */
#ifndef ENDPOINT_PANEL_CLI_CMD_ENDPOINT_H
#define ENDPOINT_PANEL_CLI_CMD_ENDPOINT_H

#include "check/check.h"
#include "panel/cli/command.h"
#include "panel/store/contact.h"

/* Its rows; the last has no words. */
extern const struct command cmd_endpoint[];

/* Add "contact" and "twin" to an endpoint's row of the store, and say how it is. */
enum contact_state cmd_endpoint_judge(struct command_line *c, json_t *row);
/* The panel's view of it and its own status: the worse of the two. */
enum check_result cmd_endpoint_result(const json_t *row, enum contact_state state);

#endif
