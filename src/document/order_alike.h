/* order_alike.h – finds a document in the ERP by an order's number, whatever its marker.
 *
 * The panel's account is part of the marker: a panel that was set up again gives the same orders
 * other markers. A person would recognise an order by its number, which follows the marker in the
 * remarks.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_ALIKE_H
#define ENDPOINT_DOCUMENT_ORDER_ALIKE_H

#include "mapping/mapping.h"
#include "tds/session.h"
#include "model/order.h"

struct order_alike {
    char marker[ORDER_MARKER + 1]; /* of the document's */
    char document[64];             /* "": there is none */
};

/* The first document with this order's number and source that does not have our marker. A mapping
 * without a statement for this ("alike") finds nothing. */
enum status order_alike_find(struct session *s, const struct mapping *m, const struct order *o,
                             const char *marker, struct order_alike *found, struct error *e);

#endif
