/* order_prepare.h – checks an order against the ERP and makes a document of it, whole or not at
 * all. */
#ifndef ENDPOINT_DOCUMENT_ORDER_PREPARE_H
#define ENDPOINT_DOCUMENT_ORDER_PREPARE_H

#include <jansson.h>

#include "base/buf.h"
#include "document/order_settings.h"
#include "mapping/mapping.h"
#include "model/order.h"
#include "tds/session.h"

/* An order as the ERP's document. */
struct order_document {
    char marker[ORDER_MARKER + 1];
    json_t *fields;  /* for people: the value of each field */
    struct buf text; /* the bytes to write; for people: order_document_show */
    bool utf8;       /* their encoding; false: cp1250 */
    json_t *notes;   /* array of texts: the changes made to fit ("name cut to 50 characters") */
};
#define ORDER_DOCUMENT_MAX (4 << 20) /* bytes of a document */

/* Everything besides the order that is needed to make a document. Borrowed. */
struct order_context {
    struct order_settings settings;
    const struct mapping *mapping;
    struct session *session; /* to the ERP; products, contractors are looked up there */
    const json_t *options;   /* of the plugin's scenario */
    char marker[ORDER_MARKER + 1];
};

void order_document_free(struct order_document *d);

/* The document's text as UTF-8. */
void order_document_show(const struct order_document *d, struct buf *b);

/* The document type: orders.document_type, else the first one that the mapping names. */
const char *order_document_type(const struct order_settings *s, const struct mapping *m);

/* Does the mapping name this type? STATUS_INVALID: no, and e lists the types. */
enum status order_type_known(const struct order_settings *s, const struct mapping *m,
                             struct error *e);

/* Check the order against the ERP and make its document. STATUS_OK: *d is ready. STATUS_REFUSED:
 * the order cannot become a document, and `faults` lists every reason (order_fault). Anything else:
 * the ERP could not be asked, so the order waits. */
enum status order_prepare(const struct order_context *x, const struct order *o,
                          struct order_document **d, json_t *faults, struct error *e);

#endif
