/* The group "sql" of a mapping's orders: the rows that the writer "sql" makes for a document. */
#include "mapping/mapping_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "mapping/mapping_load.h"
#include "mapping/places.h"
#include "model/vat.h"
#include "mapping/mapping_read.h"
#include "mapping/mapping_sql.h"

static const char here[] = "orders.sql";

static void check_places(struct mapping_loader *l, int line, const char *where, const char *text,
                         bool of_line)
{
    char problem[MAPPING_PROBLEM];
    if (text && !places_check(text, of_line, problem))
        mapping_fault(l, line, where, "%-s", problem);
}

static void take_statement(struct mapping_loader *l, const config_setting_t *s, const char *name,
                           struct mapping_sql *target)
{
    char where[80];
    text_format(where, sizeof where, "%s.%s", here, name);
    if (!config_setting_is_group(s)) {
        mapping_fault(l, mapping_line(s), where, "must be a group: { sql = …; }");
        return;
    }
    mapping_only(l, s, where, "sql", "none", "when", NULL);
    if (mapping_take_sql(l, s, name, where, target))
        check_places(l, target->line, where, target->sql, false);
}

/* ---- contexts ---------------------------------------------------------------------------------- */

static void context_free(struct mapping_context *c)
{
    mapping_sql_free(&c->statement);
    free(c->none);
    free(c->when);
    *c = (struct mapping_context){0};
}

/* The name of a place, such as "operator". */
static void check_when(struct mapping_loader *l, const config_setting_t *group, const char *when)
{
    char place[PLACE_NAME + 2], problem[MAPPING_PROBLEM];
    if (when &&
        (!text_format(place, sizeof place, "{%s}", when) || !places_check(place, false, problem)))
        mapping_fault(l, mapping_line(config_setting_get_member(group, "when")),
                      "orders.sql.context",
                      "\"when\" must be a member of the document, not \"%.40s\"", when);
}

static void take_contexts(struct mapping_loader *l, const config_setting_t *s,
                          struct mapping_writer *w)
{
    static const char where[] = "orders.sql.context";
    int length = config_setting_length(s);
    if (!config_setting_is_list(s) || length < 1 || length > WRITER_CONTEXTS) {
        mapping_fault(l, mapping_line(s), where, "must be a list of 1 to %d groups",
                      WRITER_CONTEXTS);
        return;
    }
    for (size_t i = 0; i < w->context_count; i++)
        context_free(&w->contexts[i]);
    w->context_count = 0;
    for (int i = 0; i < length; i++) {
        const config_setting_t *group = config_setting_get_elem(s, (unsigned)i);
        struct mapping_context *c = &w->contexts[w->context_count];
        char name[40];
        text_format(name, sizeof name, "context %d", i + 1);
        if (!config_setting_is_group(group)) {
            mapping_fault(l, mapping_line(group), where, "must be a list of groups");
            continue;
        }
        take_statement(l, group, name, &c->statement);
        c->none = mapping_text(l, group, "none", where, true);
        c->when = mapping_text(l, group, "when", where, false);
        check_when(l, group, c->when);
        if (c->statement.sql && c->none)
            w->context_count++;
        else
            context_free(c);
    }
}

/* ---- rows -------------------------------------------------------------------------------------- */

static void insert_free(struct mapping_insert *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->columns[i].name);
        free(t->columns[i].value);
    }
    free(t->columns);
    free(t->from);
    free(t->file);
    *t = (struct mapping_insert){0};
}

/* "CDN.TraNag" */
static bool take_table(struct mapping_insert *t, const char *name)
{
    const char *dot = strchr(name, '.');
    return dot && dot != name && dot[1] && !strchr(dot + 1, '.') && !strpbrk(name, "[]\" \t\r\n") &&
           text_format(t->schema, sizeof t->schema, "%.*s", (int)(dot - name), name) &&
           text_copy(t->table, sizeof t->table, dot + 1);
}

static bool has_column(const struct mapping_insert *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (text_equal_nocase(t->columns[i].name, name))
            return true;
    return false;
}

/* Is it a single value, whatever comes before and after it in the statement? */
static bool one_value(const char *value)
{
    int depth = 0;
    for (const char *at = value; *at;) {
        const char *next = mapping_sql_skip(at);
        if (next && next != at && (*at == '-' || *at == '/'))
            return false;
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        if (!next || depth < 0 || (*at == ',' && depth == 0))
            return false;
        at = next == at ? at + 1 : next;
    }
    return depth == 0;
}

/* Values of columns: texts of T-SQL, or whole numbers. */
static void take_columns(struct mapping_loader *l, const config_setting_t *group, const char *where,
                         bool of_line, bool may_miss, struct mapping_insert *t)
{
    char problem[MAPPING_PROBLEM], number[16];
    if (!config_setting_is_group(group)) {
        mapping_fault(l, mapping_line(group), where, "must be a group: { COLUMN = \"value\"; … }");
        return;
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(s), *value = config_setting_get_string(s);
        if (config_setting_type(s) == CONFIG_TYPE_INT) {
            text_format(number, sizeof number, "%d", config_setting_get_int(s));
            value = number;
        }
        if (text_empty(value) || strlen(value) > 4000 || !text_is_utf8(value, strlen(value)) ||
            strlen(name) >= WRITER_NAME) {
            mapping_fault(l, mapping_line(s), where,
                          "the value of \"%.100s\" must be a text of T-SQL, or a whole number",
                          name);
            continue;
        }
        if (!mapping_sql_reads(value, false, problem))
            mapping_fault(l, mapping_line(s), where, "\"%.100s\": %-s", name, problem);
        else if (!one_value(value))
            mapping_fault(l, mapping_line(s), where,
                          "\"%.100s\" must be one value: no comment, and every parenthesis closed",
                          name);
        check_places(l, mapping_line(s), where, value, of_line);
        if (has_column(t, name)) {
            mapping_fault(l, mapping_line(s), where, "\"%.100s\" appears twice", name);
            continue;
        }
        if (t->count == WRITER_COLUMNS) {
            mapping_fault(l, mapping_line(s), where, "has more than %d columns", WRITER_COLUMNS);
            return;
        }
        t->columns[t->count++] =
            (struct mapping_column){mem_string(name), mem_string(value), may_miss};
    }
}

static void take_insert(struct mapping_loader *l, const config_setting_t *group, const char *name,
                        bool of_line, struct mapping_insert *t)
{
    char where[80], problem[MAPPING_PROBLEM];
    text_format(where, sizeof where, "%s.%s", here, name);
    insert_free(t);
    if (!config_setting_is_group(group)) {
        mapping_fault(l, mapping_line(group), where, "must be a group");
        return;
    }
    mapping_only(l, group, where, "table", "from", "values", "fill", NULL);
    t->file = mem_string(l->file);
    t->line = mapping_line(group);
    t->columns = mem_array(WRITER_COLUMNS, sizeof *t->columns);
    char *table = mapping_text(l, group, "table", where, true);
    if (table && !take_table(t, table))
        mapping_fault(l, t->line, where, "\"table\" must be SCHEMA.TABLE");
    free(table);
    t->from = mapping_text(l, group, "from", where, false);
    if (t->from &&
        (strncasecmp(t->from, "FROM ", 5) != 0 || !mapping_sql_reads(t->from, false, problem)))
        mapping_fault(l, t->line, where, "\"from\" must begin with FROM, and only read");
    check_places(l, t->line, where, t->from, of_line);
    const config_setting_t *s;
    if ((s = config_setting_get_member(group, "values")) != NULL)
        take_columns(l, s, where, of_line, false, t);
    if ((s = config_setting_get_member(group, "fill")) != NULL)
        take_columns(l, s, where, of_line, true, t);
    if (!t->count)
        mapping_fault(l, t->line, where, "\"values\" is missing, or has no column");
}

/* ---- the whole --------------------------------------------------------------------------------- */

void mapping_take_writer(struct mapping_loader *l, const config_setting_t *group)
{
    struct mapping_writer *w = &l->m->orders.sql;
    const config_setting_t *s;
    if (!config_setting_is_group(group)) {
        mapping_fault(l, mapping_line(group), here, "must be a group");
        return;
    }
    mapping_only(l, group, here, "position", "vat_rates", "currencies", "seen", "context",
                 "document", "lines", "written", NULL);
    free(w->file);
    w->file = mem_string(l->file);
    w->line = mapping_line(group);
    w->present = true;
    if (config_setting_get_member(group, "position")) {
        free(w->position);
        w->position = mapping_text(l, group, "position", here, true);
    }
    if ((s = config_setting_get_member(group, "vat_rates")) != NULL)
        mapping_take_words(l, s, w->rates, &w->rate_count);
    if ((s = config_setting_get_member(group, "currencies")) != NULL)
        mapping_take_words(l, s, w->currencies, &w->currency_count);
    if ((s = config_setting_get_member(group, "seen")) != NULL)
        take_statement(l, s, "seen", &w->seen);
    if ((s = config_setting_get_member(group, "context")) != NULL)
        take_contexts(l, s, w);
    if ((s = config_setting_get_member(group, "document")) != NULL)
        take_insert(l, s, "document", false, &w->document);
    if ((s = config_setting_get_member(group, "lines")) != NULL)
        take_insert(l, s, "lines", true, &w->lines);
    if ((s = config_setting_get_member(group, "written")) != NULL)
        take_statement(l, s, "written", &w->written);
}

void mapping_check_writer(struct mapping_loader *l)
{
    const struct mapping_orders *o = &l->m->orders;
    const struct mapping_writer *w = &o->sql;
    bool offered = false;
    for (size_t i = 0; i < o->writer_count; i++)
        offered |= text_equal(o->writers[i], "sql");
    if (!w->present) {
        if (offered)
            mapping_fault(l, o->line, "orders.writers", "\"sql\" needs the group \"sql\"");
        return;
    }
    const struct {
        const char *name;
        bool there;
    } parts[] = {{"position", w->position},         {"vat_rates", w->rate_count},
                 {"currencies", w->currency_count}, {"seen", w->seen.sql},
                 {"context", w->context_count},     {"document", w->document.count},
                 {"lines", w->lines.count},         {"written", w->written.sql}};
    l->file = w->file;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!parts[i].there)
            mapping_fault(l, w->line, here, "\"%s\" is missing", parts[i].name);
    for (size_t i = 0; i < w->rate_count; i++)
        if (!vat_find(w->rates[i]))
            mapping_fault(l, w->line, "orders.sql.vat_rates", "\"%s\" is not a VAT symbol",
                          w->rates[i]);
    l->file = o->file;
}

void mapping_writer_free(struct mapping_writer *w)
{
    mapping_sql_free(&w->seen);
    mapping_sql_free(&w->written);
    for (size_t i = 0; i < w->context_count; i++)
        context_free(&w->contexts[i]);
    insert_free(&w->document);
    insert_free(&w->lines);
    free(w->file);
    free(w->position);
    *w = (struct mapping_writer){0};
}

static json_t *insert_to_json(const struct mapping_insert *t)
{
    json_t *object = json_object(), *values = json_object(), *fill = json_object();
    char name[2 * WRITER_NAME];
    text_format(name, sizeof name, "%s.%s", t->schema, t->table);
    json_set_text(object, "table", name);
    json_set_text(object, "from", t->from);
    for (size_t i = 0; i < t->count; i++)
        json_set_text(t->columns[i].may_miss ? fill : values, t->columns[i].name,
                      t->columns[i].value);
    json_object_set_new(object, "values", values);
    json_object_set_new(object, "fill", fill);
    return object;
}

json_t *mapping_writer_to_json(const struct mapping_writer *w)
{
    json_t *object = json_object(), *contexts = json_array();
    json_set_text(object, "file", w->file);
    json_set_number(object, "line", w->line);
    json_set_text(object, "position", w->position);
    json_set_text(object, "seen", w->seen.sql);
    for (size_t i = 0; i < w->context_count; i++)
        json_array_append_new(contexts, json_string(w->contexts[i].statement.sql));
    json_object_set_new(object, "context", contexts);
    json_object_set_new(object, "document", insert_to_json(&w->document));
    json_object_set_new(object, "lines", insert_to_json(&w->lines));
    json_set_text(object, "written", w->written.sql);
    return object;
}
