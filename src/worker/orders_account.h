/* orders_account.h – whose orders a ledger has: the panel's account, and our endpoint id there. */
#ifndef ENDPOINT_WORKER_ORDERS_ACCOUNT_H
#define ENDPOINT_WORKER_ORDERS_ACCOUNT_H

#include "worker/orders_worker.h"

/* Call before the first order of an account is fetched: from now on we know it. Sets
 * f->account_since_ms. */
enum status orders_account_known(struct worker *w, struct order_flow *f, struct error *e);
/* After that fetch: the same by the shop's clock. */
enum status orders_account_corrected(struct worker *w, struct order_flow *f, struct error *e);
/* At start: are we still who we were when the waiting orders came? */
enum status orders_account_endpoint(struct worker *w, struct order_flow *f, struct error *e);

#endif
