/* orders_asked.h – what people ask about the shop's orders: lists from the ledgers, decisions through the workers. */
#ifndef ENDPOINT_DAEMON_ORDERS_ASKED_H
#define ENDPOINT_DAEMON_ORDERS_ASKED_H

#include "daemon/daemon.h"

/* {"do":"order-retry"|"order-resolve","order","plugin"?, …} for the worker whose order it is; see asking_ask.
 * STATUS_NOT_FOUND: nobody has the order; STATUS_EXISTS: "plugin" has to say which one. */
enum status orders_ask(struct daemon *d, const json_t *request,
                       void (*done)(void *user, const json_t *answer), void *user, struct error *e);

/* The panel has new orders for a plugin: its worker fetches them now, if its schedule allows. */
void orders_waiting(struct daemon *d, const char *plugin);

/* Orders from the ledgers: {"orders"}, or {"order"} for one. */
enum status orders_answer(struct daemon *d, const json_t *request, json_t **answer,
                          struct error *e);

#endif
