/* order_remarks.h – the remarks of a document: what it is found by, who gets the goods, what a person needs.
 *
 * "[EP… nr 100234]" comes first: it is what the document is found by. Then, as endpoint-orders(7) says, the source, the
 * recipient where he is another than the buyer, delivery and point, payment, how to reach the buyer, the note, and whole
 * texts that were cut elsewhere. What does not fit is cut at the end, with a note; but never the recipient or the point:
 * they come before the source when there is little room, and without room for them the order is refused where the format
 * has no fields of its own for them.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_REMARKS_H
#define ENDPOINT_DOCUMENT_ORDER_REMARKS_H

#include "document/order_draft.h"

/* Make d->number; fault the order when number, recipient and point do not fit. */
void order_remarks_check(struct draft *d, bool own_fields);

/* Make d->remarks, after all other texts. */
void order_remarks_make(struct draft *d);

#endif
