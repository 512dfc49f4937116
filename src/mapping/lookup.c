/* Lookups: what a mapping offers in addition to its streams. */
#include "mapping/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "mapping/mapping.h"
#include "tds/session.h"
#include "tds/session_query.h"

#define LOOKUP_ROWS 10000

static enum status add_row(void *user, size_t columns, const char *const *names,
                           const char *const *values, struct error *e)
{
    json_t *rows = user, *row = json_object();
    if (json_array_size(rows) >= LOOKUP_ROWS) {
        json_decref(row);
        return error_set(e, STATUS_FULL, "erp_lookup", "a lookup returns more than %d rows",
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

enum status lookup_rows(struct session *s, const struct mapping *m, const char *lookup,
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

const char *lookup_database(const struct mapping *m, const char *lookup)
{
    const struct mapping_sql *sql = mapping_lookup(m, lookup);
    return sql ? sql->database : NULL;
}

/* Does the stream's own statement have a column with this name, sent or hidden? */
static bool has_column(const struct mapping_stream *ms, const char *name)
{
    char sent[256], hidden[256];
    text_format(sent, sizeof sent, " AS %s", name);
    text_format(hidden, sizeof hidden, " AS _%s", name);
    return strstr(ms->statement.sql, sent) || (ms->filters && strstr(ms->filters, hidden)) ||
           (ms->fields && strstr(ms->fields, hidden));
}

static bool listed(const json_t *rows, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row)
        if (text_equal_nocase(json_text(row, "id", ""), name))
            return true;
    return false;
}

enum status lookup_fields(struct session *s, const struct mapping *m, const char *stream,
                          const struct mapping_choice *choice, struct error *e)
{
    const struct mapping_stream *ms = mapping_stream(m, stream);
    if (!ms || !ms->field_column || !mapping_lookup(m, "custom-fields"))
        return STATUS_OK;
    for (size_t i = 0; i < MAPPING_CHOICE_FIELDS; i++) {
        json_t *rows = NULL;
        if (!choice->fields[i] || has_column(ms, choice->fields[i]))
            continue;
        enum status status = lookup_rows(s, m, "custom-fields", &rows, e);
        bool known = status == STATUS_OK && listed(rows, choice->fields[i]);
        json_decref(rows);
        if (status != STATUS_OK)
            return status;
        if (!known) {
            error_set(e, STATUS_INVALID, "erp_field",
                      "the ERP has no custom field \"%.200s\" for products", choice->fields[i]);
            return error_remedy(e, "`endpointctl lookup custom-fields` lists the existing ones.");
        }
    }
    return STATUS_OK;
}
