/* draft_buyer.h – who buys: a contractor that the ERP has, a new one that goes with the document,
 * or a one-time one. */
#ifndef ENDPOINT_DOCUMENT_DRAFT_BUYER_H
#define ENDPOINT_DOCUMENT_DRAFT_BUYER_H

#include "document/order_draft.h"

/* Who buys: found in the ERP, or made. Faults go to the draft. */
enum status draft_buyer(struct draft *d, struct error *e);

void draft_buyer_free(struct draft_buyer *b);

/* The name of a country by its ISO code, as on Polish documents; the code itself if unknown.
 */
const char *draft_country(const char *iso);

#endif
