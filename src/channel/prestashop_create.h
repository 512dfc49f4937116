/* prestashop_create.h – makes a product that the shop does not have yet. References are not unique
 * in this shop, and it may answer with a fault although it made the product. So we search for the
 * reference before and after. */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_CREATE_H
#define ENDPOINT_CHANNEL_PRESTASHOP_CREATE_H

#include "channel/prestashop_http.h"

struct prestashop_creating {
    struct prestashop *p;
    const struct channel_record *r;
    size_t index; /* of the record, for its answer */
    const json_t *data;
    channel_answer *answer;
    void *user;
    int64_t *retry_after_ms;
};

/* Answer for the record. Not OK: no answer was reported, and the call may be repeated. */
enum status prestashop_create(const struct prestashop_creating *c, struct error *e);

/* Can the shop search for this reference, and does it accept it? */
bool prestashop_create_findable(const char *reference);
/* The part of a product's address that is made from its name: "Młotek 5 kg" → "mlotek-5-kg". */
void prestashop_create_link(char *target, size_t size, const char *name);

#endif
