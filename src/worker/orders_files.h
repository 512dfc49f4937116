/* orders_files.h – files of orders that are done. */
#ifndef ENDPOINT_WORKER_ORDERS_FILES_H
#define ENDPOINT_WORKER_ORDERS_FILES_H

#include "worker/orders_loop.h"

/* Let the flow open writers that began orders, and put files away. */
void orders_files_init(struct orders_loop *l);

/* Files of orders that are done leave the import directory; what has lain in done/ for long is deleted. Only the
 * ledger's failures are failures. */
enum status orders_files_put_away(struct orders_loop *l, struct error *e);

#endif
