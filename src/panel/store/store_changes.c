/* What endpoints send: changed rows and journal entries, each batch whole or not at all. */
#include "panel/store/store_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/kind.h"
#include "panel/store/store.h"

#define STORE_LINE_MAX (8 << 20) /* a line of JSON takes many times its length while it is read */

static enum status bad_line(struct error *e, uint64_t line, const char *what)
{
    return error_set(e, STATUS_INVALID, "bad_row", "row %llu of the batch: %s",
                     (unsigned long long)line, what);
}

/* A kind whose rows come from the ERP; the stream has its name. */
bool store_stream_known(const char *name)
{
    return kind_find(name) && !kind_is_inward(name);
}

/* One row; the data's text is rendered again, so that what is stored is JSON and nothing else. */
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
    enum status status = store_put_row(s, &st, e);
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

/* *bad: the row that is at fault, with STATUS_INVALID. */
static enum status put_rows(struct store *s, const char *plugin, uint64_t first, uint64_t last,
                            uint64_t have, const char *lines, size_t length, uint64_t *bad,
                            struct error *e)
{
    uint64_t expected = first;
    const char *end = lines + length;
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
            else if (expected > last)
                status = bad_line(e, expected, "more rows than Endpoint-Batch says");
            else if (expected > have)
                status = put_row(s, plugin, row, expected, e);
            json_decref(row);
            *bad = expected;
            if (status != STATUS_OK)
                return status;
            expected++;
        }
        lines += n + 1;
    }
    *bad = 0;
    return expected == last + 1 ? STATUS_OK
                                : bad_line(e, expected, "fewer rows than Endpoint-Batch says");
}

enum status store_changes(struct store *s, const char *endpoint, const char *plugin, uint64_t first,
                          uint64_t last, const char *lines, size_t length, uint64_t *acked,
                          uint64_t *bad, struct error *e)
{
    json_t *rows = NULL;
    char number[24];
    enum status status = db_exec(store_db(s), "BEGIN IMMEDIATE", e);
    if (status != STATUS_OK)
        return status;
    status = store_query(s, "SELECT acked FROM plugins WHERE id=? AND endpoint_id=?",
                         (const char *[]){plugin, endpoint}, 2, &rows, e);
    if (status == STATUS_OK && !json_array_size(rows))
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown",
                           "there is no plugin %s of this endpoint", plugin);
    *acked = (uint64_t)json_number(json_array_get(rows, 0), "acked", 0);
    json_decref(rows);
    if (status == STATUS_OK && first > *acked + 1)
        status = error_set(e, STATUS_EXISTS, "hole",
                           "the batch begins with %llu, but only %llu rows are here",
                           (unsigned long long)first, (unsigned long long)*acked);
    if (status == STATUS_OK)
        status = put_rows(s, plugin, first, last, *acked, lines, length, bad, e);
    if (status == STATUS_OK && last > *acked) {
        text_format(number, sizeof number, "%llu", (unsigned long long)last);
        status = store_run(s, "UPDATE plugins SET acked=CAST(? AS INTEGER) WHERE id=?",
                           (const char *[]){number, plugin}, 2, NULL, e);
    }
    status = store_end(s, status, e);
    if (status == STATUS_OK && last > *acked)
        *acked = last;
    return status;
}

enum status store_journal(struct store *s, const char *endpoint, const char *lines, size_t length,
                          struct error *e)
{
    static const char *const names[] = {"at",   "level", "plugin",     "order",
                                        "code", "text",  "correlation"};
    const char *end = lines + length;
    uint64_t line = 1;
    enum status status = db_exec(store_db(s), "BEGIN IMMEDIATE", e);
    for (; lines < end && status == STATUS_OK; line++) {
        const char *newline = memchr(lines, '\n', (size_t)(end - lines));
        size_t n = newline ? (size_t)(newline - lines) : (size_t)(end - lines);
        json_t *row = n && n <= STORE_LINE_MAX ? json_parse(lines, n, NULL) : NULL;
        lines += n + 1;
        if (n == 0)
            continue;
        if (json_is_object(row)) {
            char id[24] = "";
            const char *values[9] = {endpoint, NULL};
            if (json_is_integer(json_object_get(row, "id"))) {
                text_format(id, sizeof id, "%lld", (long long)json_number(row, "id", 0));
                values[1] = id;
            }
            for (size_t i = 0; i < COUNT_OF(names); i++)
                values[2 + i] = json_text(row, names[i], NULL);
            status = store_run(
                s,
                "INSERT OR IGNORE INTO "
                "journal(endpoint_id,remote_id,at,level,plugin,ord,code,text,correlation) "
                "VALUES(?,CAST(? AS INTEGER),coalesce(?,''),?,?,?,?,?,?)",
                values, COUNT_OF(values), NULL, e);
        } else {
            status = bad_line(e, line, "not an object");
        }
        json_decref(row);
    }
    return store_end(s, status, e);
}
