#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "os/fd.h"
#include "os/file.h"
#include "base/said.h"

static enum status status_of(sqlite3 *db, int code)
{
    static const struct {
        int code;
        enum status status;
    } rows[] = {
        {SQLITE_FULL, STATUS_FULL},         {SQLITE_BUSY, STATUS_BUSY},
        {SQLITE_LOCKED, STATUS_BUSY},       {SQLITE_CANTOPEN, STATUS_IO},
        {SQLITE_IOERR, STATUS_IO},          {SQLITE_READONLY, STATUS_DENIED},
        {SQLITE_PERM, STATUS_DENIED},       {SQLITE_AUTH, STATUS_DENIED},
        {SQLITE_NOTADB, STATUS_INVALID},    {SQLITE_CORRUPT, STATUS_INVALID},
        {SQLITE_CONSTRAINT, STATUS_EXISTS}, {SQLITE_INTERRUPT, STATUS_CANCELLED},
    };
    enum status status = STATUS_INTERNAL;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].code == (code & 0xFF))
            status = rows[i].status;
    /* SQLite reports a write that hit a size limit as an I/O error; the errno tells the truth. */
    int system = sqlite3_system_errno(db);
    if (status == STATUS_IO && (system == ENOSPC || system == EDQUOT || system == EFBIG))
        return STATUS_FULL;
    return status;
}

enum status db_error(sqlite3 *db, struct error *e, const char *what)
{
    int code = sqlite3_extended_errcode(db);
    enum status status = status_of(db, code);
    const char *file = sqlite3_db_filename(db, "main");
    bool named = file && *file;
    const char *word = status == STATUS_FULL      ? "disk_full"
                       : status == STATUS_INVALID ? "db_damaged"
                                                  : "db_error";
    error_set(e, status, word, "%-s: %s (SQLite %d, %s)", what, sqlite3_errmsg(db), code,
              named ? file : "memory");
    if (status == STATUS_FULL)
        error_remedy(e, "Make room on the disk of %s; work goes on by itself then.",
                     named ? file : "the database");
    return status;
}

/* If an existing file cannot be used, it is nearly always because of its owner or mode. */
static enum status say_rights(const char *path, enum status status, struct error *e)
{
    if (status == STATUS_IO || status == STATUS_DENIED)
        error_remedy(
            e,
            "The user that endpointd runs as must be able to read and write %s and its directory.",
            path);
    return status;
}

enum status db_open(const char *path, int flags, sqlite3 **db, struct error *e)
{
    *db = NULL;
    if (flags & DB_CREATE) {
        /* SQLite would create the file with the umask's mode. A file that is there must not be opened:
         * closing it again would drop the POSIX locks of every connection that this process has to it. */
        int fd = file_open_new(path, 0600);
        if (fd < 0 && errno != EEXIST)
            return error_errno(e, errno, "db_create", "cannot create %s", path);
        fd_close(&fd);
    }
    int mode = flags & DB_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    /* A connection belongs to one thread at a time: no mutex is taken for every column that is read. */
    mode |= SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, db, mode, NULL) != SQLITE_OK) {
        enum status status = db_error(*db, e, N_("cannot open the database"));
        if (e && status != STATUS_FULL)
            error_set(e, status, e->code, "cannot open the database %s: %s", path,
                      sqlite3_errmsg(*db));
        sqlite3_close(*db);
        *db = NULL;
        return say_rights(path, status, e);
    }
    sqlite3_busy_timeout(*db, 5000);
    const char *setup =
        flags & DB_READ_ONLY ? "PRAGMA query_only=1"
        : flags & DB_NORMAL
            ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=1"
            : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=1";
    enum status status = db_exec(*db, setup, e);
    if (status != STATUS_OK) {
        db_close(*db);
        *db = NULL;
        say_rights(path, status, e);
    }
    return status;
}

void db_close(sqlite3 *db)
{
    sqlite3_close_v2(db);
}

enum status db_exec(sqlite3 *db, const char *sql, struct error *e)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        char what[160];
        said_format(what, sizeof what, "\"%.48s\" failed", sql);
        return db_error(db, e, what);
    }
    return STATUS_OK;
}

enum status db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement, struct error *e)
{
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK) {
        char what[160];
        said_format(what, sizeof what, "\"%.32s\" cannot be prepared", sql);
        return db_error(db, e, what);
    }
    return STATUS_OK;
}

enum status db_step(sqlite3_stmt *statement, struct error *e)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return STATUS_OK;
    enum status status = STATUS_END;
    if (code != SQLITE_DONE) {
        char what[160];
        said_format(what, sizeof what, "\"%.48s\" failed", sqlite3_sql(statement));
        status = db_error(sqlite3_db_handle(statement), e, what);
    }
    sqlite3_reset(statement);
    return status;
}

enum status db_run(sqlite3_stmt *statement, struct error *e)
{
    enum status status = db_step(statement, e);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status db_version(sqlite3 *db, int *version, struct error *e)
{
    sqlite3_stmt *ask = NULL;
    *version = 0;
    enum status status = db_prepare(db, "PRAGMA user_version", &ask, e);
    if (status == STATUS_OK && (status = db_step(ask, e)) == STATUS_OK)
        *version = sqlite3_column_int(ask, 0);
    sqlite3_finalize(ask);
    return status == STATUS_END ? STATUS_OK : status;
}

/* One step, from the version that the file has once we hold its lock: another process may have been
 * first. */
static enum status migrate_step(sqlite3 *db, const char *const *scripts, int count, int *version,
                                struct error *e)
{
    char mark[64];
    enum status status = db_exec(db, "BEGIN IMMEDIATE", e);
    if (status != STATUS_OK)
        return status;
    status = db_version(db, version, e);
    if (status == STATUS_OK && *version < count) {
        snprintf(mark, sizeof mark, "PRAGMA user_version=%d", *version + 1);
        status = db_exec(db, scripts[*version], e);
        if (status == STATUS_OK)
            status = db_exec(db, mark, e);
        ++*version;
    }
    if (status == STATUS_OK)
        status = db_exec(db, "COMMIT", e);
    if (status != STATUS_OK)
        db_exec(db, "ROLLBACK", NULL);
    return status;
}

enum status db_migrate(sqlite3 *db, const char *const *scripts, int count, struct error *e)
{
    int version = 0;
    enum status status = db_version(db, &version, e);
    while (status == STATUS_OK && version < count)
        status = migrate_step(db, scripts, count, &version, e);
    if (status == STATUS_OK && version > count)
        return error_set(e, STATUS_INVALID, "db_newer",
                         "%s was written by a newer version of this program (schema %d, known: %d)",
                         sqlite3_db_filename(db, "main"), version, count);
    return status;
}

bool db_has_column(sqlite3 *db, const char *table, const char *column)
{
    sqlite3_stmt *s = NULL;
    bool found = false;
    if (db_prepare(db, "SELECT 1 FROM pragma_table_info(?1) WHERE name=?2", &s, NULL) ==
        STATUS_OK) {
        sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 2, column, -1, SQLITE_STATIC);
        found = db_step(s, NULL) == STATUS_OK;
    }
    sqlite3_finalize(s);
    return found;
}

const char *db_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

const char *db_library(void)
{
    return sqlite3_libversion();
}
