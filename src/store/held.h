/* held.h – rows that cannot be read or sent as they are: kept aside, counted, and tried again.
 *
 * A held row stops nothing: the rows after it go on, and its key does not count as deleted in the
 * ERP, so nothing is deleted in the shop because of it. There are two classes:
 *
 *   bad-value         the ERP's row could not be read into a record. It was never queued; the snapshot keeps what
 *                     the shop has. Every pass looks at it again, and the hold ends by itself once
 *                     the value is good.
 *   all other reasons the shop said no to a change that was queued. The snapshot has the refused value, so the
 *                     same value is not sent again; another one is. The hold ends when the shop
 *                     accepts a change of this key; the row is tried again when the scenario
 *                     changes or a person asks for it.
 *
 * Since when a row is held is kept for as long as its reason stays the same.
 */
#ifndef ENDPOINT_STORE_HELD_H
#define ENDPOINT_STORE_HELD_H

#include <jansson.h>

#include "store/ledger.h"
#include "store/ledger_outbox.h"

#define HELD_REASON_LIST(X)                                                  \
    X(HELD_BAD_VALUE, "bad-value") /* a value of the ERP is unusable */      \
    X(HELD_REFUSED, "refused")     /* the shop refuses it for good */        \
    X(HELD_UNKNOWN, "unknown")     /* the shop knows no such thing */        \
    X(HELD_AMBIGUOUS, "ambiguous") /* the shop knows several of that name */ \
    X(HELD_LATER, "later")         /* the shop wants it later, at `again_ms` */

enum held_reason {
#define HELD_ENUM(name, word) name,
    HELD_REASON_LIST(HELD_ENUM)
#undef HELD_ENUM
};

const char *held_reason_word(enum held_reason reason);

#define HELD_NAME 1600 /* bytes of a key as people see it, at most */

struct held_row {
    const char *stream, *op; /* op: "upsert" or "delete" */
    const uint8_t *key;      /* as in the snapshot, or a stand-in that is no key (record.h) */
    size_t key_length;
    const char *name;   /* the key as people see it */
    const char *column; /* of the mapping; "": not known */
    const char *
        sought; /* by which the shop was asked for it; NULL: it was not, or it is no matter of that */
    enum held_reason reason;
    const struct error *why; /* text and remedy for people */
    int64_t now_ms, again_ms;
    int64_t pass; /* any number that other passes do not have; see held_settle */
};

/* The migration that makes the table. */
extern const char held_schema[];
/* And how the texts were made (base/said.h). */
extern const char held_said_schema[];

/* ---- inside a transaction of the ledger ---- */

/* Hold a row. *fresh: it was not held before, or for another reason. */
enum status held_put(struct ledger *l, const struct held_row *h, bool *fresh, struct error *e);
/* The row with this key could be read: it is no longer held for a bad value. */
enum status held_read_well(struct ledger *l, const char *stream, const struct key *key,
                           struct error *e);
/* A whole pass ended: release rows that were held for a bad value and were not met in it; they are
 * good again, or gone. */
enum status held_settle(struct ledger *l, const char *stream, int64_t pass, struct error *e);
/* Let the pass that begins queue anew what the shop refused: all of it, or what was to be tried later and is due. */
enum status held_try_again(struct ledger *l, bool all, int64_t now_ms, struct error *e);
/* The shop accepted these rows, which are still in the outbox: their keys are no longer held. */
enum status held_taken(struct ledger *l, int64_t first, int64_t last, struct error *e);
/* The shop does not accept this queued change: hold its key. ledger_answered removes the row
 * itself. h has reason, why and the times; everything else except key is filled in, borrowed from
 * the change. */
enum status held_change(struct ledger *l, const struct ledger_change *change, struct held_row *h,
                        bool *fresh, struct error *e);

/* The key that people see as `name`; one that stands in for it when nobody knows it any more. */
void held_find_key(struct ledger *l, const char *name, struct key *key);
/* Make the next whole pass find this key changed. */
enum status held_forget(struct ledger *l, const struct key *key, struct error *e);

/* ---- a transaction of its own ---- */

/* A person wants a row tried again; name NULL: all. *count: how many; 0: no such row. */
enum status held_retry(struct ledger *l, const char *name, int64_t now_ms, uint64_t *count,
                       struct error *e);

/* ---- for looking ---- */

/* When the first row that the shop wants later is due, wall; 0: there is none. */
enum status held_next_again(struct ledger *l, int64_t *at_ms, struct error *e);

struct held_summary {
    uint64_t count;
    char oldest
        [1500]; /* the row held for the longest time: key, column and reason as one said text */
};
enum status held_summary(struct ledger *l, struct held_summary *s, struct error *e);

/* {"held":[{"plugin","stream","key","column","op","reason","code","text","remedy","said","since","again"}],"count":N} of
 * one plugin's ledger, or of all (plugin NULL), the oldest first, at most limit rows. STATUS_NOT_FOUND: the plugin
 * has no ledger. */
enum status held_list_all(const char *state_dir, const char *plugin, size_t limit, json_t **answer,
                          struct error *e);

#endif
