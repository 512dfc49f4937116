/* Small queries of a session: a few rows as texts, column descriptions, and changes. */
#include "tds/session_query.h"

#include "tds/session.h"
#include "tds/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define QUERY_COLUMNS    64
#define QUERY_TEXT       8192
#define QUERY_PARAMETERS 2000 /* SQL Server takes 2100, some of which sp_executesql needs */
#define RESULTS_MAX      1000 /* row counts that a statement and its triggers may return */

struct query {
    char names[QUERY_COLUMNS][132];
    const char *name_list[QUERY_COLUMNS], *values[QUERY_COLUMNS];
    char *texts; /* columns × QUERY_TEXT */
};

enum status session_bind_texts(SQLHSTMT statement, const char *const *parameters, size_t count,
                               SQLLEN *lengths)
{
    for (size_t i = 0; i < count; i++)
        if (parameters[i] && !text_is_utf8(parameters[i], strlen(parameters[i])))
            return STATUS_INVALID;
    for (size_t i = 0; i < count; i++) {
        size_t length = parameters[i] ? strlen(parameters[i]) : 0;
        /* SQL_WVARCHAR would silently truncate at 4000. */
        bool is_long = length > 4000;
        lengths[i] = parameters[i] ? (SQLLEN)length : SQL_NULL_DATA;
        if (!SQL_SUCCEEDED(SQLBindParameter(statement, (SQLUSMALLINT)(i + 1), SQL_PARAM_INPUT,
                                            SQL_C_CHAR, is_long ? SQL_WLONGVARCHAR : SQL_WVARCHAR,
                                            length ? length : 1, 0, (SQLPOINTER)parameters[i],
                                            (SQLLEN)length, &lengths[i])))
            return STATUS_INTERNAL;
    }
    return STATUS_OK;
}

/* A statement with its parameters, while it runs. */
struct bound {
    SQLHSTMT statement;
    SQLLEN *lengths;
};

static void end_bound(struct session *s, struct bound *b)
{
    watch_free(s, b->statement);
    free(b->lengths);
}

/* STATUS_OK: end_bound it. */
static enum status begin_bound(struct session *s, const char *const *parameters, size_t count,
                               struct bound *b, struct error *e)
{
    if (count > QUERY_PARAMETERS)
        return error_set(e, STATUS_INTERNAL, "erp_parameters", "too many parameters");
    enum status status = session_statement(s, &b->statement, e);
    if (status != STATUS_OK)
        return status;
    b->lengths = mem_array(count + 1, sizeof *b->lengths);
    status = session_bind_texts(b->statement, parameters, count, b->lengths);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (status == STATUS_INVALID)
        status = error_set(e, STATUS_INTERNAL, "erp_value",
                           "a value of a statement is not text; nothing was sent");
    else
        status = session_error(s, SQL_HANDLE_STMT, b->statement, N_("binding the values"), e);
    end_bound(s, b);
    return status;
}

static enum status fetch_row(struct session *s, SQLHSTMT statement, struct query *q,
                             SQLSMALLINT columns, struct error *e)
{
    for (SQLSMALLINT i = 0; i < columns; i++) {
        char *text = q->texts + (size_t)i * QUERY_TEXT;
        SQLLEN length;
        watch_enter(s, statement, s->query_timeout_ms);
        SQLRETURN code =
            SQLGetData(statement, (SQLUSMALLINT)(i + 1), SQL_C_CHAR, text, QUERY_TEXT, &length);
        watch_leave(s);
        if (!SQL_SUCCEEDED(code))
            return session_error(s, SQL_HANDLE_STMT, statement, N_("reading a row"), e);
        q->values[i] = length == SQL_NULL_DATA ? NULL : text;
    }
    return STATUS_OK;
}

static enum status fetch_all(struct session *s, SQLHSTMT statement, struct query *q,
                             enum status (*row)(void *, size_t, const char *const *,
                                                const char *const *, struct error *),
                             void *user, struct error *e)
{
    SQLSMALLINT columns = 0;
    enum status status = STATUS_OK;
    SQLNumResultCols(statement, &columns);
    if (columns > QUERY_COLUMNS)
        return error_set(e, STATUS_INVALID, "erp_columns", "a lookup has more than %d columns",
                         QUERY_COLUMNS);
    q->texts = mem_array((size_t)columns + 1, QUERY_TEXT);
    for (SQLSMALLINT i = 0; i < columns; i++) {
        SQLSMALLINT type, digits;
        SQLULEN size;
        session_describe(statement, (SQLUSMALLINT)(i + 1), q->names[i], sizeof q->names[i], &type,
                         &size, &digits);
        q->name_list[i] = q->names[i];
    }
    while (status == STATUS_OK && columns > 0) {
        SQLRETURN code = session_fetch(s, statement);
        if (code == SQL_NO_DATA)
            break;
        if (!SQL_SUCCEEDED(code))
            return session_error(s, SQL_HANDLE_STMT, statement, N_("reading a row"), e);
        status = fetch_row(s, statement, q, columns, e);
        if (status == STATUS_OK)
            status = row(user, (size_t)columns, q->name_list, q->values, e);
    }
    return status;
}

void session_column(SQLHSTMT statement, SQLUSMALLINT number, const char *as, json_t *list)
{
    char name[132] = "", type[80] = "", text[160];
    SQLSMALLINT length, kind = 0, digits = 0;
    SQLULEN size = 0;
    session_describe(statement, number, name, sizeof name, &kind, &size, &digits);
    SQLColAttribute(statement, number, SQL_DESC_TYPE_NAME, type, sizeof type, &length, NULL);
    switch (kind) {
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
    case SQL_BINARY:
    case SQL_VARBINARY:
        if (size > 0 && size <= 8000)
            text_format(text, sizeof text, "%s(%lu)", type, (unsigned long)size);
        else
            text_format(text, sizeof text, "%s(max)", type);
        break;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        text_format(text, sizeof text, "%s(%lu,%d)", type, (unsigned long)size, (int)digits);
        break;
    default: text_copy(text, sizeof text, type); break;
    }
    json_t *column = json_object();
    json_set_text(column, "name", name);
    json_set_text(column, "type", text);
    json_set_text(column, "as", as);
    json_array_append_new(list, column);
}

enum status session_query(struct session *s, const char *sql, const char *const *parameters,
                          size_t parameter_count,
                          enum status (*row)(void *user, size_t columns, const char *const *names,
                                             const char *const *values, struct error *e),
                          void *user, struct error *e)
{
    return session_query_columns(s, sql, parameters, parameter_count, NULL, row, user, e);
}

static void describe_all(SQLHSTMT statement, json_t *list)
{
    SQLSMALLINT columns = 0;
    SQLNumResultCols(statement, &columns);
    for (SQLSMALLINT i = 1; i <= columns; i++)
        session_column(statement, (SQLUSMALLINT)i, NULL, list);
}

enum status session_query_columns(struct session *s, const char *sql, const char *const *parameters,
                                  size_t parameter_count, json_t *columns,
                                  enum status (*row)(void *user, size_t columns,
                                                     const char *const *names,
                                                     const char *const *values, struct error *e),
                                  void *user, struct error *e)
{
    struct bound b;
    enum status status = begin_bound(s, parameters, parameter_count, &b, e);
    if (status != STATUS_OK)
        return status;
    struct query *q = mem_alloc(sizeof *q);
    SQLRETURN code = session_execute(s, b.statement, sql);
    if (!SQL_SUCCEEDED(code) && code != SQL_NO_DATA)
        status = session_error(s, SQL_HANDLE_STMT, b.statement, N_("running a statement"), e);
    if (status == STATUS_OK && columns)
        describe_all(b.statement, columns);
    if (status == STATUS_OK)
        status = fetch_all(s, b.statement, q, row, user, e);
    end_bound(s, &b);
    free(q->texts);
    free(q);
    return status;
}

enum status session_change(struct session *s, const char *sql, const char *const *parameters,
                           size_t parameter_count, struct error *e)
{
    struct bound b;
    enum status status = begin_bound(s, parameters, parameter_count, &b, e);
    if (status != STATUS_OK)
        return status;
    s->keep = true;
    SQLRETURN code = session_execute(s, b.statement, sql);
    s->keep = false;
    /* A trigger's complaint may come only after the row count. */
    for (int results = 0; SQL_SUCCEEDED(code) && results < RESULTS_MAX; results++) {
        watch_enter(s, NULL, s->query_timeout_ms);
        code = SQLMoreResults(b.statement);
        watch_leave(s);
    }
    if (SQL_SUCCEEDED(code))
        status = error_set(e, STATUS_REFUSED, "erp_results",
                           "changing the ERP's data: the server's answer does not end");
    else if (code != SQL_NO_DATA)
        status = session_error(s, SQL_HANDLE_STMT, b.statement, N_("changing the ERP's data"), e);
    end_bound(s, &b);
    return status;
}
