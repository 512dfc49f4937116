/* prestashop_outcome.h – reports an order's result, and the state of its document, to the shop.
 *
 * A state is set by adding to the order's history, and each addition counts. So the order is read
 * first, and a state is added only if it differs. The order is read again if an answer never came,
 * or after one of the faults that this shop reports although it did the work. The webservice has no
 * place for a document's number or file.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_OUTCOME_H
#define ENDPOINT_CHANNEL_PRESTASHOP_OUTCOME_H

#include "channel/prestashop_http.h"

/* See channel.h, outcome. */
enum status prestashop_outcome(struct prestashop *p, const char *order_id, const json_t *outcome,
                               int64_t *retry_after_ms, struct error *e);

/* Records of the stream order-states; see channel.h, send. */
enum status prestashop_outcome_states(struct prestashop *p, const struct channel_record *records,
                                      size_t count, channel_answer *answer, void *user,
                                      int64_t *retry_after_ms, struct error *e);

#endif
