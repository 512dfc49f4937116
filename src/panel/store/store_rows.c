/* What the streams carried: changed rows, each batch whole or not at all. */
#include "panel/store/store_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/kind.h"
#include "panel/store/store_internal.h"
#include "panel/store/store_sql.h"

static enum status bad_line(struct error *e, uint64_t line, const char *what)
{
    return error_set(e, STATUS_INVALID, "bad_row", "row %llu of the batch: %-s",
                     (unsigned long long)line, what);
}

/* A kind whose rows come from the ERP; the stream has its name. */
bool store_stream_known(const char *name)
{
    return kind_find(name) && !kind_is_inward(name);
}

static enum status put_statement(struct store *s, sqlite3_stmt **statement, struct error *e)
{
    enum status status = STATUS_OK;
    if (!s->put_row)
        status = db_prepare(s->db,
                            "INSERT INTO rows VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT DO UPDATE SET "
                            "seq=?4,deleted=?5,data=?6",
                            &s->put_row, e);
    *statement = s->put_row;
    return status;
}

/* One row; the data's text is rendered again, so that only JSON is stored. */
static enum status put_row(struct store *s, const char *plugin, const json_t *row, uint64_t seq,
                           struct error *e)
{
    const char *stream = json_text(row, "stream", ""), *op = json_text(row, "op", "");
    const char *key = json_text(row, "key", "");
    json_t *data = json_object_get(row, "data");
    bool deletes = text_equal(op, "delete");
    if (!store_stream_known(stream))
        return bad_line(e, seq, "the stream is not known");
    if (!deletes && !text_equal(op, "upsert"))
        return bad_line(e, seq, "op is neither upsert nor delete");
    if (!*key || strlen(key) > 4096)
        return bad_line(e, seq, "the key is missing or too long");
    if (!deletes && !json_is_object(data))
        return bad_line(e, seq, "data is missing");
    char *text = deletes ? NULL : json_dumps(data, JSON_COMPACT);
    sqlite3_stmt *st;
    enum status status = put_statement(s, &st, e);
    if (status == STATUS_OK) {
        sqlite3_bind_text(st, 1, plugin, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 2, stream, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 3, key, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 4, (sqlite3_int64)seq);
        sqlite3_bind_int(st, 5, deletes);
        sqlite3_bind_text(st, 6, text, -1, SQLITE_STATIC);
        status = db_run(st, e);
    }
    free(text);
    return status;
}

/* *bad: the faulty row, with STATUS_INVALID. */
static enum status put_rows(struct store *s, const struct store_batch *b, uint64_t have,
                            uint64_t *bad, struct error *e)
{
    uint64_t expected = b->first;
    const char *lines = b->lines, *end = lines + b->length;
    while (lines < end) {
        const char *newline = memchr(lines, '\n', (size_t)(end - lines));
        size_t n = newline ? (size_t)(newline - lines) : (size_t)(end - lines);
        if (n > 0) {
            struct error parse = {0};
            json_t *row = n <= STORE_LINE_MAX ? json_parse(lines, n, &parse) : NULL;
            enum status status = STATUS_OK;
            if (n > STORE_LINE_MAX)
                status = bad_line(e, expected, "longer than 8 MiB");
            else if (!json_is_object(row))
                status = bad_line(e, expected, parse.text[0] ? parse.text : "not an object");
            else if (json_number(row, "seq", -1) != (int64_t)expected)
                status = bad_line(e, expected, "seq does not follow the one before");
            else if (expected > b->last)
                status = bad_line(e, expected, "more rows than Endpoint-Batch says");
            else if (expected > have)
                status = put_row(s, b->plugin, row, expected, e);
            json_decref(row);
            *bad = expected;
            if (status != STATUS_OK)
                return status;
            expected++;
        }
        lines += n + 1;
    }
    *bad = 0;
    return expected == b->last + 1 ? STATUS_OK
                                   : bad_line(e, expected, "fewer rows than Endpoint-Batch says");
}

enum status store_changes(struct store *s, const struct store_batch *batch, uint64_t *acked,
                          uint64_t *bad, struct error *e)
{
    json_t *rows = NULL;
    char number[24];
    enum status status = store_begin(s, e);
    if (status != STATUS_OK)
        return status;
    status = store_query(s, "SELECT acked FROM plugins WHERE id=? AND endpoint_id=?",
                         (const char *[]){batch->plugin, batch->endpoint}, 2, &rows, e);
    if (status == STATUS_OK && !json_array_size(rows))
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown",
                           "there is no plugin %s of this endpoint", batch->plugin);
    *acked = (uint64_t)json_number(json_array_get(rows, 0), "acked", 0);
    json_decref(rows);
    if (status == STATUS_OK && batch->first > *acked + 1)
        status = error_set(e, STATUS_EXISTS, "hole",
                           "the batch begins with %llu, but only %llu rows are here",
                           (unsigned long long)batch->first, (unsigned long long)*acked);
    if (status == STATUS_OK)
        status = put_rows(s, batch, *acked, bad, e);
    if (status == STATUS_OK && batch->last > *acked) {
        text_format(number, sizeof number, "%llu", (unsigned long long)batch->last);
        status = store_run(s, "UPDATE plugins SET acked=CAST(? AS INTEGER) WHERE id=?",
                           (const char *[]){number, batch->plugin}, 2, NULL, e);
    }
    status = store_end(s, status, e);
    if (status == STATUS_OK && batch->last > *acked)
        *acked = batch->last;
    return status;
}

/* ---- reading ------------------------------------------------------------------------------------ */

#define WANTED                                                                                    \
    " FROM rows AS r JOIN plugins AS p ON p.id=r.plugin_id WHERE r.stream=?1 AND (?2 IS NULL OR " \
    "r.key=?2) AND (?3 IS NULL OR p.endpoint_id=?3) AND (r.deleted=0 OR ?4)"

static enum status find_rows(struct store *s, const struct store_rows_wanted *w, const char *sql,
                             sqlite3_stmt **st, struct error *e)
{
    enum status status = db_prepare(s->db, sql, st, e);
    if (status == STATUS_OK) {
        sqlite3_bind_text(*st, 1, w->stream, -1, SQLITE_STATIC);
        sqlite3_bind_text(*st, 2, w->key, -1, SQLITE_STATIC);
        sqlite3_bind_text(*st, 3, w->endpoint, -1, SQLITE_STATIC);
        sqlite3_bind_int(*st, 4, w->deleted);
    }
    return status;
}

enum status store_rows_count(struct store *s, const struct store_rows_wanted *wanted,
                             int64_t *count, struct error *e)
{
    sqlite3_stmt *st = NULL;
    enum status status = find_rows(s, wanted, "SELECT count(*)" WANTED, &st, e);
    if (status == STATUS_OK)
        status = db_step(st, e);
    *count = status == STATUS_OK ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return status;
}

enum status store_rows_each(struct store *s, const struct store_rows_wanted *wanted,
                            void (*visit)(void *user, const struct store_row *row), void *user,
                            struct error *e)
{
    sqlite3_stmt *st = NULL;
    enum status status = find_rows(
        s, wanted, "SELECT r.key,r.data,r.deleted" WANTED " ORDER BY r.plugin_id,r.key", &st, e);
    while (status == STATUS_OK && (status = db_step(st, e)) == STATUS_OK) {
        struct store_row row = {.key = db_text(st, 0), .deleted = sqlite3_column_int(st, 2) != 0};
        if (sqlite3_column_type(st, 1) != SQLITE_NULL)
            row.data = db_text(st, 1);
        visit(user, &row);
    }
    sqlite3_finalize(st);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status store_rows_stock(struct store *s, const char *sku, json_t **levels, struct error *e)
{
    return store_list(
        s,
        "SELECT json_extract(data,'$.warehouse') AS warehouse,json_extract(data,'$.on_hand') AS "
        "on_hand,json_extract(data,'$.reserved') AS reserved,json_extract(data,'$.available') AS "
        "available FROM rows WHERE stream='stock' AND deleted=0 AND json_extract(data,'$.sku')=? "
        "ORDER BY 1",
        &sku, 1, levels, e);
}
