/* woocommerce_send.h – sends stock, prices and products to the shop.
 *
 * Before a write we read from the shop whether the product still exists, is still the right one,
 * and needs a write at all. After the write the echoed value is compared. A batch of this shop
 * checks nothing and always answers 200, so both steps are necessary. If an answer never came, we
 * read the values; nothing is written again before that.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_SEND_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_SEND_H

#include "channel/woocommerce_http.h"

#define WOOCOMMERCE_SEND_ROWS 200

/* See channel.h, send. */
enum status woocommerce_send(struct woocommerce *w, const struct channel_record *records,
                             size_t count, channel_answer *answer, void *user,
                             int64_t *retry_after_ms, struct error *e);

#endif
