/* woocommerce.h – a WooCommerce shop as a channel. endpoint-woocommerce(7) says what it can and
 * cannot do. */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_H

#include "channel/channel.h"

extern const struct channel_ops channel_woocommerce;

#endif
