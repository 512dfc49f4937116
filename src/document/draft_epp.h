/* draft_epp.h – InsERT's file format EDI++. */
#ifndef ENDPOINT_DOCUMENT_DRAFT_EPP_H
#define ENDPOINT_DOCUMENT_DRAFT_EPP_H

#include "document/order_draft.h"

/* Write the draft in the format EDI++ ("epp"). */
enum status draft_to_epp(const struct draft *d, struct order_document *document, struct error *e);

#endif
