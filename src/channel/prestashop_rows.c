#include "channel/prestashop_rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/xml.h"

const struct prestashop_resource prestashop_rows_products = {"products", "product"},
                                 prestashop_rows_combinations = {"combinations", "combination"},
                                 prestashop_rows_stock = {"stock_availables", "stock_available"},
                                 prestashop_rows_orders = {"orders", "order"};

/* Is it an id, digits only? Nothing else may become a part of a path. */
static bool is_plain(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

enum status prestashop_rows_get(struct prestashop *p, const struct prestashop_resource *r,
                                const char *query, json_t **rows, int64_t *retry_after_ms,
                                struct error *e)
{
    struct buf path;
    json_t *tree;
    *rows = NULL;
    buf_init(&path, 32768);
    buf_printf(&path, "/%s?%s", r->many, query);
    enum status status = prestashop_http_get(p, buf_text(&path), &tree, retry_after_ms, e);
    buf_free(&path);
    if (status != STATUS_OK)
        return status;
    if (json_object_get(tree, r->many))
        *rows = xml_list(json_object_get(tree, r->many), r->one);
    json_decref(tree);
    return *rows ? STATUS_OK
                 : error_set(e, STATUS_UNREACHABLE, "shop_answer",
                             "the shop's answer has no list of %s", r->many);
}

enum status prestashop_rows_one(struct prestashop *p, const struct prestashop_resource *r,
                                int64_t id, json_t **row, int64_t *retry_after_ms, struct error *e)
{
    char path[120];
    json_t *tree;
    *row = NULL;
    text_format(path, sizeof path, "/%s/%" PRId64, r->many, id);
    enum status status = prestashop_http_get(p, path, &tree, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    *row = json_incref(json_object_get(tree, r->one));
    json_decref(tree);
    if (prestashop_rows_number(*row, "id") == id)
        return STATUS_OK;
    json_decref(*row);
    *row = NULL;
    return error_set(e, STATUS_UNREACHABLE, "shop_answer", "the shop's answer is of another %s",
                     r->one);
}

/* Remove the rows that we have seen before. */
static void drop_known(json_t *rows, int64_t last)
{
    for (size_t i = json_array_size(rows); i-- > 0;)
        if (prestashop_rows_number(json_array_get(rows, i), "id") <= last)
            json_array_remove(rows, i);
}

enum status prestashop_rows_walk(struct prestashop *p, const struct prestashop_resource *r,
                                 const char *query, int size, struct prestashop_walk *at,
                                 json_t **rows, int64_t *retry_after_ms, struct error *e)
{
    struct buf q;
    if (size < 2)
        size = 2; /* pages overlap by a row: with a single row the walk would never advance */
    for (;;) {
        int64_t start = at->offset > 0 ? at->offset - 1 : 0;
        buf_init(&q, 16384);
        buf_printf(&q, "%s&sort=%%5Bid_ASC%%5D&limit=%" PRId64 ",%d", query, start, size);
        enum status status = prestashop_rows_get(p, r, buf_text(&q), rows, retry_after_ms, e);
        buf_free(&q);
        if (status != STATUS_OK)
            return status;
        size_t count = json_array_size(*rows);
        int64_t first = count ? prestashop_rows_number(json_array_get(*rows, 0), "id") : 0;
        if (start > 0 && (count == 0 || first > at->last)) {
            /* Rows before us were removed and later ones moved forward: go back until we see a
             * known row. */
            json_decref(*rows);
            at->offset = at->offset > size ? at->offset - size : 0;
            continue;
        }
        at->offset = start + (int64_t)count;
        drop_known(*rows, at->last);
        size_t left = json_array_size(*rows);
        if (left || count < (size_t)size) {
            if (left)
                at->last = prestashop_rows_number(json_array_get(*rows, left - 1), "id");
            return STATUS_OK;
        }
        json_decref(*rows); /* all were known: one was added, or we had gone back */
    }
}

static void add_id(struct buf *query, const char *id, size_t *count)
{
    if (is_plain(id))
        buf_printf(query, "%s%s", (*count)++ ? "%7C" : "", id);
}

void prestashop_rows_filter(struct buf *query, const char *name, const json_t *ids)
{
    const char *id;
    json_t *value;
    size_t i, count = 0;
    buf_printf(query, "filter%%5B%s%%5D=%%5B", name);
    json_array_foreach (ids, i, value)
        add_id(query, xml_text(value, ""), &count);
    json_object_foreach ((json_t *)ids, id, value)
        add_id(query, id, &count);
    buf_add_text(query, "%5D");
}

int64_t prestashop_rows_number(const json_t *row, const char *name)
{
    int64_t number;
    return text_to_i64(prestashop_rows_text(row, name), &number) ? number : -1;
}

const char *prestashop_rows_text(const json_t *row, const char *name)
{
    return xml_text(json_object_get(row, name), "");
}

const char *prestashop_rows_language(const json_t *row, const char *name, const char *language)
{
    json_t *list = xml_list(json_object_get(row, name), "language");
    const char *found = "";
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (*language ? text_equal(json_text(one, "@id", ""), language) : i == 0)
            found = xml_text(one, ""); /* the row has it, not the list */
    }
    json_decref(list);
    return json_object_get(json_object_get(row, name), "language")
               ? found
               : prestashop_rows_text(row, name);
}
