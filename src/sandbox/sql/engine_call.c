/* Procedures by RPC. */
#include "sandbox/sql/engine_call.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/compile.h"
#include "sandbox/sql/engine_internal.h"
#include "sandbox/sql/type.h"
#include "store/db.h"

static bool fail(const struct engine_sink *sink, int number, const char *format, const char *what)
{
    struct sql_message m = {.number = number, .severity = 16, .state = 1, .line = 1};
    char name[128];
    text_copy(name, sizeof name, what);
    text_format(m.text, sizeof m.text, "%s '%s'.", format, name);
    sink->message(sink->user, &m);
    return false;
}

static bool query(struct engine_session *s, const char *sql, const struct engine_sink *sink)
{
    return engine_run(s, sql, strlen(sql), NULL, 0, sink);
}

/* spIdentyfikator '<table>', count, @id OUTPUT: returns the next free id and advances the counter. */
static bool next_identifier(struct engine_session *s, const struct sql_parameter *p, size_t count,
                            const struct engine_sink *sink)
{
    sqlite3_stmt *st = NULL;
    struct sql_parameter out = {0};
    bool ok = false;
    if (count < 2 || !type_text(p[0].type.type) || p[0].value.null || !type_exact(p[1].type.type))
        return fail(sink, 201, "Expects the parameters table, count and @id OUTPUT of",
                    "spIdentyfikator");
    if (sqlite3_prepare_v2(engine_db(s),
                           "UPDATE \"dbo.ins_ident\" SET ido_wartosc=ido_wartosc+?2 WHERE "
                           "ido_nazwa=?1 RETURNING ido_wartosc-?2",
                           -1, &st, NULL) != SQLITE_OK)
        return fail(sink, 208, "Invalid object name", "ins_ident");
    sqlite3_bind_text(st, 1, p[0].value.bytes, (int)p[0].value.length, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, p[1].value.integer);
    if (sqlite3_step(st) == SQLITE_ROW) {
        out.type.type = SQLT_INT;
        out.type.length = 4;
        out.value.integer = sqlite3_column_int64(st, 0);
        if (count > 2)
            text_copy(out.name, sizeof out.name, p[2].name);
        ok = true;
    }
    sqlite3_finalize(st);
    if (!ok)
        return fail(sink, 50000, "There is no counter for", p[0].value.bytes);
    sink->result(sink->user, &out);
    sink->done(sink->user, -1, false);
    return true;
}

/* sandbox_hold: until sandbox_release, the session's writes get a row version taken now, like those
 * of a transaction that writes early and commits late. For tests of readers. */
static bool hold(struct engine_session *s, bool on, const struct engine_sink *sink)
{
    static const char take[] =
        "BEGIN IMMEDIATE; UPDATE _rowversion SET value=value+1; INSERT OR IGNORE INTO _held "
        "SELECT value FROM _rowversion; COMMIT";
    struct udf_state *state = engine_udf_state(s);
    sqlite3 *db = engine_db(s);
    bool ok = true;
    char sql[96];
    if (on && !state->held) {
        sqlite3_stmt *st = NULL;
        ok = sqlite3_exec(db, take, NULL, NULL, NULL) == SQLITE_OK &&
             sqlite3_prepare_v2(db, "SELECT value FROM _rowversion", -1, &st, NULL) == SQLITE_OK &&
             sqlite3_step(st) == SQLITE_ROW;
        state->held = ok ? sqlite3_column_int64(st, 0) : 0;
        sqlite3_finalize(st);
    } else if (!on && state->held) {
        text_format(sql, sizeof sql, "DELETE FROM _held WHERE value=%lld", (long long)state->held);
        ok = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
        state->held = 0;
    }
    if (!ok)
        return fail(sink, 50000, "This database has no row versions to hold:", sqlite3_errmsg(db));
    sink->done(sink->user, -1, false);
    return true;
}

bool engine_call(struct engine_session *s, const char *procedure,
                 const struct sql_parameter *parameters, size_t count,
                 const struct engine_sink *sink)
{
    const char *dot = strrchr(procedure, '.');
    const char *name = dot ? dot + 1 : procedure;
    if (text_compare_nocase(name, "spIdentyfikator") == 0)
        return next_identifier(s, parameters, count, sink);
    if (text_compare_nocase(name, "sandbox_hold") == 0 ||
        text_compare_nocase(name, "sandbox_release") == 0)
        return hold(s, text_compare_nocase(name, "sandbox_hold") == 0, sink);
    if (text_compare_nocase(name, "sp_databases") == 0)
        return query(
            s,
            "SELECT d.name AS DATABASE_NAME, 0 AS DATABASE_SIZE, CAST(NULL AS VARCHAR(254)) AS "
            "REMARKS FROM sys.databases AS d",
            sink);
    if (text_compare_nocase(name, "sp_tables") == 0)
        return query(
            s,
            "SELECT t.TABLE_CATALOG AS TABLE_QUALIFIER, t.TABLE_SCHEMA AS TABLE_OWNER, "
            "t.TABLE_NAME AS TABLE_NAME, 'TABLE' AS TABLE_TYPE, CAST(NULL AS VARCHAR(254)) AS "
            "REMARKS FROM INFORMATION_SCHEMA.TABLES AS t ORDER BY t.TABLE_NAME",
            sink);
    return fail(sink, 2812, "Could not find stored procedure", name);
}
