/* order_recipient.h – who gets the goods and where, and whether the document's buyer already says
 * so.
 *
 * A document has one buyer. An order may name another person, company, phone or address for the
 * delivery; and if the ERP knows the buyer, the document has the ERP's address, not the order's.
 * Whatever differs goes into the fields that the format has for it, and into the remarks, by one
 * rule (endpoint-orders(7)).
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_RECIPIENT_H
#define ENDPOINT_DOCUMENT_ORDER_RECIPIENT_H

#include "document/order_lookup.h"
#include "document/order_text.h"

struct order_recipient {
    bool there;                       /* the order says something about the delivery */
    bool other;                       /* and not what the document says of the buyer */
    char *company, *name, *full_name; /* full_name: both, or the buyer's */
    char *street, *postcode, *city, *country, *phone;
    char iso[3];
    char *remark;  /* "odbiorca: …", whole; "": nothing to add */
    char *contact; /* "zamawia: …": who ordered, if no other text names them; else "" */
};

/* What the document says about the buyer; "": unknown. */
struct order_recipient_base {
    const char *name, *street, *postcode, *city;
    const char *country; /* ISO */
};

/* Fill r from the order; the caller frees it with order_recipient_free. widths: the mapping's. */
void order_recipient_make(struct order_recipient *r, const struct order *o,
                          const struct order_recipient_base *base, const int *widths, bool unicode);
void order_recipient_free(struct order_recipient *r);

/* Do two names or addresses differ only by case, blanks and punctuation? "ul. Długa 5/3" is "Długa
 * 5 / 3". */
bool order_recipient_same(const char *a, const char *b);

#endif
