#include "store/whole.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/aside.h"
#include "os/dir.h"
#include "os/path.h"
#include "store/db.h"

static const char *const schema[] = {
    "CREATE TABLE rows(key TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE facts(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
};

struct whole {
    sqlite3 *db;
    sqlite3_stmt *put, *delete, *fact;
    char life[WHOLE_LIFE];
    bool dirty;
};

/* ---- facts ---------------------------------------------------------------------------------------- */

static enum status set_fact(struct whole *w, const char *name, const char *value, struct error *e)
{
    sqlite3_bind_text(w->fact, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(w->fact, 2, value, -1, SQLITE_STATIC);
    return db_run(w->fact, e);
}

static enum status read_facts(struct whole *w, struct error *e)
{
    sqlite3_stmt *s = NULL;
    enum status status = db_prepare(w->db, "SELECT name, value FROM facts", &s, e);
    while (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        if (text_equal(db_text(s, 0), "life"))
            text_copy(w->life, sizeof w->life, db_text(s, 1));
        else if (text_equal(db_text(s, 0), "dirty"))
            w->dirty = text_equal(db_text(s, 1), "1");
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

/* ---- opening -------------------------------------------------------------------------------------- */

static enum status open_db(const char *path, struct whole **out, struct error *e)
{
    struct whole *w = mem_alloc(sizeof *w);
    enum status status = db_open(path, DB_CREATE, &w->db, e);
    if (status == STATUS_OK)
        status = db_migrate(w->db, schema, (int)COUNT_OF(schema), e);
    if (status == STATUS_OK)
        status =
            db_prepare(w->db, "INSERT OR REPLACE INTO rows(key, data) VALUES(?1, ?2)", &w->put, e);
    if (status == STATUS_OK)
        status = db_prepare(w->db, "DELETE FROM rows WHERE key = ?1", &w->delete, e);
    if (status == STATUS_OK)
        status = db_prepare(w->db, "INSERT OR REPLACE INTO facts(name, value) VALUES(?1, ?2)",
                            &w->fact, e);
    if (status == STATUS_OK)
        status = read_facts(w, e);
    if (status == STATUS_OK && !w->life[0])
        status = whole_renew(w, e);
    if (status != STATUS_OK) {
        whole_close(w);
        return status;
    }
    *out = w;
    return STATUS_OK;
}

enum status whole_open(const char *state_dir, const char *plugin_id, struct whole **w,
                       struct error *e)
{
    char dir[PATH_MAX], path[PATH_MAX], name[80], kept[PATH_MAX];
    struct error why = {0};
    *w = NULL;
    text_format(name, sizeof name, "%s.db", plugin_id);
    enum status status = path_join(dir, sizeof dir, state_dir, "files", e);
    if (status == STATUS_OK)
        status = path_join(path, sizeof path, dir, name, e);
    if (status == STATUS_OK)
        status = dir_ensure(dir, 0700, e);
    if (status != STATUS_OK)
        return status;
    status = open_db(path, w, &why);
    if (status != STATUS_OK && text_equal(why.code, "db_damaged")) {
        status = aside_move(path, kept, sizeof kept, e);
        return status == STATUS_OK ? open_db(path, w, e) : status;
    }
    if (e && status != STATUS_OK)
        *e = why;
    return status;
}

void whole_close(struct whole *w)
{
    if (!w)
        return;
    sqlite3_finalize(w->put);
    sqlite3_finalize(w->delete);
    sqlite3_finalize(w->fact);
    db_close(w->db);
    free(w);
}

const char *whole_life(const struct whole *w)
{
    return w->life;
}

bool whole_is_dirty(const struct whole *w)
{
    return w->dirty;
}

/* ---- changes -------------------------------------------------------------------------------------- */

enum status whole_begin(struct whole *w, struct error *e)
{
    return db_exec(w->db, "BEGIN IMMEDIATE", e);
}

void whole_rollback(struct whole *w)
{
    db_exec(w->db, "ROLLBACK", NULL);
}

enum status whole_put(struct whole *w, const char *key, const char *data, size_t length,
                      struct error *e)
{
    sqlite3_bind_text(w->put, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text64(w->put, 2, data, length, SQLITE_STATIC, SQLITE_UTF8);
    return db_run(w->put, e);
}

enum status whole_delete(struct whole *w, const char *key, struct error *e)
{
    sqlite3_bind_text(w->delete, 1, key, -1, SQLITE_STATIC);
    return db_run(w->delete, e);
}

enum status whole_commit(struct whole *w, struct error *e)
{
    enum status status = w->dirty ? STATUS_OK : set_fact(w, "dirty", "1", e);
    if (status == STATUS_OK)
        status = db_exec(w->db, "COMMIT", e);
    if (status == STATUS_OK)
        w->dirty = true;
    return status;
}

enum status whole_renew(struct whole *w, struct error *e)
{
    char life[CRYPTO_ID_TEXT];
    crypto_random_id(life);
    enum status status = whole_begin(w, e);
    if (status != STATUS_OK)
        return status;
    status = db_exec(w->db, "DELETE FROM rows", e);
    if (status == STATUS_OK)
        status = set_fact(w, "life", life, e);
    if (status == STATUS_OK)
        status = set_fact(w, "dirty", "0", e);
    if (status == STATUS_OK)
        status = db_exec(w->db, "COMMIT", e);
    if (status != STATUS_OK) {
        whole_rollback(w);
        return status;
    }
    text_copy(w->life, sizeof w->life, life);
    w->dirty = false;
    return STATUS_OK;
}

/* ---- writing it out ------------------------------------------------------------------------------- */

enum status whole_each(struct whole *w,
                       enum status (*row)(void *user, const char *key, const char *data,
                                          struct error *e),
                       void *user, struct error *e)
{
    sqlite3_stmt *s = NULL;
    enum status status = db_prepare(w->db, "SELECT key, data FROM rows ORDER BY key", &s, e);
    while (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK)
        status = row(user, db_text(s, 0), db_text(s, 1), e);
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status whole_written(struct whole *w, struct error *e)
{
    enum status status = set_fact(w, "dirty", "0", e);
    if (status == STATUS_OK)
        w->dirty = false;
    return status;
}
