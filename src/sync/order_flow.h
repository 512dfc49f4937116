/* order_flow.h – a shop's orders on their way into the ERP, each at most once.
 *
 *     fetch ─▶ waiting ─▶ find ─▶ prepare ─▶ [sending] ─▶ stage ─▶ [staged] ─▶ write ─▶ settle ─▶
 * [handed-over] look ─▶ [done] ─▶ tell
 *
 * [ ] are commits of the ledger. Before anything is written, the ERP is asked for every order's
 * marker, a batch per query. So an order that was already written (before this ledger was restored
 * from a copy, or the shop delivered it again) is found and not made twice; that costs one query
 * per batch, and nobody has to guess which orders are new. After a crash, or a step with an unknown
 * end, recover first finds out what became of the orders that were being sent.
 *
 * Everything is decided by what is durable: a function may end anywhere, in any way, and is called
 * again.
 */
#ifndef ENDPOINT_SYNC_ORDER_FLOW_H
#define ENDPOINT_SYNC_ORDER_FLOW_H

#include "channel/channel.h"
#include "document/order_alike.h"
#include "document/writer.h"
#include "store/orders.h"

#define ORDER_FLOW_BATCH 100 /* orders that share commits */
#define ORDER_FLOW_LOOK  500 /* markers in one query */

/* The side on which a failure is, which decides which check goes red. */
enum order_side { ORDER_SIDE_LEDGER, ORDER_SIDE_CHANNEL, ORDER_SIDE_ERP, ORDER_SIDE_WRITER };

/* What the flow needs from the ERP. */
struct order_erp {
    /* As order_find. */
    enum status (*find)(void *user, const char (*markers)[ORDER_MARKER + 1], size_t count,
                        struct order_found *found, size_t *found_count, struct error *e);
    /* As order_prepare. */
    enum status (*prepare)(void *user, const struct order *o, const char *marker,
                           struct order_document **d, json_t *faults, struct error *e);
    /* Like order_recent_newest and order_recent; both NULL, or STATUS_END: all orders have to be
     * looked up. */
    enum status (*newest)(void *user, int64_t *id, struct error *e);
    enum status (*recent)(void *user, int64_t after, char (*markers)[ORDER_MARKER + 1],
                          size_t *count, int64_t *last, struct error *e);
    void *user;
    /* As order_alike_find; NULL: it is not asked. */
    enum status (*alike)(void *user, const struct order *o, const char *marker,
                         struct order_alike *found, struct error *e);
};

/* The writer that began an order, whatever orders.writer is now: opened to judge what it began, and
 * to remove what it had prepared. */
struct order_begun {
    /* By its code and the directory it worked in ("": none). Closed by close. */
    enum status (*open)(void *user, int code, const char *place, const struct writer_ops **ops,
                        struct writer **writer, struct error *e);
    void *user;
};

/* Moves files of finished orders out of the directory from which the ERP's operator imports. */
struct order_files {
    /* As done_files_put and done_files_flush. place "": the directory that is set. */
    enum status (*put)(void *user, const char *place, const char *marker, struct error *e);
    enum status (*flush)(void *user, struct error *e);
    void *user;
};

/* Orders that are not for us, unless a person retries them: those that were too old when they
 * arrived (however long they have waited here since), and those placed before a given time. By the
 * shop's clock. 0: no limit. */
struct order_ages {
    int64_t age_ms, placed_from_ms;
    const char *too_old, *too_early; /* said: "it was placed before the plugin was set up" */
};

#define ORDER_FLOW_PAUSES 64

/* How far looking has come. Many orders wait, and the ERP makes few documents: so new documents are
 * examined each time, and waiting orders only bit by bit, for whatever the news did not show (a
 * document that got its marker later, a mapping without news). */
struct order_sweep {
    int64_t after; /* num of the last order that was looked for */
    bool whole;    /* all were looked up once since the start */
    int64_t at_ms; /* of the last bit */
};
struct order_looking {
    struct order_sweep sweeps[2]; /* handed over, in doubt */
    bool news;                    /* the ERP reports what is new */
    /* The highest document id seen, and one old enough that all ids below it are visible. */
    int64_t seen_id, seen_ms, from_id;
    bool waits_checked; /* orders.epp_wait may have been made longer */
};

struct order_flow {
    struct ledger *ledger;
    struct orders *orders;
    const char *scope;                                  /* of ids: channel and account */
    const char *channel_type, *account, *document_type; /* the key's parts */
    const struct order_erp *erp;                        /* NULL: not asked (yet) */
    struct order_begun begun;                           /* open NULL: only orders.writer judges */
    struct order_files files;                           /* put NULL: files stay where they are */
    const struct writer_ops *writer_ops;                /* NULL: the writer is off */
    struct writer *writer;
    struct order_ages ages;
    /* When this endpoint first heard of the account, by the shop's clock: an order placed before
     * that may be in the ERP under another account's marker. 0: it has always known it. */
    int64_t account_since_ms;
    bool account_new; /* that is only from this pass, by our clock */
    int64_t wait_ms;  /* after this a hand-over that was not seen is overdue */
    /* All may be NULL but now. */
    int64_t (*now)(void *user);
    /* False: stop at the next safe step. */
    bool (*tick)(void *user, const char *phase, uint64_t done);
    void (*journal)(void *user, const char *level, const char *code,
                    const struct order_entry *order, const char *said);
    void (*point)(void *user, const char *name); /* between steps, for tests: may not return */
    /* Asked before each document: may this start of the endpoint still write? False: e says why not. */
    bool (*may_write)(void *user, struct error *e);
    void *user;
    /* Filled in. */
    enum order_side side; /* of the last failure */
    int64_t ahead_ms;     /* of the shop's clock before ours, as its last answer showed */
    bool clock_heard;     /* there was one */
    uint64_t undated;     /* wait as the clocks disagree; since the caller cleared it */
    bool unsettled;       /* recover must be called before anything is written; set it at start */
    bool asked;           /* recover was called, and could not settle some */
    uint64_t stuck;       /* so many, by the last recover; the first one's reason */
    struct error stuck_why;
    struct order_looking looking;
    struct {
        uint64_t received, handed_over, done, rejected, in_doubt, told;
    } count;          /* since the caller cleared them */
    uint64_t overdue; /* handed over and not seen for wait_ms, by the last look */
    uint64_t left; /* files of orders that are done that could not be put away, by the last try */
    struct error left_why;
    /* Orders that wait because the ERP refused a statement about them while it answers about
     * others, and the first one's reason. Since the caller cleared them. */
    uint64_t unchecked;
    struct error unchecked_why;
    /* Orders that the writer gave back individually while it writes others, and the first one's
     * reason. Since the caller cleared them. */
    uint64_t given_back;
    struct error given_back_why;
    uint64_t paused; /* given back before, and not tried this time; since the caller cleared it */
    /* Such orders rest for a while, longer each time. num 0: a free place. */
    struct order_pause {
        int64_t num, until_ms, length_ms;
    } pauses[ORDER_FLOW_PAUSES];
};

/* The marker of the shop's order of this id. */
void order_flow_marker(const struct order_flow *f, const char *id, char marker[ORDER_MARKER + 1]);

/* Take what the shop has into the ledger, all pages of it. */
enum status order_flow_fetch(struct order_flow *f, const struct channel_ops *ops,
                             struct channel *channel, int64_t *retry_after_ms, struct error *e);

/* A person's decisions; name is an id or a number. STATUS_NOT_FOUND; STATUS_REFUSED with what to do
 * instead. entry is the order afterwards. */
enum status order_flow_retry(struct order_flow *f, const char *name, struct order_entry *entry,
                             struct error *e);
/* exists_as NULL: it does not exist. */
enum status order_flow_resolve(struct order_flow *f, const char *name, const char *exists_as,
                               struct order_entry *entry, struct error *e);

#endif
