/* woocommerce_outcome.h – reports an order's result, and the state of its document, to the shop.
 *
 * Everything is read before it is written: a status is written only if it differs, the document's
 * number goes into a meta key that can be read back, and a note is searched for before it is made,
 * because the shop keeps every note. So reporting again does no harm, and a lost answer makes
 * nothing twice.
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
