/* order_away.h – files of orders that are done leave the directory from which the ERP's operator imports, so
 * that importing everything once more makes no second document. */
#ifndef ENDPOINT_SYNC_ORDER_AWAY_H
#define ENDPOINT_SYNC_ORDER_AWAY_H

#include "sync/order_flow.h"

/* Let the files of orders that are done leave the import directory. What cannot is counted in f->left, and tried
 * again; only the ledger's failures are failures. */
enum status order_flow_put_away(struct order_flow *f, struct error *e);

#endif
