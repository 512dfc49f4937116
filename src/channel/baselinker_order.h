/* baselinker_order.h – an order as BaseLinker gives it becomes an order as doc/panel-api.yaml has it.
 *
 * BaseLinker counts no revisions and says no total: the total is the sum of the lines and the delivery. What our own
 * outcome changes (status, extra fields) is not in the order, so telling it makes no new revision.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_ORDER_H
#define ENDPOINT_CHANNEL_BASELINKER_ORDER_H

#include <jansson.h>
#include <stdbool.h>

#include "channel/baselinker_shop.h"

/* NULL: it is not wanted (not confirmed yet, or of a source or in a status that the settings leave out). Never NULL for
 * one that is malformed: what is missing is missing then, and whoever checks the order says so. json_decref it. */
json_t *baselinker_order(const struct baselinker_shop *s, const json_t *order);

#endif
