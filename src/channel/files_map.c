#include "channel/files_map.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/decimal.h"

#define LINES "lines."

enum form { FORM_TEXT, FORM_DECIMAL, FORM_WHOLE, FORM_FLAG, FORM_TIME };

/* The members of an order (doc/panel-api.yaml), and how to read their texts. */
static const struct member {
    const char *name;
    enum form form;
} members[] = {
    {"id", FORM_TEXT},
    {"number", FORM_TEXT},
    {"revision", FORM_WHOLE},
    {"cancelled", FORM_FLAG},
    {"placed_at", FORM_TIME},
    {"confirmed_at", FORM_TIME},
    {"source", FORM_TEXT},
    {"buyer.name", FORM_TEXT},
    {"buyer.company", FORM_TEXT},
    {"buyer.email", FORM_TEXT},
    {"buyer.phone", FORM_TEXT},
    {"invoice.wanted", FORM_FLAG},
    {"invoice.company", FORM_TEXT},
    {"invoice.tax_id", FORM_TEXT},
    {"invoice.name", FORM_TEXT},
    {"invoice.street", FORM_TEXT},
    {"invoice.city", FORM_TEXT},
    {"invoice.postcode", FORM_TEXT},
    {"invoice.country", FORM_TEXT},
    {"delivery.method", FORM_TEXT},
    {"delivery.price_gross", FORM_DECIMAL},
    {"delivery.name", FORM_TEXT},
    {"delivery.company", FORM_TEXT},
    {"delivery.phone", FORM_TEXT},
    {"delivery.street", FORM_TEXT},
    {"delivery.city", FORM_TEXT},
    {"delivery.postcode", FORM_TEXT},
    {"delivery.country", FORM_TEXT},
    {"delivery.point_id", FORM_TEXT},
    {"currency", FORM_TEXT},
    {"exchange_rate", FORM_DECIMAL},
    {"total_gross", FORM_DECIMAL},
    {"paid", FORM_DECIMAL},
    {"payment_method", FORM_TEXT},
    {"cash_on_delivery", FORM_FLAG},
    {"note", FORM_TEXT},
};

static const struct member line_members[] = {
    {"id", FORM_TEXT},          {"sku", FORM_TEXT},
    {"ean", FORM_TEXT},         {"name", FORM_TEXT},
    {"quantity", FORM_DECIMAL}, {"price_gross", FORM_DECIMAL},
    {"vat_rate", FORM_TEXT},    {"discount_percent", FORM_DECIMAL},
};

enum status files_map_check(const json_t *paths, struct error *e)
{
    const char *name;
    json_t *path;
    json_object_foreach ((json_t *)paths, name, path) {
        bool known = text_equal(name, "orders") || text_equal(name, "lines");
        for (size_t i = 0; i < COUNT_OF(members); i++)
            known |= text_equal(name, members[i].name);
        for (size_t i = 0; i < COUNT_OF(line_members); i++)
            known |=
                text_starts(name, LINES) && text_equal(name + strlen(LINES), line_members[i].name);
        if (!known || !json_is_string(path)) {
            error_set(e, STATUS_INVALID, "files_map",
                      "order_map: \"%.100s\" is not a member of an order", name);
            return error_remedy(e, "endpoint-file(7) lists them.");
        }
    }
    return STATUS_OK;
}

/* ---- paths ---------------------------------------------------------------------------------------- */

/* The value at a path; of a list the first. NULL: nothing. */
static const json_t *at_path(const json_t *from, const char *path)
{
    while (from && *path) {
        char name[200];
        size_t length = strcspn(path, ".");
        if (json_is_array(from))
            from = json_array_get(from, 0);
        if (!text_format(name, sizeof name, "%.*s", (int)length, path))
            return NULL;
        from = json_object_get(from, name);
        path += length + (path[length] == '.');
    }
    return json_is_array(from) ? json_array_get(from, 0) : from;
}

/* All values at a path; lists on the way are expanded. */
static void all_at_path(const json_t *from, const char *path, json_t *found)
{
    const json_t *item;
    size_t i, length = strcspn(path, ".");
    char name[200];
    if (json_is_array(from)) {
        json_array_foreach (from, i, item)
            all_at_path(item, path, found);
    } else if (!*path) {
        if (from)
            json_array_append(found, (json_t *)from);
    } else if (text_format(name, sizeof name, "%.*s", (int)length, path)) {
        all_at_path(json_object_get(from, name), path + length + (path[length] == '.'), found);
    }
}

/* ---- values --------------------------------------------------------------------------------------- */

/* "1 234,50" as "1234.50"; a text that is not a number stays unchanged. */
static void plain_decimal(struct buf *b, const char *text, bool comma)
{
    for (size_t i = 0; text[i]; i++) {
        if (text[i] == ' ' || text[i] == '\t')
            continue;
        if (memcmp(text + i, "\xC2\xA0", 2) == 0) { /* a no-break blank between thousands */
            i++;
            continue;
        }
        buf_add_byte(b, text[i] == ',' && comma ? '.' : text[i]);
    }
}

static json_t *read_flag(const char *text)
{
    static const char *const yes[] = {"1", "true", "yes", "y", "t", "tak"}, *const no[] = {
                                                                                "0", "false", "no",
                                                                                "n", "nie",   ""};
    for (size_t i = 0; i < COUNT_OF(yes); i++)
        if (text_equal_nocase(text, yes[i]))
            return json_true();
    for (size_t i = 0; i < COUNT_OF(no); i++)
        if (text_equal_nocase(text, no[i]))
            return json_false();
    return json_string(text);
}

/* "2026-11-30 12:00[:05]" in the shop's zone, or a time that names its zone. */
static json_t *read_time(const struct files_map *m, const char *text)
{
    char whole[CLOCK_TEXT];
    int64_t ms;
    if (!*text)
        return json_null();
    if (clock_parse(text, &ms))
        return json_string(text);
    size_t length = strlen(text);
    if (length < 10 || length > 23)
        return json_string(text);
    text_format(whole, sizeof whole, "%.10sT%s%sZ", text, length > 11 ? text + 11 : "00:00",
                length > 16 ? "" : ":00");
    if (!clock_parse(whole, &ms))
        return json_string(text);
    if (m->zone)
        ms = zone_utc(m->zone, ms / 1000) * 1000 + ms % 1000;
    clock_format(whole, ms);
    return json_string(whole);
}

static json_t *read_value(const struct files_map *m, enum form form, const json_t *value)
{
    struct buf b;
    json_t *read = NULL;
    int64_t number;
    if (json_is_object(value))
        value = json_object_get(value, "#");
    if (!json_is_string(value))
        return json_incref((json_t *)value);
    const char *text = json_string_value(value);
    buf_init(&b, json_string_length(value) + 1);
    if (form == FORM_DECIMAL)
        plain_decimal(&b, text, m->decimal_comma);
    switch (form) {
    case FORM_DECIMAL: read = b.length ? json_string(buf_text(&b)) : json_null(); break;
    case FORM_WHOLE:
        read = text_to_i64(text, &number) ? json_integer(number) : json_incref((json_t *)value);
        break;
    case FORM_FLAG: read = read_flag(text); break;
    case FORM_TIME: read = read_time(m, text); break;
    default: read = json_incref((json_t *)value); break;
    }
    buf_free(&b);
    return read;
}

/* Set "buyer.name" of an object. */
static void set_member(json_t *object, const char *name, json_t *value)
{
    const char *dot = strchr(name, '.');
    char first[40];
    if (!dot) {
        json_object_set_new(object, name, value);
        return;
    }
    text_format(first, sizeof first, "%.*s", (int)(dot - name), name);
    json_t *part = json_object_get(object, first);
    if (!json_is_object(part)) {
        part = json_object();
        json_object_set_new(object, first, part);
    }
    json_object_set_new(part, dot + 1, value);
}

static void take(const struct files_map *m, const struct member *list, size_t count,
                 const char *prefix, const json_t *from, json_t *to)
{
    for (size_t i = 0; i < count; i++) {
        char name[60];
        text_format(name, sizeof name, "%s%s", prefix, list[i].name);
        const char *path = json_text(m->paths, name, NULL);
        if (path && *path == '=') {
            json_t *text = json_string(path + 1);
            set_member(to, list[i].name, read_value(m, list[i].form, text));
            json_decref(text);
            continue;
        }
        const json_t *value = at_path(from, path ? path : list[i].name);
        if (value)
            set_member(to, list[i].name, read_value(m, list[i].form, value));
    }
}

/* ---- orders --------------------------------------------------------------------------------------- */

/* price × quantity − discount, to the grosz. */
static bool line_value(const json_t *line, struct decimal *value)
{
    struct decimal quantity, price, discount, hundred = {.digits = 100}, rate;
    const char *q = json_text(line, "quantity", ""), *p = json_text(line, "price_gross", ""),
               *d = json_text(line, "discount_percent", "0");
    if (decimal_parse(q, strlen(q), &quantity, NULL) != STATUS_OK ||
        decimal_parse(p, strlen(p), &price, NULL) != STATUS_OK ||
        decimal_parse(d, strlen(d), &discount, NULL) != STATUS_OK ||
        decimal_subtract(&hundred, &discount, &rate, NULL) != STATUS_OK)
        return false;
    rate.scale = (uint8_t)(rate.scale + 2); /* per cent */
    return decimal_multiply(&price, &rate, 10, &price, NULL) == STATUS_OK &&
           decimal_multiply(&price, &quantity, 2, value, NULL) == STATUS_OK;
}

/* If a file has no total, use the sum of its lines. */
static void add_total(json_t *order)
{
    struct decimal total = {.scale = 2}, value;
    const json_t *line;
    size_t i;
    char text[DECIMAL_TEXT];
    const char *delivery = json_text(json_object_get(order, "delivery"), "price_gross", "0");
    if (json_object_get(order, "total_gross"))
        return;
    json_array_foreach (json_object_get(order, "lines"), i, line)
        if (!line_value(line, &value) || decimal_add(&total, &value, &total, NULL) != STATUS_OK)
            return;
    if (decimal_parse(delivery, strlen(delivery), &value, NULL) != STATUS_OK ||
        decimal_add(&total, &value, &total, NULL) != STATUS_OK)
        return;
    decimal_print(&total, text);
    json_set_text(order, "total_gross", text);
}

/* lines: the elements to read the lines from. */
static json_t *read_order(const struct files_map *m, const json_t *from, const json_t *lines)
{
    json_t *order = json_object(), *list = json_array();
    const json_t *element;
    size_t i;
    take(m, members, COUNT_OF(members), "", from, order);
    json_array_foreach (lines, i, element) {
        json_t *line = json_object();
        take(m, line_members, COUNT_OF(line_members), LINES, element, line);
        json_array_append_new(list, line);
    }
    json_object_set_new(order, "lines", list);
    if (!json_object_get(order, "revision"))
        json_set_number(order, "revision", 1);
    if (!json_object_get(order, "number") && json_object_get(order, "id"))
        json_object_set(order, "number", json_object_get(order, "id"));
    add_total(order);
    return order;
}

/* Rows with the same id are one order; orders are sorted by the first row of each. */
static void from_rows(const struct files_map *m, const json_t *rows, json_t *orders)
{
    const char *path = json_text(m->paths, "id", "id");
    json_t *groups = json_object(), *lines; /* keeps insertion order */
    const json_t *row;
    const char *id;
    size_t i;
    json_array_foreach (rows, i, row) {
        const json_t *value = at_path(row, path);
        id = json_is_string(value) ? json_string_value(value) : "";
        lines = json_object_get(groups, id);
        if (!lines) {
            lines = json_array();
            json_object_set_new(groups, id, lines);
        }
        json_array_append(lines, (json_t *)row);
    }
    json_object_foreach (groups, id, lines)
        json_array_append_new(orders, read_order(m, json_array_get(lines, 0), lines));
    json_decref(groups);
}

static json_t *own_form(const json_t *tree)
{
    const json_t *list = json_object_get(tree, "orders");
    json_t *orders = json_array();
    if (json_is_array(tree) || json_is_array(list))
        json_array_extend(orders, (json_t *)(json_is_array(tree) ? tree : list));
    else
        json_array_append(orders, (json_t *)tree);
    return orders;
}

json_t *files_map_orders(const struct files_map *m, const json_t *tree, bool flat)
{
    const json_t *element;
    size_t i;
    if (!m->paths && !flat)
        return own_form(tree);
    json_t *orders = json_array(), *elements = json_array();
    if (flat)
        from_rows(m, tree, orders);
    else
        all_at_path(tree, json_text(m->paths, "orders", ""), elements);
    json_array_foreach (elements, i, element) {
        json_t *lines = json_array();
        all_at_path(element, json_text(m->paths, "lines", "lines"), lines);
        json_array_append_new(orders, read_order(m, element, lines));
        json_decref(lines);
    }
    json_decref(elements);
    return orders;
}
