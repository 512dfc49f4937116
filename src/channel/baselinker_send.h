/* baselinker_send.h – sends stock and prices, up to 1000 products a call; each record has its own
 * answer.
 *
 * The status of such a call is SUCCESS even if products failed; only `warnings` names those. Values
 * are absolute, so sending a batch again after a lost answer does no harm.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_SEND_H
#define ENDPOINT_CHANNEL_BASELINKER_SEND_H

#include "channel/baselinker_shop.h"

#define BASELINKER_BATCH \
    1000 /* products of a call, by the documentation of updateInventoryProductsStock and …Prices */

/* As channel_ops' send, of the kinds stock and prices. */
enum status baselinker_send(struct baselinker_shop *s, const struct channel_record *records,
                            size_t count, channel_answer *answer, void *user,
                            int64_t *retry_after_ms, struct error *e);

#endif
