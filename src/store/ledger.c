#include "store/ledger.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/db.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/path.h"
#include "store/held.h"
#include "store/items.h"
#include "store/ledger_internal.h"
#include "store/ledger_mend.h"
#include "store/ledger_proof.h"
#include "store/order_proof.h"
#include "store/orders_internal.h"
#include "store/orders_schema.h"

static const char *const queries[QUERIES] = {
    [Q_FACT] = "SELECT value,proof IS proof(name,value) FROM facts WHERE name=?1",
    [Q_SET_FACT] =
        "INSERT INTO facts(name,value,proof) VALUES(?1,?2,proof(?1,?2)) ON CONFLICT(name) DO UPDATE SET "
        "value=?2,proof=proof(?1,?2)",
    [Q_ADD] =
        "INSERT INTO snapshot(key,fingerprint,proof) VALUES(?1,?2,proof(?1)) ON CONFLICT(key) DO NOTHING",
    [Q_PUT] = "UPDATE snapshot SET fingerprint=?2 WHERE key=?1",
    [Q_FORGET] = "DELETE FROM snapshot WHERE key=?1",
    [Q_QUEUE] = "INSERT INTO outbox(seq,stream,op,key,data,queued_ms,proof) "
                "VALUES(?1,?2,?3,?4,?5,?6,proof(?1,?2,?3,?4,?5))",
    [Q_DOOM] = "INSERT OR IGNORE INTO doomed(key,proof) VALUES(?1,proof(?1))",
    [Q_DOOMED] = "SELECT key,proof IS proof(key) FROM doomed WHERE key>?1 ORDER BY key LIMIT 1",
    [Q_PAGE] =
        "SELECT key,fingerprint,proof IS proof(key) FROM snapshot WHERE key>?1 ORDER BY key LIMIT ?2",
    [Q_BATCH] = "SELECT seq,stream,op,key,data,proof IS proof(seq,stream,op,key,data) FROM outbox "
                "WHERE seq>?2 ORDER BY seq LIMIT ?1",
    [Q_DROP] = "DELETE FROM outbox WHERE seq BETWEEN ?1 AND ?2",
    [Q_RENUMBER] = "UPDATE outbox SET seq=?2,proof=proof(?2,stream,op,key,data) WHERE seq=?1",
    /* Runs after every batch, so it must not count: the outbox's numbers have no holes. */
    [Q_COUNTS] =
        ("SELECT coalesce((SELECT max(seq) FROM outbox)-(SELECT min(seq) FROM outbox)+1,0),"
         "(SELECT queued_ms FROM outbox ORDER BY seq LIMIT 1)"),
    [Q_BURY] = "INSERT OR REPLACE INTO gone(key,stream,gone_ms) VALUES(?1,?2,?3)",
    [Q_UNBURY] = "DELETE FROM gone WHERE key=?1",
    [Q_GRAVES] = "SELECT key,stream FROM gone ORDER BY key",
    [Q_ANY_GRAVE] = "SELECT EXISTS(SELECT 1 FROM gone)",
    [Q_OLD_GRAVES] = "DELETE FROM gone WHERE gone_ms<?1",
    [Q_FIND] = "SELECT fingerprint FROM snapshot WHERE key=?1",
    [Q_TEXT] = "SELECT value,proof IS proof(name,value) FROM texts WHERE name=?1",
    [Q_SET_TEXT] =
        "INSERT INTO texts(name,value,proof) VALUES(?1,?2,proof(?1,?2)) ON CONFLICT(name) DO UPDATE SET "
        "value=?2,proof=proof(?1,?2)",
    [Q_SUSPECT] = "INSERT OR IGNORE INTO suspects(key) VALUES(?1)",
    [Q_CLEAR_SUSPECT] = "DELETE FROM suspects WHERE key=?1",
    [Q_COUNT_SUSPECTS] = "SELECT count(*) FROM suspects",
    [Q_PROVE] = "SELECT proof(?1)",
    [Q_KNOWN] =
        "SELECT 1 FROM snapshot WHERE key=?1 UNION ALL SELECT 1 FROM gone WHERE key=?1 LIMIT 1",
    [Q_AGAIN] = "UPDATE snapshot SET fingerprint=zeroblob(16) WHERE key=?1",
};

/* For readers: the ledger may be of an older version. */
static const char *const plain_queries[QUERIES] = {
    [Q_FACT] = "SELECT value,1 FROM facts WHERE name=?1",
    [Q_TEXT] = "SELECT value,1 FROM texts WHERE name=?1",
    [Q_PAGE] = "SELECT key,fingerprint,1 FROM snapshot WHERE key>?1 ORDER BY key LIMIT ?2",
};

static const char base_schema[] =
    "CREATE TABLE facts(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE snapshot(key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE doomed(key BLOB PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE outbox(seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, op TEXT NOT NULL, key TEXT NOT NULL,"
    " data TEXT, queued_ms INTEGER NOT NULL)";
static const char count_schema[] =
    "INSERT INTO facts SELECT 'snapshot_rows',count(*) FROM snapshot";
/* Keys whose deletion was queued: a resync must be able to queue it again. */
static const char gone_schema[] =
    "CREATE TABLE gone(key BLOB PRIMARY KEY, stream TEXT NOT NULL, gone_ms INTEGER NOT NULL) WITHOUT ROWID";

/* Change stamps; and keys that a full compare found changed although no stamp said so. */
static const char stamp_schema[] =
    "CREATE TABLE texts(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE suspects(key BLOB PRIMARY KEY) WITHOUT ROWID";

/* The channel's mark. Before it existed, the panel's mark was the number of acknowledged rows; a
 * repaired ledger asked the panel with a number higher than all others. */
static const char mark_schema[] =
    "INSERT OR IGNORE INTO texts(name,value,proof) SELECT 'mark',m,proof('mark',m) FROM (SELECT CASE WHEN "
    "coalesce((SELECT value FROM facts WHERE name='next_seq'),0)>(1<<50) THEN '?' ELSE CAST(value AS TEXT) END "
    "AS m FROM facts WHERE name='acked');"
    "INSERT OR IGNORE INTO facts(name,value,proof) SELECT 'marked',1,proof('marked',1) FROM texts WHERE name='mark';"
    "CREATE INDEX held_name ON held(stream,name)";

/* How long a deletion is remembered: a panel restored from an older copy would keep rows that were
 * deleted since. */
#define GONE_KEPT_MS (INT64_C(180) * 86400000)

enum status ledger_prepare(struct ledger *l, enum query q, sqlite3_stmt **s, struct error *e)
{
    if (!l->statements[q]) {
        const char *sql = l->proofs || !plain_queries[q] ? queries[q] : plain_queries[q];
        enum status status = db_prepare(l->db, sql, &l->statements[q], e);
        if (status != STATUS_OK)
            return status;
    }
    *s = l->statements[q];
    return STATUS_OK;
}

static enum status path_of(const char *state_dir, const char *plugin_id, char *path, size_t size,
                           struct error *e)
{
    if (!text_format(path, size, "%s/ledgers/%s.db", state_dir, plugin_id))
        return error_set(e, STATUS_INVALID, "path_long", "the path of the ledger of %s is too long",
                         plugin_id);
    return STATUS_OK;
}

/* Load the numbers that are kept in memory while nobody else writes. */
enum status ledger_load_numbers(struct ledger *l, struct error *e)
{
    int64_t next = 0, rows = 0, shift = 0;
    enum status status = ledger_fact(l, "next_seq", &next, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "snapshot_rows", &rows, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "seq_shift", &shift, e);
    if (status != STATUS_OK)
        return status;
    l->next_seq = l->stored_seq = next > 0 ? (uint64_t)next : 1;
    l->shift = l->stored_shift = (uint64_t)shift;
    l->rows = l->stored_rows = rows;
    l->stale = false;
    return STATUS_OK;
}

/* Takes over db. */
static enum status ledger_new(sqlite3 *db, bool writes, struct ledger **out, struct error *e)
{
    struct error own;
    struct ledger *l = mem_alloc(sizeof *l);
    l->db = db;
    l->proofs = writes;
    e = e ? e : &own;
    buf_init(&l->key_text, 4096);
    enum status status = ledger_load_numbers(l, e);
    if (status == STATUS_INVALID && writes && text_equal(e->code, "ledger_damaged")) {
        status = ledger_mend(l, e);
        if (status == STATUS_OK)
            status = ledger_load_numbers(l, e);
    }
    if (status != STATUS_OK) {
        ledger_close(l);
        return status;
    }
    *out = l;
    return STATUS_OK;
}

/* Remembered deletions: are there any, and which are too old? */
static enum status tend_graves(struct ledger *l, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_ANY_GRAVE, &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        l->graves = sqlite3_column_int(s, 0) != 0;
        sqlite3_reset(s);
    }
    if (status == STATUS_OK && l->graves &&
        (status = ledger_prepare(l, Q_OLD_GRAVES, &s, e)) == STATUS_OK) {
        sqlite3_bind_int64(s, 1, clock_wall_ms() - GONE_KEPT_MS);
        status = db_run(s, e);
    }
    return status;
}

enum status ledger_open(const char *state_dir, const char *plugin_id, struct ledger **l,
                        struct error *e)
{
    static const char *const scripts[] = {
        base_schema,    orders_schema, count_schema,      gone_schema,        stamp_schema,
        arrived_schema, held_schema,   proof_schema,      order_proof_schema, tally_schema,
        mark_schema,    items_schema,  order_said_schema, held_said_schema};
    char path[PATH_MAX], dir[PATH_MAX];
    sqlite3 *db = NULL;
    *l = NULL;
    enum status status = path_join(dir, sizeof dir, state_dir, "ledgers", e);
    if (status == STATUS_OK)
        status = dir_ensure(dir, 0700, e);
    if (status == STATUS_OK)
        status = path_of(state_dir, plugin_id, path, sizeof path, e);
    if (status == STATUS_OK)
        status = db_open(path, DB_CREATE, &db, e);
    if (status == STATUS_OK)
        status = ledger_proof_open(db, e);
    if (status == STATUS_OK)
        status = db_migrate(db, scripts, COUNT_OF(scripts), e);
    if (status == STATUS_OK) /* a waiting worker should be small */
        status = db_exec(db, "PRAGMA cache_size=-2000; PRAGMA temp_store=FILE", e);
    if (status == STATUS_OK)
        status = ledger_new(db, true, l, e);
    else
        db_close(db);
    if (status == STATUS_OK)
        status = tend_graves(*l, e);
    if (status == STATUS_INVALID && text_equal(e ? e->code : "", "db_damaged"))
        error_remedy(
            e,
            "The ledger %s is damaged. Move it away: a new one is created, and everything is "
            "sent again.",
            path);
    if (status != STATUS_OK) {
        ledger_close(*l);
        *l = NULL;
    }
    return status;
}

enum status ledger_open_read(const char *state_dir, const char *plugin_id, struct ledger **l,
                             struct error *e)
{
    char path[PATH_MAX];
    sqlite3 *db = NULL;
    int version = 0;
    *l = NULL;
    enum status status = path_of(state_dir, plugin_id, path, sizeof path, e);
    if (status != STATUS_OK)
        return status;
    if (!file_may_read(path))
        return error_set(e, STATUS_NOT_FOUND, "ledger_none", "there is no ledger of %s yet",
                         plugin_id);
    status = db_open(path, DB_READ_ONLY, &db, e);
    if (status == STATUS_OK)
        status = db_version(db, &version, e);
    if (status == STATUS_OK && version == 0) /* its worker is just making it */
        status = error_set(e, STATUS_NOT_FOUND, "ledger_none", "the ledger of %s is not ready yet",
                           plugin_id);
    if (status == STATUS_OK)
        return ledger_new(db, false, l, e);
    db_close(db);
    return status;
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < QUERIES; i++)
        sqlite3_finalize(l->statements[i]);
    db_close(l->db);
    buf_free(&l->key_text);
    free(l);
}

sqlite3 *ledger_database(struct ledger *l)
{
    return l->db;
}

void ledger_rest(struct ledger *l)
{
    sqlite3_db_release_memory(l->db);
}

enum status ledger_fact(struct ledger *l, const char *name, int64_t *value, struct error *e)
{
    sqlite3_stmt *s;
    *value = 0;
    enum status status = ledger_prepare(l, Q_FACT, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    status = db_step(s, e);
    if (status == STATUS_OK)
        *value = sqlite3_column_int64(s, 0);
    if (status == STATUS_OK && !sqlite3_column_int(s, 1))
        status = ledger_is_damaged(e, name);
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status ledger_set_fact(struct ledger *l, const char *name, int64_t value, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_SET_FACT, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, value);
    return db_run(s, e);
}

enum status ledger_text(struct ledger *l, const char *name, char *value, size_t size,
                        struct error *e)
{
    sqlite3_stmt *s;
    value[0] = '\0';
    enum status status = ledger_prepare(l, Q_TEXT, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    status = db_step(s, e);
    if (status == STATUS_OK)
        text_copy(value, size, db_text(s, 0));
    if (status == STATUS_OK && !sqlite3_column_int(s, 1)) {
        value[0] = '\0';
        status = ledger_is_damaged(e, name);
    }
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status ledger_set_text(struct ledger *l, const char *name, const char *value, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_SET_TEXT, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, value, -1, SQLITE_STATIC);
    return db_run(s, e);
}

enum status ledger_begin(struct ledger *l, struct error *e)
{
    enum status status = db_exec(l->db, "BEGIN IMMEDIATE", e);
    if (status == STATUS_OK && l->stale)
        status = ledger_load_numbers(l, e);
    if (status != STATUS_OK)
        ledger_rollback(l);
    return status;
}

enum status ledger_commit(struct ledger *l, struct error *e)
{
    enum status status = STATUS_OK;
    if (l->next_seq != l->stored_seq)
        status = ledger_set_fact(l, "next_seq", (int64_t)l->next_seq, e);
    if (status == STATUS_OK && l->shift != l->stored_shift)
        status = ledger_set_fact(l, "seq_shift", (int64_t)l->shift, e);
    if (status == STATUS_OK && l->rows != l->stored_rows)
        status = ledger_set_fact(l, "snapshot_rows", l->rows, e);
    if (status == STATUS_OK)
        status = db_exec(l->db, "COMMIT", e);
    if (status == STATUS_OK) {
        l->stored_seq = l->next_seq;
        l->stored_shift = l->shift;
        l->stored_rows = l->rows;
    } else {
        ledger_rollback(l);
        l->stale = true;
    }
    return status;
}

/* Neither a commit nor a checkpoint of SQLite's WAL waits for the disk. */
enum status ledger_hasten(struct ledger *l, struct error *e)
{
    enum status status =
        db_exec(l->db, "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0", e);
    l->hasty = status == STATUS_OK;
    l->changes = sqlite3_total_changes(l->db);
    return status;
}

/* A commit with synchronous=FULL makes the whole WAL durable, so any commit that writes something
 * is enough. */
enum status ledger_settle(struct ledger *l, struct error *e)
{
    if (!l->hasty && !l->unsettled)
        return STATUS_OK;
    l->unsettled |= l->changes != sqlite3_total_changes(l->db);
    l->hasty = false;
    enum status status =
        db_exec(l->db, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000", e);
    if (status == STATUS_OK && l->unsettled)
        status = ledger_set_fact(l, "settled", clock_wall_ms(), e);
    l->unsettled &= status != STATUS_OK;
    return status;
}

void ledger_rollback(struct ledger *l)
{
    if (!sqlite3_get_autocommit(l->db))
        db_exec(l->db, "ROLLBACK", NULL);
    l->next_seq = l->stored_seq; /* numbers that were not committed were never given out */
    l->shift = l->stored_shift;
    l->rows = l->stored_rows;
}

enum status ledger_run_with_key(struct ledger *l, enum query q, const uint8_t *key, size_t length,
                                struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, q, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_blob(s, 1, key, (int)length, SQLITE_STATIC);
    return db_run(s, e);
}

enum status ledger_queue(struct ledger *l, const struct ledger_queued *change, int64_t now_ms,
                         struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_QUEUE, &s, e);
    if (status != STATUS_OK)
        return status;
    buf_reset(&l->key_text);
    if (!key_print(&l->key_text, change->key, change->key_length))
        return error_set(e, STATUS_INTERNAL, "ledger_key", "a key in the ledger is damaged");
    sqlite3_bind_int64(s, 1, (int64_t)l->next_seq);
    sqlite3_bind_text(s, 2, change->stream, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, change->op, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, l->key_text.data, (int)l->key_text.length, SQLITE_STATIC);
    if (change->data)
        sqlite3_bind_text(s, 5, change->data, (int)change->length, SQLITE_STATIC);
    sqlite3_bind_int64(s, 6, now_ms);
    status = db_run(s, e);
    if (status == STATUS_OK)
        l->next_seq++;
    return status;
}

static enum status put(struct ledger *l, enum query q, const struct key *key,
                       const uint8_t *fingerprint, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, q, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_blob(s, 1, key->bytes, (int)key->length, SQLITE_STATIC);
    sqlite3_bind_blob(s, 2, fingerprint, LEDGER_FINGERPRINT, SQLITE_STATIC);
    return db_run(s, e);
}

enum status ledger_upsert(struct ledger *l, const char *stream, const struct key *key,
                          const uint8_t fingerprint[LEDGER_FINGERPRINT], const char *data,
                          size_t length, int64_t now_ms, struct error *e)
{
    enum status status = put(l, Q_ADD, key, fingerprint, e);
    if (status == STATUS_OK && sqlite3_changes(l->db) > 0)
        l->rows++;
    else if (status == STATUS_OK)
        status = put(l, Q_PUT, key, fingerprint, e);
    if (status == STATUS_OK && l->graves)
        status = ledger_run_with_key(l, Q_UNBURY, key->bytes, key->length, e);
    const struct ledger_queued change = {stream, "upsert", key->bytes, key->length, data, length};
    return status == STATUS_OK ? ledger_queue(l, &change, now_ms, e) : status;
}

static enum status bury(struct ledger *l, const char *stream, const uint8_t *key, size_t length,
                        int64_t now_ms, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_BURY, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_blob(s, 1, key, (int)length, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, stream, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, now_ms);
    l->graves = true;
    return db_run(s, e);
}

enum status ledger_delete(struct ledger *l, const char *stream, const uint8_t *key,
                          size_t key_length, int64_t now_ms, struct error *e)
{
    enum status status = ledger_run_with_key(l, Q_FORGET, key, key_length, e);
    if (status == STATUS_OK)
        l->rows -= sqlite3_changes(l->db);
    if (status == STATUS_OK)
        status = bury(l, stream, key, key_length, now_ms, e);
    const struct ledger_queued change = {stream, "delete", key, key_length, NULL, 0};
    return status == STATUS_OK ? ledger_queue(l, &change, now_ms, e) : status;
}

enum status ledger_doom(struct ledger *l, const uint8_t *key, size_t length, struct error *e)
{
    return ledger_run_with_key(l, Q_DOOM, key, length, e);
}

enum status ledger_doomed_clear(struct ledger *l, struct error *e)
{
    return db_exec(l->db, "DELETE FROM doomed", e);
}

enum status ledger_doomed_next(struct ledger *l, struct key *after, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_DOOMED, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_blob(s, 1, after->bytes, (int)after->length, SQLITE_TRANSIENT);
    status = db_step(s, e);
    if (status == STATUS_OK) {
        size_t length = (size_t)sqlite3_column_bytes(s, 0);
        if (length > KEY_MAXIMUM || !sqlite3_column_int(s, 1))
            status = ledger_is_damaged(e, N_("a key that is to be deleted"));
        else
            memcpy(after->bytes, sqlite3_column_blob(s, 0), after->length = length);
    }
    sqlite3_reset(s);
    return status;
}

enum status ledger_find(struct ledger *l, const struct key *key,
                        uint8_t fingerprint[LEDGER_FINGERPRINT], bool *found, struct error *e)
{
    sqlite3_stmt *s;
    *found = false;
    enum status status = ledger_prepare(l, Q_FIND, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_blob(s, 1, key->bytes, (int)key->length, SQLITE_STATIC);
    status = db_step(s, e);
    if (status == STATUS_OK && sqlite3_column_bytes(s, 0) == LEDGER_FINGERPRINT) {
        memcpy(fingerprint, sqlite3_column_blob(s, 0), LEDGER_FINGERPRINT);
        *found = true;
    }
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status ledger_suspect(struct ledger *l, const struct key *key, struct error *e)
{
    return ledger_run_with_key(l, Q_SUSPECT, key->bytes, key->length, e);
}

enum status ledger_clear_suspect(struct ledger *l, const struct key *key, struct error *e)
{
    return ledger_run_with_key(l, Q_CLEAR_SUSPECT, key->bytes, key->length, e);
}

enum status ledger_clear_suspects(struct ledger *l, struct error *e)
{
    return db_exec(l->db, "DELETE FROM suspects", e);
}

enum status ledger_count_suspects(struct ledger *l, int64_t *count, struct error *e)
{
    sqlite3_stmt *s;
    *count = 0;
    enum status status = ledger_prepare(l, Q_COUNT_SUSPECTS, &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK)
        *count = sqlite3_column_int64(s, 0);
    if (status == STATUS_OK)
        sqlite3_reset(s);
    return status;
}

enum status ledger_read_page(struct ledger *l, const uint8_t *after, size_t after_length,
                             struct ledger_page *page, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_PAGE, &s, e);
    static const uint8_t unequal[LEDGER_FINGERPRINT] = {0};
    struct key from, before;
    if (status != STATUS_OK)
        return status;
    if (after_length) { /* it may be in the page that is overwritten */
        memcpy(from.bytes, after, after_length);
        memcpy(before.bytes, after, after_length);
    }
    before.length = after_length;
    buf_reset(&page->keys);
    page->count = 0;
    sqlite3_bind_blob(s, 1, from.bytes, (int)after_length, SQLITE_STATIC);
    sqlite3_bind_int(s, 2, LEDGER_PAGE);
    while ((status = db_step(s, e)) == STATUS_OK && page->count < LEDGER_PAGE) {
        size_t length = (size_t)sqlite3_column_bytes(s, 0);
        const uint8_t *key = sqlite3_column_blob(s, 0);
        /* Check the order, too: a page of the file may be damaged where no row is. */
        if (length == 0 || length > KEY_MAXIMUM || !sqlite3_column_int(s, 2) ||
            key_compare(before.bytes, before.length, key, length) >= 0) {
            status = ledger_is_damaged(e, N_("a key that was sent"));
            break;
        }
        memcpy(before.bytes, key, before.length = length);
        bool whole = sqlite3_column_bytes(s, 1) == LEDGER_FINGERPRINT;
        page->rows[page->count].offset = (uint32_t)page->keys.length;
        page->rows[page->count].length = (uint32_t)length;
        memcpy(page->rows[page->count].fingerprint, whole ? sqlite3_column_blob(s, 1) : unequal,
               LEDGER_FINGERPRINT);
        buf_add(&page->keys, sqlite3_column_blob(s, 0), length);
        page->count++;
    }
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status ledger_state(struct ledger *l, struct ledger_state *state, struct error *e)
{
    sqlite3_stmt *s;
    memset(state, 0, sizeof *state);
    enum status status = ledger_prepare(l, Q_COUNTS, &s, e);
    if (status == STATUS_OK)
        status = db_step(s, e);
    if (status != STATUS_OK)
        return status;
    state->queued = (uint64_t)sqlite3_column_int64(s, 0);
    state->oldest_ms = sqlite3_column_int64(s, 1);
    sqlite3_reset(s);
    int64_t next = 0, acked = 0, rows = l->rows;
    bool between =
        sqlite3_get_autocommit(l->db) != 0; /* transactions: another process may be the writer */
    if (between)
        status = ledger_fact(l, "snapshot_rows", &rows, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "next_seq", &next, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "acked", &acked, e);
    state->snapshot_rows = (uint64_t)rows;
    state->next_seq = (uint64_t)next - l->shift;
    state->acked = (uint64_t)acked;
    return status;
}
