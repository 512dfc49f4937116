/* draft_json.h – a document as one line of JSON, for the writer "command". */
#ifndef ENDPOINT_DOCUMENT_DRAFT_JSON_H
#define ENDPOINT_DOCUMENT_DRAFT_JSON_H

#include "document/order_draft.h"

/* Write the draft as one line of JSON, for a program ("command"). */
enum status draft_to_json(const struct draft *d, struct order_document *document, struct error *e);

/* The document's members, as endpoint-order-program(7) describes them; the caller owns the object. */
json_t *draft_contents(const struct draft *d);

#endif
