#include "store/held.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "os/dir.h"
#include "store/db.h"
#include "store/ledger_outbox.h"
#include "store/ledger_internal.h"
#include "store/orders_internal.h"

const char held_schema[] =
    "CREATE TABLE held(stream TEXT NOT NULL, key BLOB NOT NULL, name TEXT NOT NULL, op TEXT NOT NULL,"
    " field TEXT NOT NULL, reason TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,"
    " remedy TEXT NOT NULL, since_ms INTEGER NOT NULL, again_ms INTEGER NOT NULL,"
    " pass INTEGER NOT NULL, PRIMARY KEY(stream,key)) WITHOUT ROWID";

const char held_said_schema[] = "ALTER TABLE held ADD COLUMN text_said TEXT NOT NULL DEFAULT '';"
                                "ALTER TABLE held ADD COLUMN remedy_said TEXT NOT NULL DEFAULT ''";

const char *held_reason_word(enum held_reason reason)
{
    static const char *const words[] = {
#define HELD_WORD(name, word) [name] = word,
        HELD_REASON_LIST(HELD_WORD)
#undef HELD_WORD
    };
    return words[reason];
}

/* One statement with a stream and a key as its first two parameters. Held rows are few: nothing is kept prepared. */
static enum status prepare(struct ledger *l, const char *sql, const char *stream,
                           const uint8_t *key, size_t length, sqlite3_stmt **s, struct error *e)
{
    *s = NULL;
    enum status status = db_prepare(ledger_database(l), sql, s, e);
    if (status != STATUS_OK)
        return status;
    if (stream)
        sqlite3_bind_text(*s, 1, stream, -1, SQLITE_STATIC);
    if (key)
        sqlite3_bind_blob(*s, 2, key, (int)length, SQLITE_STATIC);
    return STATUS_OK;
}

static enum status finish(sqlite3_stmt *s, enum status status, struct error *e)
{
    if (status == STATUS_OK)
        status = db_run(s, e);
    sqlite3_finalize(s);
    return status;
}

/* What is held for this key now: the word of its reason ("": nothing), and whether it is the same
 * as h. */
static enum status known_as(struct ledger *l, const struct held_row *h, char reason[24], bool *same,
                            struct error *e)
{
    sqlite3_stmt *s;
    reason[0] = '\0';
    *same = false;
    enum status status = prepare(l, "SELECT reason,field,op FROM held WHERE stream=?1 AND key=?2",
                                 h->stream, h->key, h->key_length, &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        text_copy(reason, 24, db_text(s, 0));
        *same = text_equal(reason, held_reason_word(h->reason)) &&
                text_equal(db_text(s, 1), h->column) && text_equal(db_text(s, 2), h->op);
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status held_put(struct ledger *l, const struct held_row *h, bool *fresh, struct error *e)
{
    char before[24];
    bool same, refused;
    sqlite3_stmt *s;
    enum status status = known_as(l, h, before, &same, e);
    if (status != STATUS_OK)
        return status;
    *fresh = !same;
    /* The shop never got the snapshot's value: if that value comes back it has to be queued. */
    refused = before[0] && !text_equal(before, held_reason_word(HELD_BAD_VALUE));
    if (h->reason == HELD_BAD_VALUE && refused)
        status = ledger_run_with_key(l, Q_AGAIN, h->key, h->key_length, e);
    if (status != STATUS_OK)
        return status;
    status = prepare(
        l,
        "INSERT INTO held(stream,key,name,op,field,reason,code,text,remedy,since_ms,"
        "again_ms,pass,sought,text_said,remedy_said) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?14,?15,?16) "
        "ON CONFLICT(stream,key) DO UPDATE SET name=?3,op=?4,field=?5,reason=?6,"
        "code=?7,text=?8,remedy=?9,again_ms=?11,pass=?12,sought=?14,text_said=?15,remedy_said=?16,"
        "since_ms=CASE WHEN ?13 THEN since_ms ELSE ?10 END",
        h->stream, h->key, h->key_length, &s, e);
    if (status == STATUS_OK) {
        const char *texts[] = {
            h->name,      h->op,        h->column,           held_reason_word(h->reason),
            h->why->code, h->why->text, error_advice(h->why)};
        const int64_t numbers[] = {h->now_ms, h->again_ms, h->pass, same};
        for (int i = 0; i < 7; i++)
            sqlite3_bind_text(s, 3 + i, texts[i], -1, SQLITE_STATIC);
        for (int i = 0; i < 4; i++)
            sqlite3_bind_int64(s, 10 + i, numbers[i]);
        sqlite3_bind_text(s, 14, h->sought ? h->sought : "", -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 15, error_said(h->why), -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 16, error_advice_said(h->why), -1, SQLITE_STATIC);
    }
    return finish(s, status, e);
}

enum status held_read_well(struct ledger *l, const char *stream, const struct key *key,
                           struct error *e)
{
    sqlite3_stmt *s;
    enum status status =
        prepare(l, "DELETE FROM held WHERE stream=?1 AND key=?2 AND reason='bad-value'", stream,
                key->bytes, key->length, &s, e);
    return finish(s, status, e);
}

enum status held_settle(struct ledger *l, const char *stream, int64_t pass, struct error *e)
{
    sqlite3_stmt *s;
    enum status status =
        prepare(l, "DELETE FROM held WHERE stream=?1 AND pass<>?2 AND reason='bad-value'", stream,
                NULL, 0, &s, e);
    if (status == STATUS_OK)
        sqlite3_bind_int64(s, 2, pass);
    return finish(s, status, e);
}

static enum status try_again(struct ledger *l, const char *sql, bool all, int64_t now_ms,
                             struct error *e)
{
    sqlite3_stmt *s;
    enum status status = prepare(l, sql, NULL, NULL, 0, &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int(s, 1, all);
        sqlite3_bind_int64(s, 2, now_ms);
    }
    return finish(s, status, e);
}

enum status held_try_again(struct ledger *l, bool all, int64_t now_ms, struct error *e)
{
    enum status status = try_again(
        l,
        "UPDATE snapshot SET fingerprint=zeroblob(16) WHERE key IN (SELECT key FROM held WHERE "
        "reason<>'bad-value' AND op='upsert' AND (?1 OR (reason='later' AND again_ms<=?2)))",
        all, now_ms, e);
    /* One whose key this pass does not bring must not be due all the time. */
    return status == STATUS_OK
               ? try_again(l,
                           "UPDATE held SET again_ms=?2+3600000 WHERE reason='later' "
                           "AND (?1 OR again_ms<=?2)",
                           all, now_ms, e)
               : status;
}

enum status held_taken(struct ledger *l, int64_t first, int64_t last, struct error *e)
{
    sqlite3_stmt *s;
    enum status status =
        prepare(l,
                "DELETE FROM held WHERE reason<>'bad-value' AND (stream,name) IN (SELECT "
                "stream,key FROM outbox WHERE seq BETWEEN ?1 AND ?2)",
                NULL, NULL, 0, &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, first);
        sqlite3_bind_int64(s, 2, last);
    }
    return finish(s, status, e);
}

/* ---- what the shop refuses ---- */

static bool is_known(struct ledger *l, const struct key *key)
{
    sqlite3_stmt *s;
    if (ledger_prepare(l, Q_KNOWN, &s, NULL) != STATUS_OK)
        return false;
    sqlite3_bind_blob(s, 1, key->bytes, (int)key->length, SQLITE_STATIC);
    bool found = db_step(s, NULL) == STATUS_OK;
    sqlite3_reset(s);
    return found;
}

/* The outbox has keys as people see them. Find the real key: each part may be a number or a text. */
void held_find_key(struct ledger *l, const char *name, struct key *key)
{
    unsigned parts = 1;
    for (const char *at = name; *at; at++)
        parts += *at == '/';
    for (unsigned texts = 0; parts <= KEY_PARTS && texts < 1U << parts; texts++)
        if (key_parse(name, texts, key) && is_known(l, key))
            return;
    key_stand_in(key, name, strlen(name)); /* nobody knows it any more */
}

enum status held_forget(struct ledger *l, const struct key *key, struct error *e)
{
    return ledger_run_with_key(l, Q_AGAIN, key->bytes, key->length, e);
}

enum status held_change(struct ledger *l, const struct ledger_change *change, struct held_row *h,
                        bool *fresh, struct error *e)
{
    struct key key;
    held_find_key(l, change->key, &key);
    h->stream = change->stream;
    h->op = change->op;
    h->name = change->key;
    h->column = "";
    h->key = key.bytes;
    h->key_length = key.length;
    enum status status = held_put(l, h, fresh, e);
    h->key = NULL;
    h->key_length = 0;
    return status;
}

/* A row that was held: queue its deletion again, or make the next pass find it changed. */
static enum status retry_one(struct ledger *l, const char *stream, const char *op,
                             const struct key *key, int64_t now_ms, struct error *e)
{
    if (!text_equal(op, "delete"))
        return held_forget(l, key, e);
    sqlite3_stmt *s;
    enum status status = prepare(l, "DELETE FROM held WHERE stream=?1 AND key=?2", stream,
                                 key->bytes, key->length, &s, e);
    status = finish(s, status, e);
    return status == STATUS_OK ? ledger_delete(l, stream, key->bytes, key->length, now_ms, e)
                               : status;
}

enum status held_retry(struct ledger *l, const char *name, int64_t now_ms, uint64_t *count,
                       struct error *e)
{
    sqlite3_stmt *s = NULL;
    struct key key = {.length = 0};
    char stream[64], op[16];
    *count = 0;
    enum status status = ledger_begin(l, e);
    while (status == STATUS_OK) {
        status = db_prepare(ledger_database(l),
                            "SELECT stream,op,key FROM held WHERE key>?1 AND (?2 IS NULL OR "
                            "name=?2) ORDER BY key LIMIT 1",
                            &s, e);
        if (status != STATUS_OK)
            break;
        sqlite3_bind_blob(s, 1, key.bytes, (int)key.length, SQLITE_TRANSIENT);
        sqlite3_bind_text(s, 2, name, -1, SQLITE_STATIC);
        status = db_step(s, e);
        size_t length = status == STATUS_OK ? (size_t)sqlite3_column_bytes(s, 2) : 0;
        if (status == STATUS_OK && length > KEY_MAXIMUM)
            status = error_set(e, STATUS_INVALID, "ledger_key", "a key in the ledger is damaged");
        if (status == STATUS_OK) {
            text_copy(stream, sizeof stream, db_text(s, 0));
            text_copy(op, sizeof op, db_text(s, 1));
            memcpy(key.bytes, sqlite3_column_blob(s, 2), key.length = length);
        }
        sqlite3_finalize(s);
        if (status == STATUS_OK &&
            (status = retry_one(l, stream, op, &key, now_ms, e)) == STATUS_OK)
            ++*count;
    }
    if (status == STATUS_END)
        return ledger_commit(l, e);
    ledger_rollback(l);
    return status;
}

/* ---- looking ---- */

/* A ledger that an older version wrote, and that no worker has opened since, has no such table. */
static bool has_table(struct ledger *l)
{
    sqlite3_stmt *s = NULL;
    bool found = db_prepare(ledger_database(l), "SELECT 1 FROM sqlite_schema WHERE name='held'", &s,
                            NULL) == STATUS_OK &&
                 db_step(s, NULL) == STATUS_OK;
    sqlite3_finalize(s);
    return found;
}

enum status held_next_again(struct ledger *l, int64_t *at_ms, struct error *e)
{
    sqlite3_stmt *s = NULL;
    *at_ms = 0;
    enum status status =
        prepare(l, "SELECT min(again_ms) FROM held WHERE reason='later' AND op='upsert'", NULL,
                NULL, 0, &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK)
        *at_ms = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status held_summary(struct ledger *l, struct held_summary *h, struct error *e)
{
    sqlite3_stmt *s = NULL;
    memset(h, 0, sizeof *h);
    enum status status = db_prepare(
        ledger_database(l),
        "SELECT (SELECT count(*) FROM held),name,field,text,text_said FROM held ORDER BY since_ms,key "
        "LIMIT 1",
        &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        h->count = (uint64_t)sqlite3_column_int64(s, 0);
        const char *column = db_text(s, 2);
        char why[sizeof((struct error *)NULL)->text_said];
        if (*db_text(s, 4))
            text_copy(why, sizeof why, db_text(s, 4));
        else
            said_value(why, sizeof why, db_text(s, 3));
        if (*column)
            said_format(h->oldest, sizeof h->oldest, "%s, column %s: %-s", db_text(s, 1), column,
                        why);
        else
            said_format(h->oldest, sizeof h->oldest, "%s: %-s", db_text(s, 1), why);
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

static void set_time(json_t *row, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_format(text, ms);
    json_set_text(row, name, ms > 0 ? text : NULL);
}

static enum status list_one(struct ledger *l, const char *plugin, size_t limit, json_t *list,
                            int64_t *count, struct error *e)
{
    static const char *const names[] = {"stream", "key",  "column", "op",
                                        "reason", "code", "text",   "remedy"};
    sqlite3_stmt *s = NULL;
    char sql[200];
    text_format(
        sql, sizeof sql,
        "SELECT stream,name,field,op,reason,code,text,remedy,since_ms,again_ms,%s FROM held "
        "ORDER BY since_ms,key",
        db_has_column(ledger_database(l), "held", "text_said") ? "text_said,remedy_said" : "'',''");
    enum status status = db_prepare(ledger_database(l), sql, &s, e);
    while (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        ++*count;
        if (json_array_size(list) >= limit)
            continue;
        json_t *row = json_object();
        json_set_text(row, "plugin", plugin);
        for (int i = 0; i < 8; i++)
            json_set_text(row, names[i], db_text(s, i));
        said_set_text(row, "text", db_text(s, 6), db_text(s, 10));
        said_set_text(row, "remedy", db_text(s, 7), db_text(s, 11));
        set_time(row, "since", sqlite3_column_int64(s, 8));
        set_time(row, "again", sqlite3_column_int64(s, 9));
        json_array_append_new(list, row);
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status list_plugin(const char *state_dir, const char *plugin, size_t limit,
                               json_t *list, int64_t *count, struct error *e)
{
    struct ledger *l;
    enum status status = ledger_open_read(state_dir, plugin, &l, e);
    if (status != STATUS_OK)
        return status;
    if (has_table(l))
        status = list_one(l, plugin, limit, list, count, e);
    ledger_close(l);
    return status;
}

enum status held_list_all(const char *state_dir, const char *plugin, size_t limit, json_t **answer,
                          struct error *e)
{
    char dir[1024], id[256];
    json_t *list = json_array();
    int64_t count = 0;
    enum status status = STATUS_OK;
    if (plugin) {
        status = list_plugin(state_dir, plugin, limit, list, &count, e);
    } else {
        const char *name;
        text_format(dir, sizeof dir, "%s/ledgers", state_dir);
        struct dir *all = dir_open(dir); /* none yet: nothing is held */
        while (status == STATUS_OK && all && (name = dir_next(all)) != NULL) {
            if (!text_ends(name, ".db") || !text_copy(id, sizeof id, name))
                continue;
            id[strlen(id) - 3] = '\0';
            status = list_plugin(state_dir, id, limit, list, &count, e);
            if (status == STATUS_NOT_FOUND) /* its worker is just creating it */
                status = STATUS_OK;
        }
        dir_close(all);
    }
    *answer = json_object();
    json_object_set_new(*answer, "held", list);
    json_set_number(*answer, "count", count);
    return status;
}
