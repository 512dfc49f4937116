/* woocommerce_outcome.h – what became of an order, and how its document does, told to the shop's order.
 *
 * Whatever is told is read first: a status is written only where it is another one, the document's number goes into a
 * meta key that can be read back, and a note is looked for before it is made, as the shop keeps every note it is given.
 * So telling it again does no harm, and a lost answer makes nothing twice.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_OUTCOME_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_OUTCOME_H

#include "channel/woocommerce_http.h"

/* See channel.h, outcome. */
enum status woocommerce_outcome(struct woocommerce *w, const char *order_id, const json_t *outcome,
                                int64_t *retry_after_ms, struct error *e);

/* Records of the stream order-states; see channel.h, send. */
enum status woocommerce_outcome_states(struct woocommerce *w, const struct channel_record *records,
                                       size_t count, channel_answer *answer, void *user,
                                       int64_t *retry_after_ms, struct error *e);

#endif
