/* woocommerce_send.h – stock, prices and products on their way to the shop.
 *
 * Before a write the shop is asked what stands there: whether the product is still there, is still the one that is
 * meant, and whether anything has to be written at all. After it the echoed value is compared. A batch of this shop
 * checks nothing and answers 200 whatever happens, so neither can be left out. An answer that never came is looked for
 * by reading; nothing is written twice without that.
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
