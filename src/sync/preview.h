/* preview.h – what a simulation says about the shop: which product a change would go to, what it shows now, and what it
 * would show.
 */
#ifndef ENDPOINT_SYNC_PREVIEW_H
#define ENDPOINT_SYNC_PREVIEW_H

#include "store/items.h"
#include "sync/flow.h"

struct preview;

/* known: the plugin's ledger, for reading only; NULL: there is none. Its catalogue is used when it is not older than the
 * scenario allows; else the shop's is read now, into a file in dir, which is removed at the end. STATUS_END: the channel has
 * no catalogue, or this stream is not about products. */
enum status preview_open(const struct flow *f, struct ledger *known, const char *dir,
                         const struct channel_ops *ops, struct channel *channel, struct preview **p,
                         struct error *e);
void preview_close(struct preview *p);

/* Adds "shop" to a row {"op","key","data"}: {"item","there","would","why"}, null what is not known. */
void preview_add(struct preview *p, json_t *row);

#endif
