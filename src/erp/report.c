/* `endpointctl erp check` for a mapping: run every statement, change nothing. */
#include "erp/reader.h"
#include "erp/report.h"
#include "erp/stamp.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "document/insert.h"
#include "mapping/mapping.h"
#include "mapping/mapping_orders.h"
#include "mapping/places.h"
#include "mapping/tables.h"
#include "mapping/tsql.h"
#include "os/clock.h"
#include "tds/session.h"
#include "tds/session_query.h"

#define SQL_SPACE (1 << 18)
#define NOBODY    "EP?" /* a value that nothing has */

/* statement: what is asked, a said text. */
static json_t *report_said(const struct mapping_sql *sql, const char *statement)
{
    json_t *row = json_object();
    said_set(row, "statement", statement);
    json_set_text(row, "file", sql->file);
    json_set_number(row, "line", sql->line);
    json_object_set_new(row, "columns", json_array());
    json_object_set_new(row, "warnings", json_array());
    json_object_set_new(row, "sorted", json_null());
    return row;
}

static json_t *report_row(const struct mapping_sql *sql, const char *kind)
{
    char said[200];
    said_format(said, sizeof said, "%s %s", kind, sql->name);
    return report_said(sql, said);
}

static json_t *columns_of(json_t *row)
{
    return json_object_get(row, "columns");
}

static void warn(json_t *row, const char *said)
{
    json_array_append_new(json_object_get(row, "warnings"), said_to_json(said));
}

static void report_end(json_t *report, json_t *row, int64_t began, int64_t rows,
                       const struct error *e)
{
    json_set_flag(row, "ok", e->status == STATUS_OK);
    json_set_number(row, "rows", rows);
    json_set_number(row, "took_ms", clock_mono_ms() - began);
    json_object_set_new(row, "error", e->status == STATUS_OK ? json_null() : json_from_error(e));
    json_t *warnings = json_incref(json_object_get(row, "warnings"));
    said_set_list(row, "warnings", warnings);
    json_decref(warnings);
    json_array_append_new(report, row);
}

/* ---- streams -----------------------------------------------------------------------------------
 */

/* Rows may be in the right order by chance, if there are few or the server has another collation. */
static void judge_order(const struct mapping_stream *ms, json_t *row)
{
    const char *at = ms->statement.sql, *order = NULL;
    size_t texts = 0, collated = 0;
    for (; (at = strcasestr(at, "ORDER BY")) != NULL; at++)
        order = at;
    if (!order) {
        warn(row, N_("there is no ORDER BY: the server may return rows in any order"));
        return;
    }
    for (size_t i = 0; i < ms->key_count; i++)
        texts += ms->key_is_text[i];
    for (at = order; (at = strcasestr(at, "_BIN2")) != NULL; at++)
        collated++;
    if (collated < texts)
        warn(row, N_("a text key must be sorted with COLLATE Latin1_General_BIN2: with another "
                     "collation the order differs as soon as there are other letters"));
}

/* Which row it is, and what is wrong with it. */
static void describe_fault(const struct record *record, struct error *e)
{
    struct buf key;
    buf_init(&key, 2048);
    if (!record->fault.keyless)
        key_print(&key, record->key.bytes, record->key.length);
    *e = record->fault.why;
    error_prefix(e, "record %s, column %s",
                 record->fault.keyless ? record->fault.name : buf_text(&key), record->fault.column);
    buf_free(&key);
}

static void check_reading(struct session *s, const struct mapping *m,
                          const struct mapping_stream *ms, const char *statement,
                          const struct mapping_choice *choice, json_t *report)
{
    json_t *row = report_said(&ms->statement, statement);
    int64_t began = clock_mono_ms(), rows = 0;
    struct error e = {0};
    struct reader *r = NULL;
    const struct record *record;
    enum status status = reader_open(s, m, ms->statement.name, choice, &r, &e);
    if (status == STATUS_OK)
        reader_columns(r, columns_of(row));
    int64_t bad = 0;
    struct error first = {0};
    while (status == STATUS_OK && (status = reader_next(r, &record, &e)) == STATUS_OK) {
        rows++;
        if (record->fault.is && bad++ == 0)
            describe_fault(record, &first);
    }
    reader_close(r);
    if (status == STATUS_END && bad > 0 && bad == rows) {
        e = first;
        status = e.status;
    } else if (bad > 0) {
        char said[1400];
        said_format(said, sizeof said, "%lld of %lld rows would be held back; the first: %-s",
                    (long long)bad, (long long)rows, error_said(&first));
        warn(row, said);
    }
    if (status == STATUS_END) {
        error_clear(&e);
        json_set_flag(row, "sorted", true);
    } else if (text_equal(e.code, "erp_order")) {
        json_set_flag(row, "sorted", false);
    }
    judge_order(ms, row);
    report_end(report, row, began, rows, &e);
}

/* A stream as plugins read it: everything, with the columns that scenarios choose by, and the
 * changed rows.
 */
static void check_stream(struct session *s, const struct mapping *m,
                         const struct mapping_stream *ms, json_t *report)
{
    struct mapping_choice choice = {.filters = ms->filters || ms->fields || ms->field_column,
                                    .fields = {NOBODY}};
    struct mapping_choice kits = {.kits = true};
    const char *name = ms->statement.name;
    char said[200];
    said_format(said, sizeof said, "stream %s", name);
    check_reading(s, m, ms, said, NULL, report);
    said_format(said, sizeof said, "filters of %s", name);
    if (choice.filters && !s->dead)
        check_reading(s, m, ms, said, &choice, report);
    said_format(said, sizeof said, "kits of %s", name);
    if (ms->kits_parts && !s->dead)
        check_reading(s, m, ms, said, &kits, report);
    if (ms->stamp == STAMP_NONE || s->dead)
        return;
    json_t *row = report_row(&ms->safe, "stamp:");
    int64_t began = clock_mono_ms();
    struct error e = {0};
    char stamp[STAMP_TEXT];
    enum status status = stamp_safe(s, m, ms->statement.name, stamp, &e);
    report_end(report, row, began, stamp[0] != '\0', &e);
    choice.since = stamp;
    said_format(said, sizeof said, "what changed of %s", name);
    if (status == STATUS_OK && stamp[0])
        check_reading(s, m, ms, said, &choice, report);
    kits.since = stamp;
    said_format(said, sizeof said, "what changed of the kits of %s", name);
    if (status == STATUS_OK && stamp[0] && ms->kits_changed && !s->dead)
        check_reading(s, m, ms, said, &kits, report);
}

/* ---- other statements --------------------------------------------------------------------------
 */

static enum status count_row(void *user, size_t columns, const char *const *names,
                             const char *const *values, struct error *e)
{
    (void)columns;
    (void)names;
    (void)values;
    (void)e;
    ++*(int64_t *)user;
    return STATUS_OK;
}

/* Two columns with the same alias: only one of them would be seen. */
static void check_twice(const json_t *columns, const struct mapping_sql *sql, struct error *e)
{
    size_t i;
    const json_t *column;
    json_t *seen = json_object();
    json_array_foreach (columns, i, column) {
        const char *name = json_text(column, "name", "");
        if (*name && json_object_get(seen, name) && e->status == STATUS_OK) {
            error_set(e, STATUS_INVALID, "erp_alias", "%s:%d: two columns have the alias %s",
                      sql->file, sql->line, name);
            error_remedy(e, "Correct the statement's aliases.");
        }
        json_object_set_new(seen, name, json_true());
    }
    json_decref(seen);
}

static void check_query(struct session *s, const struct mapping_sql *sql, const char *kind,
                        const char *text, const char *const *parameters, size_t count,
                        json_t *report)
{
    json_t *row = report_row(sql, kind);
    int64_t began = clock_mono_ms(), rows = 0;
    struct error e = {0};
    if (session_query_columns(s, text, parameters, count, columns_of(row), count_row, &rows, &e) ==
        STATUS_OK)
        check_twice(columns_of(row), sql, &e);
    report_end(report, row, began, rows, &e);
}

static void check_plain(struct session *s, const struct mapping_sql *sql, const char *kind,
                        json_t *report)
{
    check_query(s, sql, kind, sql->sql, NULL, 0, report);
}

/* Run the statements of orders with a value that nothing has. */
static void check_orders(struct session *s, const struct mapping *m, json_t *report)
{
    for (size_t i = 0; m->orders.present && i < ORDER_SQL_COUNT && !s->dead; i++) {
        const struct mapping_sql *sql = &m->orders.statements[i];
        const char *none[MAPPING_IN_LISTS] = {NOBODY, NOBODY, NOBODY, NOBODY};
        const char *recent[] = {"2147483647"}, *rates[] = {"XXX", "20260131"};
        int values = mapping_order_sql_values((enum order_sql)i);
        struct buf text;
        size_t lists;
        if (!sql->sql)
            continue;
        if (values >= 0) {
            check_query(s, sql, "orders", sql->sql, values == 1 ? recent : rates, (size_t)values,
                        report);
            continue;
        }
        buf_init(&text, SQL_SPACE);
        mapping_expand_in(sql->sql, 1, &text, &lists);
        check_query(s, sql, "orders", buf_text(&text), none, lists, report);
        buf_free(&text);
    }
}

/* Run the queries of the writer "sql" for a document that does not exist: their places are NULL,
 * except those that a statement needs. */
static void check_question(struct session *s, const struct mapping_sql *sql, json_t *report)
{
    json_t *document =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:[]}", "marker", NOBODY, "type", NOBODY, "date",
                  "2026-01-31", "prices", "gross", "net", "0", "gross", "0", "lines");
    const struct place_values values = {.document = document};
    struct place_list list = {0};
    struct buf text;
    buf_init(&text, SQL_SPACE);
    places_fill(sql->sql, &values, &text, &list);
    check_query(s, sql, "orders.sql:", buf_text(&text), (const char *const *)list.values,
                list.count, report);
    buf_free(&text);
    places_free(&list);
    json_decref(document);
}

static bool gives(const struct mapping_insert *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (text_equal_nocase(t->columns[i].name, name))
            return true;
    return false;
}

/* The columns of the table that the mapping gives values for. */
static void describe_insert(struct session *s, const struct mapping_insert *t, json_t *list)
{
    json_t *all = json_array(), *column;
    int64_t rows = 0;
    size_t i;
    struct buf sql;
    buf_init(&sql, SQL_SPACE);
    buf_add_text(&sql, "SELECT TOP (0) t.* FROM ");
    tsql_name(&sql, t->schema);
    buf_add_byte(&sql, '.');
    tsql_name(&sql, t->table);
    buf_add_text(&sql, " AS t");
    session_query_columns(s, buf_text(&sql), NULL, 0, all, count_row, &rows, NULL);
    json_array_foreach (all, i, column)
        if (gives(t, json_text(column, "name", "")))
            json_array_append(list, column);
    json_decref(all);
    buf_free(&sql);
}

/* Does this database have the columns that rows would be inserted into? Nothing is inserted. */
static void check_insert(struct session *s, const struct mapping_insert *t, const char *name,
                         json_t *report)
{
    struct mapping_sql as = {
        .name = mem_format("%s", name), .file = t->file, .line = t->line, .sql = NULL};
    json_t *row = report_row(&as, "orders.sql:");
    int64_t began = clock_mono_ms();
    struct error e = {0};
    struct buf sql, neutral;
    buf_init(&sql, SQL_SPACE);
    buf_init(&neutral, INSERT_NEUTRAL);
    if (insert_compose(s, t, &sql, &neutral, &e) == STATUS_OK)
        describe_insert(s, t, columns_of(row));
    if (neutral.length) {
        char said[SAID_MAX];
        said_format(said, sizeof said,
                    "the mapping does not name these columns, which need a value; they get an "
                    "empty text, 0 or 1900-01-01: %s",
                    buf_text(&neutral));
        warn(row, said);
    }
    buf_free(&neutral);
    buf_free(&sql);
    free(as.name);
    report_end(report, row, began, 0, &e);
}

static void check_writer_statements(struct session *s, const struct mapping *m, json_t *report)
{
    const struct mapping_writer *w = &m->orders.sql;
    if (!w->present)
        return;
    check_question(s, &w->seen, report);
    for (size_t i = 0; i < w->context_count && !s->dead; i++)
        check_question(s, &w->contexts[i].statement, report);
    check_insert(s, &w->document, "document", report);
    check_insert(s, &w->lines, "lines", report);
    check_question(s, &w->written, report);
}

enum status report_mapping(struct session *s, const struct mapping *m, json_t **report,
                           struct error *e)
{
    *report = json_array();
    for (size_t i = 0; i < m->probe_count; i++)
        check_plain(s, &m->probes[i].statement, "probe", *report);
    for (size_t i = 0; i < m->other_count; i++)
        check_plain(s, &m->others[i].statement, "other", *report);
    if (m->version.sql)
        check_plain(s, &m->version, "query", *report);
    if (m->company.sql)
        check_plain(s, &m->company, "query", *report);
    for (size_t i = 0; i < m->stream_count && !s->dead; i++)
        check_stream(s, m, &m->streams[i], *report);
    for (size_t i = 0; i < m->lookup_count && !s->dead; i++)
        if (!m->lookups[i].database) /* those cannot be queried from here */
            check_plain(s, &m->lookups[i], "lookup", *report);
    check_orders(s, m, *report);
    if (!s->dead)
        check_writer_statements(s, m, *report);
    if (s->dead)
        return error_set(e, STATUS_UNREACHABLE, "erp_unreachable", "the connection to %s broke",
                         s->server);
    return STATUS_OK;
}

/* ---- preview -----------------------------------------------------------------------------------
 */

static json_t *record_to_json(const struct record *record)
{
    json_t *row = json_object();
    struct buf b;
    buf_init(&b, 4 * RECORD_TEXT_MAX);
    if (!record->fault.keyless)
        key_print(&b, record->key.bytes, record->key.length);
    json_set_text(row, "key", record->fault.keyless ? record->fault.name : buf_text(&b));
    if (record->fault.is) {
        json_set_text(row, "column", record->fault.column);
        json_object_set_new(row, "held", json_from_error(&record->fault.why));
    }
    buf_reset(&b);
    record_json(&b, record);
    json_t *data = json_parse(buf_text(&b), b.length, NULL);
    json_object_set_new(row, "data", data ? data : json_null());
    buf_free(&b);
    return row;
}

enum status report_preview(struct session *s, const struct mapping *m, const char *stream,
                           size_t limit, json_t **records, struct error *e)
{
    struct reader *r = NULL;
    const struct record *record;
    if (!mapping_stream(m, stream)) {
        struct buf known;
        buf_init(&known, 4096);
        for (size_t i = 0; i < m->stream_count; i++)
            buf_printf(&known, "%s%s", i ? ", " : "", m->streams[i].statement.name);
        *records = NULL;
        error_set(e, STATUS_NOT_FOUND, "erp_stream", "%s has no stream \"%.60s\"", mapping_title(m),
                  stream);
        error_remedy(e, "There are: %s.", buf_text(&known));
        buf_free(&known);
        return STATUS_NOT_FOUND;
    }
    *records = json_array();
    enum status status = reader_open(s, m, stream, NULL, &r, e);
    while (status == STATUS_OK && json_array_size(*records) < limit &&
           (status = reader_next(r, &record, e)) == STATUS_OK)
        json_array_append_new(*records, record_to_json(record));
    reader_close(r);
    if (status == STATUS_OK || status == STATUS_END)
        return STATUS_OK;
    json_decref(*records);
    *records = NULL;
    return status;
}
