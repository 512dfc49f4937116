#include "panel/store/store_journal.h"

#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "panel/store/store_rows.h"
#include "panel/store/store_sql.h"

enum status store_journal(struct store *s, const char *endpoint, const char *lines, size_t length,
                          struct error *e)
{
    static const char *const names[] = {"at",   "level", "plugin",     "order",
                                        "code", "text",  "correlation"};
    const char *end = lines + length;
    uint64_t line = 1;
    enum status status = store_begin(s, e);
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
            status = error_set(e, STATUS_INVALID, "bad_row", "row %llu of the batch: not an object",
                               (unsigned long long)line);
        }
        json_decref(row);
    }
    return store_end(s, status, e);
}

enum status store_journal_list(struct store *s, const char *endpoint, int64_t limit,
                               json_t **entries, struct error *e)
{
    char number[STORE_NUMBER];
    return store_list(
        s,
        "SELECT * FROM (SELECT id,at,level,plugin,ord AS \"order\",code,text,correlation FROM journal "
        "WHERE ?1 IS NULL OR endpoint_id=?1 ORDER BY id DESC LIMIT CAST(?2 AS INTEGER)) ORDER BY id",
        (const char *[]){endpoint, store_number(number, limit)}, 2, entries, e);
}
