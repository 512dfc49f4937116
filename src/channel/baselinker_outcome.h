/* baselinker_outcome.h – reports an order's result to BaseLinker: its status, and the document's
 * number in a field.
 *
 * A change of status starts the merchant's automatic actions. So the order is read first, and only
 * differences are written: nothing is done twice after a lost answer. A field in which somebody
 * wrote something else is left alone.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_OUTCOME_H
#define ENDPOINT_CHANNEL_BASELINKER_OUTCOME_H

#include "channel/baselinker_shop.h"

/* As channel_ops' outcome. */
enum status baselinker_outcome(struct baselinker_shop *s, const char *order_id,
                               const json_t *outcome, int64_t *retry_after_ms, struct error *e);

#endif
