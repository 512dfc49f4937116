/* baselinker_order.h – converts an order from BaseLinker's form to that of doc/panel-api.yaml.
 *
 * BaseLinker counts no revisions and gives no total: the total is the sum of the lines and the
 * delivery. The fields that our own outcome changes (status, extra fields) are not part of the
 * order, so reporting an outcome makes no new revision.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_ORDER_H
#define ENDPOINT_CHANNEL_BASELINKER_ORDER_H

#include <jansson.h>
#include <stdbool.h>

#include "channel/baselinker_shop.h"

/* NULL: the order is not wanted (not confirmed yet, or the settings exclude its source or status).
 * Never NULL for a malformed order: its missing values stay missing, and the order's check reports
 * them. json_decref it. */
json_t *baselinker_order(const struct baselinker_shop *s, const json_t *order);

#endif
