/* woocommerce_create.h – makes a product that the shop does not have yet. The product is identified
 * by its SKU: we search for it before we make it, and the shop accepts no SKU twice. So a lost
 * answer makes no second product. */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_CREATE_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_CREATE_H

#include "channel/woocommerce_http.h"

/* Answer for records[index], which is r. Not OK: no answer was reported, and the call may be
 * repeated. */
enum status woocommerce_create(struct woocommerce *w, const struct channel_record *r, size_t index,
                               const json_t *data, channel_answer *answer, void *user,
                               int64_t *retry_after_ms, struct error *e);

/* Can the shop search for this SKU? Not if it would change it ("a<b>", "%41"), split it ("a,b") or
 * ignore it ("0"): then it would find every product. */
bool woocommerce_create_findable(const char *sku);

#endif
