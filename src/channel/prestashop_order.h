/* prestashop_order.h – converts an order of the webservice to an order of the protocol
 * (doc/panel-api.yaml).
 *
 * The value of a line is its price with tax times its pieces, rounded to the grosz. In this shop
 * discounts belong to the whole order, so they are spread over the lines in proportion to their
 * values; so is a grosz that the shop's own rounding makes. The lines and the delivery then add up
 * exactly to the amount to be paid; otherwise nothing is changed and the order does not add up.
 * There is no network here; the fuzz driver passes in anything.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_ORDER_H
#define ENDPOINT_CHANNEL_PRESTASHOP_ORDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "os/zone.h"

/* The objects that orders name by ids: rows by id, {"7": row}. */
struct prestashop_around {
    json_t *addresses, *customers, *countries, *currencies, *carriers;
};

/* settings: the channel's. cancelled: what the caller knows about its state. zone: of the shop's
 * times. */
json_t *prestashop_order_map(const json_t *order, const struct prestashop_around *around,
                             const struct zone *zone, const json_t *settings, bool cancelled);

/* A time of the shop as seconds since 1970, as if it were UTC; 0: it is not a time. */
int64_t prestashop_order_time(const json_t *order, const char *name);

/* Divide a sum over count values in proportion to them, to the last unit: values become parts of it. All of them are 0
 * or more and less than 10^13. False: they are all 0 and the sum is not; then nothing is changed. */
bool prestashop_order_spread(int64_t *values, size_t count, int64_t sum);

#endif
