/* prestashop_outcome.h – what became of an order, and how its document does, told to the shop's order.
 *
 * A state is made by adding to the order's history, and each addition counts: so the order is read first, and only
 * another state is added. After an answer that never came, or one of the faults that this shop gives although it did the
 * work, the order is read again. The webservice has no place for a document's number or file.
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
