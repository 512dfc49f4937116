/* panel.h – the panel as a channel: changes go out, orders come in, outcomes go back (doc/panel-api.yaml).
 *
 * The panel wants changes numbered without holes, and stores the number of the last one it has. So
 * the mark is that number in digits, and a record's number in the request follows from its place
 * after it. A batch repeated after a lost reply has the same numbers, and the panel drops the rows
 * that it has. The panel refuses a batch only as a whole. The faulty row is then found (the panel
 * names it, or we halve the batch) and sent once more alone before it is answered as refused.
 */
#ifndef ENDPOINT_CHANNEL_PANEL_H
#define ENDPOINT_CHANNEL_PANEL_H

#include "channel/channel.h"

extern const struct channel_ops channel_panel;

#endif
