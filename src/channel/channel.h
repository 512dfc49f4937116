/* channel.h – the shop side of a plugin behind one interface.
 *
 * A channel takes records and answers for each one; it gives orders and accepts their results. It
 * knows no ERP and no ledger, and stores nothing durable. What it must remember between two calls
 * to the shop (how far the panel has confirmed, the position in a feed of orders) it returns as an
 * opaque text, the mark or the cursor. The flow stores this text in the same transaction as the
 * answers, and passes it back when the channel is opened again.
 *
 * A channel's name, its kinds and its settings are in config/channel_types.h, so that code that
 * never opens a channel (the panel, endpointctl) can check a plugin's settings.
 *
 * Life: open → (check | lookup | catalogue | express | send | orders | outcome)… → close. One thread, blocking calls;
 * every wait ends when *cancel is set (STATUS_CANCELLED).
 *
 * Every call may return: BUSY (a limit; *retry_after_ms says when to try again), UNREACHABLE,
 * TIMEOUT (try again), DENIED (credentials or rights: needs a person), REFUSED (the shop understood
 * and said no), CANCELLED. *retry_after_ms is -1 if the shop named no time.
 */
#ifndef ENDPOINT_CHANNEL_CHANNEL_H
#define ENDPOINT_CHANNEL_CHANNEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "check/check.h"
#include "net/http.h"

#define CHANNEL_ID         128  /* bytes of an item's id, at most */
#define CHANNEL_VALUE      200  /* bytes of an item's value, at most */
#define CHANNEL_MARK_MAX   1000 /* bytes */
#define CHANNEL_CURSOR_MAX 1000 /* bytes */
#define CHANNEL_OUTCOMES   500  /* in one request */

/* The mark of a damaged ledger: it is no longer known what the shop has confirmed. */
#define CHANNEL_MARK_LOST "?"

struct channel;

/* The data for opening a channel. The struct itself is needed only during open; the data it points
 * to are borrowed for the channel's life. */
struct channel_place {
    const char *plugin_id, *kind; /* kind: model/kind.h */
    const json_t *settings;       /* the plugin's "channel" object; its secrets are not in it */
    const json_t *options;        /* of the scenario */
    const char *state_dir; /* for the panel's identity, and for budgets that processes share */
    const char *panel_url; /* of the panel channel only */
    int64_t incarnation;   /* likewise: link/incarnation.h */
    const char *mark;      /* as stored; "" the first time, CHANNEL_MARK_LOST after damage */
    const struct http_options *http;
    const volatile int *cancel;
    /* A secret of the settings table by its name ("key", "token"), from the sealed store.
     * NOT_FOUND: it is not set. */
    enum status (*secret)(void *user, const char *name, char *value, size_t size, struct error *e);
    void *secret_user;
    void (*alive)(void *user); /* called between the requests of a long call; may be NULL */
    void *alive_user;
};

/* An item of the shop, as its catalogue shows it. Its texts live until the callback returns. */
struct channel_item {
    /* The shop's id, opaque: "123", "123/456" for a variation; at most CHANNEL_ID bytes. */
    const char *id;
    const char *sku, *ean; /* "": none */
    const char *name;      /* for people; may be "" */
    /* The value that the shop shows, for this plugin's kind: one word ("12", "19.99"). If an item
     * has values at several places (warehouses, price groups): words "place=12" separated by
     * blanks; a record's value is then the word of its own place. Values are compared word by word.
     * NULL: the shop does not say. */
    const char *value;
    /* A code of base/codes.h: why the item cannot be written at all (a parent of variations, stock
     * that the shop does not manage). NULL: it can be written. */
    const char *obstacle;
};

/* A change to be sent. */
struct channel_record {
    uint64_t number;         /* ascending within one call; means nothing between calls */
    const char *stream, *op; /* op: "upsert" or "delete" */
    const char *key;         /* as people see it */
    const char *data;        /* the record's JSON; "" of a deletion */
    size_t length;           /* of data */
    const char *
        item; /* the shop's id, found in the catalogue; NULL: it has none (a product that is to be made),
                                or the channel has no catalogue */
};

enum channel_result {
    CHANNEL_UNTRIED,   /* nothing is known: it stays queued */
    CHANNEL_SENT,      /* the shop has it now */
    CHANNEL_SAME,      /* the shop had it already */
    CHANNEL_UNKNOWN,   /* the shop has no such item (any more) */
    CHANNEL_AMBIGUOUS, /* it has several such items; why names them */
    CHANNEL_REFUSED,   /* it will never take this record; why has the shop's words */
    CHANNEL_LATER,     /* not before again_ms (wall) */
};

/* Called once for each record that was tried, in any order. value: what the shop shows afterwards;
 * NULL: it does not say. item: the id of a new item, else NULL. why: for UNKNOWN, AMBIGUOUS,
 * REFUSED and LATER. */
typedef void channel_answer(void *user, size_t index, enum channel_result result, const char *value,
                            const char *item, int64_t again_ms, const struct error *why);

struct channel_ops {
    const char *type;   /* of config/channel_types.h: "panel" */
    bool has_catalogue; /* it has catalogue and express: records are matched with items */
    size_t batch_rows, batch_bytes; /* the most of one send; 0: no limit of its own */

    enum status (*open)(const struct channel_place *place, struct channel **channel,
                        struct error *e);
    void (*close)(struct channel *channel);

    /* Its checks in order (name → TCP → TLS → credentials → rights → version → clock → currency and tax mode → limits
     * left), each reported as it ends, even the skipped ones. Returns the worst. NULL: somebody
     * else checks this side (the daemon checks the panel). */
    enum check_result (*check)(struct channel *channel, void (*tell)(const struct check *, void *),
                               void *user);
    /* [{"id","name",…}] of one of the shop's lists: "warehouses", "price-groups", "statuses", "sources",
     * "tax-classes", "categories", "languages". NOT_FOUND: it has no such list. *rows: json_decref it. NULL: none. */
    enum status (*lookup)(struct channel *channel, const char *list, json_t **rows,
                          int64_t *retry_after_ms, struct error *e);

    /* One page of the catalogue. page: "" for the first, else the last `next`; next: the page after
     * it, "" at the end. */
    enum status (*catalogue)(struct channel *channel, const char *page,
                             void (*item)(void *user, const struct channel_item *item), void *user,
                             struct buf *next, int64_t *retry_after_ms, struct error *e);
    /* The value that the shop would show if it had this record, in the form of channel_item.value.
     * Makes no call to the shop. INVALID: the shop cannot express it (a price with three decimals);
     * e says why. But 2.5 pieces are rounded down: then OK, and e says so (error_set with
     * STATUS_OK); otherwise e is empty. END: the record has no value of its own, or must always be
     * sent. */
    enum status (*express)(struct channel *channel, const struct channel_record *record,
                           struct buf *value, struct error *e);

    /* Send records, oldest first; at most batch_rows of them. OK: answers were reported; records
     * without an answer are UNTRIED. A call may leave all records untried while it searches for a
     * faulty one; then it is called again. With any other status, the answers reported before are
     * valid, too. If *mark is not empty afterwards, it is stored together with the answers. EXISTS:
     * the shop is not the same as before (restored from a copy), and everything must be sent again. */
    enum status (*send)(struct channel *channel, const struct channel_record *records, size_t count,
                        channel_answer *answer, void *user, struct buf *mark,
                        int64_t *retry_after_ms, struct error *e);

    /* The queue is empty: what the channel collects from many calls (a file that is written as a
     * whole) goes out now. complete: the ERP was read completely, so everything was sent. Also
     * called once after each opening. Errors and mark as with send. NULL: there is nothing to do. */
    enum status (*finish)(struct channel *channel, bool complete, struct buf *mark,
                          struct error *e);

    /* ---- orders: NULL where the type has no kind "orders" ---- */

    /* The shop's account: ids of orders are unique within the channel's type and this account. */
    const char *(*account)(const struct channel *channel);
    /* How far the shop's clock is ahead of ours, in milliseconds, according to its last answer. */
    int64_t (*clock_offset)(const struct channel *channel);
    /* Orders behind a cursor ("": from the start), at most limit: an array of the protocol's orders
     * (json_decref it). next gets the cursor after them: opaque, to be stored with the orders. The
     * shop does not forget an order because we fetched it. If a shop counts no revisions, its
     * orders have no "revision" but a "digest", a text that changes when the order does. Errors as
     * with send. */
    enum status (*orders)(struct channel *channel, const char *cursor, int limit, json_t **orders,
                          struct buf *next, int64_t *retry_after_ms, struct error *e);
    /* Report an order's result: {"state","document","reason","remedy","at"}. Reporting it again
     * does no harm. STATUS_NOT_FOUND: the shop does not know the order (any more). */
    enum status (*outcome)(struct channel *channel, const char *order_id, const json_t *outcome,
                           int64_t *retry_after_ms, struct error *e);
    /* The same for up to CHANNEL_OUTCOMES orders in one request: an array of outcomes that also
     * have "order", the id. answers has the same length: each status is what `outcome` would have
     * returned for that order. Other than STATUS_OK: nothing is known about any of them.
     * STATUS_END: the shop takes only one at a time (this is remembered while the channel is open).
     * NULL: no shop of this type takes several. */
    enum status (*outcomes)(struct channel *channel, const json_t *outcomes, struct error *answers,
                            int64_t *retry_after_ms, struct error *e);
};

/* The registry; NULL after the last. */
const struct channel_ops *channel_at(size_t index);
/* NULL: there is no such type. */
const struct channel_ops *channel_find(const char *type);

#endif
