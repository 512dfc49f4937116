/* orders_worker.h – shared by the loop and the simulation of an orders plugin. */
#ifndef ENDPOINT_WORKER_ORDERS_WORKER_H
#define ENDPOINT_WORKER_ORDERS_WORKER_H

#include "document/import_dir.h"
#include "sync/order_flow.h"
#include "worker/worker.h"

/* The ERP, opened when it is first asked. */
struct orders_erp {
    struct worker *w;
    struct session *session;
};

#endif
