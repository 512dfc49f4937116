/* order_names.h – names that a document has in addition to symbols, from the ERP's dictionaries. */
#ifndef ENDPOINT_DOCUMENT_ORDER_NAMES_H
#define ENDPOINT_DOCUMENT_ORDER_NAMES_H

#include "document/order_draft.h"

/* Set d->warehouse_name and d->price_level from the plugin's options warehouse and price_level; ""
 * if the ERP does not list them (with a note), or its lists cannot be read. A failure means the
 * connection broke: the order waits. */
enum status order_names_look_up(struct draft *d, struct error *e);

#endif
