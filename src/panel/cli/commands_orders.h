/* commands_orders.h – commands about orders. */
#ifndef ENDPOINT_PANEL_CLI_COMMANDS_ORDERS_H
#define ENDPOINT_PANEL_CLI_COMMANDS_ORDERS_H

#include "panel/cli/commands.h"

/* commands_orders.c */
int order_add(struct command_line *c);

int order_list(struct command_line *c);

int order_show(struct command_line *c);

int order_cancel(struct command_line *c);

int order_retry(struct command_line *c);

int order_resolve(struct command_line *c);

#endif
