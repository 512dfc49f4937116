#include "channel/woocommerce_catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/woocommerce_value.h"

#define PARENTS \
    10 /* products with variations a page, if variations are asked for one product at a time */
#define LIST 2000 /* the most rows of a list to choose from */

enum status woocommerce_catalogue_rows(struct woocommerce *w, const char *path, int size,
                                       struct woocommerce_walk *at, json_t **rows,
                                       int64_t *retry_after_ms, struct error *e)
{
    char call[512];
    if (size < 2)
        size = 2; /* pages overlap by a row: with a single row the walk would never advance */
    for (;;) {
        int64_t start = at->offset > 0 ? at->offset - 1 : 0;
        text_format(call, sizeof call, "%s&orderby=id&order=asc&per_page=%d&offset=%" PRId64, path,
                    size, start);
        enum status status = woocommerce_http_get(w, call, rows, retry_after_ms, e);
        if (status != STATUS_OK)
            return status;
        size_t count = json_array_size(*rows);
        int64_t first = count ? woocommerce_http_number(json_array_get(*rows, 0), "id") : 0;
        if (start > 0 && (count == 0 || first > at->last)) {
            /* Rows before us were removed and later ones moved forward: go back until we see a
             * known row. */
            json_decref(*rows);
            at->offset = at->offset > size ? at->offset - size : 0;
            continue;
        }
        at->offset = start + (int64_t)count;
        while (json_array_size(*rows) &&
               woocommerce_http_number(json_array_get(*rows, 0), "id") <= at->last)
            json_array_remove(*rows, 0);
        if (json_array_size(*rows) || count < (size_t)size) {
            if (json_array_size(*rows))
                at->last = woocommerce_http_number(
                    json_array_get(*rows, json_array_size(*rows) - 1), "id");
            return STATUS_OK;
        }
        json_decref(*rows); /* all were known: one was added, or we had gone back */
    }
}

/* Who gets a page. */
struct giving {
    struct woocommerce *w;
    void (*item)(void *user, const struct channel_item *item);
    void *user;
};

static void give(const struct giving *g, const json_t *product)
{
    char id[CHANNEL_ID], name[400];
    struct buf value;
    int64_t number = woocommerce_http_number(product, "id"),
            parent = woocommerce_http_number(product, "parent_id");
    bool variation = text_equal(woocommerce_http_text(product, "type"), "variation");
    if (number <= 0)
        return;
    if (variation && parent > 0)
        text_format(id, sizeof id, "%" PRId64 "/%" PRId64, parent, number);
    else
        text_format(id, sizeof id, "%" PRId64, number);
    woocommerce_http_plain(name, sizeof name, woocommerce_http_text(product, "name"));
    buf_init(&value, CHANNEL_VALUE);
    bool said = woocommerce_value_shown(g->w, product, &value) && !value.failed;
    struct channel_item item = {.id = id,
                                .sku = woocommerce_http_text(product, "sku"),
                                .ean = woocommerce_http_text(product, "global_unique_id"),
                                .name = name,
                                .value = said ? buf_text(&value) : NULL,
                                .obstacle = woocommerce_value_obstacle(g->w, product)};
    g->item(g->user, &item);
    buf_free(&value);
}

static void give_all(const struct giving *g, const json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row)
        give(g, row);
}

/* The variations of one product. They may not name their product: older versions leave parent_id
 * out. */
static enum status give_variations(const struct giving *g, int64_t parent, int64_t *retry_after_ms,
                                   struct error *e)
{
    struct woocommerce_walk at = {0};
    char path[200];
    size_t i, count;
    json_t *rows, *row;
    text_format(path, sizeof path, "/products/%" PRId64 "/variations?" WOOCOMMERCE_FIELDS, parent);
    do {
        enum status status =
            woocommerce_catalogue_rows(g->w, path, WOOCOMMERCE_PAGE, &at, &rows, retry_after_ms, e);
        if (status == STATUS_NOT_FOUND && text_equal(e->code, "shop_gone"))
            return STATUS_OK; /* the product was deleted in the meantime */
        if (status != STATUS_OK)
            return status;
        count = json_array_size(rows);
        json_array_foreach (rows, i, row) {
            json_set_number(row, "parent_id", parent);
            json_set_text(row, "type", "variation");
            give(g, row);
        }
        json_decref(rows);
    } while (count > 0);
    return STATUS_OK;
}

static enum status page_of_parents(const struct giving *g, struct woocommerce_walk *at,
                                   size_t *count, int64_t *retry_after_ms, struct error *e)
{
    json_t *rows, *row;
    size_t i;
    enum status status = woocommerce_catalogue_rows(g->w, "/products?type=variable&_fields=id",
                                                    PARENTS, at, &rows, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    *count = json_array_size(rows);
    json_array_foreach (rows, i, row)
        if (status == STATUS_OK)
            status = give_variations(g, woocommerce_http_number(row, "id"), retry_after_ms, e);
    json_decref(rows);
    return status;
}

static enum status page_of_rows(const struct giving *g, const char *path,
                                struct woocommerce_walk *at, size_t *count, int64_t *retry_after_ms,
                                struct error *e)
{
    json_t *rows;
    enum status status =
        woocommerce_catalogue_rows(g->w, path, WOOCOMMERCE_PAGE, at, &rows, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    *count = json_array_size(rows);
    give_all(g, rows);
    json_decref(rows);
    return STATUS_OK;
}

enum status woocommerce_catalogue(struct woocommerce *w, const char *page,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, struct buf *next, int64_t *retry_after_ms,
                                  struct error *e)
{
    static const char *const phases[] = {"products", "variations", "parents"};
    const struct giving g = {w, item, user};
    struct woocommerce_walk at = {0};
    struct error own = {0}, *told = e ? e : &own;
    char word[16] = "products";
    size_t count = 0;
    if (*page && sscanf(page, "%15s %" SCNd64 " %" SCNd64, word, &at.offset, &at.last) != 3)
        return error_set(e, STATUS_INVALID, "shop_settings",
                         "\"%.60s\" is not a page of a "
                         "catalogue",
                         page);
    enum status status = woocommerce_terms_load(w, retry_after_ms, told);
    if (status != STATUS_OK)
        return status;
    if (text_equal(word, "parents"))
        status = page_of_parents(&g, &at, &count, retry_after_ms, told);
    else if (text_equal(word, "variations"))
        status =
            page_of_rows(&g, "/variations?" WOOCOMMERCE_FIELDS, &at, &count, retry_after_ms, told);
    else
        status =
            page_of_rows(&g, "/products?" WOOCOMMERCE_FIELDS, &at, &count, retry_after_ms, told);
    if (status == STATUS_NOT_FOUND && text_equal(word, "variations") &&
        text_equal(told->code, "shop_no_rest")) {
        buf_add_text(next, "parents 0 0"); /* an older version: the variations of each product */
        error_clear(told);
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    if (count > 0)
        buf_printf(next, "%s %" PRId64 " %" PRId64, word, at.offset, at.last);
    else if (text_equal(word, phases[0]))
        buf_printf(next, "%s 0 0", phases[1]);
    return STATUS_OK;
}

/* ---- lists to choose from ------------------------------------------------------------------- */

static void add_choice(json_t *list, const char *id, const char *name)
{
    char plain[200];
    json_t *row = json_object();
    woocommerce_http_plain(plain, sizeof plain, name);
    json_set_text(row, "id", id);
    json_set_text(row, "name", plain);
    json_array_append_new(list, row);
}

static enum status all_categories(struct woocommerce *w, json_t *list, int64_t *retry_after_ms,
                                  struct error *e)
{
    struct woocommerce_walk at = {0};
    size_t i, count;
    json_t *rows, *row;
    do {
        enum status status =
            woocommerce_catalogue_rows(w, "/products/categories?_fields=id,name", WOOCOMMERCE_PAGE,
                                       &at, &rows, retry_after_ms, e);
        if (status != STATUS_OK)
            return status;
        count = json_array_size(rows);
        json_array_foreach (rows, i, row) {
            char id[24];
            text_format(id, sizeof id, "%" PRId64, woocommerce_http_number(row, "id"));
            add_choice(list, id, woocommerce_http_text(row, "name"));
        }
        json_decref(rows);
    } while (count > 0 && json_array_size(list) < LIST);
    return STATUS_OK;
}

enum status woocommerce_catalogue_lookup(struct woocommerce *w, const char *list, json_t **rows,
                                         int64_t *retry_after_ms, struct error *e)
{
    static const char *const paths[][2] = {{"statuses", "/reports/orders/totals"},
                                           {"tax-classes", "/taxes/classes"}};
    const char *path = NULL;
    json_t *answer, *row;
    size_t i;
    *rows = NULL;
    *retry_after_ms = -1;
    for (i = 0; i < COUNT_OF(paths); i++)
        if (text_equal(paths[i][0], list))
            path = paths[i][1];
    json_t *choices = json_array();
    enum status status = STATUS_OK;
    if (path && (status = woocommerce_http_get(w, path, &answer, retry_after_ms, e)) == STATUS_OK) {
        json_array_foreach (answer, i, row)
            if (*woocommerce_http_text(row, "slug"))
                add_choice(choices, woocommerce_http_text(row, "slug"),
                           woocommerce_http_text(row, "name"));
        json_decref(answer);
    } else if (!path && text_equal(list, "categories")) {
        status = all_categories(w, choices, retry_after_ms, e);
    } else if (!path) {
        status = error_set(e, STATUS_NOT_FOUND, "channel_no_list",
                           "WooCommerce has no list \"%.40s\"", list);
    }
    if (status == STATUS_OK)
        *rows = choices;
    else
        json_decref(choices);
    return status;
}
