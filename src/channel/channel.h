/* channel.h – the shop side behind one interface.
 *
 * A channel takes batches of changes and says up to where it has them; it gives orders and is told what
 * became of them. It knows no ERP and keeps nothing durable: the outbox, the cursor and the outcomes stay in
 * the ledger until the channel acknowledges.
 */
#ifndef ENDPOINT_CHANNEL_CHANNEL_H
#define ENDPOINT_CHANNEL_CHANNEL_H

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "check/check.h"
#include "net/http.h"

/* A batch ready to go: NDJSON lines {"seq","stream","op","key","data"}, seq first..last without holes. */
struct channel_batch {
    uint64_t first, last;
    const char *lines;
    size_t length;
};

struct channel;

struct channel_ops {
    const char *type; /* "panel" */
    /* plugin_id: whose changes; settings: the plugin's "channel" object; incarnation: link/incarnation.h. */
    enum status (*open)(const char *plugin_id, const json_t *settings, const char *state_dir,
                        const char *panel_url, int64_t incarnation, const struct http_options *http,
                        const volatile int *cancel, struct channel **channel, struct error *e);
    void (*close)(struct channel *channel);
    /* STATUS_OK: everything up to *acked is stored over there (may be less, or more, than
     * batch->last: see the flow). STATUS_EXISTS: a hole, *acked says what it has. STATUS_INVALID: a row of
     * the batch will never be taken as it is, and nothing of the batch was; *acked is its number, 0: it is not
     * known which. STATUS_BUSY: asked to wait *retry_after_ms. UNREACHABLE, TIMEOUT: try again. DENIED,
     * REFUSED: needs a person. */
    enum status (*send)(struct channel *channel, const struct channel_batch *batch, uint64_t *acked,
                        int64_t *retry_after_ms, struct error *e);
    /* Whose shop it is: with the channel's type the room in which ids of orders are unique. */
    const char *(*account)(const struct channel *channel);
    /* How far the shop's clock is ahead of ours, in milliseconds, as its last answer showed. */
    int64_t (*clock_offset)(const struct channel *channel);
    /* Orders behind a cursor ("": from the start), at most limit: an array of the protocol's orders
     * (json_decref it). next gets the cursor behind them: opaque, to be stored with the orders. Nothing
     * is forgotten over there because of being fetched. Errors as of send. */
    enum status (*orders)(struct channel *channel, const char *cursor, int limit, json_t **orders,
                          struct buf *next, int64_t *retry_after_ms, struct error *e);
    /* What became of an order: {"state","document","reason","remedy","at"}. Telling it again does no
     * harm. STATUS_NOT_FOUND: the shop does not know the order (any more). */
    enum status (*outcome)(struct channel *channel, const char *order_id, const json_t *outcome,
                           int64_t *retry_after_ms, struct error *e);
    /* The same of up to CHANNEL_OUTCOMES orders in one request: an array of outcomes that have "order", the id,
     * too. answers has as many: each says by its status what `outcome` would have returned for that one.
     * Other than STATUS_OK: nothing is known about any of them. STATUS_END: the shop takes one at a time only
     * (that is remembered as long as the channel is open). NULL: so does every shop of this type. */
    enum status (*outcomes)(struct channel *channel, const json_t *outcomes, struct error *answers,
                            int64_t *retry_after_ms, struct error *e);
};

#define CHANNEL_CURSOR_MAX 1000 /* bytes */
#define CHANNEL_OUTCOMES   500  /* in one request */

/* NULL when there is no such type. */
const struct channel_ops *channel_find(const char *type);
extern const struct channel_ops channel_panel;

#endif
