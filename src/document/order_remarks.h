/* order_remarks.h – the remarks of a document: the marker by which it is found, who gets the goods,
 * what a person needs.
 *
 * "[EP… nr 100234]" comes first: the document is found by it. Then, as endpoint-orders(7) says, the
 * source, the recipient if it is not the buyer, delivery and point, payment, how to reach the
 * buyer, the note, and whole texts that were cut elsewhere. Whatever does not fit is cut at the
 * end, with a note, but never the recipient or the point: when space is short they come before the
 * source. If there is no room for them, and the format has no fields for them, the order is
 * refused.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_REMARKS_H
#define ENDPOINT_DOCUMENT_ORDER_REMARKS_H

#include "document/order_draft.h"

/* Set d->number; add a fault if number, recipient and point do not fit. */
void order_remarks_check(struct draft *d, bool own_fields);

/* Set d->remarks, after all other texts. */
void order_remarks_make(struct draft *d);

#endif
