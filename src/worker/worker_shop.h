/* worker_shop.h – modes that ask a plugin's shop one thing: its checks, and its lists. */
#ifndef ENDPOINT_WORKER_WORKER_SHOP_H
#define ENDPOINT_WORKER_WORKER_SHOP_H

#include "worker/worker.h"

/* Returns the exit code, like the other modes. */
int worker_shop_test(struct worker *w);
int worker_shop_lookup(struct worker *w);

#endif
