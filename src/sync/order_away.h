/* order_away.h – moves files of finished orders out of the directory from which the ERP's operator
 * imports, so that importing everything again makes no second document. */
#ifndef ENDPOINT_SYNC_ORDER_AWAY_H
#define ENDPOINT_SYNC_ORDER_AWAY_H

#include "sync/order_flow.h"

/* Move the files of finished orders out of the import directory. Those that cannot be moved are
 * counted in f->left and tried again; only a failure of the ledger is returned. */
enum status order_flow_put_away(struct order_flow *f, struct error *e);

#endif
