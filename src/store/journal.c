#include "store/journal.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/path.h"
#include "store/db.h"

/* Columns that a journal of an older version does not have, which is only read. */
static const char *const newer[] = {"correlation", "said"};

#define TRIM_EVERY 200   /* entries */
#define TEXT_MAX   65536 /* bytes of one */
/* The daemon's loop is blocked while it waits for somebody else's lock. */
#define WRITER_PATIENCE_MS 200

static const char *const schema[] = {
    "CREATE TABLE entries(id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, level TEXT NOT NULL,"
    " plugin TEXT, ord TEXT, code TEXT, text TEXT NOT NULL);"
    "CREATE TABLE facts(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "ALTER TABLE entries ADD COLUMN correlation TEXT",
    "ALTER TABLE entries ADD COLUMN said TEXT",
};

struct journal {
    sqlite3 *db;
    sqlite3_stmt *add;
    int64_t untrimmed; /* entries since the last trim */
    bool has[2];       /* of newer[]: a journal of an older version that is only read lacks some */
};

/* The panel identifies an entry by its id, so an id must never mean two entries: not even after the
 * journal was lost, made anew, or restored from a copy, whose numbers would continue where others
 * had already continued. So each opening starts its own range of ids from the time: seconds since
 * 1970, with room for a million ids in each, and from a random offset in case the clock shows the
 * same time twice. Ids only rise, and stay below 2^53, which every JSON reader can represent. */
#define LIFE_SECOND (INT64_C(1) << 20)

static enum status begin_life(sqlite3 *db, struct error *e)
{
    sqlite3_stmt *s = NULL;
    int64_t seconds = (clock_wall_ms() / 1000) & 0xffffffff;
    enum status status = db_exec(db, "BEGIN IMMEDIATE", e);
    if (status != STATUS_OK)
        return status;
    /* SQLite itself keeps the last id from AUTOINCREMENT; before the first one it has no row. */
    status = db_exec(db,
                     "INSERT INTO sqlite_sequence(name,seq) SELECT 'entries',0 WHERE NOT EXISTS "
                     "(SELECT 1 FROM sqlite_sequence WHERE name='entries')",
                     e);
    if (status == STATUS_OK)
        status = db_prepare(
            db, "UPDATE sqlite_sequence SET seq=max(seq,?1)+?2 WHERE name='entries'", &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, seconds * LIFE_SECOND);
        sqlite3_bind_int64(s, 2, crypto_random_u32() % (LIFE_SECOND / 2));
        status = db_run(s, e);
    }
    sqlite3_finalize(s);
    if (status == STATUS_OK)
        status = db_exec(db, "COMMIT", e);
    if (status != STATUS_OK)
        db_exec(db, "ROLLBACK", NULL);
    return status;
}

static enum status open_file(const char *state_dir, int flags, struct journal **out,
                             struct error *e)
{
    char path[PATH_MAX];
    sqlite3 *db = NULL;
    *out = NULL;
    enum status status = path_join(path, sizeof path, state_dir, "journal.db", e);
    if (status == STATUS_OK && (flags & DB_READ_ONLY) && !file_may_read(path))
        return error_set(e, STATUS_NOT_FOUND, "journal_none", "there is no journal in %s yet",
                         state_dir);
    if (status == STATUS_OK)
        status = db_open(path, flags, &db, e);
    if (status == STATUS_OK && !(flags & DB_READ_ONLY))
        status = db_migrate(db, schema, COUNT_OF(schema), e);
    if (status == STATUS_OK && !(flags & DB_READ_ONLY))
        status = begin_life(db, e);
    if (status != STATUS_OK) {
        db_close(db);
        return status;
    }
    sqlite3_busy_timeout(db, flags & DB_READ_ONLY ? 5000 : WRITER_PATIENCE_MS);
    *out = mem_alloc(sizeof **out);
    (*out)->db = db;
    for (size_t i = 0; i < COUNT_OF(newer); i++)
        (*out)->has[i] = db_has_column(db, "entries", newer[i]);
    return STATUS_OK;
}

enum status journal_open(const char *state_dir, struct journal **j, struct error *e)
{
    return open_file(state_dir, DB_CREATE | DB_NORMAL, j, e);
}

enum status journal_open_read(const char *state_dir, struct journal **j, struct error *e)
{
    return open_file(state_dir, DB_READ_ONLY, j, e);
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    sqlite3_finalize(j->add);
    db_close(j->db);
    free(j);
}

enum status journal_verify(struct journal *j, struct error *e)
{
    sqlite3_stmt *s = NULL;
    const char *file = sqlite3_db_filename(j->db, "main");
    enum status status = db_prepare(j->db, "PRAGMA quick_check(1)", &s, e);
    if (status == STATUS_OK)
        status = db_step(s, e);
    bool whole = status == STATUS_OK && text_equal(db_text(s, 0), "ok");
    if (status == STATUS_OK && !whole)
        status =
            error_set(e, STATUS_INVALID, "db_damaged", "%s is damaged: %s", file, db_text(s, 0));
    sqlite3_finalize(s);
    s = NULL;
    if (whole && db_prepare(j->db,
                            "SELECT id,at,level,plugin,ord,code,text,correlation,said,value FROM "
                            "entries,facts LIMIT 0",
                            &s, NULL) != STATUS_OK)
        status =
            error_set(e, STATUS_INVALID, "db_damaged", "%s is a database, but no journal", file);
    sqlite3_finalize(s);
    return status;
}

bool journal_gone(struct journal *j)
{
    int moved = 0;
    return sqlite3_file_control(j->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
           moved;
}

static void bind_text(sqlite3_stmt *s, int i, const char *text)
{
    if (text && *text)
        sqlite3_bind_text(s, i, text, -1, SQLITE_STATIC);
}

enum status journal_add(struct journal *j, const struct journal_entry *entry, struct error *e)
{
    enum status status = STATUS_OK;
    struct buf text;
    if (!j->add)
        status = db_prepare(j->db,
                            "INSERT INTO entries(at,level,plugin,ord,code,text,correlation,said) "
                            "VALUES(?,?,?,?,?,?,?,?)",
                            &j->add, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(j->add, 1, entry->at_ms);
    sqlite3_bind_text(j->add, 2, entry->level, -1, SQLITE_STATIC);
    bind_text(j->add, 3, entry->plugin);
    bind_text(j->add, 4, entry->order);
    bind_text(j->add, 5, entry->code);
    buf_init(&text, TEXT_MAX);
    said_add(&text, entry->said);
    sqlite3_bind_text(j->add, 6, buf_text(&text), -1, SQLITE_STATIC);
    bind_text(j->add, 7, entry->correlation);
    bind_text(j->add, 8, entry->said);
    status = db_run(j->add, e);
    buf_free(&text);
    return status;
}

static json_t *entry(sqlite3_stmt *s)
{
    char at[CLOCK_TEXT];
    json_t *object = json_object();
    static const char *const names[] = {"level", "plugin", "order", "code", "text", "correlation"};
    const char *said = db_text(s, 8);
    clock_format(at, sqlite3_column_int64(s, 1));
    json_set_number(object, "id", sqlite3_column_int64(s, 0));
    json_set_text(object, "at", at);
    for (int i = 0; i < 6; i++)
        json_set_text(object, names[i],
                      sqlite3_column_type(s, i + 2) == SQLITE_NULL ? NULL : db_text(s, i + 2));
    said_set_text(object, "text", json_text(object, "text", ""), said);
    return object;
}

enum status journal_read(struct journal *j, int64_t after, int limit, const char *plugin,
                         json_t **entries, struct error *e)
{
    sqlite3_stmt *s = NULL;
    char sql[400];
    char more[40] = "";
    text_format(more, sizeof more, ",%s,%s", j->has[0] ? newer[0] : "NULL",
                j->has[1] ? newer[1] : "NULL");
    if (after >= 0)
        text_format(
            sql, sizeof sql,
            "SELECT id,at,level,plugin,ord,code,text%s FROM entries WHERE id>?1 AND (?3 IS NULL OR "
            "plugin=?3) ORDER BY id LIMIT ?2",
            more);
    else
        text_format(
            sql, sizeof sql,
            "SELECT * FROM (SELECT id,at,level,plugin,ord,code,text%s FROM entries WHERE ?1<0 AND (?3 IS "
            "NULL OR plugin=?3) ORDER BY id DESC LIMIT ?2) ORDER BY id",
            more);
    *entries = json_array();
    enum status status = db_prepare(j->db, sql, &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, after);
        sqlite3_bind_int(s, 2, limit);
        bind_text(s, 3, plugin);
        while ((status = db_step(s, e)) == STATUS_OK)
            json_array_append_new(*entries, entry(s));
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status read_fact(struct journal *j, const char *name, int64_t *value, struct error *e)
{
    sqlite3_stmt *s = NULL;
    *value = 0;
    enum status status = db_prepare(j->db, "SELECT value FROM facts WHERE name=?", &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
        if ((status = db_step(s, e)) == STATUS_OK)
            *value = sqlite3_column_int64(s, 0);
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status write_fact(struct journal *j, const char *name, int64_t value, struct error *e)
{
    sqlite3_stmt *s = NULL;
    enum status status = db_prepare(
        j->db, "INSERT INTO facts VALUES(?1,?2) ON CONFLICT(name) DO UPDATE SET value=?2", &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 2, value);
        status = db_run(s, e);
    }
    sqlite3_finalize(s);
    return status;
}

enum status journal_sent(struct journal *j, int64_t *id, struct error *e)
{
    return read_fact(j, "sent", id, e);
}

enum status journal_mark_sent(struct journal *j, int64_t id, struct error *e)
{
    return write_fact(j, "sent", id, e);
}

enum status journal_refused(struct journal *j, int64_t *count, int64_t *at_ms, struct error *e)
{
    enum status status = read_fact(j, "refused", count, e);
    return status == STATUS_OK ? read_fact(j, "refused_at", at_ms, e) : status;
}

enum status journal_mark_refused(struct journal *j, int64_t at_ms, struct error *e)
{
    int64_t count;
    enum status status = read_fact(j, "refused", &count, e);
    if (status == STATUS_OK)
        status = write_fact(j, "refused", count + 1, e);
    return status == STATUS_OK ? write_fact(j, "refused_at", at_ms, e) : status;
}

enum status journal_trim(struct journal *j, int64_t keep, struct error *e)
{
    sqlite3_stmt *s = NULL;
    /* Counting walks over all kept entries, so it is done once for many new ones. */
    if (++j->untrimmed < keep / 100 && j->untrimmed < TRIM_EVERY)
        return STATUS_OK;
    j->untrimmed = 0;
    enum status status = db_prepare(
        j->db,
        "DELETE FROM entries WHERE id<=(SELECT id FROM entries ORDER BY id DESC LIMIT 1 OFFSET ?1) "
        "AND (id<=coalesce((SELECT value FROM facts WHERE name='sent'),0) OR id<=(SELECT id FROM "
        "entries ORDER BY id DESC LIMIT 1 OFFSET 10*?1))",
        &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, keep);
        status = db_run(s, e);
    }
    sqlite3_finalize(s);
    return status;
}
