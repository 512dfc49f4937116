/* panel.h – the panel as a channel: changes go out, orders come in, outcomes go back (doc/panel-api.yaml).
 *
 * The panel wants changes numbered without holes and keeps the number of the last one it has. So the mark is that
 * number in digits, and a record's number on the wire follows from its place behind it: a batch that is repeated after
 * a lost reply has the same numbers, and the panel drops what it has. A batch is refused whole. The row at fault is
 * found (the panel names it, else by halving) and sent once more alone before it is answered as refused.
 */
#ifndef ENDPOINT_CHANNEL_PANEL_H
#define ENDPOINT_CHANNEL_PANEL_H

#include "channel/channel.h"

extern const struct channel_ops channel_panel;

#endif
