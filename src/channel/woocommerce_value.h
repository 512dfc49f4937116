/* woocommerce_value.h – a record's value and the shop's value in one common form, and the shop's
 * terms that it depends on.
 *
 * The form of a value: stock is a whole number ("12"); a price is a decimal with as many digits as
 * the shop's currency has ("19.99"); a product is a hash of the members that this plugin maintains.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_VALUE_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_VALUE_H

#include "channel/woocommerce_http.h"

/* The members of a product that we ask for, wherever we read one. */
#define WOOCOMMERCE_FIELDS \
    "_fields=id,type,parent_id,sku,global_unique_id,name,manage_stock,stock_quantity,regular_price"

/* Read w->terms once. A term that the key may not read stays unknown; that is not an error. */
enum status woocommerce_terms_load(struct woocommerce *w, int64_t *retry_after_ms, struct error *e);
/* Terms as a mark, so that they are known before the shop is asked; and the reverse: an invalid
 * mark leaves them unknown. */
void woocommerce_terms_print(const struct woocommerce_terms *t, struct buf *mark);
void woocommerce_terms_read(struct woocommerce_terms *t, const char *mark);
/* Are prices entered with tax? From the channel's setting `prices`, or from the shop. -1: not
 * known. */
int woocommerce_terms_gross(const struct woocommerce *w);

/* See channel.h, express. END: a price cannot be expressed without terms. */
enum status woocommerce_value_express(struct woocommerce *w, const struct channel_record *record,
                                      struct buf *value, struct error *e);
/* The value that a product or variation shows; false: it does not say. */
bool woocommerce_value_shown(const struct woocommerce *w, const json_t *product, struct buf *value);
/* Why it cannot be written at all: a code; NULL: it can be written. */
const char *woocommerce_value_obstacle(const struct woocommerce *w, const json_t *product);
/* The error of an obstacle, for an answer. */
enum status woocommerce_value_refused(const char *obstacle, const char *key, struct error *e);

/* Is this the product that the record means: does it have the record's SKU, or EAN? data: the
 * record's JSON. */
bool woocommerce_value_meant(const struct woocommerce *w, const json_t *data,
                             const json_t *product);
/* Compare SKUs as the shop does: without outer blanks, ignoring case. */
bool woocommerce_value_same_sku(const char *a, const char *b);
/* The batch item that sets this value. json_decref it. value: from express. */
json_t *woocommerce_value_change(const struct woocommerce *w, int64_t id, const json_t *data,
                                 const char *value);

#endif
