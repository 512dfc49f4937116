/* ledger_internal.h – shared by the ledger's files. */
#ifndef ENDPOINT_STORE_LEDGER_INTERNAL_H
#define ENDPOINT_STORE_LEDGER_INTERNAL_H

#include <sqlite3.h>

#include "base/buf.h"
#include "store/ledger.h"

enum query {
    Q_FACT,
    Q_SET_FACT,
    Q_ADD,
    Q_PUT,
    Q_FORGET,
    Q_QUEUE,
    Q_DOOM,
    Q_DOOMED,
    Q_PAGE,
    Q_BATCH,
    Q_DROP,
    Q_RENUMBER,
    Q_COUNTS,
    Q_BURY,
    Q_UNBURY,
    Q_GRAVES,
    Q_ANY_GRAVE,
    Q_OLD_GRAVES,
    Q_FIND,
    Q_TEXT,
    Q_SET_TEXT,
    Q_SUSPECT,
    Q_CLEAR_SUSPECT,
    Q_COUNT_SUSPECTS,
    Q_PROVE,
    Q_KNOWN,
    Q_AGAIN,
    QUERIES
};

struct ledger {
    sqlite3 *db;
    sqlite3_stmt *statements[QUERIES];
    uint64_t next_seq; /* of the next queued row; written to facts at commit */
    uint64_t stored_seq;
    /* Rows that left without being accepted; also written at commit. Together with the fact
     * "acked", the rows that were accepted, it gives the number of the last row that left. */
    uint64_t shift, stored_shift;
    int64_t rows, stored_rows; /* of the snapshot; likewise */
    bool graves;               /* table gone may have rows */
    bool proofs;               /* rows carry proofs: not in an older ledger that is only read */
    bool stale;                /* a commit failed: only the file knows whether it was done */
    bool hasty;                /* commits do not wait for the disk, see ledger_hasten */
    int changes;               /* that this connection had made when it began */
    bool unsettled;            /* there are such commits, not yet durable */
    char mended[300];          /* what was repaired, until it is reported; see ledger_was_mended */
    struct buf key_text;
};

/* A statement of the table in ledger.c, ready to be bound. */
enum status ledger_prepare(struct ledger *l, enum query q, sqlite3_stmt **s, struct error *e);
enum status ledger_run_with_key(struct ledger *l, enum query q, const uint8_t *key, size_t length,
                                struct error *e);
/* A change for the outbox. */
struct ledger_queued {
    const char *stream, *op;
    const uint8_t *key;
    size_t key_length;
    const char *data; /* NULL: there is none */
    size_t length;
};
/* Give the next number to a change, inside a transaction. data NULL: a deletion. */
enum status ledger_queue(struct ledger *l, const struct ledger_queued *change, int64_t now_ms,
                         struct error *e);
/* Read the numbers that are kept in memory from the file. */
enum status ledger_load_numbers(struct ledger *l, struct error *e);
/* STATUS_INVALID (ledger_damaged), naming the part that differs from what was written. ledger_mend
 * helps. */
enum status ledger_is_damaged(struct error *e, const char *what);

/* Like ledger_resync, with a mark that says that the channel's own mark is unknown. */
enum status ledger_start_afresh(struct ledger *l, struct error *e);

/* The migration that gives rows a proof. */
extern const char proof_schema[];

#endif
