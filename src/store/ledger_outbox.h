/* ledger_outbox.h – the outbox: what waits to be sent, and what becomes of it.
 *
 * Its numbers have no holes, so a row that the disk lost is noticed, and its length needs no
 * counting. A row leaves when its fate is known; if a row stays while later rows leave, it moves up
 * to the next remaining row.
 */
#ifndef ENDPOINT_STORE_LEDGER_OUTBOX_H
#define ENDPOINT_STORE_LEDGER_OUTBOX_H

#include "store/ledger.h"

/* A queued change. */
struct ledger_change {
    uint64_t seq;
    const char *stream, *op; /* op: "upsert" or "delete" */
    const char *key;         /* as people see it */
    const char *data;        /* JSON; "" of a deletion */
    size_t length;           /* of data */
};

/* The oldest changes, in order. The memory is reused: init once, free once. */
struct ledger_changes {
    struct ledger_change *rows;
    size_t count, capacity;
    struct buf text;
};

void ledger_changes_init(struct ledger_changes *c, size_t max_bytes);
void ledger_changes_free(struct ledger_changes *c);

/* Read the oldest queued rows, at most max_rows and about max_bytes. STATUS_END: nothing queued.
 * STATUS_INVALID (ledger_damaged): a row differs from what was written, or is missing. */
enum status ledger_batch(struct ledger *l, size_t max_rows, size_t max_bytes,
                         struct ledger_changes *changes, struct error *e);

/* The same of the rows behind `after`, for looking at only. 0: from the oldest. */
enum status ledger_look(struct ledger *l, uint64_t after, size_t max_rows, size_t max_bytes,
                        struct ledger_changes *changes, struct error *e);

enum ledger_fate {
    LEDGER_STAYS, /* it is tried again */
    LEDGER_TAKEN, /* the channel has it */
    LEDGER_LEFT,  /* it will not be sent: held, or no longer of use */
};

/* Inside a transaction: what became of the rows that ledger_batch gave, [i] of row i. */
enum status ledger_answered(struct ledger *l, const struct ledger_changes *changes,
                            const uint8_t *fates, struct error *e);

/* The channel's mark (channel/channel.h), "" when there is none. ledger_set_mark: inside a transaction. */
enum status ledger_mark(struct ledger *l, char *mark, size_t size, struct error *e);
enum status ledger_set_mark(struct ledger *l, const char *mark, struct error *e);

/* The two sides disagree so that sending cannot settle it: drop the outbox, forget every
 * fingerprint (keys stay, so that deletions are still found), queue every remembered deletion
 * again, and keep the mark. */
enum status ledger_resync(struct ledger *l, const char *mark, struct error *e);

#endif
