/* orders_simulate.h – tries orders without writing; and opens the sides of an orders plugin. */
#ifndef ENDPOINT_WORKER_ORDERS_SIMULATE_H
#define ENDPOINT_WORKER_ORDERS_SIMULATE_H

#include "worker/orders_worker.h"
#include "worker/worker.h"

enum status orders_erp_open(struct orders_erp *x, struct error *e);

void orders_erp_close(struct orders_erp *x);

/* x as the flow wants it. */
struct order_erp orders_erp_side(struct orders_erp *x);

/* A flow over the worker's ledger and settings. The channel says whose shop it is (NULL: not known). */
void orders_flow_init(struct worker *w, struct orders *orders, const struct order_erp *erp,
                      struct order_flow *f);

void orders_flow_account(struct worker *w, struct channel *channel, struct order_flow *f);

/* Which orders are too old. */
void orders_flow_ages(struct worker *w, struct order_flow *f);

/* Who writes into the import directory: this endpoint, on this machine. */
enum status orders_us(struct worker *w, struct import_owner *us, struct error *e);

/* The writer that is set, on an open session. STATUS_END: orders.writer is off. */
enum status orders_writer_open(struct orders_erp *x, const struct writer_ops **ops,
                               struct writer **writer, struct error *e);

int orders_simulate(struct worker *w);

#endif
