/* cmd_orders.h – endpointctl orders; `order` and `sync --simulate` share its output. */
#ifndef ENDPOINT_CTL_CMD_ORDERS_H
#define ENDPOINT_CTL_CMD_ORDERS_H

#include "ctl/command.h"

extern const struct command cmd_orders;

/* The request {"do":"orders"} with the options as its filter. */
json_t *cmd_orders_request(const struct ctl *c, long limit);
/* endpointd's answer. NULL, or not ok: the reason was printed. *code: the exit code. Steals the
 * request. */
json_t *cmd_orders_ask(struct ctl *c, json_t *request, int *code);
/* Print an order as endpointd describes it. */
void cmd_orders_print(const json_t *order);
/* Print a line with a text that may come from outside; "" or NULL: print nothing. */
void cmd_orders_print_line(const char *before, const char *text);
/* Print a document that would be written, from `sync --simulate`. */
void cmd_orders_print_document(const json_t *change);

#endif
