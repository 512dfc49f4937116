/* Lookups: what a mapping offers beside its streams. */
#include "erp/erp.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "erp/mapping.h"
#include "erp/session.h"

#define LOOKUP_ROWS 10000

static enum status add_row(void *user, size_t columns, const char *const *names,
                           const char *const *values, struct error *e)
{
    json_t *rows = user, *row = json_object();
    if (json_array_size(rows) >= LOOKUP_ROWS) {
        json_decref(row);
        return error_set(e, STATUS_FULL, "erp_lookup", "a lookup gives more than %d rows",
                         LOOKUP_ROWS);
    }
    for (size_t i = 0; i < columns; i++) {
        char text[8192] = "";
        text_copy(text, sizeof text, values[i]);
        size_t length = strlen(text);
        while (length > 0 && text[length - 1] == ' ')
            text[--length] = '\0';
        json_set_text(row, names[i], values[i] ? text : NULL);
    }
    json_array_append_new(rows, row);
    return STATUS_OK;
}

static enum status query(struct session *s, const struct mapping_sql *sql, json_t **rows,
                         struct error *e)
{
    *rows = json_array();
    enum status status = session_query(s, sql->sql, NULL, 0, add_row, *rows, e);
    if (status != STATUS_OK) {
        error_prefix(e, "%s (%s:%d)", sql->name, sql->file, sql->line);
        json_decref(*rows);
        *rows = NULL;
    }
    return status;
}

enum status erp_lookup(struct session *s, const struct mapping *m, const char *lookup,
                       json_t **rows, struct error *e)
{
    const struct mapping_sql *sql = mapping_lookup(m, lookup);
    *rows = NULL;
    if (!sql) {
        struct buf known;
        buf_init(&known, 4096);
        for (size_t i = 0; i < m->lookup_count; i++)
            buf_printf(&known, "%s%s", i ? ", " : "", m->lookups[i].name);
        error_set(e, STATUS_NOT_FOUND, "erp_lookup", "%s has no lookup \"%.60s\"", mapping_title(m),
                  lookup);
        error_remedy(e, "There are: %s.", buf_text(&known));
        buf_free(&known);
        return STATUS_NOT_FOUND;
    }
    return query(s, sql, rows, e);
}

const char *mapping_lookup_database(const struct mapping *m, const char *lookup)
{
    const struct mapping_sql *sql = mapping_lookup(m, lookup);
    return sql ? sql->database : NULL;
}
