#include "panel/store/store_sql.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "panel/store/store_internal.h"

static enum status bind(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, sqlite3_stmt **st, struct error *e)
{
    enum status status = db_prepare(s->db, sql, st, e);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        sqlite3_bind_text(*st, (int)i + 1, parameters[i], -1, SQLITE_STATIC);
    return status;
}

static json_t *row_to_json(sqlite3_stmt *st)
{
    json_t *row = json_object();
    for (int i = 0; i < sqlite3_column_count(st); i++) {
        const char *name = sqlite3_column_name(st, i);
        if (sqlite3_column_type(st, i) == SQLITE_INTEGER)
            json_set_number(row, name, sqlite3_column_int64(st, i));
        else
            json_set_text(row, name,
                          sqlite3_column_type(st, i) == SQLITE_NULL ? NULL : db_text(st, i));
    }
    return row;
}

enum status store_query(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, json_t **rows, struct error *e)
{
    sqlite3_stmt *st = NULL;
    *rows = json_array();
    enum status status = bind(s, sql, parameters, count, &st, e);
    while (status == STATUS_OK && (status = db_step(st, e)) == STATUS_OK)
        json_array_append_new(*rows, row_to_json(st));
    sqlite3_finalize(st);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status store_list(struct store *s, const char *sql, const char *const *parameters,
                       size_t count, json_t **rows, struct error *e)
{
    enum status status = store_query(s, sql, parameters, count, rows, e);
    if (status != STATUS_OK) {
        json_decref(*rows);
        *rows = NULL;
    }
    return status;
}

json_t *store_first(struct store *s, const char *sql, const char *const *parameters, size_t count,
                    enum status *status, struct error *e)
{
    json_t *rows = NULL;
    *status = store_query(s, sql, parameters, count, &rows, e);
    json_t *row = *status == STATUS_OK ? json_incref(json_array_get(rows, 0)) : NULL;
    json_decref(rows);
    return row;
}

enum status store_found(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, bool *found, struct error *e)
{
    enum status status;
    json_t *row = store_first(s, sql, parameters, count, &status, e);
    *found = row != NULL;
    json_decref(row);
    return status;
}

enum status store_run(struct store *s, const char *sql, const char *const *parameters, size_t count,
                      int *changed, struct error *e)
{
    sqlite3_stmt *st = NULL;
    enum status status = bind(s, sql, parameters, count, &st, e);
    if (status == STATUS_OK)
        status = db_run(st, e);
    sqlite3_finalize(st);
    if (changed)
        *changed = status == STATUS_OK ? sqlite3_changes(s->db) : 0;
    return status;
}

enum status store_begin(struct store *s, struct error *e)
{
    return db_exec(s->db, "BEGIN IMMEDIATE", e);
}

enum status store_end(struct store *s, enum status status, struct error *e)
{
    if (status == STATUS_OK)
        status = db_exec(s->db, "COMMIT", e);
    /* A COMMIT that failed (a full disk) leaves the transaction open. */
    if (status != STATUS_OK) {
        db_exec(s->db, "ROLLBACK", NULL);
        s->news = false;
    }
    store_tell(s);
    return status;
}

void store_news(struct store *s)
{
    s->news = true;
    store_tell(s);
}

const char *store_number(char target[STORE_NUMBER], int64_t value)
{
    text_format(target, STORE_NUMBER, "%lld", (long long)value);
    return target;
}

void store_flag(json_t *row, const char *name)
{
    if (json_object_get(row, name))
        json_set_flag(row, name, json_number(row, name, 0) != 0);
}

json_t *store_parsed(const json_t *row, const char *name)
{
    const char *text = json_text(row, name, "null");
    json_t *value = json_parse(text, strlen(text), NULL);
    return value ? value : json_null();
}
