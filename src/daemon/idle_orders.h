/* idle_orders.h – orders that nobody works on: their plugin is disabled or was removed. */
#ifndef ENDPOINT_DAEMON_IDLE_ORDERS_H
#define ENDPOINT_DAEMON_IDLE_ORDERS_H

#include "daemon/daemon.h"

/* Amber with the plugins' names and the number of their unfinished orders. */
void idle_orders_look(struct daemon *d);

#endif
