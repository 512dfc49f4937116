/* prestashop.h – a PrestaShop shop as a channel. What it does and what it cannot: endpoint-prestashop(7). */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_H
#define ENDPOINT_CHANNEL_PRESTASHOP_H

#include "channel/channel.h"

extern const struct channel_ops channel_prestashop;

#endif
