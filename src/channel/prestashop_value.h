/* prestashop_value.h – what a record says and what the shop shows, in one form.
 *
 * The form of a value: stock a whole number ("12"), prices a net decimal with two to six digits after the point
 * ("16.26", "8.130081"), products a hash of the members that this plugin keeps.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_VALUE_H
#define ENDPOINT_CHANNEL_PRESTASHOP_VALUE_H

#include "channel/prestashop_goods.h"

/* The currency of the shop's prices, asked for once. What a key may not see stays unknown, and is no error. */
enum status prestashop_value_terms(struct prestashop *p, int64_t *retry_after_ms, struct error *e);

/* See channel.h, express. Prices of another currency than the shop's are seen when that is known. */
enum status prestashop_value_express(const struct prestashop *p,
                                     const struct channel_record *record, struct buf *value,
                                     struct error *e);
/* What a product or combination shows; false: it does not say. */
bool prestashop_value_shown(const struct prestashop *p, const struct prestashop_goods *g,
                            const struct prestashop_id *id, struct buf *value);
/* Why it cannot be written at all: a code; NULL: it can. */
const char *prestashop_value_obstacle(const struct prestashop *p, const struct prestashop_goods *g,
                                      const struct prestashop_id *id);
/* The error of an obstacle, for an answer. */
enum status prestashop_value_refused(const char *obstacle, const char *key, struct error *e);

/* Is this row the product that the record means: its reference, or its EAN, is the record's? data: the record's JSON. */
bool prestashop_value_meant(const struct prestashop *p, const json_t *data, const json_t *row);
/* References as they are compared: without outer blanks, whatever their case. */
bool prestashop_value_same(const char *a, const char *b);

/* The members that make it so: {"price": "16.26"}; json_decref it. value: of express. NULL: it cannot be reckoned. */
json_t *prestashop_value_change(const struct prestashop *p, const struct prestashop_goods *g,
                                const struct prestashop_id *id, const json_t *data,
                                const char *value);
/* Does the plugin keep this member of products? ("name", "ean") */
bool prestashop_value_keeps(const struct prestashop *p, const char *member);

#endif
