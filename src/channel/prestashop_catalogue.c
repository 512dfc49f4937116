#include "channel/prestashop_catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/prestashop_goods.h"
#include "channel/prestashop_value.h"

#define LIST      2000 /* the most rows of a list to choose from */
#define LIST_PAGE 100

/* Who gets a page. */
struct giving {
    struct prestashop *p;
    const struct prestashop_goods *goods;
    void (*item)(void *user, const struct channel_item *item);
    void *user;
};

static void give(const struct giving *g, const struct prestashop_id *id)
{
    char name[CHANNEL_ID], title[400];
    struct buf value;
    const json_t *row = prestashop_goods_row(g->goods, id);
    const char *reference = prestashop_rows_text(row, "reference");
    prestashop_goods_name(id, name);
    text_format(title, sizeof title, "%.300s%s%.64s",
                prestashop_rows_language(prestashop_goods_product(g->goods, id->product), "name",
                                         json_text(g->p->place->settings, "language", "")),
                id->combination > 0 ? " / " : "", id->combination > 0 ? reference : "");
    buf_init(&value, CHANNEL_VALUE);
    bool said = prestashop_value_shown(g->p, g->goods, id, &value) && !value.failed;
    struct channel_item item = {.id = name,
                                .sku = reference,
                                .ean = prestashop_rows_text(row, "ean13"),
                                .name = title,
                                .value = said ? buf_text(&value) : NULL,
                                .obstacle = prestashop_value_obstacle(g->p, g->goods, id)};
    g->item(g->user, &item);
    buf_free(&value);
}

static void give_product(const struct giving *g, int64_t product)
{
    char name[24];
    const char *combination;
    json_t *row;
    struct prestashop_id id = {product, 0};
    give(g, &id);
    text_format(name, sizeof name, "%" PRId64, product);
    json_object_foreach (json_object_get(g->goods->combinations, name), combination, row) {
        id.combination = prestashop_rows_number(row, "id");
        if (id.combination > 0)
            give(g, &id);
    }
}

enum status prestashop_catalogue(struct prestashop *p, const char *page,
                                 void (*item)(void *user, const struct channel_item *item),
                                 void *user, struct buf *next, int64_t *retry_after_ms,
                                 struct error *e)
{
    struct prestashop_walk at = {0};
    struct prestashop_goods goods;
    json_t *rows, *row;
    size_t i;
    if (*page && (sscanf(page, "%" SCNd64 " %" SCNd64, &at.offset, &at.last) != 2 ||
                  at.offset < 0 || at.last < 0))
        return error_set(e, STATUS_INVALID, "shop_settings",
                         "\"%.60s\" is not a page of a "
                         "catalogue",
                         page);
    enum status status = prestashop_value_terms(p, retry_after_ms, e);
    if (status == STATUS_OK)
        status = prestashop_rows_walk(p, &prestashop_rows_products, PRESTASHOP_GOODS_FIELDS,
                                      PRESTASHOP_PAGE, &at, &rows, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    status = prestashop_goods_join(p, rows, &goods, retry_after_ms, e);
    if (status == STATUS_OK) {
        const struct giving g = {p, &goods, item, user};
        json_array_foreach (rows, i, row)
            if (prestashop_rows_number(row, "id") > 0)
                give_product(&g, prestashop_rows_number(row, "id"));
        if (json_array_size(rows))
            buf_printf(next, "%" PRId64 " %" PRId64, at.offset, at.last);
    }
    prestashop_goods_free(&goods);
    json_decref(rows);
    return status;
}

/* ---- lists to choose from ------------------------------------------------------------------- */

static void add_choice(struct prestashop *p, json_t *list, const json_t *row)
{
    const char *name =
        prestashop_rows_language(row, "name", json_text(p->place->settings, "language", ""));
    json_t *choice = json_object();
    json_set_text(choice, "id", prestashop_rows_text(row, "id"));
    json_set_text(choice, "name", *name ? name : prestashop_rows_language(row, "name", ""));
    json_array_append_new(list, choice);
}

static bool is_deleted(const json_t *row)
{
    return text_equal(prestashop_rows_text(row, "deleted"), "1");
}

enum status prestashop_catalogue_lookup(struct prestashop *p, const char *list, json_t **rows,
                                        int64_t *retry_after_ms, struct error *e)
{
    static const struct {
        const char *list;
        struct prestashop_resource resource;
    } lists[] = {{"statuses", {"order_states", "order_state"}},
                 {"tax-classes", {"tax_rule_groups", "tax_rule_group"}},
                 {"categories", {"categories", "category"}},
                 {"languages", {"languages", "language"}}};
    const struct prestashop_resource *resource = NULL;
    struct prestashop_walk at = {0};
    json_t *answer, *row;
    size_t i, count = 0;
    *rows = NULL;
    *retry_after_ms = -1;
    for (i = 0; i < COUNT_OF(lists); i++)
        if (text_equal(lists[i].list, list))
            resource = &lists[i].resource;
    if (!resource)
        return error_set(e, STATUS_NOT_FOUND, "channel_no_list", "PrestaShop has no list \"%.40s\"",
                         list);
    json_t *choices = json_array();
    enum status status;
    do {
        status = prestashop_rows_walk(p, resource, "display=full", LIST_PAGE, &at, &answer,
                                      retry_after_ms, e);
        if (status != STATUS_OK)
            break;
        count = json_array_size(answer);
        json_array_foreach (answer, i, row)
            if (!is_deleted(row))
                add_choice(p, choices, row);
        json_decref(answer);
    } while (count > 0 && json_array_size(choices) < LIST);
    if (status == STATUS_OK)
        *rows = choices;
    else
        json_decref(choices);
    return status;
}
