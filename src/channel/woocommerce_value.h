/* woocommerce_value.h – what a record says and what the shop shows, in one form; and the shop's terms it depends on.
 *
 * The form of a value: stock a whole number ("12"), prices a decimal with as many digits as the shop's currency has
 * ("19.99"), products a hash of the members that this plugin keeps.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_VALUE_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_VALUE_H

#include "channel/woocommerce_http.h"

/* The members of a product that are asked for, wherever one is read. */
#define WOOCOMMERCE_FIELDS \
    "_fields=id,type,parent_id,sku,global_unique_id,name,manage_stock,stock_quantity,regular_price"

/* Read w->terms once. What a key may not see stays unknown, and is no error. */
enum status woocommerce_terms_load(struct woocommerce *w, int64_t *retry_after_ms, struct error *e);
/* Terms as a mark, so that they are known before the shop is asked; and back: what is no mark leaves them unknown. */
void woocommerce_terms_print(const struct woocommerce_terms *t, struct buf *mark);
void woocommerce_terms_read(struct woocommerce_terms *t, const char *mark);
/* Are prices entered with tax: the channel's setting `prices`, or the shop's. -1: nobody says. */
int woocommerce_terms_gross(const struct woocommerce *w);

/* See channel.h, express. Without terms a price cannot be told: END. */
enum status woocommerce_value_express(struct woocommerce *w, const struct channel_record *record,
                                      struct buf *value, struct error *e);
/* What a product or variation shows; false: it does not say. */
bool woocommerce_value_shown(const struct woocommerce *w, const json_t *product, struct buf *value);
/* Why it cannot be written at all: a code; NULL: it can. */
const char *woocommerce_value_obstacle(const struct woocommerce *w, const json_t *product);
/* The error of an obstacle, for an answer. */
enum status woocommerce_value_refused(const char *obstacle, const char *key, struct error *e);

/* Is this the product that the record means: its SKU, or its EAN, is the record's? data: the record's JSON. */
bool woocommerce_value_meant(const struct woocommerce *w, const json_t *data,
                             const json_t *product);
/* SKUs as the shop compares them: without outer blanks, whatever their case. */
bool woocommerce_value_same_sku(const char *a, const char *b);
/* An item of a batch that makes it so. json_decref it. value: of express. */
json_t *woocommerce_value_change(const struct woocommerce *w, int64_t id, const json_t *data,
                                 const char *value);
/* Does the plugin keep this member of products? ("name", "ean") */
bool woocommerce_value_keeps(const struct woocommerce *w, const char *member);

#endif
