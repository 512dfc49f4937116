/* cmd_orders.h – endpointctl orders, and what `order` and `sync --simulate` show like it. */
#ifndef ENDPOINT_CTL_CMD_ORDERS_H
#define ENDPOINT_CTL_CMD_ORDERS_H

#include "ctl/command.h"

extern const struct command cmd_orders;

/* {"do":"orders"} with what was asked for. */
json_t *cmd_orders_request(const struct ctl *c, long limit);
/* endpointd's answer; NULL, or not ok: said why. *code: the exit code. Steals the request. */
json_t *cmd_orders_ask(struct ctl *c, json_t *request, int *code);
/* An order on its lines, as endpointd describes it. */
void cmd_orders_print(const json_t *order);
/* A text that may come from outside on a line; "" or NULL: nothing. */
void cmd_orders_print_line(const char *before, const char *text);
/* A document that would be written, from `sync --simulate`. */
void cmd_orders_print_document(const json_t *change);

#endif
