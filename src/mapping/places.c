#include "mapping/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "mapping/mapping_load.h"
#include "mapping/tables.h"
#include "mapping/tsql.h"
#include "mapping/mapping_sql.h"

/* The names that draft_json.c writes. */
static const char *const document_names[] = {
    "marker",
    "type",
    "number",
    "date",
    "operator",
    "issuer",
    "warehouse",
    "payment_form",
    "category",
    "text",
    "remarks",
    "reserve",
    "prices",
    "currency",
    "exchange_rate",
    "net",
    "vat",
    "gross",
    "lines",
    "buyer.id",
    "buyer.code",
    "buyer.create",
    "buyer.person",
    "buyer.name",
    "buyer.street",
    "buyer.short_name",
    "buyer.tax_id",
    "buyer.country",
    "buyer.postcode",
    "buyer.city",
    "buyer.country_code",
    "packaging",
    "to_pay",
    "paid",
    "warehouse_name",
    "price_level",
    "buyer.phone",
    "buyer.email",
    "recipient.other",
    "recipient.full_name",
    "recipient.company",
    "recipient.name",
    "recipient.street",
    "recipient.postcode",
    "recipient.city",
    "recipient.country",
    "recipient.country_code",
    "recipient.phone",
    "recipient.point",
};
static const char *const line_names[] = {
    "line.line",     "line.product_id",  "line.code",         "line.name",
    "line.kind",     "line.unit",        "line.quantity",     "line.discount_percent",
    "line.vat_rate", "line.price",       "line.price_before", "line.price_net",
    "line.net",      "line.price_gross", "line.vat",          "line.gross",
};

static bool one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

static bool name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* Read the place that begins here. Returns the position after it; NULL: not a place. */
static const char *read_place(const char *at, char name[PLACE_NAME])
{
    size_t n = 0;
    while (name_byte(at[1 + n]))
        n++;
    if (*at != '{' || n == 0 || n >= PLACE_NAME || at[1 + n] != '}')
        return NULL;
    memcpy(name, at + 1, n);
    name[n] = '\0';
    return at + n + 2;
}

static bool context_name(const char *name)
{
    return text_starts(name, "context.") && name[8] && !strchr(name + 8, '.');
}

bool places_check(const char *text, bool line, char problem[MAPPING_PROBLEM])
{
    char name[PLACE_NAME];
    for (const char *at = text; *at;) {
        const char *next = mapping_sql_skip(at);
        if (!next) {
            text_copy(problem, MAPPING_PROBLEM, N_("a text, name or comment in it has no end"));
            return false;
        }
        if (next != at && memchr(at, '{', (size_t)(next - at))) {
            text_copy(problem, MAPPING_PROBLEM,
                      N_("a place must not be inside a text, a name or a comment"));
            return false;
        }
        if (next != at) {
            at = next;
            continue;
        }
        if (*at == '?') {
            text_copy(problem, MAPPING_PROBLEM,
                      N_("there is a \"?\" in it: use names for values, such as "
                         "{marker}"));
            return false;
        }
        if (*at != '{' && *at != '}') {
            at++;
            continue;
        }
        next = read_place(at, name);
        if (!next) {
            said_format(problem, MAPPING_PROBLEM,
                        "\"%.20s\" is not a place: write a name in braces, such "
                        "as {marker}",
                        at);
            return false;
        }
        if (!one_of(name, document_names, COUNT_OF(document_names)) && !context_name(name) &&
            !(line && one_of(name, line_names, COUNT_OF(line_names)))) {
            said_format(problem, MAPPING_PROBLEM,
                        one_of(name, line_names, COUNT_OF(line_names))
                            ? N_("there is no place {%s} outside of a line")
                            : N_("there is no place {%s}"),
                        name);
            return false;
        }
        at = next;
    }
    return true;
}

/* ---- values ------------------------------------------------------------------------------------ */

/* A member as a value for SQL: a text, "1" or "0", a number, or the length of an array; NULL: there
 * is none. */
static char *text_of(const json_t *value)
{
    char number[32];
    switch (json_typeof(value)) {
    case JSON_STRING: return mem_string(json_string_value(value));
    case JSON_TRUE: return mem_string("1");
    case JSON_FALSE: return mem_string("0");
    case JSON_INTEGER:
        text_format(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return mem_string(number);
    case JSON_ARRAY:
        text_format(number, sizeof number, "%zu", json_array_size(value));
        return mem_string(number);
    default: return NULL;
    }
}

static char *value_of(const struct place_values *v, const char *name)
{
    const json_t *object = v->document;
    const char *dot = strchr(name, '.');
    if (text_starts(name, "line."))
        object = v->line;
    else if (text_starts(name, "context."))
        object = v->context;
    else if (dot)
        object = json_object_get(object, text_starts(name, "buyer.") ? "buyer" : "recipient");
    const json_t *value = json_object_get(object, dot ? dot + 1 : name);
    return value ? text_of(value) : NULL;
}

bool places_has(const char *name, const struct place_values *values)
{
    char *value = value_of(values, name);
    bool there = !text_empty(value);
    free(value);
    return there;
}

void places_free(struct place_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->values[i]);
    free(list->values);
    *list = (struct place_list){0};
}

static void list_add(struct place_list *list, char *value)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 32;
        list->values = mem_resize(list->values, list->capacity, sizeof *list->values);
    }
    list->values[list->count++] = value;
}

void places_fill(const char *text, const struct place_values *values, struct buf *sql,
                 struct place_list *list)
{
    char name[PLACE_NAME];
    for (const char *at = text; *at;) {
        const char *next = read_place(at, name);
        if (!next) {
            buf_add_byte(sql, *at++);
            continue;
        }
        buf_add_byte(sql, '?');
        list_add(list, value_of(values, name));
        at = next;
    }
}

void places_show(const char *text, const struct place_values *values, struct buf *sql)
{
    char name[PLACE_NAME];
    for (const char *at = text; *at;) {
        const char *next = read_place(at, name);
        if (!next) {
            buf_add_byte(sql, *at++);
            continue;
        }
        char *value = text_starts(name, "context.") ? NULL : value_of(values, name);
        if (text_starts(name, "context."))
            buf_add(sql, at, (size_t)(next - at));
        else if (value)
            tsql_text(sql, value);
        else
            buf_add_text(sql, "NULL");
        free(value);
        at = next;
    }
}
