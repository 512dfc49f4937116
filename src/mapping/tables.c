/* The tables of a mapping: finds them in its statements, and checks which may be read. */
#include "mapping/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "tds/session.h"
#include "mapping/mapping_orders.h"
#include "mapping/mapping_sql.h"
#include "mapping/tsql.h"
#include "tds/session_query.h"

#define TABLES_MAX 200

struct scan {
    struct mapping_tables *tables;
    const char *database, *kind, *name;
    bool required;
};

static void found(void *user, const char *database, const char *schema, const char *table)
{
    struct scan *scan = user;
    struct mapping_tables *t = scan->tables;
    const char *where = *database ? database : scan->database ? scan->database : "";
    if (text_equal_nocase(schema, "INFORMATION_SCHEMA") || text_equal_nocase(schema, "sys"))
        return; /* everybody may read these */
    for (size_t i = 0; i < t->count; i++) {
        struct mapping_table *known = &t->list[i];
        if (text_equal_nocase(known->name, table) && text_equal_nocase(known->schema, schema) &&
            text_equal_nocase(known->database, where)) {
            known->required |= scan->required;
            return;
        }
    }
    if (t->count == TABLES_MAX)
        return;
    struct mapping_table *new = &t->list[t->count++];
    text_copy(new->database, sizeof new->database, where);
    text_copy(new->schema, sizeof new->schema, schema);
    text_copy(new->name, sizeof new->name, table);
    text_format(new->used_by, sizeof new->used_by, "%s %s", scan->kind, scan->name);
    new->required = scan->required;
}

static void scan_sql(struct mapping_tables *t, const char *kind, const char *name, const char *sql,
                     bool required, const char *database)
{
    struct scan scan = {t, database, kind, name, required};
    if (sql)
        mapping_sql_tables(sql, found, &scan);
}

static void scan_stream(struct mapping_tables *t, const struct mapping_stream *s)
{
    const char *name = s->statement.name;
    const char *const all[] = {s->statement.sql, s->filters, s->joins,
                               s->kits_own,      s->changed, s->safe.sql};
    const char *const maybe[] = {s->fields, s->fields_joins, s->field_join, s->kits_parts,
                                 s->kits_changed};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        scan_sql(t, "stream", name, all[i], true, NULL);
    for (size_t i = 0; i < COUNT_OF(maybe); i++) /* only some scenarios read these */
        scan_sql(t, "stream", name, maybe[i], false, NULL);
    for (size_t i = 0; i < s->variant_count; i++) {
        /* The database decides which variant is used: a table of another variant may be missing. */
        scan_sql(t, "stream", name, s->variants[i].probe.sql, false, NULL);
        scan_sql(t, "stream", name, s->variants[i].sql, false, NULL);
    }
}

/* The tables that the writer "sql" reads, and those that it inserts into. */
static void scan_writer(struct mapping_tables *t, const struct mapping_writer *w)
{
    const struct mapping_insert *const inserts[] = {&w->document, &w->lines};
    scan_sql(t, "orders.sql:", "seen", w->seen.sql, true, NULL);
    scan_sql(t, "orders.sql:", "written", w->written.sql, true, NULL);
    for (size_t i = 0; i < w->context_count; i++)
        scan_sql(t, "orders.sql:", w->contexts[i].statement.name, w->contexts[i].statement.sql,
                 true, NULL);
    for (size_t i = 0; i < COUNT_OF(inserts); i++) {
        struct scan scan = {t, NULL, "orders.sql:", i ? "lines" : "document", true};
        if (!inserts[i]->count)
            continue;
        scan_sql(t, scan.kind, scan.name, inserts[i]->from, true, NULL);
        found(&scan, "", inserts[i]->schema, inserts[i]->table);
        for (size_t k = 0; k < t->count; k++)
            t->list[k].insert |= !t->list[k].database[0] &&
                                 text_equal_nocase(t->list[k].name, inserts[i]->table) &&
                                 text_equal_nocase(t->list[k].schema, inserts[i]->schema);
    }
}

void tables_of(const struct mapping *m, bool rows, struct mapping_tables *t)
{
    t->count = 0;
    t->list = mem_array(TABLES_MAX, sizeof t->list[0]);
    for (size_t i = 0; i < m->stream_count; i++)
        scan_stream(t, &m->streams[i]);
    for (size_t i = 0; i < ORDER_SQL_COUNT && m->orders.present; i++)
        scan_sql(t, "orders:", mapping_order_sql_name((enum order_sql)i),
                 m->orders.statements[i].sql, true, NULL);
    if (rows && m->orders.sql.present)
        scan_writer(t, &m->orders.sql);
    for (size_t i = 0; i < m->lookup_count; i++)
        if (!text_equal(m->lookups[i].database, "master")) /* everybody may read that one */
            scan_sql(t, "list", m->lookups[i].name, m->lookups[i].sql, false,
                     m->lookups[i].database);
    for (size_t i = 0; i < m->probe_count; i++)
        scan_sql(t, "probe", m->probes[i].statement.name, m->probes[i].statement.sql, true, NULL);
    scan_sql(t, "the", "version", m->version.sql, false, NULL);
    scan_sql(t, "the", "company's name", m->company.sql, false, NULL);
}

void tables_free(struct mapping_tables *t)
{
    free(t->list);
    *t = (struct mapping_tables){0};
}

static enum status no_row(void *user, size_t columns, const char *const *names,
                          const char *const *values, struct error *e)
{
    (void)user;
    (void)columns;
    (void)names;
    (void)values;
    (void)e;
    return STATUS_OK;
}

enum status tables_look(struct session *s, struct mapping_tables *t, struct error *e)
{
    for (size_t i = 0; i < t->count; i++) {
        struct mapping_table *table = &t->list[i];
        struct buf sql;
        struct error why = {0};
        if (table->database[0])
            continue; /* this session cannot see it */
        buf_init(&sql, 2048);
        buf_add_text(&sql, "SELECT TOP (0) 1 AS x FROM ");
        tsql_name(&sql, table->schema);
        buf_add_byte(&sql, '.');
        tsql_name(&sql, table->name);
        buf_add_text(&sql, " AS t");
        enum status status = session_query(s, buf_text(&sql), NULL, 0, no_row, NULL, &why);
        buf_free(&sql);
        if (status == STATUS_OK)
            table->state = TABLE_READABLE;
        else if (text_equal(why.code, "erp_rights"))
            table->state = TABLE_DENIED;
        else if (text_equal(why.code, "erp_object"))
            table->state = TABLE_MISSING;
        else {
            if (e)
                *e = why;
            return status;
        }
    }
    return STATUS_OK;
}

size_t tables_count(const struct mapping_tables *t, enum table_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++)
        count += t->list[i].state == state;
    return count;
}
