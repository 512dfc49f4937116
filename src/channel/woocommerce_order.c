#include "channel/woocommerce_order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/loose.h"
#include "channel/woocommerce_http.h"
#include "model/decimal.h"
#include "model/tax_id.h"

#define LINE_TEXT 600
#define NOTE_TEXT 9000

/* Where plugins that are common in Poland store the buyer's NIP and the pick-up point. */
static const char *const nip_keys[] = {"_billing_nip",
                                       "billing_nip",
                                       "_billing_vat_number",
                                       "_nip",
                                       "nip",
                                       "_billing_tax",
                                       "billing_tax",
                                       "impost_invoice_tax_id",
                                       "_vat_number",
                                       "vat_number",
                                       "_billing_eu_vat_number",
                                       "_wc_billing/*nip*",
                                       "_wc_billing/*vat*",
                                       NULL};
static const char *const point_keys[] = {
    "_parcel_machine_id", "delivery_point",      "_paczkomat_id",
    "paczkomat_key",      "Wybrany paczkomat",   "apaczka_delivery_point",
    "_wcpoczta_id",       "_polkurier_point_id", NULL};
static const char *const wanted_keys[] = {"_billing_invoice_ask", "_invoice", "_billing_invoice",
                                          "_wants_invoice", NULL};

/* ---- meta ----------------------------------------------------------------------------------- */

/* A "*" in the pattern matches anything. */
static bool key_fits(const char *pattern, const char *key)
{
    const char *star = NULL, *back = key;
    while (*key) {
        if (*pattern == '*') {
            star = pattern++;
            back = key;
        } else if (*pattern == *key) {
            pattern++;
            key++;
        } else if (star) {
            pattern = star + 1;
            key = ++back;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* A value's text; for an object, the member that names a pick-up point. */
static const char *meta_text(const json_t *value)
{
    static const char *const members[] = {"apm_access_point_id", "point_id", "id", "code", "name"};
    if (!json_is_object(value))
        return loose_value(value);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (*loose_text(value, members[i]))
            return loose_text(value, members[i]);
    return "";
}

static const char *meta_of(const json_t *order, const char *pattern)
{
    size_t i;
    const json_t *row;
    json_array_foreach (json_object_get(order, "meta_data"), i, row) {
        const char *text = meta_text(json_object_get(row, "value"));
        if (key_fits(pattern, woocommerce_http_text(row, "key")) && text[strspn(text, " \t\r\n")])
            return text;
    }
    return "";
}

static bool take_meta(const json_t *order, const char *pattern, bool number, char *target,
                      size_t size)
{
    struct tax_id id;
    const char *text = meta_of(order, pattern);
    if (!*text)
        return false;
    tax_id_read(text, woocommerce_http_text(json_object_get(order, "billing"), "country"), &id);
    if (number && id.kind == TAX_ID_NONE)
        return false;
    woocommerce_http_plain(target, size, text);
    return *target != '\0';
}

void woocommerce_order_meta(const json_t *order, const json_t *settings, const char *name,
                            char *target, size_t size)
{
    const json_t *list = json_object_get(settings, name), *item;
    bool number = text_equal(name, "nip_keys");
    const char *const *known = number ? nip_keys : point_keys;
    size_t i;
    *target = '\0';
    json_array_foreach (list, i, item)
        if (json_is_string(item) && take_meta(order, json_string_value(item), number, target, size))
            return;
    for (i = 0; !json_array_size(list) && known[i]; i++)
        if (take_meta(order, known[i], number, target, size))
            return;
}

static bool invoice_asked(const json_t *order)
{
    for (size_t i = 0; wanted_keys[i]; i++) {
        const char *text = meta_of(order, wanted_keys[i]);
        if (text_equal(text, "1") || text_equal_nocase(text, "yes") ||
            text_equal_nocase(text, "tak"))
            return true;
    }
    return false;
}

/* ---- amounts -------------------------------------------------------------------------------- */

/* total + total_tax of a line; false: one of them is not a number. */
static bool gross_of(const json_t *row, struct decimal *gross)
{
    struct decimal net, tax;
    return loose_decimal(row, "total", &net) && loose_decimal(row, "total_tax", &tax) &&
           decimal_add(&net, &tax, gross, NULL) == STATUS_OK;
}

static void set_decimal(json_t *object, const char *name, const struct decimal *d)
{
    char text[DECIMAL_TEXT];
    decimal_print(d, text);
    json_set_text(object, name, text);
}

/* Set an amount with at least two decimals. */
static void set_money(json_t *object, const char *name, struct decimal d)
{
    if (d.scale < 2)
        decimal_round(&d, 2, &d, NULL);
    set_decimal(object, name, &d);
}

/* What refunds took from a line: pieces and value, both below zero as in the shop. */
static void add_refunded(const json_t *refunds, const char *list, const char *line,
                         struct decimal *quantity, struct decimal *gross)
{
    size_t i, j, k;
    const json_t *refund, *row, *meta;
    struct decimal count, value;
    json_array_foreach (refunds, i, refund) {
        json_array_foreach (json_object_get(refund, list), j, row) {
            bool it = false;
            json_array_foreach (json_object_get(row, "meta_data"), k, meta)
                it |= text_equal(woocommerce_http_text(meta, "key"), "_refunded_item_id") &&
                      text_equal(loose_text(meta, "value"), line);
            if (!it || !gross_of(row, &value) || !loose_decimal(row, "quantity", &count))
                continue;
            decimal_add(quantity, &count, quantity, NULL);
            decimal_add(gross, &value, gross, NULL);
        }
    }
}

/* The VAT rate of a line: the percentage of the order's tax line that its tax belongs to. "": none. */
static void rate_of(const json_t *order, const json_t *row, const json_t *settings, char *target,
                    size_t size)
{
    size_t i, j;
    const json_t *tax, *line;
    struct decimal percent;
    char text[DECIMAL_TEXT];
    json_array_foreach (json_object_get(row, "taxes"), i, tax) {
        json_array_foreach (json_object_get(order, "tax_lines"), j, line) {
            if (!text_equal(loose_text(line, "rate_id"), loose_text(tax, "id")) ||
                !*loose_text(line, "rate_percent") || !*loose_text(tax, "total") ||
                !loose_decimal(line, "rate_percent", &percent))
                continue;
            decimal_normalize(&percent);
            decimal_print(&percent, text);
            text_copy(target, size, text);
            return;
        }
    }
    text_copy(target, size, json_text(settings, "untaxed", ""));
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* The data of one line of the protocol. */
struct line {
    char id[40], name[LINE_TEXT], vat[DECIMAL_TEXT];
    const char *sku, *ean;
};

static void add_line(json_t *lines, const struct line *l, const char *more,
                     const struct decimal *quantity, const struct decimal *price)
{
    char id[48];
    json_t *row = json_object();
    text_format(id, sizeof id, "%s%s", l->id, more);
    json_set_text(row, "id", id);
    json_set_text(row, "sku", l->sku);
    if (*l->ean)
        json_set_text(row, "ean", l->ean);
    json_set_text(row, "name", l->name);
    set_decimal(row, "quantity", quantity);
    set_money(row, "price_gross", *price);
    if (*l->vat)
        json_set_text(row, "vat_rate", l->vat);
    json_array_append_new(lines, row);
}

/* gross / quantity, to four decimals. For sizes that no real order has, the value itself: then the
 * order does not add up. */
static struct decimal price_of_part(struct decimal gross, struct decimal quantity)
{
    const unsigned __int128 most = (unsigned __int128)1000000000 * 1000000000;
    if (gross.digits > most || gross.scale > 6 || quantity.scale > 9)
        return gross;
    for (unsigned i = gross.scale; i < 4U + quantity.scale; i++)
        gross.digits *= 10;
    struct decimal price = {(gross.digits + quantity.digits / 2) / quantity.digits, 4,
                            gross.negative};
    price.negative = price.negative && price.digits;
    decimal_normalize(&price);
    return price;
}

/* Add a line whose value is given, not its price: 62.94 for 7 pieces becomes 1 at 9.00 and 6 at
 * 8.99. */
static void add_value(json_t *lines, const struct line *l, struct decimal quantity,
                      struct decimal gross)
{
    const struct decimal none = {0};
    struct decimal first, rest, low, high;
    decimal_normalize(&quantity);
    if (quantity.negative || decimal_compare(&quantity, &none) == 0)
        return;
    if (gross.scale < 2)
        decimal_round(&gross, 2, &gross, NULL);
    unsigned __int128 pieces = quantity.digits;
    bool whole = quantity.scale == 0 && gross.scale == 2 && !gross.negative;
    if (quantity.scale || quantity.digits == 1) {
        /* The price of one piece is its value. For one and a half, the price is as exact as a
         * document allows. */
        high = quantity.scale ? price_of_part(gross, quantity) : gross;
        add_line(lines, l, "", &quantity, &high);
        return;
    }
    if (!whole) {
        high = (struct decimal){
            .digits = gross.digits / pieces, .scale = gross.scale, .negative = gross.negative};
        add_line(lines, l, "", &quantity, &high);
        return;
    }
    low = (struct decimal){.digits = gross.digits / pieces, .scale = 2};
    high = (struct decimal){.digits = low.digits + 1, .scale = 2};
    rest = (struct decimal){.digits = gross.digits % pieces};
    first = (struct decimal){.digits = pieces - rest.digits};
    add_line(lines, l, "", &first, &low);
    if (rest.digits)
        add_line(lines, l, "+", &rest, &high);
}

static void add_item(json_t *lines, const json_t *order, const json_t *row, const json_t *refunds,
                     const json_t *parents, const json_t *settings)
{
    struct line l = {.sku = woocommerce_http_text(row, "sku"),
                     .ean = woocommerce_http_text(row, "global_unique_id")};
    struct decimal quantity, gross;
    const char *variation = loose_text(row, "variation_id");
    bool lost = (!*variation || text_equal(variation, "0")) &&
                json_object_get(parents, loose_text(row, "product_id"));
    if (!gross_of(row, &gross) || !loose_decimal(row, "quantity", &quantity))
        return; /* without it the order's total does not add up, so it is noticed */
    text_copy(l.id, sizeof l.id, loose_text(row, "id"));
    woocommerce_http_plain(l.name, sizeof l.name, woocommerce_http_text(row, "name"));
    rate_of(order, row, settings, l.vat, sizeof l.vat);
    if (lost)
        l.sku = l.ean = ""; /* those are the product's, not the variation's */
    add_refunded(refunds, "line_items", l.id, &quantity, &gross);
    add_value(lines, &l, quantity, gross);
}

static void add_fee(json_t *lines, const json_t *order, const json_t *row, const json_t *refunds,
                    const json_t *settings)
{
    struct line l = {.sku = json_text(settings, "fee_sku", ""), .ean = ""};
    struct decimal gross, none = {0}, one = {.digits = 1};
    const char *id = loose_text(row, "id");
    if (!gross_of(row, &gross))
        return;
    add_refunded(refunds, "fee_lines", id, &none, &gross);
    if (gross.digits == 0)
        return;
    text_format(l.id, sizeof l.id, "fee-%.30s", id);
    woocommerce_http_plain(l.name, sizeof l.name, woocommerce_http_text(row, "name"));
    rate_of(order, row, settings, l.vat, sizeof l.vat);
    if (gross.scale < 2)
        decimal_round(&gross, 2, &gross, NULL);
    add_line(lines, &l, "", &one, &gross);
}

static json_t *lines_of(const json_t *order, const json_t *refunds, const json_t *parents,
                        const json_t *settings)
{
    json_t *lines = json_array();
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(order, "line_items"), i, row)
        add_item(lines, order, row, refunds, parents, settings);
    json_array_foreach (json_object_get(order, "fee_lines"), i, row)
        add_fee(lines, order, row, refunds, settings);
    return lines;
}

/* ---- people and places ---------------------------------------------------------------------- */

static void set_plain(json_t *object, const char *name, const char *text)
{
    char plain[LINE_TEXT];
    woocommerce_http_plain(plain, sizeof plain, text);
    if (*plain)
        json_set_text(object, name, plain);
}

static void set_joined(json_t *object, const char *name, const json_t *from, const char *one,
                       const char *two)
{
    char text[LINE_TEXT];
    text_format(text, sizeof text, "%.250s %.250s", woocommerce_http_text(from, one),
                woocommerce_http_text(from, two));
    set_plain(object, name, text);
}

static void set_address(json_t *object, const json_t *from)
{
    set_joined(object, "name", from, "first_name", "last_name");
    set_plain(object, "company", woocommerce_http_text(from, "company"));
    set_joined(object, "street", from, "address_1", "address_2");
    set_plain(object, "city", woocommerce_http_text(from, "city"));
    set_plain(object, "postcode", woocommerce_http_text(from, "postcode"));
    set_plain(object, "country", woocommerce_http_text(from, "country"));
}

static json_t *buyer_of(const json_t *billing)
{
    json_t *buyer = json_object();
    set_joined(buyer, "name", billing, "first_name", "last_name");
    set_plain(buyer, "company", woocommerce_http_text(billing, "company"));
    set_plain(buyer, "email", woocommerce_http_text(billing, "email"));
    set_plain(buyer, "phone", woocommerce_http_text(billing, "phone"));
    return buyer;
}

static json_t *invoice_of(const json_t *order, const json_t *settings)
{
    char nip[100];
    json_t *invoice = json_object();
    set_address(invoice, json_object_get(order, "billing"));
    woocommerce_order_meta(order, settings, "nip_keys", nip, sizeof nip);
    if (*nip)
        json_set_text(invoice, "tax_id", nip);
    json_set_flag(invoice, "wanted", *nip != '\0' || invoice_asked(order));
    return invoice;
}

static json_t *delivery_of(const json_t *order, const json_t *refunds, const json_t *settings)
{
    const json_t *shipping = json_object_get(order, "shipping"), *row;
    struct decimal sum = {.scale = 2}, gross, none = {0};
    struct buf method;
    char point[200];
    size_t i;
    json_t *delivery = json_object();
    bool there =
        *woocommerce_http_text(shipping, "address_1") || *woocommerce_http_text(shipping, "city");
    set_address(delivery, there ? shipping : json_object_get(order, "billing"));
    if (there)
        set_plain(delivery, "phone", woocommerce_http_text(shipping, "phone"));
    buf_init(&method, 900);
    json_array_foreach (json_object_get(order, "shipping_lines"), i, row) {
        buf_printf(&method, "%s%.200s", i ? ", " : "", woocommerce_http_text(row, "method_title"));
        if (!gross_of(row, &gross))
            continue;
        add_refunded(refunds, "shipping_lines", loose_text(row, "id"), &none, &gross);
        decimal_add(&sum, &gross, &sum, NULL);
    }
    set_plain(delivery, "method", buf_text(&method));
    buf_free(&method);
    set_money(delivery, "price_gross", sum);
    woocommerce_order_meta(order, settings, "point_keys", point, sizeof point);
    if (*point)
        json_set_text(delivery, "point_id", point);
    return delivery;
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* "2026-01-31T23:59:59", which means UTC without saying so. */
static bool time_of(const json_t *order, const char *name, int64_t *ms)
{
    char text[40];
    return text_format(text, sizeof text, "%.30sZ", woocommerce_http_text(order, name)) &&
           clock_parse(text, ms);
}

static void set_time(json_t *object, const char *name, const json_t *order, const char *from)
{
    char text[CLOCK_TEXT];
    int64_t ms;
    if (!time_of(order, from, &ms))
        return;
    clock_format(text, ms);
    json_set_text(object, name, text);
}

/* Does a refund name any line? Money refunded alone changes no document. */
static bool has_rows(const json_t *refund)
{
    return json_array_size(json_object_get(refund, "line_items")) ||
           json_array_size(json_object_get(refund, "shipping_lines")) ||
           json_array_size(json_object_get(refund, "fee_lines"));
}

/* The total less the refunds with lines; *back gets all refunds. */
static struct decimal total_of(const json_t *order, const json_t *refunds, struct decimal *back)
{
    struct decimal total = {0}, amount;
    const json_t *refund;
    size_t i;
    *back = (struct decimal){.scale = 2};
    if (!loose_decimal(order, "total", &total))
        return (struct decimal){0};
    json_array_foreach (refunds, i, refund) {
        if (!loose_decimal(refund, "amount", &amount))
            continue;
        amount.negative = false;
        decimal_add(back, &amount, back, NULL);
        if (has_rows(refund))
            decimal_subtract(&total, &amount, &total, NULL);
    }
    return total;
}

static void set_note(json_t *target, const json_t *order, const json_t *refunds)
{
    struct buf note;
    char plain[NOTE_TEXT];
    const json_t *refund;
    size_t i;
    buf_init(&note, NOTE_TEXT + 1000);
    woocommerce_http_plain(plain, sizeof plain, woocommerce_http_text(order, "customer_note"));
    buf_add_text(&note, plain);
    json_array_foreach (refunds, i, refund)
        if (!has_rows(refund))
            buf_printf(&note, "%sgiven back in the shop: %.20s", note.length ? "\n" : "",
                       loose_text(refund, "amount"));
    if (note.length)
        json_set_text(target, "note", buf_text(&note));
    buf_free(&note);
}

/* The shop's modification time is not a revision: each write changes it, even our own. So the
 * digest covers the order's content, except a payment, which changes no written document. */
static void set_digest(json_t *target)
{
    static const char *const members[] = {"paid", "confirmed_at"};
    uint8_t hash[CRYPTO_HASH];
    char hex[2 * CRYPTO_HASH + 1];
    json_t *copy = json_copy(target);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        json_object_del(copy, members[i]);
    char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
    crypto_sha256(text ? text : "", text ? strlen(text) : 0, hash);
    crypto_hex(hex, hash, sizeof hash);
    json_set_text(target, "digest", hex);
    free(text);
    json_decref(copy);
}

static bool in_list(const json_t *list, const char *otherwise, const char *word)
{
    size_t i;
    const json_t *item;
    json_array_foreach (list, i, item)
        if (text_equal(json_string_value(item), word))
            return true;
    return !json_array_size(list) && text_equal(otherwise, word);
}

json_t *woocommerce_order_map(const json_t *order, const json_t *refunds, const json_t *parents,
                              const json_t *settings, bool cancelled)
{
    const json_t *billing = json_object_get(order, "billing");
    const char *payment = woocommerce_http_text(order, "payment_method");
    struct decimal back, total = total_of(order, refunds, &back), paid = {.scale = 2}, all;
    int64_t paid_ms;
    json_t *target = json_object();
    json_set_text(target, "id", loose_text(order, "id"));
    json_set_text(target, "number",
                  *loose_text(order, "number") ? loose_text(order, "number")
                                               : loose_text(order, "id"));
    json_set_flag(target, "cancelled", cancelled);
    set_time(target, "placed_at", order, "date_created_gmt");
    set_time(target, "confirmed_at", order, "date_paid_gmt");
    json_set_text(target, "source", "WooCommerce");
    json_object_set_new(target, "buyer", buyer_of(billing));
    json_object_set_new(target, "invoice", invoice_of(order, settings));
    json_object_set_new(target, "delivery", delivery_of(order, refunds, settings));
    json_object_set_new(target, "lines", lines_of(order, refunds, parents, settings));
    json_set_text(target, "currency", woocommerce_http_text(order, "currency"));
    set_money(target, "total_gross", total);
    if (time_of(order, "date_paid_gmt", &paid_ms) && loose_decimal(order, "total", &all) &&
        decimal_subtract(&all, &back, &paid, NULL) == STATUS_OK && !paid.negative)
        set_money(target, "paid", paid);
    set_plain(target, "payment_method",
              *woocommerce_http_text(order, "payment_method_title")
                  ? woocommerce_http_text(order, "payment_method_title")
                  : payment);
    json_set_flag(target, "cash_on_delivery",
                  in_list(json_object_get(settings, "cod_methods"), "cod", payment));
    set_note(target, order, refunds);
    set_digest(target);
    return target;
}

bool woocommerce_order_mattered(const json_t *order, const json_t *settings)
{
    const char *payment = woocommerce_http_text(order, "payment_method");
    int64_t ms;
    return time_of(order, "date_paid_gmt", &ms) || *meta_of(order, WOOCOMMERCE_ORDER_DOCUMENT) ||
           text_equal(payment, "bacs") || text_equal(payment, "cheque") ||
           in_list(json_object_get(settings, "cod_methods"), "cod", payment);
}
