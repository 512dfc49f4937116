/* orders_run.h – the loop of a plugin of orders. */
#ifndef ENDPOINT_WORKER_ORDERS_RUN_H
#define ENDPOINT_WORKER_ORDERS_RUN_H

#include "worker/worker.h"

int orders_run(struct worker *w);

#endif
