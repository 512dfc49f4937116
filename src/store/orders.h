/* orders.h – a shop's orders in the plugin's ledger: what came in, what became of it, and what the
 * shop still has to be told.
 *
 * They live in the ledger's file, so that an order and the channel's cursor are stored in one
 * transaction, and an outcome is queued in the one that changes the state. States change only by
 * the table of transitions in order_state.c; a change that is not in it cannot happen.
 *
 * Writing functions need a transaction (ledger_begin … ledger_commit); when the commit returns it
 * is on the disk (synchronous=FULL). Time comes in as a parameter.
 */
#ifndef ENDPOINT_STORE_ORDERS_H
#define ENDPOINT_STORE_ORDERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/order.h"
#include "store/ledger.h"
#include "store/order_state.h"

#define ORDER_NUMBER      128 /* bytes of the order's number that are kept beside the content */
#define ORDER_REASON      1024
#define ORDER_REMEDY      512
#define ORDER_REASON_SAID 2048
#define ORDER_REMEDY_SAID 1024

struct order_entry {
    int64_t num; /* in order of arrival */
    char id[ORDER_ID_MAX + 1], marker[ORDER_MARKER + 1], number[ORDER_NUMBER];
    char correlation[33]; /* one through journal, panel and status */
    char document[64], document_id[64];
    char reason[ORDER_REASON], remedy[ORDER_REMEDY]; /* in English, and as they were made: */
    char reason_said[ORDER_REASON_SAID], remedy_said[ORDER_REMEDY_SAID]; /* base/said.h */
    enum order_state state;
    bool staged, cancelled, by_hand;
    int staged_by;                   /* whose it is: writer_ops.code; 1: not known */
    int64_t revision, late_revision; /* late: came after writing began; 0: none */
    int64_t received_ms, changed_ms, handed_ms, told_ms;
    int copies; /* how many of its documents were seen in the ERP */
};

struct orders;

/* On an open ledger (borrowed). STATUS_NOT_FOUND: a ledger opened for reading that has no orders.
 */
enum status orders_open(struct ledger *l, struct orders **o, struct error *e);
void orders_close(struct orders *o);

/* ---- coming in ---- */

/* An order from the channel. scope: channel and account, within which ids are unique. */
struct order_arrival {
    const char *scope, *id, *marker, *number;
    int64_t revision;   /* 0: the shop has none; then digest distinguishes its readings */
    const char *digest; /* NULL: none */
    bool cancelled;
    int64_t arrived_ms;  /* by the shop's clock; < 0: unknown, because it disagrees with ours */
    const char *content; /* its JSON */
    size_t length;
};

enum order_stored {
    STORED_NEW,
    STORED_SAME,    /* already there; the shop is told its outcome again */
    STORED_REVISED, /* a newer revision took its place; it waits */
    STORED_LATE,    /* a newer revision, too late: the reason says so */
};
enum status orders_store(struct orders *o, const struct order_arrival *a, int64_t now_ms,
                         enum order_stored *what, struct order_entry *entry, struct error *e);

/* How far the channel was read: opaque; "" initially. */
enum status orders_cursor(struct orders *o, const char *scope, struct buf *cursor, struct error *e);
enum status orders_set_cursor(struct orders *o, const char *scope, const char *cursor,
                              struct error *e);

/* ---- changing ---- */

struct order_change {
    const char *reason, *remedy;        /* said texts (base/said.h); NULL: none */
    const char *document, *document_id; /* NULL: as it is */
    const json_t *faults;               /* NULL: none */
    bool by_hand;
    bool file; /* its file may be in the import directory: it has to leave when the order is done */
    int copies;
};
/* Change the state by a cause, and with it history, outcome and entry. STATUS_REFUSED
 * (order_state): not possible from this state; nothing was changed. */
enum status orders_move(struct orders *o, struct order_entry *entry, enum order_cause cause,
                        const struct order_change *change, int64_t now_ms, struct error *e);
/* The same state with another reason (or document); does nothing if it is the same as before. */
enum status orders_note(struct orders *o, struct order_entry *entry,
                        const struct order_change *change, int64_t now_ms, struct error *e);
/* Everything that write needs is ready and durable. place: the directory that it is in, "" for
 * none. */
enum status orders_staged(struct orders *o, struct order_entry *entry, int writer,
                          const char *place, struct error *e);
/* Give all waiting orders this reason (what blocks all of them); said texts. */
enum status orders_block(struct orders *o, const char *reason, const char *remedy, int64_t now_ms,
                         struct error *e);

/* ---- asking ---- */

/* The cost does not depend on the number of orders (except in a ledger of an older version). */
struct orders_counts {
    int64_t states[ORDER_STATES]; /* of orders that were not trimmed */
    int64_t done_since;           /* since a time */
    int64_t oldest_handed_ms;     /* 0: none */
    int64_t outcomes;             /* that wait to be told */
    int64_t refused;              /* of them refused by the shop, to be told again later */
    int64_t closed; /* rejected, but nobody needs to act: cancelled in the shop, or just too old */
};

/* Marker to id over every ledger below state_dir, for many questions. */
struct orders_index;

/* ---- telling the shop ---- */

/* ---- imports that are overdue ---- */

/* ---- files of orders that are done ---- */

/* ---- keeping small ---- */

/* Drop content and history of orders that finished more than keep_ms ago, at most max of them; id,
 * marker, state and document stay for ever, so that a late repetition is recognised. */
enum status orders_trim(struct orders *o, int64_t now_ms, int64_t keep_ms, size_t max,
                        size_t *trimmed, struct error *e);

#endif
