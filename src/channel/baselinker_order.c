#include "channel/baselinker_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "channel/baselinker_products.h"
#include "channel/loose.h"
#include "model/decimal.h"

#define SCALE_MOST \
    6 /* digits after the point that money keeps; PHP prints rounding errors after them */
#define DIGEST_SIZE 16

static bool is_listed(const json_t *list, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item)
        if (text_equal(json_string_value(item), word))
            return true;
    return false;
}

/* A source is chosen by its kind ("allegro") or by kind and account ("allegro/7341"). */
static bool is_source_wanted(const struct baselinker_shop *s, const json_t *order)
{
    const json_t *list = json_object_get(s->settings, "sources");
    const char *kind = loose_text(order, "order_source");
    char whole[160];
    text_format(whole, sizeof whole, "%s/%s", kind, loose_text(order, "order_source_id"));
    return json_array_size(list) == 0 || is_listed(list, kind) || is_listed(list, whole);
}

static bool is_cancelled(const struct baselinker_shop *s, const json_t *order)
{
    return is_listed(json_object_get(s->settings, "cancelled_statuses"),
                     loose_text(order, "order_status_id"));
}

static bool is_wanted(const struct baselinker_shop *s, const json_t *order)
{
    const json_t *statuses = json_object_get(s->settings, "statuses");
    if (json_object_get(order, "confirmed") && !loose_flag(order, "confirmed"))
        return false;
    if (!is_source_wanted(s, order))
        return false;
    return json_array_size(statuses) == 0 ||
           is_listed(statuses, loose_text(order, "order_status_id")) || is_cancelled(s, order);
}

static void put_text(json_t *target, const char *name, const char *text)
{
    json_set_text(target, name, *text ? text : NULL);
}

static void put_time(json_t *target, const char *name, const json_t *order, const char *from)
{
    int64_t seconds;
    char text[CLOCK_TEXT];
    if (!loose_integer(order, from, &seconds) || seconds <= 0 || seconds > INT64_C(253402300799))
        return;
    clock_format(text, seconds * 1000);
    json_set_text(target, name, text);
}

static struct decimal money(const json_t *object, const char *name)
{
    struct decimal d;
    if (!loose_decimal(object, name, &d))
        return (struct decimal){0};
    if (d.scale > SCALE_MOST && decimal_round(&d, SCALE_MOST, &d, NULL) != STATUS_OK)
        return (struct decimal){0};
    decimal_normalize(&d);
    return d;
}

static void put_decimal(json_t *target, const char *name, const struct decimal *d)
{
    char text[DECIMAL_TEXT];
    decimal_print(d, text);
    json_set_text(target, name, text);
}

/* A value that is not a number is passed on unchanged, so that the order's check names it. */
static void put_money(json_t *target, const char *name, const json_t *object, const char *from)
{
    struct decimal d;
    if (!loose_decimal(object, from, &d)) {
        json_object_set(target, name, json_object_get(object, from));
        return;
    }
    d = money(object, from);
    put_decimal(target, name, &d);
}

static json_t *buyer_of(const json_t *order)
{
    json_t *buyer = json_object();
    const char *invoice = loose_text(order, "invoice_fullname"),
               *delivery = loose_text(order, "delivery_fullname");
    put_text(buyer, "name",
             *invoice    ? invoice
             : *delivery ? delivery
                         : loose_text(order, "user_login"));
    put_text(buyer, "company", loose_text(order, "invoice_company"));
    put_text(buyer, "email", loose_text(order, "email"));
    put_text(buyer, "phone", loose_text(order, "phone"));
    return buyer;
}

static void put_address(json_t *target, const json_t *order, const char *prefix)
{
    static const char *const members[][2] = {{"name", "fullname"},     {"company", "company"},
                                             {"street", "address"},    {"city", "city"},
                                             {"postcode", "postcode"}, {"country", "country_code"}};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        char from[64];
        text_format(from, sizeof from, "%s_%s", prefix, members[i][1]);
        put_text(target, members[i][0], loose_text(order, from));
    }
}

static json_t *invoice_of(const json_t *order)
{
    json_t *invoice = json_object();
    json_set_flag(invoice, "wanted", loose_flag(order, "want_invoice"));
    put_text(invoice, "tax_id", loose_text(order, "invoice_nip"));
    put_address(invoice, order, "invoice");
    return invoice;
}

static json_t *delivery_of(const json_t *order)
{
    json_t *delivery = json_object();
    put_text(delivery, "method", loose_text(order, "delivery_method"));
    put_money(delivery, "price_gross", order, "delivery_price");
    put_address(delivery, order, "delivery");
    put_text(delivery, "point_id", loose_text(order, "delivery_point_id"));
    return delivery;
}

static json_t *line_of(const json_t *product)
{
    json_t *line = json_object();
    const char *name = loose_text(product, "name"), *attributes = loose_text(product, "attributes");
    char vat[DECIMAL_TEXT], whole[800];
    text_format(whole, sizeof whole, "%.500s%s%.250s%s", name, *attributes ? " (" : "", attributes,
                *attributes ? ")" : "");
    baselinker_products_vat(json_object_get(product, "tax_rate"), vat, sizeof vat);
    put_text(line, "id", loose_text(product, "order_product_id"));
    put_text(line, "sku", loose_text(product, "sku"));
    put_text(line, "ean", loose_text(product, "ean"));
    json_set_text(line, "name", whole); /* repairs a character that was cut in two */
    put_money(line, "quantity", product, "quantity");
    put_money(line, "price_gross", product, "price_brutto");
    put_text(line, "vat_rate", vat);
    return line;
}

/* The lines, and the sum of the lines and the delivery. */
static json_t *lines_of(const json_t *order, struct decimal *total)
{
    json_t *lines = json_array(), *products = loose_list(order, "products"), *product;
    size_t i;
    *total = money(order, "delivery_price");
    json_array_foreach (products, i, product) {
        struct decimal price = money(product, "price_brutto"),
                       quantity = money(product, "quantity"), sum;
        if (decimal_multiply(&price, &quantity, SCALE_MOST, &sum, NULL) == STATUS_OK)
            decimal_add(total, &sum, total, NULL);
        json_array_append_new(lines, line_of(product));
    }
    json_decref(products);
    decimal_normalize(total);
    return lines;
}

/* A digest that differs when the order has changed. Payments are left out: they come later and
 * change no document. */
static void put_digest(json_t *made)
{
    struct buf text;
    uint8_t hash[CRYPTO_HASH];
    char digest[2 * DIGEST_SIZE + 1];
    json_t *paid = json_incref(json_object_get(made, "paid"));
    json_object_del(made, "paid");
    buf_init(&text, 16 << 20);
    json_add(&text, made);
    crypto_sha256(buf_text(&text), text.length, hash);
    buf_free(&text);
    crypto_hex(digest, hash, DIGEST_SIZE);
    json_object_set_new(made, "paid", paid);
    json_set_text(made, "digest", digest);
}

json_t *baselinker_order(const struct baselinker_shop *s, const json_t *order)
{
    struct decimal total;
    if (!is_wanted(s, order))
        return NULL;
    json_t *made = json_object(), *lines = lines_of(order, &total);
    put_text(made, "id", loose_text(order, "order_id"));
    put_text(made, "number", loose_text(order, "order_id"));
    put_text(made, "source", loose_text(order, "order_source"));
    put_time(made, "placed_at", order, "date_add");
    put_time(made, "confirmed_at", order, "date_confirmed");
    json_set_flag(made, "cancelled", is_cancelled(s, order));
    json_object_set_new(made, "buyer", buyer_of(order));
    json_object_set_new(made, "invoice", invoice_of(order));
    json_object_set_new(made, "delivery", delivery_of(order));
    json_object_set_new(made, "lines", lines);
    json_set_text(made, "currency", loose_text(order, "currency"));
    put_decimal(made, "total_gross", &total);
    put_money(made, "paid", order, "payment_done");
    put_text(made, "payment_method", loose_text(order, "payment_method"));
    json_set_flag(made, "cash_on_delivery", loose_flag(order, "payment_method_cod"));
    put_text(made, "note", loose_text(order, "user_comments"));
    put_digest(made);
    return made;
}
