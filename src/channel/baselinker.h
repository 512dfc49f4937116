/* baselinker.h – BaseLinker (Base.com) as a channel: stock, prices and products of a catalogue, and its orders.
 *
 * Facts about the API are next to the code that uses them; endpoint-baselinker(7) explains them to
 * users. */
#ifndef ENDPOINT_CHANNEL_BASELINKER_H
#define ENDPOINT_CHANNEL_BASELINKER_H

#include "channel/channel.h"

extern const struct channel_ops channel_baselinker;

#endif
