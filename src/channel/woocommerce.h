/* woocommerce.h – a WooCommerce shop as a channel. What it does and what it cannot: endpoint-woocommerce(7). */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_H

#include "channel/channel.h"

extern const struct channel_ops channel_woocommerce;

#endif
