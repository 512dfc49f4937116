#include "channel/prestashop_value.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "channel/loose.h"
#include "channel/shop_value.h"
#include "model/decimal.h"
#include "model/gtin.h"

#define PRICE_DIGITS 6
#define NAME_BYTES   600
#define VALUE_HASH   16 /* bytes of the hash of a product's kept members */

/* ---- the shop's terms ----------------------------------------------------------------------- */

static const struct prestashop_resource currencies = {"currencies", "currency"},
                                        configurations = {"configurations", "configuration"};

/* No rows if the key may not read them; that is not an error. */
static enum status rows_if_allowed(struct prestashop *p, const struct prestashop_resource *r,
                                   const char *query, json_t **rows, int64_t *retry_after_ms,
                                   struct error *e)
{
    struct error own = {0};
    enum status status = prestashop_rows_get(p, r, query, rows, retry_after_ms, &own);
    bool unseen = status == STATUS_DENIED || status == STATUS_REFUSED ||
                  status == STATUS_NOT_FOUND || text_equal(own.code, "shop_error");
    if (unseen) {
        *rows = json_array();
        return STATUS_OK;
    }
    if (e && status != STATUS_OK)
        *e = own;
    return status;
}

enum status prestashop_value_terms(struct prestashop *p, int64_t *retry_after_ms, struct error *e)
{
    json_t *active = NULL, *set = NULL, *row;
    const char *chosen;
    size_t i;
    *retry_after_ms = -1;
    if (p->terms_known || p->kind != KIND_PRICES)
        return STATUS_OK;
    enum status status = rows_if_allowed(p, &currencies, "display=full&filter%5Bactive%5D=%5B1%5D",
                                         &active, retry_after_ms, e);
    if (status == STATUS_OK && json_array_size(active) > 1)
        status = rows_if_allowed(p, &configurations,
                                 "display=full&filter%5Bname%5D=%5BPS_CURRENCY_DEFAULT%5D", &set,
                                 retry_after_ms, e);
    if (status == STATUS_OK) {
        chosen = prestashop_rows_text(json_array_get(set, 0), "value");
        json_array_foreach (active, i, row)
            if (json_array_size(active) == 1 || text_equal(prestashop_rows_text(row, "id"), chosen))
                text_copy(p->currency, sizeof p->currency, prestashop_rows_text(row, "iso_code"));
        p->terms_known = true;
    }
    json_decref(active);
    json_decref(set);
    return status;
}

/* ---- a record's value --------------------------------------------------------------------- */

/* A net price in its form: no zeros at the end, but at least two decimals. */
static void print_price(struct decimal d, struct buf *value)
{
    char printed[DECIMAL_TEXT];
    decimal_normalize(&d);
    if (d.scale < 2)
        decimal_round(&d, 2, &d, NULL);
    decimal_print(&d, printed);
    buf_add_text(value, printed);
}

static enum status express_price(const struct prestashop *p, const json_t *data, const char *key,
                                 struct buf *value, struct error *e)
{
    struct decimal d;
    const char *text = json_text(data, "net", ""), *currency = json_text(data, "currency", "");
    if (*currency && p->currency[0] && !text_equal_nocase(currency, p->currency))
        return error_set(e, STATUS_INVALID, "shop_price",
                         "%.200s: the price is in %.10s, the shop sells in %s", key, currency,
                         p->currency);
    if (!*text)
        return error_set(e, STATUS_INVALID, "shop_price",
                         "%.200s: there is no net price, and the shop's prices are net", key);
    if (decimal_parse(text, strlen(text), &d, NULL) != STATUS_OK || d.negative || d.digits == 0)
        return error_set(e, STATUS_INVALID, "shop_price",
                         "%.200s: the price %.40s would give the product away", key, text);
    decimal_normalize(&d);
    if (d.scale > PRICE_DIGITS)
        return error_set(e, STATUS_INVALID, "shop_price",
                         "%.200s: the price %.40s has more than the %d digits after the point that "
                         "the shop keeps",
                         key, text, PRICE_DIGITS);
    print_price(d, value);
    return STATUS_OK;
}

/* The kept members of a product as one word: their hash. name: NULL for a combination, which has
 * none. False: none is kept. */
static bool product_value(const struct prestashop *p, const char *name, const char *ean,
                          struct buf *value)
{
    struct buf b;
    uint8_t hash[CRYPTO_HASH];
    char plain[NAME_BYTES], hex[2 * CRYPTO_HASH + 1];
    bool names = name && shop_value_keeps(p->place->settings, "name"),
         eans = shop_value_keeps(p->place->settings, "ean");
    buf_init(&b, 4096);
    if (names) {
        text_copy(plain, sizeof plain, name);
        buf_printf(&b, "name=%s\n", text_trim(plain));
    }
    if (eans && *ean) {
        buf_add_text(&b, "ean=");
        shop_value_ean(&b, ean);
    }
    crypto_sha256(buf_text(&b), b.length, hash);
    crypto_hex(hex, hash, VALUE_HASH);
    if (names || eans)
        buf_add_text(value, hex);
    buf_free(&b);
    return names || eans;
}

enum status prestashop_value_express(const struct prestashop *p,
                                     const struct channel_record *record, struct buf *value,
                                     struct error *e)
{
    bool gone = text_equal(record->op, "delete");
    enum status status = STATUS_END;
    if (gone && p->kind != KIND_STOCK)
        return STATUS_END; /* prices and products of the shop stay as they are */
    if (gone) {
        buf_add_text(value, "0"); /* the ERP no longer has it */
        return STATUS_OK;
    }
    json_t *data = json_parse(record->data, record->length, e);
    if (!data)
        return STATUS_INVALID;
    const char *sku = json_text(data, "sku", ""), *name = *sku ? sku : record->key;
    if (p->kind == KIND_STOCK) {
        status = shop_value_pieces(data, name, value, e);
    } else if (p->kind == KIND_PRICES) {
        status = express_price(p, data, name, value, e);
    } else if (p->kind == KIND_PRODUCTS) {
        bool combination = record->item && strchr(record->item, '/');
        bool kept = product_value(p, combination ? NULL : json_text(data, "name", ""),
                                  json_text(data, "ean", ""), value);
        status = kept ? STATUS_OK : STATUS_END;
    }
    json_decref(data);
    return status;
}

/* ---- the shop's value -------------------------------------------------------------------- */

/* A combination's price is its product's price plus its own impact on it. */
static bool price_of(const struct prestashop_goods *g, const struct prestashop_id *id,
                     struct decimal *price)
{
    struct decimal impact = {0};
    const json_t *row = prestashop_goods_product(g, id->product);
    if (!*prestashop_rows_text(row, "price") ||
        !loose_decimal_of(json_object_get(row, "price"), price))
        return false;
    if (id->combination <= 0)
        return true;
    row = prestashop_goods_row(g, id);
    return loose_decimal_of(json_object_get(row, "price"), &impact) &&
           decimal_add(price, &impact, price, NULL) == STATUS_OK;
}

bool prestashop_value_shown(const struct prestashop *p, const struct prestashop_goods *g,
                            const struct prestashop_id *id, struct buf *value)
{
    struct decimal price;
    bool several;
    const json_t *row = prestashop_goods_row(g, id), *stock;
    if (!row)
        return false;
    switch (p->kind) {
    case KIND_STOCK:
        stock = prestashop_goods_stock(p, g, id, &several);
        buf_printf(value, "%.40s", prestashop_rows_text(stock, "quantity"));
        return value->length > 0;
    case KIND_PRICES:
        if (!price_of(g, id, &price))
            return false;
        print_price(price, value);
        return true;
    case KIND_PRODUCTS:
        return product_value(p,
                             id->combination > 0
                                 ? NULL
                                 : prestashop_rows_language(
                                       row, "name", json_text(p->place->settings, "language", "")),
                             prestashop_rows_text(row, "ean13"), value);
    default: return false;
    }
}

const char *prestashop_value_obstacle(const struct prestashop *p, const struct prestashop_goods *g,
                                      const struct prestashop_id *id)
{
    bool several;
    if (p->kind != KIND_STOCK && p->kind != KIND_PRICES)
        return NULL;
    if (id->combination <= 0 && prestashop_goods_has_combinations(g, id->product))
        return p->kind == KIND_STOCK ? "shop_parent" : "shop_variations";
    if (p->kind == KIND_PRICES)
        return NULL;
    if (prestashop_goods_stock(p, g, id, &several))
        return NULL;
    return several ? "shop_settings" : "shop_stock_off";
}

enum status prestashop_value_refused(const char *obstacle, const char *key, struct error *e)
{
    if (text_equal(obstacle, "shop_parent"))
        error_set(e, STATUS_REFUSED, obstacle,
                  "%.200s: the shop's product has combinations, and its stock is their sum", key);
    else if (text_equal(obstacle, "shop_variations"))
        error_set(e, STATUS_REFUSED, obstacle,
                  "%.200s: the shop's product has combinations, and their prices hang on its own",
                  key);
    else if (text_equal(obstacle, "shop_settings"))
        return error_set(
            e, STATUS_REFUSED, obstacle,
            "%.200s: the shop keeps a stock of it for each of several shops, and nobody "
            "said which one is meant (id_shop)",
            key);
    else {
        error_set(e, STATUS_REFUSED, obstacle, "%.200s: the shop has no row of stock for it", key);
        return error_remedy(
            e, "Open the product in the shop's back office, give it a quantity, and save it.");
    }
    return error_remedy(e, "Give each combination the reference of what is sold.");
}

/* ---- which product, and its change ---------------------------------------------------------- */

bool prestashop_value_same(const char *a, const char *b)
{
    struct buf x, y;
    buf_init(&x, 4096);
    buf_init(&y, 4096);
    text_case(&x, a, strlen(a), false);
    text_case(&y, b, strlen(b), false);
    buf_add_byte(&x, '\0');
    buf_add_byte(&y, '\0');
    bool same = !x.failed && !y.failed && text_equal(text_trim(x.data), text_trim(y.data));
    buf_free(&x);
    buf_free(&y);
    return same;
}

bool prestashop_value_meant(const struct prestashop *p, const json_t *data, const json_t *row)
{
    const char *wanted = json_text(data, "sku", "");
    const char *shown = prestashop_rows_text(row, p->ean ? "ean13" : "reference");
    if (!*wanted)
        return true; /* a deletion, which has none */
    return prestashop_value_same(wanted, shown) || (p->ean && gtin_same(wanted, shown));
}

/* Change the name in one language and keep the other languages. */
static json_t *renamed(const struct prestashop *p, const json_t *row, const char *name)
{
    const char *language = json_text(p->place->settings, "language", "");
    json_t *list = xml_list(json_object_get(row, "name"), "language"), *texts = json_array(), *one;
    size_t i;
    if (json_array_size(list) == 0) {
        json_decref(list);
        json_decref(texts);
        return json_string(name);
    }
    json_array_foreach (list, i, one) {
        const char *id = json_text(one, "@id", "");
        bool ours = *language ? text_equal(id, language) : i == 0;
        json_t *text = json_object();
        json_set_text(text, "@id", id);
        json_set_text(text, "#", ours ? name : xml_text(one, ""));
        json_array_append_new(texts, text);
    }
    json_decref(list);
    json_t *value = json_object();
    json_object_set_new(value, "language", texts);
    return value;
}

static json_t *price_change(const struct prestashop_goods *g, const struct prestashop_id *id,
                            const char *value)
{
    struct decimal wanted, base;
    const struct prestashop_id product = {id->product, 0};
    struct buf text;
    if (decimal_parse(value, strlen(value), &wanted, NULL) != STATUS_OK)
        return NULL;
    if (id->combination > 0 && (!price_of(g, &product, &base) ||
                                decimal_subtract(&wanted, &base, &wanted, NULL) != STATUS_OK))
        return NULL;
    json_t *change = json_object();
    buf_init(&text, DECIMAL_TEXT);
    print_price(wanted, &text);
    json_set_text(change, "price", buf_text(&text));
    buf_free(&text);
    return change;
}

json_t *prestashop_value_change(const struct prestashop *p, const struct prestashop_goods *g,
                                const struct prestashop_id *id, const json_t *data,
                                const char *value)
{
    const char *ean = json_text(data, "ean", "");
    if (p->kind == KIND_PRICES)
        return price_change(g, id, value);
    json_t *change = json_object();
    if (p->kind == KIND_STOCK) {
        json_set_text(change, "quantity", value);
        return change;
    }
    if (id->combination <= 0 && shop_value_keeps(p->place->settings, "name"))
        json_object_set_new(change, "name",
                            renamed(p, prestashop_goods_row(g, id), json_text(data, "name", "")));
    if (shop_value_keeps(p->place->settings, "ean"))
        json_set_text(change, "ean13", ean); /* "" too: what is kept is as the ERP has it */
    return change;
}
