/* order_names.h – names that a document has beside symbols, from the ERP's dictionaries. */
#ifndef ENDPOINT_DOCUMENT_ORDER_NAMES_H
#define ENDPOINT_DOCUMENT_ORDER_NAMES_H

#include "document/order_draft.h"

/* Make d->warehouse_name and d->price_level, of the plugin's options warehouse and price_level; "" where the ERP does not
 * list them, with a note, or cannot be asked for lists. A failure is of the connection: the order waits. */
enum status order_names_look_up(struct draft *d, struct error *e);

#endif
