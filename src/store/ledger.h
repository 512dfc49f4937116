/* ledger.h – a plugin's durable file: what was seen (snapshot), what waits to be sent (outbox), and
 * how far the channel is.
 *
 * One SQLite file per plugin, STATE/ledgers/ID.db, WAL. A worker has it open for writing; others
 * read it. Snapshot and outbox change in one transaction, so a change is remembered exactly when it
 * is queued. An outbox row is removed only after the channel has acknowledged it.
 */
#ifndef ENDPOINT_STORE_LEDGER_H
#define ENDPOINT_STORE_LEDGER_H

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
/* For reading only, while a worker writes. STATUS_NOT_FOUND: there is none yet. */
enum status ledger_open_read(const char *state_dir, const char *plugin_id, struct ledger **l,
                             struct error *e);
void ledger_close(struct ledger *l);
/* Give back the memory of the page cache: the next statement reads the file again. */
void ledger_rest(struct ledger *l);

struct ledger_state {
    uint64_t snapshot_rows;
    uint64_t queued;   /* rows in the outbox */
    int64_t oldest_ms; /* when the oldest of them was queued; 0: none */
    uint64_t next_seq; /* the next row's number, not counting rows that were taken out */
    uint64_t acked;    /* rows that the channel has taken */
};
enum status ledger_state(struct ledger *l, struct ledger_state *state, struct error *e);

/* ---- for the flow: one writer ---- */

/* A transaction; ledger_commit makes everything since ledger_begin durable at once. */
enum status ledger_begin(struct ledger *l, struct error *e);
enum status ledger_commit(struct ledger *l, struct error *e);
void ledger_rollback(struct ledger *l);

/* While the ERP's answer is half read nothing waits for the disk. After ledger_hasten a commit is
 * atomic, but a power cut may undo the last ones (in order, each completely; the next pass finds
 * their changes again). ledger_settle makes all of them durable; call both outside a transaction.
 * Nothing may be sent to the channel before that: ledger_batch settles first. */
enum status ledger_hasten(struct ledger *l, struct error *e);
enum status ledger_settle(struct ledger *l, struct error *e);

/* Remember a record's fingerprint and queue it ("upsert"), or forget it and queue its deletion. Only
 * inside a transaction. data: JSON. The row gets the next sequence number. */
enum status ledger_upsert(struct ledger *l, const char *stream, const struct key *key,
                          const uint8_t fingerprint[LEDGER_FINGERPRINT], const char *data,
                          size_t length, int64_t now_ms, struct error *e);
enum status ledger_delete(struct ledger *l, const char *stream, const uint8_t *key,
                          size_t key_length, int64_t now_ms, struct error *e);

/* Keys that this pass did not see, kept on disk until they are decided about. */
enum status ledger_doom(struct ledger *l, const uint8_t *key, size_t length, struct error *e);
enum status ledger_doomed_clear(struct ledger *l, struct error *e);
/* The next doomed key after `after` (length 0: the first); STATUS_END: none. */
enum status ledger_doomed_next(struct ledger *l, struct key *after, struct error *e);

/* The snapshot in key order, a page at a time; keys ascend by memcmp. */
#define LEDGER_PAGE 4096
struct ledger_page {
    struct buf keys;
    struct {
        uint32_t offset, length;
        uint8_t fingerprint[LEDGER_FINGERPRINT];
    } rows[LEDGER_PAGE];
    size_t count;
};
enum status ledger_read_page(struct ledger *l, const uint8_t *after, size_t after_length,
                             struct ledger_page *page, struct error *e);

/* The fingerprint of one key. */
enum status ledger_find(struct ledger *l, const struct key *key,
                        uint8_t fingerprint[LEDGER_FINGERPRINT], bool *found, struct error *e);

/* Keys that a full compare found changed after the stamps had been read, see sync/stamps.h. */
enum status ledger_suspect(struct ledger *l, const struct key *key, struct error *e);
enum status ledger_clear_suspect(struct ledger *l, const struct key *key, struct error *e);
enum status ledger_clear_suspects(struct ledger *l, struct error *e);
enum status ledger_count_suspects(struct ledger *l, int64_t *count, struct error *e);

/* ---- damage: a byte that flipped on the disk ----
 * Rows that decide what is sent carry a proof. If a proof does not fit, reading functions return
 * STATUS_INVALID (ledger_damaged) and the row is not used. */

#define LEDGER_SCENARIO_LOST (-1) /* "scenario_version", when damage took it */

/* A fact, 1: since the beginning, or since everything had to be sent again, one whole pass has
 * queued everything. */
#define LEDGER_QUEUED_WHOLE "queued_whole"

/* Small facts by name ("scenario_version", "last_start"). 0 when not set. */
enum status ledger_fact(struct ledger *l, const char *name, int64_t *value, struct error *e);
enum status ledger_set_fact(struct ledger *l, const char *name, int64_t value, struct error *e);
/* The same for texts; "" if not set. */
enum status ledger_text(struct ledger *l, const char *name, char *value, size_t size,
                        struct error *e);
enum status ledger_set_text(struct ledger *l, const char *name, const char *value, struct error *e);

#endif
