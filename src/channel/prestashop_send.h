/* prestashop_send.h – sends stock, prices and products to the shop.
 *
 * Before a write we read from the shop whether the product still exists, is still the right one,
 * and needs a write at all. There are no batches: each object needs its own call. After the calls
 * all the objects are read again, and only values that the shop then shows count as sent. This also
 * settles calls whose answer never came.
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
