/* prestashop_value.h – a record's value and the shop's value in one common form.
 *
 * The form of a value: stock is a whole number ("12"); a price is a net decimal with two to six
 * decimals ("16.26", "8.130081"); a product is a hash of the members that this plugin maintains.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_VALUE_H
#define ENDPOINT_CHANNEL_PRESTASHOP_VALUE_H

#include "channel/prestashop_goods.h"

/* Read the currency of the shop's prices, once. If the key may not read it, it stays unknown; that
 * is not an error. */
enum status prestashop_value_terms(struct prestashop *p, int64_t *retry_after_ms, struct error *e);

/* See channel.h, express. Prices in another currency than the shop's are noticed if the shop's is
 * known. */
enum status prestashop_value_express(const struct prestashop *p,
                                     const struct channel_record *record, struct buf *value,
                                     struct error *e);
/* The value that a product or combination shows; false: it does not say. */
bool prestashop_value_shown(const struct prestashop *p, const struct prestashop_goods *g,
                            const struct prestashop_id *id, struct buf *value);
/* Why it cannot be written at all: a code; NULL: it can be written. */
const char *prestashop_value_obstacle(const struct prestashop *p, const struct prestashop_goods *g,
                                      const struct prestashop_id *id);
/* The error of an obstacle, for an answer. */
enum status prestashop_value_refused(const char *obstacle, const char *key, struct error *e);

/* Is this row the product that the record means: does it have the record's reference, or EAN? data:
 * the record's JSON. */
bool prestashop_value_meant(const struct prestashop *p, const json_t *data, const json_t *row);
/* Compare references without outer blanks and ignoring case. */
bool prestashop_value_same(const char *a, const char *b);

/* The members that set this value: {"price": "16.26"}; json_decref it. value: from express. NULL:
 * it cannot be computed. */
json_t *prestashop_value_change(const struct prestashop *p, const struct prestashop_goods *g,
                                const struct prestashop_id *id, const json_t *data,
                                const char *value);

#endif
