/* orders_asked.h – what people ask about the shop's orders: lists from the ledgers, decisions through the workers. */
#ifndef ENDPOINT_DAEMON_ORDERS_ASKED_H
#define ENDPOINT_DAEMON_ORDERS_ASKED_H

#include "daemon/daemon.h"

/* {"do":"order-retry"|"order-resolve","order","plugin"?, …} for the worker whose order it is; see asking_ask.
 * STATUS_NOT_FOUND: nobody has the order; STATUS_EXISTS: "plugin" has to say which. */
enum status orders_ask(struct daemon *d, const json_t *request,
                       void (*done)(void *user, const json_t *answer), void *user, struct error *e);

/* The panel has new orders for a plugin: its worker fetches them now, when its schedule lets it. */
void orders_waiting(struct daemon *d, const char *plugin);

/* What the ledgers have of orders: {"orders"}, or {"order"} of one. */
enum status orders_answer(struct daemon *d, const json_t *request, json_t **answer,
                          struct error *e);

#endif
