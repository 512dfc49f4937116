/* orders.h – a shop's orders in the plugin's ledger: what came in, what became of it, what the shop
 * has still to be told.
 *
 * They live in the ledger's file, so that an order and the channel's cursor are stored in one
 * transaction, and an outcome is queued in the one that changes the state. States change by the one
 * table of transitions in orders.c; what stands not in it cannot happen.
 *
 * Writing functions want a transaction (ledger_begin … ledger_commit); its commit is on the disk
 * when it returns (synchronous=FULL). Time comes in as a parameter.
 */
#ifndef ENDPOINT_STORE_ORDERS_H
#define ENDPOINT_STORE_ORDERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/order.h"
#include "store/ledger.h"

#define ORDER_STATE_LIST(X)                                                                    \
    X(ORDER_WAITING, "waiting")         /* nothing of it is in the ERP, as far as we know */   \
    X(ORDER_SENDING, "sending")         /* being written: after a crash it is asked what is */ \
    X(ORDER_HANDED_OVER, "handed-over") /* given to the ERP; waits until it is seen there */   \
    X(ORDER_DONE, "done")               /* it is a document in the ERP */                      \
    X(ORDER_REJECTED, "rejected")       /* it cannot become one; faults say why */             \
    X(ORDER_IN_DOUBT, "in-doubt")       /* nobody knows: a person has to look */

enum order_state {
#define ORDER_ENUM(name, word) name,
    ORDER_STATE_LIST(ORDER_ENUM)
#undef ORDER_ENUM
        ORDER_STATES
};

const char *order_state_word(enum order_state state);
bool order_state_parse(const char *word, enum order_state *state);
/* The four words of the panel protocol: what is on its way is "waiting". */
const char *order_state_outward(enum order_state state);

/* Why a state changes. */
enum order_cause {
    CAUSE_FOUND,          /* the ERP has a document with its marker */
    CAUSE_FAULTY,         /* it cannot become a document */
    CAUSE_CANCELLED,      /* in the shop, before anything was written */
    CAUSE_BEGUN,          /* writing begins */
    CAUSE_NOT_WRITTEN,    /* provably not */
    CAUSE_HANDED_OVER,    /* the writer gave it to the ERP */
    CAUSE_WRITTEN,        /* the writer made the document */
    CAUSE_REFUSED,        /* by the ERP */
    CAUSE_UNCLEAR,        /* the writer cannot say */
    CAUSE_REVISED,        /* the shop sent a newer revision */
    CAUSE_RETRIED,        /* by a person */
    CAUSE_EXISTS_AS,      /* a person says which document it is */
    CAUSE_DOES_NOT_EXIST, /* a person says that there is none */
    ORDER_CAUSES
};

/* The state that follows; false when the cause cannot happen in this state. */
bool order_transition(enum order_state from, enum order_cause cause, enum order_state *to);

#define ORDER_NUMBER 128 /* bytes of the human number that are kept beside the content */
#define ORDER_REASON 1024
#define ORDER_REMEDY 512

struct order_entry {
    int64_t num; /* in order of arrival */
    char id[ORDER_ID_MAX + 1], marker[ORDER_MARKER + 1], number[ORDER_NUMBER];
    char correlation[33]; /* one through journal, panel and status */
    char document[64], document_id[64];
    char reason[ORDER_REASON], remedy[ORDER_REMEDY];
    enum order_state state;
    bool staged, cancelled, by_hand;
    int staged_by;                   /* whose it is: writer_ops.code; 1: not known */
    int64_t revision, late_revision; /* late: the newest that came after writing began; 0: none */
    int64_t received_ms, changed_ms, handed_ms, told_ms;
    int copies; /* documents of it that the ERP was seen to have */
};

struct orders;

/* On an open ledger (borrowed). STATUS_NOT_FOUND: a ledger opened for reading that has no orders.
 */
enum status orders_open(struct ledger *l, struct orders **o, struct error *e);
void orders_close(struct orders *o);

/* ---- coming in ---- */

/* An order as the channel gave it. scope: channel and account, the room in which ids are unique. */
struct order_arrival {
    const char *scope, *id, *marker, *number;
    int64_t revision;
    bool cancelled;
    int64_t arrived_ms;  /* by the shop's clock; < 0: it disagrees with ours, so nobody knows */
    const char *content; /* its JSON */
    size_t length;
};

enum order_stored {
    STORED_NEW,
    STORED_SAME,    /* was there; the shop is told its outcome once more */
    STORED_REVISED, /* a newer revision took its place; it waits */
    STORED_LATE,    /* a newer revision, too late: the reason says so */
};
enum status orders_store(struct orders *o, const struct order_arrival *a, int64_t now_ms,
                         enum order_stored *what, struct order_entry *entry, struct error *e);

/* How far the channel was read: opaque; "" at first. */
enum status orders_cursor(struct orders *o, const char *scope, struct buf *cursor, struct error *e);
enum status orders_set_cursor(struct orders *o, const char *scope, const char *cursor,
                              struct error *e);

/* ---- changing ---- */

struct order_change {
    const char *reason, *remedy;        /* NULL: none */
    const char *document, *document_id; /* NULL: as it is */
    const json_t *faults;               /* NULL: none */
    bool by_hand;
    bool
        file; /* a file of it may lie where the ERP's operator imports: it has to leave when the order is done */
    int copies;
};
/* Change the state by a cause: history, outcome and entry follow. STATUS_REFUSED (order_state): not
 * from this state; nothing was changed. */
enum status orders_move(struct orders *o, struct order_entry *entry, enum order_cause cause,
                        const struct order_change *change, int64_t now_ms, struct error *e);
/* The same state, another reason (or document): nothing when it is the same as before. */
enum status orders_note(struct orders *o, struct order_entry *entry,
                        const struct order_change *change, int64_t now_ms, struct error *e);
/* What write needs is ready and durable. place: the directory in which it lies, "" for none. */
enum status orders_staged(struct orders *o, struct order_entry *entry, int writer,
                          const char *place, struct error *e);
/* All that wait have this reason (what stands in the way of them all). */
enum status orders_block(struct orders *o, const char *reason, const char *remedy, int64_t now_ms,
                         struct error *e);

/* ---- asking ---- */

/* Live orders in a state with num > after, oldest first; STATUS_END when there are none. */
enum status orders_page(struct orders *o, enum order_state state, int64_t after, size_t max,
                        struct order_entry *entries, size_t *count, struct error *e);
/* Finished ones that are still looked after in the ERP. */
enum status orders_watched(struct orders *o, int64_t now_ms, int64_t after, size_t max,
                           struct order_entry *entries, size_t *count, struct error *e);
/* By its id; or by its number, when that is one order's only. STATUS_NOT_FOUND. */
enum status orders_get(struct orders *o, const char *name, struct order_entry *entry,
                       struct error *e);
/* By its marker. STATUS_END: none. */
enum status orders_marked(struct orders *o, const char *marker, struct order_entry *entry,
                          struct error *e);
/* Its JSON, appended. STATUS_NOT_FOUND when it was trimmed. */
enum status orders_content(struct orders *o, int64_t num, struct buf *content, struct error *e);
/* When it came first, by the shop's clock; by ours where that is not known. */
int64_t orders_arrived(struct orders *o, const struct order_entry *entry);
/* One that was written, or may have been, for another account and has this id or number; account: the scope
 * of ours, without a shop. STATUS_NOT_FOUND. */
enum status orders_elsewhere(struct orders *o, const char *account, const char *id,
                             const char *number, struct order_entry *entry, struct error *e);
/* The directory that its file was made in; "": none, or a ledger of an older version. */
enum status orders_place(struct orders *o, int64_t num, struct buf *place, struct error *e);
/* Whose marker is it? id has ORDER_ID_MAX + 1 bytes. STATUS_NOT_FOUND. */
enum status orders_id_of(struct orders *o, const char *marker, char *id, struct error *e);

/* Costs the same however many orders there are (but for a ledger of an older version). */
struct orders_counts {
    int64_t states[ORDER_STATES]; /* of orders that were not trimmed */
    int64_t done_since;           /* since a time */
    int64_t oldest_handed_ms;     /* 0: none */
    int64_t outcomes;             /* that wait to be told */
    int64_t refused;              /* of them: by the shop, to be told again later */
};
enum status orders_count(struct orders *o, int64_t since_ms, struct orders_counts *counts,
                         struct error *e);

/* {"waiting","handed_over","done_today","rejected","in_doubt","oldest_handed_over","untold"} */
json_t *orders_counts_json(const struct orders_counts *counts);

/* [{id,number,state,document,reason,remedy,revision,correlation,received,changed,marker,faults}],
 * the newest first. state NULL: all. */
enum status orders_list(struct orders *o, const char *state, size_t limit, json_t **list,
                        struct error *e);
/* One of them with "history" [{at,state,reason,remedy}] and "order", its content. */
enum status orders_show(struct orders *o, const char *name, json_t **order, struct error *e);

/* The same over every ledger below state_dir; each has its "plugin". plugin NULL: all. */
enum status orders_list_all(const char *state_dir, const char *plugin, const char *state,
                            size_t limit, json_t **list, struct error *e);
/* STATUS_EXISTS: several plugins have an order of that name, plugin has to say which. */
enum status orders_show_all(const char *state_dir, const char *plugin, const char *name,
                            json_t **order, struct error *e);

/* How many orders of a plugin, which need not run, have not come to an end: waiting, being written, handed over,
 * in doubt. STATUS_NOT_FOUND: it has no ledger, or none of orders. */
enum status orders_count_live(const char *state_dir, const char *plugin, int64_t *count,
                              struct error *e);

/* Marker to id over every ledger below state_dir, for many questions. */
struct orders_index;
enum status orders_index_open(const char *state_dir, struct orders_index **x, struct error *e);
void orders_index_close(struct orders_index *x);
bool orders_index_find(struct orders_index *x, const char *marker, char *id);

/* ---- telling the shop ---- */

/* The oldest outcomes that are due, as entries; STATUS_END: none. */
enum status orders_untold(struct orders *o, int64_t now_ms, size_t max, struct order_entry *entries,
                          size_t *count, struct error *e);
/* The shop has it. Nothing when the entry has changed meanwhile. */
enum status orders_told(struct orders *o, const struct order_entry *entry, struct error *e);
/* Not now: again at a time. */
enum status orders_tell_later(struct orders *o, const struct order_entry *entry, int64_t at_ms,
                              struct error *e);

/* ---- imports that are overdue ---- */

/* Handed over before a time, and not yet warned of; the oldest first. STATUS_END: none. */
enum status orders_unwarned(struct orders *o, int64_t before_ms, size_t max,
                            struct order_entry *entries, size_t *count, struct error *e);
enum status orders_warned(struct orders *o, int64_t num, struct error *e);
/* All that were handed over before a time. */
enum status orders_count_overdue(struct orders *o, int64_t before_ms, uint64_t *count,
                                 struct error *e);
/* Those handed over since a time are not overdue any more: the wait was made longer. */
enum status orders_forget_warned(struct orders *o, int64_t since_ms, struct error *e);

/* ---- files of orders that are done ---- */

/* Orders with num > after whose file has to leave its directory; STATUS_END: none. */
enum status orders_away(struct orders *o, int64_t after, size_t max, struct order_entry *entries,
                        size_t *count, struct error *e);
/* It has left. */
enum status orders_put_away(struct orders *o, int64_t num, struct error *e);

/* ---- keeping small ---- */

/* Drop content and history of orders that ended more than keep_ms ago, at most max of them; id,
 * marker, state and document stay for ever, so that a late repetition is known. */
enum status orders_trim(struct orders *o, int64_t now_ms, int64_t keep_ms, size_t max,
                        size_t *trimmed, struct error *e);

#endif
