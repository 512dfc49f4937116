#include "sandbox/sql/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/company/seed.h"
#include "sandbox/sql/catalog.h"
#include "sandbox/sql/compile.h"
#include "sandbox/sql/compile_select.h"
#include "sandbox/sql/engine_call.h"
#include "sandbox/sql/engine_internal.h"
#include "sandbox/sql/locks.h"
#include "sandbox/sql/message.h"
#include "sandbox/sql/parse_expr.h"
#include "sandbox/sql/parse_stmt.h"
#include "sandbox/sql/type.h"
#include "sandbox/sql/udf.h"
#include "store/db.h"

#define ARENA_MAX (64 << 20)
#define WRITER_MS 30000 /* how long one writer waits for another at most */

/* ---- sessions ---------------------------------------------------------------------------------- */

struct engine_session {
    struct engine *engine;
    const struct database *database;
    sqlite3 *db;
    struct udf_state fault;
    struct session_facts facts;
    bool no_count, format_only, snapshot;
    int64_t lock_timeout_ms; /* < 0: without an end */
    struct sql_value *values;
    char *text; /* of values that are written as text */
};

/* Replace the session's connection with one to this database. */
static enum status open_in(struct engine_session *s, const struct database *d, struct error *e)
{
    sqlite3 *db = NULL;
    enum status status = db_open(d->path, DB_NORMAL, &db, e);
    if (status == STATUS_OK && udf_register(db, &s->fault) != SQLITE_OK)
        status = db_error(db, e, "registering functions");
    if (status != STATUS_OK) {
        db_close(db);
        return status;
    }
    sqlite3_busy_timeout(db, WRITER_MS);
    db_close(s->db);
    s->db = db;
    s->database = d;
    s->facts.database = d->name;
    return STATUS_OK;
}

enum status engine_connect(struct engine *engine, struct engine_session **out, struct error *e)
{
    struct engine_session *s = mem_alloc(sizeof *s);
    s->engine = engine;
    s->facts.spid = 51 + engine_next_session(engine) % 30000;
    enum status status = open_in(s, engine_database_at(engine, 0), e);
    s->fault.clock_ahead = engine_clock(engine);
    s->lock_timeout_ms = -1;
    s->facts.user = "sa";
    s->facts.host = "SANDBOX";
    s->facts.read_only = engine_read_only(engine);
    s->facts.version =
        "Microsoft SQL Server 2019 (RTM) - 15.0.2000.5 (X64): played by endpoint-sandbox";
    s->values = mem_array(SQL_COLUMNS_MAX, sizeof s->values[0]);
    if (status != STATUS_OK) {
        engine_disconnect(s);
        s = NULL;
    }
    *out = s;
    return status;
}

void engine_disconnect(struct engine_session *s)
{
    if (!s)
        return;
    if (s->facts.transactions)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    locks_drop(engine_locks(s->engine), s);
    db_close(s->db);
    free(s->values);
    free(s);
}

void engine_interrupt(struct engine_session *s)
{
    sqlite3_interrupt(s->db);
}

struct udf_state *engine_udf_state(struct engine_session *s)
{
    return &s->fault;
}

sqlite3 *engine_db(struct engine_session *s)
{
    return s->db;
}

static bool report(const struct engine_sink *sink, const struct sql_message *m)
{
    sink->message(sink->user, m);
    return false;
}

/* Report SQLite's error with SQL Server's number. */
static bool report_sqlite(struct engine_session *s, const struct engine_sink *sink, int line,
                          const struct statement *statement)
{
    struct sql_message m = {0};
    const char *table = statement && statement->table ? statement->table : "";
    int code = sqlite3_extended_errcode(s->db);
    const char *text = sqlite3_errmsg(s->db);
    if (s->fault.number) {
        message_set(&m, s->fault.number, line, "%.500s", s->fault.text);
    } else if (code == SQLITE_CONSTRAINT_NOTNULL) {
        const char *dot = strrchr(text, '.');
        message_set(&m, 515, line,
                    "Cannot insert the value NULL into column '%.100s', table '%.100s'; "
                    "column does not allow nulls.",
                    dot ? dot + 1 : "?", table);
    } else if (code == SQLITE_CONSTRAINT_TRIGGER) {
        message_set(&m, 50000, line, "%.500s", text);
    } else if ((code & 0xFF) == SQLITE_CONSTRAINT) {
        message_set(&m, 2627, line,
                    "Violation of PRIMARY KEY constraint. Cannot insert duplicate key in "
                    "object '%.100s'.",
                    table);
    } else if ((code & 0xFF) == SQLITE_INTERRUPT) {
        message_set(&m, 0, line, "The statement was cancelled.");
    } else if ((code & 0xFF) == SQLITE_BUSY) {
        message_set(&m, 1222, line, "Lock request time out period exceeded.");
    } else if (strstr(text, "integer overflow")) {
        message_set(&m, 8115, line, "Arithmetic overflow error converting expression.");
    } else {
        message_set(&m, 50000, line, "%.500s", text);
    }
    s->fault.number = 0;
    report(sink, &m);
    if ((code & 0xFF) == SQLITE_CONSTRAINT) { /* a server sends this after it */
        message_set(&m, 3621, line, "The statement has been terminated.");
        m.severity = 0;
        report(sink, &m);
    }
    return false;
}

static bool bind_parameters(sqlite3_stmt *st, const struct sql_parameter *p, size_t count)
{
    int wanted = sqlite3_bind_parameter_count(st);
    for (int i = 0; i < wanted; i++) {
        int code;
        if ((size_t)i >= count || p[i].value.null)
            code = sqlite3_bind_null(st, i + 1);
        else if (type_exact(p[i].type.type))
            code = sqlite3_bind_int64(st, i + 1, p[i].value.integer);
        else if (type_float(p[i].type.type))
            code = sqlite3_bind_double(st, i + 1, p[i].value.real);
        else if (type_binary(p[i].type.type))
            code = sqlite3_bind_blob64(st, i + 1, p[i].value.bytes ? p[i].value.bytes : "",
                                       p[i].value.length, SQLITE_STATIC);
        else
            code = sqlite3_bind_text64(st, i + 1, p[i].value.bytes ? p[i].value.bytes : "",
                                       p[i].value.length, SQLITE_STATIC, SQLITE_UTF8);
        if (code != SQLITE_OK)
            return false;
    }
    return true;
}

/* The current row of st as values. False: a value that overflowed 64 bits. */
static bool read_row(struct engine_session *s, sqlite3_stmt *st, const struct sql_column *columns,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sql_value *v = &s->values[i];
        int type = sqlite3_column_type(st, (int)i);
        v->null = type == SQLITE_NULL;
        if (v->null)
            continue;
        if (type_exact(columns[i].type)) {
            if (type == SQLITE_FLOAT)
                return false;
            v->integer = sqlite3_column_int64(st, (int)i);
        } else if (type_float(columns[i].type)) {
            v->real = sqlite3_column_double(st, (int)i);
        } else {
            v->bytes = type_binary(columns[i].type) ? sqlite3_column_blob(st, (int)i)
                                                    : (const char *)sqlite3_column_text(st, (int)i);
            v->length = (size_t)sqlite3_column_bytes(st, (int)i);
            if (!v->bytes)
                v->bytes = "";
        }
    }
    return true;
}

static bool run_sql(struct engine_session *s, const struct statement *statement, const char *sql,
                    const struct sql_column *columns, size_t count,
                    const struct sql_parameter *parameters, size_t parameter_count,
                    const struct engine_sink *sink)
{
    sqlite3_stmt *st = NULL;
    int64_t rows = 0;
    bool ok = true, going = true;
    int code;
    s->fault.number = 0;
    if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK ||
        !bind_parameters(st, parameters, parameter_count)) {
        ok = report_sqlite(s, sink, statement->line, statement);
        goto out;
    }
    if (count)
        going = sink->columns(sink->user, columns, count);
    while (going && (code = sqlite3_step(st)) == SQLITE_ROW) {
        if (!read_row(s, st, columns, count)) {
            struct sql_message m = {0};
            message_set(&m, 8115, statement->line,
                        "Arithmetic overflow error converting expression to "
                        "data type numeric.");
            ok = report(sink, &m);
            goto out;
        }
        going = sink->row(sink->user, s->values, count);
        rows++;
    }
    if (going && code != SQLITE_DONE) {
        ok = report_sqlite(s, sink, statement->line, statement);
        goto out;
    }
    if (statement->kind != STATEMENT_SELECT)
        rows = sqlite3_changes(s->db); /* not what triggers changed */
    if (statement->kind == STATEMENT_INSERT && rows > 0)
        s->facts.identity = sqlite3_last_insert_rowid(s->db);
    s->facts.row_count = rows;
    sqlite3_finalize(st);
    st = NULL;
    sink->done(sink->user, s->no_count && statement->kind != STATEMENT_SELECT ? -1 : rows,
               count > 0);
out:
    sqlite3_finalize(st);
    return ok;
}

/* WITH (UPDLOCK) in a transaction: nobody else writes until it ends. This locks the whole database;
 * a real SQL Server locks a range of rows. */
static bool take_lock(struct engine_session *s)
{
    return sqlite3_exec(s->db, "DELETE FROM _lock", NULL, NULL, NULL) == SQLITE_OK;
}

static bool wait_for_locks(struct engine_session *s, const struct statement *statement,
                           const struct compiler *c, const struct engine_sink *sink)
{
    struct sql_message m = {0};
    if (c->read_count == 0 || statement->dirty)
        return true;
    if (s->snapshot && engine_snapshot_allowed(s->engine))
        return true;
    if (s->snapshot) {
        message_set(
            &m, 3952, statement->line,
            "Snapshot isolation transaction failed accessing database '%.100s' because "
            "snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow "
            "snapshot isolation.",
            s->database->name);
        return report(sink, &m);
    }
    if (locks_wait(engine_locks(s->engine), s, c->reads, c->read_count, s->lock_timeout_ms,
                   sink->cancelled, sink->user))
        return true;
    message_set(&m, sink->cancelled && sink->cancelled(sink->user) ? 0 : 1222, statement->line,
                "Lock request time out period exceeded.");
    return report(sink, &m);
}

static bool compile_and_run(struct engine_session *s, struct arena *arena,
                            struct statement *statement, const struct sql_parameter *parameters,
                            size_t parameter_count, bool describe, const struct engine_sink *sink)
{
    struct sql_message m = {0};
    struct compiler c = {
        .catalog = s->database->catalog, .arena = arena, .facts = &s->facts, .m = &m};
    struct buf sql;
    const struct sql_column *columns;
    size_t count;
    buf_init(&sql, 16 << 20);
    bool ok = compile_statement(&c, statement, &sql, &columns, &count);
    if (!ok) {
        report(sink, &m);
    } else if (describe || s->format_only) {
        if (count && !sink->columns(sink->user, columns, count))
            ok = false;
        sink->done(sink->user, count ? 0 : -1, count > 0);
    } else if (statement->locks && s->facts.transactions && !take_lock(s)) {
        ok = report_sqlite(s, sink, statement->line, NULL);
    } else {
        ok = wait_for_locks(s, statement, &c, sink) &&
             run_sql(s, statement, buf_text(&sql), columns, count, parameters, parameter_count,
                     sink);
        if (ok && statement->kind != STATEMENT_SELECT && s->facts.transactions)
            locks_take(engine_locks(s->engine), s,
                       catalog_find(s->database->catalog, statement->schema, statement->table));
    }
    buf_free(&sql);
    return ok;
}

/* ---- statements that are not queries
 * -------------------------------------------------------------- */

static bool done(const struct engine_sink *sink)
{
    sink->done(sink->user, -1, false);
    return true;
}

static bool run_set(struct engine_session *s, const struct statement *statement,
                    const struct engine_sink *sink)
{
    bool on = text_equal_nocase(statement->value, "ON");
    int64_t limit;
    if (text_equal(statement->text, "NOCOUNT"))
        s->no_count = on;
    else if (text_equal(statement->text, "FMTONLY"))
        s->format_only = on;
    else if (text_equal(statement->text, "ISOLATION"))
        s->snapshot = text_equal(statement->value, "SNAPSHOT");
    else if (text_equal(statement->text, "LOCK_TIMEOUT") && text_to_i64(statement->value, &limit)) {
        s->lock_timeout_ms = limit;
        sqlite3_busy_timeout(s->db, limit < 0 || limit > WRITER_MS ? WRITER_MS : (int)limit);
    } else if (text_equal(statement->text, "ROWCOUNT") && text_to_i64(statement->value, &limit))
        s->facts.row_limit = limit;
    return done(sink);
}

bool engine_begin(struct engine_session *s, const struct engine_sink *sink)
{
    if (s->facts.transactions == 0 && sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return report_sqlite(s, sink, 1, NULL);
    s->facts.transactions++;
    return true;
}

bool engine_commit(struct engine_session *s, const struct engine_sink *sink)
{
    struct sql_message m = {0};
    if (s->facts.transactions == 0) {
        message_set(&m, 3902, 1,
                    "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.");
        return report(sink, &m);
    }
    if (s->facts.transactions == 1 && sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return report_sqlite(s, sink, 1, NULL);
    if (--s->facts.transactions == 0)
        locks_drop(engine_locks(s->engine), s);
    return true;
}

bool engine_rollback(struct engine_session *s, const struct engine_sink *sink)
{
    struct sql_message m = {0};
    if (s->facts.transactions == 0) {
        message_set(&m, 3903, 1,
                    "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.");
        return report(sink, &m);
    }
    s->facts.transactions = 0;
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    locks_drop(engine_locks(s->engine), s);
    return true;
}

bool engine_in_transaction(const struct engine_session *s)
{
    return s->facts.transactions > 0;
}

static bool run_ddl(struct engine_session *s, const struct statement *statement, const char *sql,
                    const struct engine_sink *sink)
{
    struct sql_message m = {0};
    bool ok = true;
    const struct table *t = catalog_find(s->database->catalog, statement->schema, statement->table);
    if (statement->kind == STATEMENT_CREATE_TABLE) {
        ok = catalog_create(s->database->catalog, s->db, statement, sql + statement->offset,
                            statement->length, false, &m);
    } else if (t && t->system) {
        ok = false;
        message_set(&m, 3705, statement->line, "Cannot drop a system table.");
    } else if (t) {
        ok = catalog_drop(s->database->catalog, s->db, statement->schema, statement->table, &m);
    } else if (!statement->if_exists) {
        ok = false;
        message_set(&m, 3701, statement->line,
                    "Cannot drop the table '%.100s', because it does not exist.", statement->table);
    }
    if (ok)
        catalog_refresh(s->database->catalog, s->db, s->database->name);
    return ok ? done(sink) : report(sink, &m);
}

bool engine_use(struct engine_session *s, const char *database)
{
    const struct database *d = engine_database_find(s->engine, database);
    if (text_empty(database) || text_compare_nocase(database, "master") == 0)
        return true;
    return d &&
           (d == s->database || (s->facts.transactions == 0 && open_in(s, d, NULL) == STATUS_OK));
}

const char *engine_current(const struct engine_session *s)
{
    return s->database->name;
}

static bool run_use(struct engine_session *s, const struct statement *statement,
                    const struct engine_sink *sink)
{
    struct sql_message m = {0};
    const char *before = s->database->name;
    if (engine_use(s, statement->text)) {
        if (sink->moved)
            sink->moved(sink->user, s->database->name, before);
        return done(sink);
    }
    message_set(&m, 911, statement->line,
                "Database '%.100s' does not exist. Make sure that the name is "
                "entered correctly.",
                statement->text);
    return report(sink, &m);
}

static bool run_exec(struct engine_session *s, const struct statement *statement,
                     const struct engine_sink *sink)
{
    struct sql_parameter parameters[16] = {0};
    size_t count = 0;
    for (const struct name_list *n = statement->names; n && count < COUNT_OF(parameters);
         n = n->next) {
        struct sql_parameter *p = &parameters[count++];
        text_copy(p->name, sizeof p->name, n->name);
        p->type.type = SQLT_NVARCHAR;
        p->value.bytes = n->value->text ? n->value->text : "";
        p->value.length = strlen(p->value.bytes);
        p->value.null = n->value->kind == EXPR_NULL;
        if (n->value->kind == EXPR_NUMBER) {
            p->type.type = SQLT_BIGINT;
            text_to_i64(n->value->text, &p->value.integer);
        }
    }
    return engine_call(s, statement->table, parameters, count, sink);
}

/* IF @@TRANCOUNT > 0 COMMIT, with nothing open. */
static bool ends_nothing(const struct engine_session *s, const struct statement *statement)
{
    return statement->if_open && !s->facts.transactions;
}

/* Run a statement that returns no columns. */
static bool run_action(struct engine_session *s, struct statement *statement, const char *sql,
                       const struct engine_sink *sink)
{
    switch (statement->kind) {
    case STATEMENT_CREATE_TABLE:
    case STATEMENT_DROP_TABLE: return run_ddl(s, statement, sql, sink);
    case STATEMENT_USE: return run_use(s, statement, sink);
    case STATEMENT_BEGIN: return engine_begin(s, sink) && done(sink);
    case STATEMENT_COMMIT:
        return (ends_nothing(s, statement) || engine_commit(s, sink)) && done(sink);
    case STATEMENT_ROLLBACK:
        return (ends_nothing(s, statement) || engine_rollback(s, sink)) && done(sink);
    case STATEMENT_EXEC: return run_exec(s, statement, sink);
    default: return done(sink);
    }
}

static bool run_statement(struct engine_session *s, struct arena *arena,
                          struct statement *statement, const char *sql,
                          const struct sql_parameter *parameters, size_t count, bool describe,
                          const struct engine_sink *sink)
{
    switch (statement->kind) {
    case STATEMENT_SELECT:
    case STATEMENT_INSERT:
    case STATEMENT_UPDATE:
    case STATEMENT_DELETE:
        return compile_and_run(s, arena, statement, parameters, count, describe, sink);
    case STATEMENT_SET: return run_set(s, statement, sink);
    case STATEMENT_NOTHING: return done(sink);
    default: return describe || s->format_only ? done(sink) : run_action(s, statement, sql, sink);
    }
}

static bool run(struct engine_session *s, const char *sql, size_t length,
                const struct sql_parameter *parameters, size_t count, bool describe,
                const struct engine_sink *sink)
{
    struct sql_message m = {0};
    struct arena *arena = arena_new(ARENA_MAX);
    struct statement *first = parse_batch(arena, sql, length, parameters, count, &m);
    bool ok = first != NULL;
    if (!first)
        report(sink, &m);
    for (struct statement *statement = first; statement && ok; statement = statement->next)
        ok = run_statement(s, arena, statement, sql, parameters, count, describe, sink);
    arena_free(arena);
    return ok;
}

bool engine_run(struct engine_session *s, const char *sql, size_t length,
                const struct sql_parameter *parameters, size_t count,
                const struct engine_sink *sink)
{
    return run(s, sql, length, parameters, count, false, sink);
}

bool engine_describe(struct engine_session *s, const char *sql, size_t length,
                     const struct sql_parameter *parameters, size_t count,
                     const struct engine_sink *sink)
{
    return run(s, sql, length, parameters, count, true, sink);
}
