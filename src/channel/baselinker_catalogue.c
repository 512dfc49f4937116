#include "channel/baselinker_catalogue.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "channel/loose.h"
#include "model/decimal.h"

#define PAGES_MOST  20000
#define PRICE_SCALE 2

const char *baselinker_catalogue_id(const char *item)
{
    const char *line = strchr(item, '/');
    return line ? line + 1 : item;
}

/* ---- a record in the shop's form ---------------------------------------------------------- */

static void print_pieces(struct decimal d, struct buf *value)
{
    char text[DECIMAL_TEXT];
    decimal_floor(&d);
    decimal_print(&d, text);
    buf_add_text(value, text);
}

static enum status stock_value(const json_t *data, struct buf *value, struct error *e)
{
    const char *text = json_text(data, "available", "");
    struct decimal d;
    enum status status = decimal_parse(text, strlen(text), &d, e);
    if (status == STATUS_OK)
        print_pieces(d, value);
    return status;
}

/* Print at least two decimals, so that "19.9" and "19.90" are equal. */
static enum status print_price(struct decimal *d, struct buf *value, struct error *e)
{
    char text[DECIMAL_TEXT];
    decimal_normalize(d);
    enum status status = d->scale < PRICE_SCALE ? decimal_round(d, PRICE_SCALE, d, e) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    decimal_print(d, text);
    buf_add_text(value, text);
    return STATUS_OK;
}

static enum status price_value(const json_t *data, struct buf *value, struct error *e)
{
    const char *text = json_text(data, "gross", NULL);
    struct decimal d;
    if (!text) {
        error_set(e, STATUS_INVALID, "shop_price",
                  "BaseLinker needs gross prices, and this one has none");
        return error_remedy(
            e, "Leave the scenario's option send at both or gross, and choose a price level for "
               "which the ERP has gross prices.");
    }
    enum status status = decimal_parse(text, strlen(text), &d, e);
    if (status != STATUS_OK)
        return status;
    decimal_normalize(&d);
    if (d.scale > PRICE_SCALE) {
        error_set(e, STATUS_INVALID, "shop_price", "the price %.48s has more than two decimals",
                  text);
        return error_remedy(e, "Round it in the ERP, or with the scenario's option rate.");
    }
    return print_price(&d, value, e);
}

enum status baselinker_catalogue_value(const struct baselinker_shop *s, const json_t *data,
                                       char place[BASELINKER_PLACE], struct buf *value,
                                       struct error *e)
{
    enum status status = s->kind == KIND_STOCK ? baselinker_shop_warehouse(s, data, place, e)
                                               : baselinker_shop_price_group(s, data, place, e);
    if (status != STATUS_OK)
        return status;
    return s->kind == KIND_STOCK ? stock_value(data, value, e) : price_value(data, value, e);
}

enum status baselinker_catalogue_express(struct baselinker_shop *s,
                                         const struct channel_record *record, struct buf *value,
                                         struct error *e)
{
    char place[BASELINKER_PLACE];
    if ((s->kind != KIND_STOCK && s->kind != KIND_PRICES) || record->length == 0)
        return STATUS_END;
    json_t *data = json_parse(record->data, record->length, e);
    if (!data)
        return STATUS_INVALID;
    enum status status = baselinker_catalogue_value(s, data, place, value, e);
    json_decref(data);
    if (status == STATUS_OK && !text_equal(place, s->target)) {
        buf_reset(value);
        return STATUS_END;
    }
    return status;
}

/* ---- the catalogue ------------------------------------------------------------------------------- */

/* The value in the target; false: the shop does not say, or the value cannot be read. */
static bool value_of(const struct baselinker_shop *s, const json_t *product, struct buf *value)
{
    const json_t *map = loose_object(product, s->kind == KIND_STOCK ? "stock" : "prices");
    struct decimal d;
    if (!s->target[0] || !loose_decimal(map, s->target, &d))
        return false;
    if (s->kind == KIND_STOCK) {
        print_pieces(d, value);
        return true;
    }
    return json_object_get(map, s->target) && print_price(&d, value, NULL) == STATUS_OK;
}

static bool is_id(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 20 && text[digits] == '\0' && !text_equal(text, "0");
}

size_t baselinker_catalogue_items(const struct baselinker_shop *s, const json_t *answer,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, char first[CHANNEL_ID])
{
    const char *key;
    json_t *product;
    size_t rows = 0;
    struct buf value;
    buf_init(&value, 2 * DECIMAL_TEXT);
    *first = '\0';
    json_object_foreach (loose_object(answer, "products"), key, product) {
        const char *parent = loose_text(product, "parent_id");
        char id[CHANNEL_ID];
        if (rows++ == 0)
            text_copy(first, CHANNEL_ID, key);
        if (!is_id(key) || !json_is_object(product))
            continue;
        text_format(id, sizeof id, "%s%s%s", is_id(parent) ? parent : "", is_id(parent) ? "/" : "",
                    key);
        buf_reset(&value);
        bool said = value_of(s, product, &value);
        const struct channel_item it = {.id = id,
                                        .sku = loose_text(product, "sku"),
                                        .ean = loose_text(product, "ean"),
                                        .name = loose_text(product, "name"),
                                        .value = said ? buf_text(&value) : NULL};
        item(user, &it);
    }
    buf_free(&value);
    return rows;
}

enum status baselinker_catalogue_page(struct baselinker_shop *s, const char *page,
                                      void (*item)(void *user, const struct channel_item *item),
                                      void *user, struct buf *next, int64_t *retry_after_ms,
                                      struct error *e)
{
    long number = 1;
    char parameters[160], first[CHANNEL_ID];
    json_t *answer = NULL;
    if (*page && !text_to_long(page, 2, PAGES_MOST, &number))
        return error_set(e, STATUS_INVALID, "shop_answer",
                         "\"%.40s\" is not a page of the "
                         "catalogue",
                         page);
    text_format(parameters, sizeof parameters,
                "{\"inventory_id\":%s,\"page\":%ld,\"include_variants\":true}", s->inventory,
                number);
    enum status status = baselinker_call(&s->link, "getInventoryProductsList", parameters, &answer,
                                         retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    size_t rows = baselinker_catalogue_items(s, answer, item, user, first);
    json_decref(answer);
    if (number > 1 && rows && text_equal(first, s->page_first))
        return error_set(e, STATUS_UNREACHABLE, "shop_answer",
                         "BaseLinker gave the same page of the catalogue twice");
    text_copy(s->page_first, sizeof s->page_first, first);
    if (rows >= BASELINKER_PAGE && number < PAGES_MOST)
        buf_printf(next, "%ld", number + 1);
    return STATUS_OK;
}
