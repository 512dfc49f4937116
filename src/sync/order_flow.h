/* order_flow.h – a shop's orders on their way into the ERP, each at most once.
 *
 *     fetch ─▶ waiting ─▶ find ─▶ prepare ─▶ [sending] ─▶ stage ─▶ [staged] ─▶ write ─▶ settle ─▶
 * [handed-over] look ─▶ [done] ─▶ tell
 *
 * [ ] are commits of the ledger. Before anything is written the ERP is asked for every order's
 * marker, a batch in one query: so an order that another life of this ledger wrote (it was restored
 * from a copy, the shop delivered it again) is found and not made twice; that costs one query per
 * batch and needs no guess about which orders are new. After a crash, or a step whose end is not
 * known, recover asks what became of what was being sent before anything else is.
 *
 * All is decided by what is durable: a function may end anywhere, in any way, and is called again.
 */
#ifndef ENDPOINT_SYNC_ORDER_FLOW_H
#define ENDPOINT_SYNC_ORDER_FLOW_H

#include "channel/channel.h"
#include "erp/order_alike.h"
#include "erp/writer.h"
#include "sync/orders.h"

#define ORDER_FLOW_BATCH 100 /* orders that share commits */
#define ORDER_FLOW_LOOK  500 /* markers in one query */

/* Which side a failure is on, and so which check goes red. */
enum order_side { ORDER_SIDE_LEDGER, ORDER_SIDE_CHANNEL, ORDER_SIDE_ERP, ORDER_SIDE_WRITER };

/* What the flow asks of the ERP. */
struct order_erp {
    /* As order_find. */
    enum status (*find)(void *user, const char (*markers)[ORDER_MARKER + 1], size_t count,
                        struct order_found *found, size_t *found_count, struct error *e);
    /* As order_prepare. */
    enum status (*prepare)(void *user, const struct order *o, const char *marker,
                           struct order_document **d, json_t *faults, struct error *e);
    void *user;
    /* As order_alike_find; NULL: it is not asked. */
    enum status (*alike)(void *user, const struct order *o, const char *marker,
                         struct order_alike *found, struct error *e);
};

/* Orders that are not for us, unless a person retries them: those that were older than so when they
 * arrived here (however long they have waited here since), and those placed before a time. By the
 * shop's clock. 0: no bound. */
struct order_ages {
    int64_t age_ms, placed_from_ms;
    const char *too_old, *too_early; /* "it was placed before the plugin was set up" */
};

#define ORDER_FLOW_PAUSES 64

struct order_flow {
    struct ledger *ledger;
    struct orders *orders;
    const char *scope;                                  /* of ids: channel and account */
    const char *channel_type, *account, *document_type; /* the key's parts */
    const struct order_erp *erp;                        /* NULL: not asked (yet) */
    const struct writer_ops *writer_ops;                /* NULL: the writer is off */
    struct writer *writer;
    struct order_ages ages;
    /* When this endpoint first heard of the account, by the shop's clock: an order placed before may be in the
     * ERP under another account's marker. 0: it always knew it. */
    int64_t account_since_ms;
    bool account_new; /* that is only from this pass, by our clock */
    int64_t wait_ms;  /* after which a hand-over that is not seen is overdue */
    /* All may be NULL but now. */
    int64_t (*now)(void *user);
    /* False: stop at the next safe step. */
    bool (*tick)(void *user, const char *phase, uint64_t done);
    void (*journal)(void *user, const char *level, const char *code,
                    const struct order_entry *order, const char *text);
    void (*point)(void *user, const char *name); /* between steps, for tests: may not return */
    /* Asked before each document: may this start of the endpoint still write? False: e says why not. */
    bool (*may_write)(void *user, struct error *e);
    void *user;
    /* Filled in. */
    enum order_side side; /* of the last failure */
    int64_t ahead_ms;     /* of the shop's clock before ours, as its last answer showed */
    bool clock_heard;     /* there was one */
    uint64_t undated;     /* wait as the clocks disagree; since the caller cleared it */
    bool unsettled;       /* recover has to be called before anything is written; set it at start */
    bool asked;           /* recover was, and could not tell of some */
    struct {
        uint64_t received, handed_over, done, rejected, in_doubt, told;
    } count;          /* since the caller cleared them */
    uint64_t overdue; /* handed over and not seen for wait_ms, by the last look */
    /* Orders that wait because the ERP refused a statement about them, while it answers about others;
     * the first one's reason. Since the caller cleared them. */
    uint64_t unchecked;
    struct error unchecked_why;
    /* Orders that the writer gave back, each for itself, while it writes others; the first one's reason.
     * Since the caller cleared them. */
    uint64_t given_back;
    struct error given_back_why;
    uint64_t paused; /* given back before, and not tried this time; since the caller cleared it */
    /* Such orders are left in peace for a while, longer each time. 0 in num: free. */
    struct order_pause {
        int64_t num, until_ms, length_ms;
    } pauses[ORDER_FLOW_PAUSES];
};

/* Try them all again at once. */
void order_flow_unpause(struct order_flow *f);
/* Until the first is to be tried again; < 0: none waits for that. */
int64_t order_flow_pause_left(struct order_flow *f);

/* The marker of the shop's order of this id. */
void order_flow_marker(const struct order_flow *f, const char *id, char marker[ORDER_MARKER + 1]);
/* Is it too old to be ours, having arrived at a time of the shop's clock? Then faults say so. */
bool order_flow_too_old(const struct order_flow *f, const struct order *o, int64_t arrived_ms,
                        json_t *faults);

/* Take what the shop has into the ledger, all pages of it. */
enum status order_flow_fetch(struct order_flow *f, const struct channel_ops *ops,
                             struct channel *channel, int64_t *retry_after_ms, struct error *e);

/* Decide about all that is `sending`. */
enum status order_flow_recover(struct order_flow *f, struct error *e);

/* Write one batch of what waits behind *after. STATUS_END: none waits. Failures leave what was not
 * written waiting; unsettled says that recover is needed. */
enum status order_flow_write(struct order_flow *f, int64_t *after, struct error *e);

/* See in the ERP what was handed over (and what is in doubt). */
enum status order_flow_look(struct order_flow *f, struct error *e);

/* See whether the ERP has more of finished orders than it should: imported twice, or after a person
 * had settled them by hand. Seldom. */
enum status order_flow_watch(struct order_flow *f, struct error *e);

/* Tell the shop all outcomes that are due. What it refuses is journalled and tried again later. */
enum status order_flow_tell(struct order_flow *f, const struct channel_ops *ops,
                            struct channel *channel, int64_t *retry_after_ms, struct error *e);

/* This endpoint is registered as another than before: whatever waits is in doubt. before: its id then. */
enum status order_flow_estrange(struct order_flow *f, const char *before, struct error *e);

/* A person's words; name is an id or a number. STATUS_NOT_FOUND; STATUS_REFUSED with what to do
 * instead. entry says what became of it. */
enum status order_flow_retry(struct order_flow *f, const char *name, struct order_entry *entry,
                             struct error *e);
/* exists_as NULL: it does not exist. */
enum status order_flow_resolve(struct order_flow *f, const char *name, const char *exists_as,
                               struct order_entry *entry, struct error *e);

#endif
