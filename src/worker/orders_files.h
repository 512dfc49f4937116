/* orders_files.h – files of finished orders. */
#ifndef ENDPOINT_WORKER_ORDERS_FILES_H
#define ENDPOINT_WORKER_ORDERS_FILES_H

#include "worker/orders_loop.h"

/* Let the flow open writers that began orders, and move files away. */
void orders_files_init(struct orders_loop *l);

/* Move files of finished orders out of the import directory, and delete old ones in done/. Only a
 * failure of the ledger is returned. */
enum status orders_files_put_away(struct orders_loop *l, struct error *e);

#endif
