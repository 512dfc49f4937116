/* ledger.h – the durable file of a plugin: what was seen (snapshot), what waits to be sent (outbox),
 * and how far the channel is.
 *
 * One SQLite file per plugin, STATE/ledgers/ID.db, WAL. A worker has it open for writing; others read
 * it. Snapshot and outbox change in one transaction, so a change is remembered exactly when it is
 * queued; an outbox row goes only after the channel's acknowledgement.
 */
#ifndef ENDPOINT_SYNC_LEDGER_H
#define ENDPOINT_SYNC_LEDGER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/key.h"

#define LEDGER_FINGERPRINT 16

struct ledger;

enum status ledger_open(const char *state_dir, const char *plugin_id, struct ledger **l,
                        struct error *e);
/* For reading only, while a worker writes. STATUS_NOT_FOUND when there is none yet. */
enum status ledger_open_read(const char *state_dir, const char *plugin_id, struct ledger **l,
                             struct error *e);
void ledger_close(struct ledger *l);

struct ledger_state {
    uint64_t snapshot_rows;
    uint64_t queued;         /* rows in the outbox */
    int64_t oldest_ms;       /* when the oldest of them was queued; 0: none */
    uint64_t next_seq;       /* the next row's number */
    uint64_t acked;          /* what the channel has */
};
enum status ledger_state(struct ledger *l, struct ledger_state *state, struct error *e);

#endif
