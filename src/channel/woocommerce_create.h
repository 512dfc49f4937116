/* woocommerce_create.h – a product that the shop does not have yet. Its SKU is what it is known by: it is looked for
 * before it is made, and the shop itself takes no SKU twice, so that a lost answer makes no second product. */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_CREATE_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_CREATE_H

#include "channel/woocommerce_http.h"

/* Answer for records[index], which is r. Not OK: nothing was told, and the call may be repeated. */
enum status woocommerce_create(struct woocommerce *w, const struct channel_record *r, size_t index,
                               const json_t *data, channel_answer *answer, void *user,
                               int64_t *retry_after_ms, struct error *e);

/* Can this SKU be looked for? What the shop would change ("a<b>", "%41"), divide ("a,b") or not see ("0") cannot: it
 * would find every product. */
bool woocommerce_create_findable(const char *sku);

#endif
