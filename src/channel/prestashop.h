/* prestashop.h – a PrestaShop shop as a channel. endpoint-prestashop(7) says what it can and cannot
 * do. */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_H
#define ENDPOINT_CHANNEL_PRESTASHOP_H

#include "channel/channel.h"

extern const struct channel_ops channel_prestashop;

#endif
