/* Repairs a ledger whose rows differ from what was written: damaged rows go, those that can be
 * recovered are recovered, and everything is sent again. Nothing is deleted in the shop because of
 * damage. */
#include "store/ledger_mend.h"

#include "store/ledger_internal.h"

#include <inttypes.h>
#include <string.h>

#include "store/db.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"

enum status ledger_is_damaged(struct error *e, const char *what)
{
    error_set(e, STATUS_INVALID, "ledger_damaged",
              "the ledger is damaged on the disk: %-s is not as it was written", what);
    return error_remedy(e, "It is repaired automatically; check the disk's health.");
}

static enum status count_of(struct ledger *l, const char *sql, int64_t *count, struct error *e)
{
    sqlite3_stmt *s = NULL;
    *count = 0;
    enum status status = db_prepare(l->db, sql, &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK)
        *count = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status ledger_sound(struct ledger *l, struct error *e)
{
    sqlite3_stmt *s = NULL;
    int64_t acked = 0;
    enum status status = l->stale ? ledger_load_numbers(l, e) : STATUS_OK;
    if (status == STATUS_OK)
        status = ledger_fact(l, "acked", &acked, e);
    if (status == STATUS_OK)
        status = db_prepare(l->db, "SELECT max(seq) FROM outbox", &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        bool empty = sqlite3_column_type(s, 0) == SQLITE_NULL;
        uint64_t last = empty ? (uint64_t)acked + l->shift : (uint64_t)sqlite3_column_int64(s, 0);
        if (last + 1 != l->next_seq)
            status = ledger_is_damaged(e, "the queue");
    }
    sqlite3_finalize(s);
    return status;
}

/* Forget the numbers and texts that are damaged. */
static enum status mend_facts(struct ledger *l, bool *again, struct error *e)
{
    int64_t bad = 0, scenario = 0;
    enum status status = count_of(
        l,
        "SELECT (SELECT count(*) FROM facts WHERE proof IS NOT proof(name,value))+(SELECT count(*) "
        "FROM texts WHERE proof IS NOT proof(name,value))",
        &bad, e);
    if (status == STATUS_OK)
        status = db_exec(l->db,
                         "DELETE FROM facts WHERE proof IS NOT proof(name,value);"
                         "DELETE FROM texts WHERE proof IS NOT proof(name,value)",
                         e);
    if (status == STATUS_OK)
        status =
            count_of(l, "SELECT count(*) FROM facts WHERE name='scenario_version'", &scenario, e);
    /* The scenario is unknown: that is no reason to accept deletions automatically. */
    if (status == STATUS_OK && scenario == 0 && bad > 0)
        status = ledger_set_fact(l, "scenario_version", LEDGER_SCENARIO_LOST, e);
    *again |= bad > 0;
    return status;
}

static bool proves(struct ledger *l, const struct key *key, int64_t proof)
{
    sqlite3_stmt *s;
    bool right = false;
    if (ledger_prepare(l, Q_PROVE, &s, NULL) != STATUS_OK)
        return false;
    sqlite3_bind_blob(s, 1, key->bytes, (int)key->length, SQLITE_STATIC);
    if (db_step(s, NULL) == STATUS_OK)
        right = sqlite3_column_int64(s, 0) == proof;
    sqlite3_reset(s);
    return right;
}

/* A key with one flipped byte is recovered by its proof. If that fails, the flipped byte may be in
 * the proof. */
static bool find_key(struct ledger *l, struct key *key, int64_t proof)
{
    struct buf printed;
    for (size_t i = 0; i < key->length; i++) {
        uint8_t was = key->bytes[i];
        for (unsigned other = 1; other < 256; other++) {
            key->bytes[i] = (uint8_t)(was ^ other);
            if (proves(l, key, proof))
                return true;
        }
        key->bytes[i] = was;
    }
    buf_init(&printed, 8 * KEY_MAXIMUM);
    bool is_key = key_print(&printed, key->bytes, key->length);
    buf_free(&printed);
    return is_key;
}

/* Recover the rows with a damaged key where possible; they are sent again, or found gone. */
static enum status save_keys(struct ledger *l, struct error *e)
{
    sqlite3_stmt *from = NULL, *to = NULL;
    enum status status =
        db_prepare(l->db, "SELECT key,proof FROM snapshot WHERE proof IS NOT proof(key)", &from, e);
    if (status == STATUS_OK)
        status = db_prepare(l->db,
                            "INSERT OR IGNORE INTO mended(key,fingerprint,proof) "
                            "VALUES(?1,zeroblob(16),proof(?1))",
                            &to, e);
    while (status == STATUS_OK && (status = db_step(from, e)) == STATUS_OK) {
        struct key key;
        key.length = (size_t)sqlite3_column_bytes(from, 0);
        if (key.length == 0 || key.length > KEY_MAXIMUM)
            continue;
        memcpy(key.bytes, sqlite3_column_blob(from, 0), key.length);
        if (!find_key(l, &key, sqlite3_column_int64(from, 1)))
            continue;
        sqlite3_bind_blob(to, 1, key.bytes, (int)key.length, SQLITE_STATIC);
        status = db_run(to, e);
    }
    sqlite3_finalize(from);
    sqlite3_finalize(to);
    return status == STATUS_END ? STATUS_OK : status;
}

/* Write the snapshot anew: its order on the disk may be as wrong as its rows. */
static enum status mend_snapshot(struct ledger *l, int64_t *bad, struct error *e)
{
    int64_t rows = 0;
    enum status status =
        count_of(l, "SELECT count(*) FROM snapshot WHERE proof IS NOT proof(key)", bad, e);
    if (status == STATUS_OK)
        status = db_exec(
            l->db,
            "CREATE TABLE mended(key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, proof INTEGER) "
            "WITHOUT ROWID;"
            "INSERT OR IGNORE INTO mended SELECT key,CASE WHEN length(fingerprint)=16 THEN fingerprint "
            "ELSE zeroblob(16) END,proof FROM snapshot WHERE proof IS proof(key)",
            e);
    if (status == STATUS_OK)
        status = save_keys(l, e);
    if (status == STATUS_OK)
        status = db_exec(l->db, "DROP TABLE snapshot; ALTER TABLE mended RENAME TO snapshot", e);
    if (status == STATUS_OK)
        status = count_of(l, "SELECT count(*) FROM snapshot", &rows, e);
    return status == STATUS_OK ? ledger_set_fact(l, "snapshot_rows", rows, e) : status;
}

/* Count the rows that should be in the outbox but are not. */
static enum status count_lost(struct ledger *l, int64_t *lost, struct error *e)
{
    return count_of(
        l,
        "SELECT coalesce(max(seq)-coalesce((SELECT value FROM facts WHERE name='acked'),0)-"
        "coalesce((SELECT value FROM facts WHERE name='seq_shift'),0)-count(*),0) FROM outbox",
        lost, e);
}

enum status ledger_mend(struct ledger *l, struct error *e)
{
    bool again = false;
    int64_t keys = 0, queued = 0, lost = 0;
    ledger_rollback(l);
    enum status status = db_exec(l->db, "BEGIN IMMEDIATE", e);
    if (status != STATUS_OK)
        return status;
    status = mend_facts(l, &again, e);
    if (status == STATUS_OK)
        status = mend_snapshot(l, &keys, e);
    if (status == STATUS_OK)
        status = count_of(l,
                          "SELECT count(*) FROM outbox WHERE proof IS NOT "
                          "proof(seq,stream,op,key,data)",
                          &queued, e);
    if (status == STATUS_OK)
        status = db_exec(l->db, "DELETE FROM sent WHERE proof IS NOT proof(key,item,value)", e);
    if (status == STATUS_OK)
        status = count_lost(l, &lost, e);
    queued += lost > 0 ? lost : -lost;
    if (status == STATUS_OK)
        status = db_exec(l->db, "COMMIT", e);
    l->stale = true;
    if (status != STATUS_OK) {
        ledger_rollback(l);
        return status;
    }
    if (again || queued > 0 || ledger_sound(l, NULL) != STATUS_OK)
        status = ledger_start_afresh(l, e);
    if (status == STATUS_OK)
        said_format(
            l->mended, sizeof l->mended,
            "the ledger was damaged on the disk and has been mended (%lld keys, %lld queued changes%-s); what it is not sure of is sent again",
            (long long)keys, (long long)queued, again ? N_(", its numbers") : "");
    return status;
}

bool ledger_was_mended(struct ledger *l, char *said, size_t size)
{
    bool was = l->mended[0] != '\0';
    text_copy(said, size, l->mended);
    l->mended[0] = '\0';
    return was;
}
