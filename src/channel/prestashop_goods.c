#include "channel/prestashop_goods.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

bool prestashop_goods_id(const char *item, struct prestashop_id *id)
{
    char text[CHANNEL_ID], *slash;
    *id = (struct prestashop_id){0};
    if (!item || !text_copy(text, sizeof text, item))
        return false;
    if ((slash = strchr(text, '/'))) {
        *slash = '\0';
        if (!text_to_i64(slash + 1, &id->combination) || id->combination <= 0)
            return false;
    }
    return text_to_i64(text, &id->product) && id->product > 0;
}

void prestashop_goods_name(const struct prestashop_id *id, char item[CHANNEL_ID])
{
    if (id->combination > 0)
        text_format(item, CHANNEL_ID, "%" PRId64 "/%" PRId64, id->product, id->combination);
    else
        text_format(item, CHANNEL_ID, "%" PRId64, id->product);
}

static const char *id_text(char target[24], int64_t id)
{
    text_format(target, 24, "%" PRId64, id);
    return target;
}

static enum status read_combinations(struct prestashop *p, struct prestashop_goods *g,
                                     int64_t *retry_after_ms, struct error *e)
{
    struct buf query;
    json_t *rows, *row;
    size_t i;
    char id[24], product[24];
    buf_init(&query, 16384);
    buf_add_text(&query, "display=%5Bid%2Cid_product%2Creference%2Cean13%2Cprice%5D&");
    prestashop_rows_filter(&query, "id_product", g->products);
    enum status status = prestashop_rows_get(p, &prestashop_rows_combinations, buf_text(&query),
                                             &rows, retry_after_ms, e);
    buf_free(&query);
    if (status != STATUS_OK)
        return status;
    json_array_foreach (rows, i, row) {
        id_text(product, prestashop_rows_number(row, "id_product"));
        if (!json_object_get(g->products, product))
            continue;
        json_t *list = json_object_get(g->combinations, product);
        if (!list) {
            list = json_object();
            json_object_set_new(g->combinations, product, list);
        }
        json_object_set(list, id_text(id, prestashop_rows_number(row, "id")), row);
    }
    json_decref(rows);
    return STATUS_OK;
}

static enum status read_stock(struct prestashop *p, struct prestashop_goods *g,
                              int64_t *retry_after_ms, struct error *e)
{
    struct buf query;
    json_t *rows, *row;
    size_t i;
    buf_init(&query, 16384);
    buf_add_text(&query, "display=full&"); /* whole rows: they are put back */
    prestashop_rows_filter(&query, "id_product", g->products);
    enum status status =
        prestashop_rows_get(p, &prestashop_rows_stock, buf_text(&query), &rows, retry_after_ms, e);
    buf_free(&query);
    if (status != STATUS_OK)
        return status;
    json_array_foreach (rows, i, row) {
        char name[64];
        int64_t combination = prestashop_rows_number(row, "id_product_attribute");
        text_format(name, sizeof name, "%" PRId64 "/%" PRId64,
                    prestashop_rows_number(row, "id_product"), combination > 0 ? combination : 0);
        json_t *list = json_object_get(g->stock, name);
        if (!list) {
            list = json_array();
            json_object_set_new(g->stock, name, list);
        }
        json_array_append(list, row);
    }
    json_decref(rows);
    return STATUS_OK;
}

static void init(struct prestashop_goods *g)
{
    *g = (struct prestashop_goods){json_object(), json_object(), json_object()};
}

static enum status join(struct prestashop *p, const json_t *products, struct prestashop_goods *g,
                        int64_t *retry_after_ms, struct error *e)
{
    const json_t *row;
    char id[24];
    size_t i;
    json_array_foreach (products, i, row)
        if (prestashop_rows_number(row, "id") > 0)
            json_object_set(g->products, id_text(id, prestashop_rows_number(row, "id")),
                            (json_t *)row);
    if (json_object_size(g->products) == 0)
        return STATUS_OK;
    enum status status = read_combinations(p, g, retry_after_ms, e);
    return status == STATUS_OK && p->kind == KIND_STOCK ? read_stock(p, g, retry_after_ms, e)
                                                        : status;
}

enum status prestashop_goods_join(struct prestashop *p, const json_t *products,
                                  struct prestashop_goods *g, int64_t *retry_after_ms,
                                  struct error *e)
{
    init(g);
    return join(p, products, g, retry_after_ms, e);
}

enum status prestashop_goods_read(struct prestashop *p, const json_t *ids,
                                  struct prestashop_goods *g, int64_t *retry_after_ms,
                                  struct error *e)
{
    struct buf query;
    json_t *rows;
    init(g);
    buf_init(&query, 16384);
    buf_add_text(&query, PRESTASHOP_GOODS_FIELDS "&");
    prestashop_rows_filter(&query, "id", ids);
    enum status status = prestashop_rows_get(p, &prestashop_rows_products, buf_text(&query), &rows,
                                             retry_after_ms, e);
    buf_free(&query);
    if (status != STATUS_OK)
        return status;
    status = join(p, rows, g, retry_after_ms, e);
    json_decref(rows);
    return status;
}

void prestashop_goods_free(struct prestashop_goods *g)
{
    json_decref(g->products);
    json_decref(g->combinations);
    json_decref(g->stock);
    *g = (struct prestashop_goods){0};
}

const json_t *prestashop_goods_product(const struct prestashop_goods *g, int64_t id)
{
    char name[24];
    return json_object_get(g->products, id_text(name, id));
}

static const json_t *combinations_of(const struct prestashop_goods *g, int64_t product)
{
    char name[24];
    return json_object_get(g->combinations, id_text(name, product));
}

const json_t *prestashop_goods_row(const struct prestashop_goods *g, const struct prestashop_id *id)
{
    char name[24];
    if (id->combination <= 0)
        return prestashop_goods_product(g, id->product);
    return json_object_get(combinations_of(g, id->product), id_text(name, id->combination));
}

bool prestashop_goods_has_combinations(const struct prestashop_goods *g, int64_t product)
{
    return json_object_size(combinations_of(g, product)) > 0;
}

const json_t *prestashop_goods_stock(const struct prestashop *p, const struct prestashop_goods *g,
                                     const struct prestashop_id *id, bool *several)
{
    char name[64];
    const json_t *own = NULL, *shared = NULL, *row;
    size_t i, shops = 0, groups = 0;
    text_format(name, sizeof name, "%" PRId64 "/%" PRId64, id->product, id->combination);
    json_array_foreach (json_object_get(g->stock, name), i, row) {
        int64_t shop = prestashop_rows_number(row, "id_shop");
        if (shop > 0 && (p->id_shop <= 0 || shop == p->id_shop)) {
            own = row;
            shops++;
        } else if (shop <= 0 && prestashop_rows_number(row, "id_shop_group") > 0) {
            shared = row; /* for all shops of a group */
            groups++;
        } /* a row of neither is lost to the shop: it was written without its shop */
    }
    *several = shops + groups > 1 && !(p->id_shop > 0 && shops == 1);
    return *several ? NULL : own ? own : shared;
}
