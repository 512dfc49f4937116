#include "channel/woocommerce_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/shop_value.h"
#include "model/decimal.h"
#include "model/gtin.h"

#define NAME_MAX_BYTES 600
#define VALUE_HASH     16 /* bytes of the hash of a product's kept members */

/* ---- the shop's terms ----------------------------------------------------------------------- */

/* A group of settings as an array of {"id","value"}; none if the key may not read it. */
static enum status settings_group(struct woocommerce *w, const char *path, json_t **rows,
                                  int64_t *retry_after_ms, struct error *e)
{
    enum status status = woocommerce_http_get(w, path, rows, retry_after_ms, e);
    if (status == STATUS_DENIED || status == STATUS_NOT_FOUND || status == STATUS_REFUSED)
        return STATUS_OK;
    return status;
}

static const char *setting(const json_t *rows, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row)
        if (text_equal(woocommerce_http_text(row, "id"), id))
            return woocommerce_http_text(row, "value");
    return "";
}

static int yes_or_no(const char *word)
{
    return text_equal(word, "yes") ? 1 : text_equal(word, "no") ? 0 : -1;
}

enum status woocommerce_terms_load(struct woocommerce *w, int64_t *retry_after_ms, struct error *e)
{
    struct woocommerce_terms *t = &w->terms;
    json_t *general = NULL, *tax = NULL, *products = NULL;
    long decimals = 2;
    *retry_after_ms = -1;
    if (t->fresh)
        return STATUS_OK;
    enum status status =
        settings_group(w, "/settings/general?_fields=id,value", &general, retry_after_ms, e);
    if (status == STATUS_OK && general)
        status = settings_group(w, "/settings/tax?_fields=id,value", &tax, retry_after_ms, e);
    if (status == STATUS_OK && general)
        status =
            settings_group(w, "/settings/products?_fields=id,value", &products, retry_after_ms, e);
    if (status == STATUS_OK) {
        const char *text = setting(general, "woocommerce_price_num_decimals");
        text_copy(t->currency, sizeof t->currency, setting(general, "woocommerce_currency"));
        t->decimals = text_to_long(text, 0, 6, &decimals) ? (int)decimals : 2;
        t->gross = yes_or_no(setting(tax, "woocommerce_prices_include_tax"));
        if (text_equal(setting(general, "woocommerce_calc_taxes"), "no"))
            t->gross = 1; /* no taxes are computed: the entered price is what a buyer pays */
        t->stock = yes_or_no(setting(products, "woocommerce_manage_stock"));
        t->known = t->fresh = true;
    }
    json_decref(general);
    json_decref(tax);
    json_decref(products);
    return status;
}

void woocommerce_terms_print(const struct woocommerce_terms *t, struct buf *mark)
{
    buf_printf(mark, "1 %s %d %d %d", t->currency[0] ? t->currency : "-", t->decimals, t->gross,
               t->stock);
}

void woocommerce_terms_read(struct woocommerce_terms *t, const char *mark)
{
    char currency[8];
    *t = (struct woocommerce_terms){.gross = -1, .stock = -1, .decimals = 2};
    if (sscanf(mark, "1 %7s %d %d %d", currency, &t->decimals, &t->gross, &t->stock) != 4 ||
        t->decimals < 0 || t->decimals > 6) {
        *t = (struct woocommerce_terms){.gross = -1, .stock = -1, .decimals = 2};
        return;
    }
    if (!text_equal(currency, "-"))
        text_copy(t->currency, sizeof t->currency, currency);
    t->known = true;
}

int woocommerce_terms_gross(const struct woocommerce *w)
{
    const char *said = json_text(w->place->settings, "prices", "auto");
    return text_equal(said, "gross") ? 1 : text_equal(said, "net") ? 0 : w->terms.gross;
}

/* ---- a record's value --------------------------------------------------------------------- */

static enum status express_price(const struct woocommerce *w, const json_t *data, const char *key,
                                 struct buf *value, struct error *e)
{
    struct decimal d;
    char printed[DECIMAL_TEXT];
    int gross = woocommerce_terms_gross(w);
    if (!w->terms.known || gross < 0)
        return STATUS_END;
    const char *text = woocommerce_http_text(data, gross ? "gross" : "net"),
               *currency = woocommerce_http_text(data, "currency");
    if (*currency && w->terms.currency[0] && !text_equal_nocase(currency, w->terms.currency))
        return error_set(e, STATUS_INVALID, "shop_price",
                         "%.200s: the price is in %.10s, the shop sells in %s", key, currency,
                         w->terms.currency);
    if (!*text)
        return error_set(
            e, STATUS_INVALID, "shop_price",
            gross ? N_("%.200s: there is no gross price, and the shop's prices are gross")
                  : N_("%.200s: there is no net price, and the shop's prices are net"),
            key);
    if (decimal_parse(text, strlen(text), &d, NULL) != STATUS_OK || d.negative || d.digits == 0)
        return error_set(e, STATUS_INVALID, "shop_price",
                         "%.200s: the price %.40s would give the product away", key, text);
    decimal_normalize(&d);
    if (d.scale > (unsigned)w->terms.decimals)
        return error_set(
            e, STATUS_INVALID, "shop_price",
            "%.200s: the price %.40s has more than the %d decimals that the shop shows", key, text,
            w->terms.decimals);
    decimal_round(&d, (unsigned)w->terms.decimals, &d, NULL);
    decimal_print(&d, printed);
    buf_add_text(value, printed);
    return STATUS_OK;
}

/* The kept members of a product as one word: their hash. False: none is kept. */
static bool product_value(const struct woocommerce *w, const char *name, const char *ean,
                          struct buf *value)
{
    struct buf b;
    uint8_t hash[CRYPTO_HASH];
    char plain[NAME_MAX_BYTES], hex[2 * CRYPTO_HASH + 1];
    bool names = shop_value_keeps(w->place->settings, "name"),
         eans = shop_value_keeps(w->place->settings, "ean");
    buf_init(&b, 4096);
    if (names) {
        woocommerce_http_plain(plain, sizeof plain, name);
        buf_printf(&b, "name=%s\n", plain);
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

enum status woocommerce_value_express(struct woocommerce *w, const struct channel_record *record,
                                      struct buf *value, struct error *e)
{
    bool gone = text_equal(record->op, "delete");
    enum status status = STATUS_END;
    if (gone && w->kind != KIND_STOCK)
        return STATUS_END; /* prices and products of the shop stay as they are */
    if (gone) {
        buf_add_text(value, "0"); /* the ERP no longer has it */
        return STATUS_OK;
    }
    json_t *data = json_parse(record->data, record->length, e);
    if (!data)
        return STATUS_INVALID;
    const char *name =
        *woocommerce_http_text(data, "sku") ? woocommerce_http_text(data, "sku") : record->key;
    if (w->kind == KIND_STOCK) {
        status = shop_value_pieces(data, name, value, e);
    } else if (w->kind == KIND_PRICES) {
        status = express_price(w, data, name, value, e);
    } else if (w->kind == KIND_PRODUCTS) {
        bool kept = product_value(w, woocommerce_http_text(data, "name"),
                                  woocommerce_http_text(data, "ean"), value);
        status = kept ? STATUS_OK : STATUS_END;
    }
    json_decref(data);
    return status;
}

/* ---- the shop's value -------------------------------------------------------------------- */

static bool shown_stock(const json_t *product, struct buf *value)
{
    const json_t *managed = json_object_get(product, "manage_stock"),
                 *quantity = json_object_get(product, "stock_quantity");
    if (json_is_false(managed) || json_is_null(quantity) || !quantity)
        return false;
    if (json_is_integer(quantity)) {
        buf_printf(value, "%" JSON_INTEGER_FORMAT, json_integer_value(quantity));
        return true;
    }
    if (!json_is_real(quantity) && !json_is_string(quantity))
        return false;
    char *text = json_is_string(quantity)
                     ? mem_string(json_string_value(quantity))
                     : json_dumps(quantity, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    buf_printf(value, "%.40s", text ? text : "");
    free(text);
    return true;
}

static bool shown_price(const struct woocommerce *w, const json_t *product, struct buf *value)
{
    const char *text = woocommerce_http_text(product, "regular_price");
    struct decimal d;
    char printed[DECIMAL_TEXT];
    if (!*text)
        return false;
    if (decimal_parse(text, strlen(text), &d, NULL) != STATUS_OK) {
        buf_printf(value, "%.60s", text);
        return true;
    }
    decimal_normalize(&d);
    if (d.scale < (unsigned)w->terms.decimals)
        decimal_round(&d, (unsigned)w->terms.decimals, &d, NULL);
    decimal_print(&d, printed);
    buf_add_text(value, printed);
    return true;
}

bool woocommerce_value_shown(const struct woocommerce *w, const json_t *product, struct buf *value)
{
    switch (w->kind) {
    case KIND_STOCK: return shown_stock(product, value);
    case KIND_PRICES: return shown_price(w, product, value);
    case KIND_PRODUCTS:
        return product_value(w, woocommerce_http_text(product, "name"),
                             woocommerce_http_text(product, "global_unique_id"), value);
    default: return false;
    }
}

const char *woocommerce_value_obstacle(const struct woocommerce *w, const json_t *product)
{
    const char *type = woocommerce_http_text(product, "type"),
               *managed = woocommerce_http_text(product, "manage_stock");
    bool manages = json_is_true(json_object_get(product, "manage_stock"));
    bool parent = text_equal(type, "variable") || text_equal(type, "variable-subscription");
    if (w->kind == KIND_PRODUCTS)
        return NULL;
    if (text_equal(type, "grouped") || (w->kind == KIND_STOCK && text_equal(type, "external")))
        return "shop_kind";
    if (parent && (w->kind == KIND_PRICES || !manages))
        return "shop_variations";
    if (w->kind == KIND_PRICES)
        return NULL;
    if (w->terms.stock == 0)
        return "shop_stock_off";
    if (text_equal(managed, "parent"))
        return "shop_parent";
    return !manages && text_equal(json_text(w->place->settings, "manage_stock", "on"), "leave")
               ? "shop_stock_off"
               : NULL;
}

enum status woocommerce_value_refused(const char *obstacle, const char *key, struct error *e)
{
    if (text_equal(obstacle, "shop_kind"))
        return error_set(e, STATUS_REFUSED, "shop_kind",
                         "%.200s: the shop's product is grouped or external, and has no such value",
                         key);
    if (text_equal(obstacle, "shop_variations"))
        return error_set(e, STATUS_REFUSED, "shop_variations",
                         "%.200s: the shop's product has variations, and only these have "
                         "values",
                         key);
    if (text_equal(obstacle, "shop_parent"))
        return error_set(e, STATUS_REFUSED, "shop_parent",
                         "%.200s: the shop keeps the stock of this variation at its product", key);
    return error_set(e, STATUS_REFUSED, "shop_stock_off",
                     "%.200s: the shop does not manage stock there", key);
}

/* ---- which product -------------------------------------------------------------------------- */

bool woocommerce_value_same_sku(const char *a, const char *b)
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

bool woocommerce_value_meant(const struct woocommerce *w, const json_t *data, const json_t *product)
{
    const char *wanted = woocommerce_http_text(data, "sku");
    const char *shown = woocommerce_http_text(product, w->ean ? "global_unique_id" : "sku");
    if (!*wanted)
        return true; /* a deletion, which has none */
    return woocommerce_value_same_sku(wanted, shown) || (w->ean && gtin_same(wanted, shown));
}

json_t *woocommerce_value_change(const struct woocommerce *w, int64_t id, const json_t *data,
                                 const char *value)
{
    json_t *change = json_object();
    int64_t number = 0;
    json_set_number(change, "id", id);
    if (w->kind == KIND_STOCK) {
        text_to_i64(value, &number);
        json_set_flag(change, "manage_stock", true); /* without it the quantity is not read */
        json_set_number(change, "stock_quantity", number);
    } else if (w->kind == KIND_PRICES) {
        json_set_text(change, "regular_price",
                      value); /* a text with a point: a number is refused, a comma is dropped */
    } else {
        if (shop_value_keeps(w->place->settings, "name"))
            json_set_text(change, "name", woocommerce_http_text(data, "name"));
        if (shop_value_keeps(w->place->settings, "ean") && *woocommerce_http_text(data, "ean"))
            json_set_text(change, "global_unique_id", woocommerce_http_text(data, "ean"));
    }
    return change;
}
