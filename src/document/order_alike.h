/* order_alike.h – a document in the ERP that has an order's number, whatever its marker.
 *
 * The marker is made from the panel's account, too: a panel that was set up anew gives the same orders other
 * markers. What a person would know them by is the number, which stands behind the marker in the remarks.
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

/* The first document of this order's number and source that does not have our marker. A mapping without a
 * statement for it ("alike") finds nothing. */
enum status order_alike_find(struct session *s, const struct mapping *m, const struct order *o,
                             const char *marker, struct order_alike *found, struct error *e);

#endif
