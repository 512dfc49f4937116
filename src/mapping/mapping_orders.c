/* The part "orders" of a mapping: the statements that orders need, and what a writer must know
 * about the ERP: its words, its codes, its widths. */
#include "mapping/mapping_orders.h"

#include "mapping/mapping_load.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/vat.h"
#include "model/order.h"
#include "mapping/mapping_read.h"
#include "mapping/mapping_writer.h"
#include "config/settings.h"

#define WIDTH_MAX 4000

static const struct {
    const char *name;
    int values; /* -1: lists */
    bool optional;
} forms[ORDER_SQL_COUNT] = {[ORDER_SQL_PRODUCTS] = {"products", -1, false},
                            [ORDER_SQL_BARCODES] = {"barcodes", -1, false},
                            [ORDER_SQL_CUSTOMERS] = {"customers", -1, false},
                            [ORDER_SQL_SPELLED] = {"spelled", -1, true},
                            [ORDER_SQL_FIND] = {"find", -1, false},
                            [ORDER_SQL_ALIKE] = {"alike", -1, true},
                            [ORDER_SQL_NEWEST] = {"newest", 0, true},
                            [ORDER_SQL_RECENT] = {"recent", 1, true},
                            [ORDER_SQL_RATES] = {"rates", 2, true}};

static const char *const width_names[WIDTH_COUNT] = {
#define WIDTH_NAME(name, word) word,
    ORDER_WIDTHS(WIDTH_NAME)
#undef WIDTH_NAME
};

const char *mapping_order_sql_name(enum order_sql which)
{
    return forms[which].name;
}

int mapping_order_sql_values(enum order_sql which)
{
    return forms[which].values;
}

static int line_of(const config_setting_t *s)
{
    return (int)config_setting_source_line(s);
}

/* ---- IN (?) ------------------------------------------------------------------------------------
 */

static const char in_list[] = "IN (?)", like_one[] = "LIKE ?";

void mapping_expand_in(const char *sql, size_t values, struct buf *b, size_t *lists)
{
    const char *at;
    *lists = 0;
    while ((at = strchr(sql, '?')) != NULL) {
        bool in = (size_t)(at - sql) >= sizeof in_list - 3 && at[1] == ')' &&
                  memcmp(at - (sizeof in_list - 3), in_list, sizeof in_list - 1) == 0;
        buf_add(b, sql, (size_t)(at - sql) + 1);
        for (size_t i = 1; i < values && in; i++)
            buf_add_text(b, ",?");
        sql = at + 1;
        ++*lists;
    }
    buf_add_text(b, sql);
}

/* Values go in through IN (?) and nowhere else; a pattern through LIKE ?. */
static void check_in(struct mapping_loader *l, const struct mapping_sql *s, const char *place,
                     const char *where)
{
    size_t lists = 0, marks = 0;
    for (const char *at = s->sql; (at = strstr(at, place)) != NULL; at++)
        lists++;
    for (const char *c = s->sql; *c; c++)
        marks += *c == '?';
    if (lists == 0 || lists > MAPPING_IN_LISTS)
        mapping_fault(l, s->line, where, "must ask for its values with %s, once to %d times", place,
                      MAPPING_IN_LISTS);
    else if (marks != lists)
        mapping_fault(l, s->line, where, "has a '?' outside %s", place);
}

static void check_values(struct mapping_loader *l, const struct mapping_sql *s, const char *where,
                         enum order_sql which)
{
    int marks = 0, values = forms[which].values;
    if (values < 0) {
        check_in(l, s, which == ORDER_SQL_SPELLED ? like_one : in_list, where);
        return;
    }
    for (const char *c = s->sql; *c; c++)
        marks += *c == '?';
    if (marks != values || strstr(s->sql, in_list))
        mapping_fault(l, s->line, where, "must have a '?' for each of its %d values, and no %s",
                      values, in_list);
}

/* ---- loading -----------------------------------------------------------------------------------
 */

void mapping_take_words(struct mapping_loader *l, const config_setting_t *s,
                        char words[MAPPING_WORDS][32], size_t *count)
{
    char where[80];
    text_format(where, sizeof where, "orders.%.40s", config_setting_name(s));
    *count = 0;
    int length = config_setting_length(s);
    if ((!config_setting_is_list(s) && !config_setting_is_array(s)) || length < 1 ||
        length > MAPPING_WORDS) {
        mapping_fault(l, line_of(s), where, "must be a list of 1 to %d words", MAPPING_WORDS);
        return;
    }
    for (int i = 0; i < length; i++) {
        const char *word = config_setting_get_string_elem(s, i);
        if (text_empty(word) || !text_copy(words[*count], sizeof words[0], word))
            mapping_fault(l, line_of(s), where, "must be a list of words of at most 31 bytes");
        else
            ++*count;
    }
}

static void take_numbers(struct mapping_loader *l, const config_setting_t *s,
                         struct mapping_number numbers[MAPPING_WORDS], size_t *count)
{
    char where[80];
    text_format(where, sizeof where, "orders.%.40s", config_setting_name(s));
    *count = 0;
    if (!config_setting_is_group(s) || config_setting_length(s) > MAPPING_WORDS) {
        mapping_fault(l, line_of(s), where, "must be a group of at most %d names with numbers",
                      MAPPING_WORDS);
        return;
    }
    for (int i = 0; i < config_setting_length(s); i++) {
        const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
        struct mapping_number *n = &numbers[*count];
        if (config_setting_type(member) != CONFIG_TYPE_INT ||
            !text_copy(n->word, sizeof n->word, config_setting_name(member))) {
            mapping_fault(l, line_of(member), where, "\"%.40s\" must be a whole number",
                          config_setting_name(member));
            continue;
        }
        n->number = config_setting_get_int(member);
        ++*count;
    }
}

static void take_widths(struct mapping_loader *l, const config_setting_t *s,
                        int widths[WIDTH_COUNT])
{
    for (int i = 0; config_setting_is_group(s) && i < config_setting_length(s); i++) {
        const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
        const char *name = config_setting_name(member);
        size_t w = 0;
        while (w < WIDTH_COUNT && !text_equal(width_names[w], name))
            w++;
        int width =
            config_setting_type(member) == CONFIG_TYPE_INT ? config_setting_get_int(member) : 0;
        if (w == WIDTH_COUNT)
            mapping_fault(l, line_of(member), "orders.widths",
                          "\"%.40s\" is not a text of a document; endpoint-erp(5) lists them",
                          name);
        else if (width < 1 || width > WIDTH_MAX)
            mapping_fault(l, line_of(member), "orders.widths",
                          "\"%.40s\" must be a number from 1 to %d", name, WIDTH_MAX);
        else
            widths[w] = width;
    }
    if (!config_setting_is_group(s))
        mapping_fault(l, line_of(s), "orders.widths", "must be a group");
}

static void take_statement(struct mapping_loader *l, const config_setting_t *s,
                           enum order_sql which)
{
    char where[80];
    text_format(where, sizeof where, "orders.%s", forms[which].name);
    if (!config_setting_is_group(s)) {
        mapping_fault(l, line_of(s), where, "must be a group: { sql = …; }");
        return;
    }
    mapping_only(l, s, where, "sql", NULL);
    struct mapping_sql *target = &l->m->orders.statements[which];
    if (mapping_take_sql(l, s, forms[which].name, where, target))
        check_values(l, target, where, which);
}

void mapping_take_orders(struct mapping_loader *l, const config_setting_t *group)
{
    struct mapping_orders *o = &l->m->orders;
    if (!config_setting_is_group(group)) {
        mapping_fault(l, line_of(group), "orders", "must be a group");
        return;
    }
    mapping_only(l, group, "orders", "writers", "document_types", "item_types", "vat", "widths",
                 "unicode", "products", "barcodes", "customers", "spelled", "find", "alike",
                 "newest", "recent", "rates", "sql", NULL);
    if (!o->present) {
        o->file = mem_string(l->file);
        o->line = line_of(group);
    }
    o->present = true;
    const config_setting_t *s;
    if ((s = config_setting_get_member(group, "writers")) != NULL)
        mapping_take_words(l, s, o->writers, &o->writer_count);
    if ((s = config_setting_get_member(group, "document_types")) != NULL)
        mapping_take_words(l, s, o->document_types, &o->document_type_count);
    if ((s = config_setting_get_member(group, "item_types")) != NULL)
        take_numbers(l, s, o->item_types, &o->item_type_count);
    if ((s = config_setting_get_member(group, "vat")) != NULL)
        take_numbers(l, s, o->vat, &o->vat_count);
    if ((s = config_setting_get_member(group, "widths")) != NULL)
        take_widths(l, s, o->widths);
    if ((s = config_setting_get_member(group, "unicode")) != NULL) {
        if (config_setting_type(s) == CONFIG_TYPE_BOOL)
            o->unicode = config_setting_get_bool(s);
        else
            mapping_fault(l, line_of(s), "orders.unicode", "must be true or false");
    }
    if ((s = config_setting_get_member(group, "sql")) != NULL)
        mapping_take_writer(l, s);
    for (unsigned i = 0; i < ORDER_SQL_COUNT; i++)
        if ((s = config_setting_get_member(group, forms[i].name)) != NULL)
            take_statement(l, s, (enum order_sql)i);
}

/* The table of settings lists the writers. */
static bool is_writer(const char *word)
{
    const struct setting *s = setting_find("orders.writer");
    for (size_t i = 0; s && s->choices[i]; i++)
        if (text_equal(s->choices[i], word))
            return !text_equal(word, "off");
    return false;
}

static bool has_writer(const struct mapping_orders *o, const char *word)
{
    for (size_t i = 0; i < o->writer_count; i++)
        if (text_equal(o->writers[i], word))
            return true;
    return false;
}

/* A program may itself know what it made; what became of a file only `find` can see. */
static bool only_programs(const struct mapping_orders *o)
{
    for (size_t i = 0; i < o->writer_count; i++)
        if (!text_equal(o->writers[i], "command"))
            return false;
    return true;
}

static void check_statements(struct mapping_loader *l, const struct mapping_orders *o)
{
    bool blind = only_programs(o);
    for (size_t i = 0; i < ORDER_SQL_COUNT; i++)
        if (!o->statements[i].sql && !forms[i].optional && !(i == ORDER_SQL_FIND && blind))
            mapping_fault(l, o->line, "orders", "\"%s\" is missing", forms[i].name);
    if (!o->statements[ORDER_SQL_NEWEST].sql != !o->statements[ORDER_SQL_RECENT].sql)
        mapping_fault(l, o->line, "orders", "\"newest\" and \"recent\" must be given together");
}

/* The lists of words: writers, types of documents and items, VAT. */
static void check_words(struct mapping_loader *l, const struct mapping_orders *o)
{
    if (!o->document_type_count)
        mapping_fault(l, o->line, "orders", "\"document_types\" is missing");
    if (!o->item_type_count)
        mapping_fault(l, o->line, "orders", "\"item_types\" is missing");
    for (size_t i = 0; i < o->writer_count; i++)
        if (!is_writer(o->writers[i]))
            mapping_fault(l, o->line, "orders.writers", "there is no writer \"%s\"", o->writers[i]);
    for (size_t i = 0; i < o->vat_count; i++)
        if (!vat_find(o->vat[i].word))
            mapping_fault(l, o->line, "orders.vat", "\"%s\" is not a VAT symbol", o->vat[i].word);
}

void mapping_check_orders(struct mapping_loader *l)
{
    const struct mapping_orders *o = &l->m->orders;
    if (!o->present)
        return;
    l->file = o->file;
    check_statements(l, o);
    for (size_t i = 0; i < WIDTH_COUNT; i++)
        if (!o->widths[i])
            mapping_fault(l, o->line, "orders.widths", "\"%s\" is missing", width_names[i]);
    if (o->unicode && has_writer(o, "epp"))
        mapping_fault(l, o->line, "orders.unicode",
                      "does not go with the writer \"epp\": a file is cp1250");
    mapping_check_writer(l);
    if (o->widths[WIDTH_ORIGINAL] && o->widths[WIDTH_ORIGINAL] < ORDER_MARKER)
        mapping_fault(l, o->line, "orders.widths",
                      "\"original\" must hold the marker's %d characters", ORDER_MARKER);
    check_words(l, o);
}

void mapping_orders_free(struct mapping_orders *o)
{
    for (size_t i = 0; i < ORDER_SQL_COUNT; i++)
        mapping_sql_free(&o->statements[i]);
    mapping_writer_free(&o->sql);
    free(o->file);
    *o = (struct mapping_orders){0};
}

static json_t *words_to_json(const char words[][32], size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

static json_t *numbers_to_json(const struct mapping_number *numbers, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        json_set_number(object, numbers[i].word, numbers[i].number);
    return object;
}

json_t *mapping_orders_to_json(const struct mapping_orders *o)
{
    json_t *object = json_object(), *statements = json_array(), *widths = json_object();
    for (size_t i = 0; i < ORDER_SQL_COUNT; i++) {
        const struct mapping_sql *s = &o->statements[i];
        if (!s->sql)
            continue;
        json_t *row = json_object();
        json_set_text(row, "name", s->name);
        json_set_text(row, "file", s->file);
        json_set_number(row, "line", s->line);
        json_set_text(row, "sql", s->sql);
        json_array_append_new(statements, row);
    }
    for (size_t i = 0; i < WIDTH_COUNT; i++)
        json_set_number(widths, width_names[i], o->widths[i]);
    json_object_set_new(object, "writers", words_to_json(o->writers, o->writer_count));
    json_object_set_new(object, "document_types",
                        words_to_json(o->document_types, o->document_type_count));
    json_object_set_new(object, "item_types", numbers_to_json(o->item_types, o->item_type_count));
    json_object_set_new(object, "vat", numbers_to_json(o->vat, o->vat_count));
    json_set_flag(object, "unicode", o->unicode);
    json_object_set_new(object, "widths", widths);
    json_object_set_new(object, "statements", statements);
    if (o->sql.present)
        json_object_set_new(object, "sql", mapping_writer_to_json(&o->sql));
    return object;
}
