/* prestashop_send.h – stock, prices and products on their way to the shop.
 *
 * Before a write the shop is asked what stands there: whether the product is still there, is still the one that is
 * meant, and whether anything has to be written at all. There are no batches: each thing is a call of its own. After
 * them all of them are read again, and only what the shop then shows counts as sent; so does what became of a call
 * whose answer never came.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_SEND_H
#define ENDPOINT_CHANNEL_PRESTASHOP_SEND_H

#include "channel/prestashop_http.h"

#define PRESTASHOP_SEND_ROWS 200

/* See channel.h, send. */
enum status prestashop_send(struct prestashop *p, const struct channel_record *records,
                            size_t count, channel_answer *answer, void *user,
                            int64_t *retry_after_ms, struct error *e);

#endif
