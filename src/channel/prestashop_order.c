#include "channel/prestashop_order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "channel/loose.h"
#include "channel/prestashop_rows.h"
#include "model/decimal.h"
#include "model/tax_id.h"

#define LINE_TEXT 600
#define NOTE_TEXT 9000
#define MONEY_MAX INT64_C(10000000000000) /* grosze */
#define LINES_MAX 2000

static const char *text_of(const json_t *row, const char *name)
{
    return prestashop_rows_text(row, name);
}

static const json_t *row_at(const json_t *rows, const json_t *from, const char *name)
{
    return json_object_get(rows, text_of(from, name));
}

/* ---- amounts -------------------------------------------------------------------------------- */

/* A decimal with at most six decimals as grosze. False: it is not one, or too large. */
static bool grosze_of(struct decimal d, int64_t *grosze)
{
    if (decimal_round(&d, 2, &d, NULL) != STATUS_OK || d.digits >= (unsigned __int128)MONEY_MAX)
        return false;
    *grosze = d.negative ? -(int64_t)d.digits : (int64_t)d.digits;
    return true;
}

static bool money_of(const json_t *row, const char *name, int64_t *grosze)
{
    struct decimal d;
    *grosze = 0;
    return loose_decimal_of(json_object_get(row, name), &d) && grosze_of(d, grosze);
}

static void set_money(json_t *object, const char *name, int64_t grosze)
{
    char text[DECIMAL_TEXT];
    struct decimal d = {.digits = (unsigned __int128)(grosze < 0 ? -grosze : grosze),
                        .scale = 2,
                        .negative = grosze < 0};
    decimal_print(&d, text);
    json_set_text(object, name, text);
}

bool prestashop_order_spread(int64_t *values, size_t count, int64_t sum)
{
    int64_t all = 0, given = 0;
    for (size_t i = 0; i < count; i++)
        all += values[i];
    if (all == 0)
        return sum == 0;
    int64_t *rests = mem_array(count + 1, sizeof *rests);
    for (size_t i = 0; i < count; i++) {
        __int128 part = (__int128)sum * values[i];
        values[i] = (int64_t)(part / all);
        rests[i] = (int64_t)(part % all);
        given += values[i];
    }
    while (given < sum) { /* the remaining units go where the most was cut off */
        size_t most = 0;
        for (size_t i = 1; i < count; i++)
            if (rests[i] > rests[most])
                most = i;
        values[most]++;
        rests[most] = -1;
        given++;
    }
    free(rests);
    return true;
}

/* ---- lines ---------------------------------------------------------------------------------- */

struct line {
    const json_t *row;
    int64_t pieces, value; /* grosze, with tax */
};

/* The VAT rate from a price with tax and one without, if it is a whole per cent: the prices are
 * rounded. */
static void rate_of(const json_t *row, const json_t *settings, char *target, size_t size)
{
    struct decimal gross, net;
    const unsigned __int128 most = (unsigned __int128)1000000000 * 1000000000;
    *target = '\0';
    if (!loose_decimal(row, "unit_price_tax_incl", &gross) ||
        !loose_decimal(row, "unit_price_tax_excl", &net) ||
        decimal_round(&gross, 6, &gross, NULL) != STATUS_OK ||
        decimal_round(&net, 6, &net, NULL) != STATUS_OK || net.negative || gross.negative ||
        net.digits == 0 || gross.digits < net.digits || gross.digits > most)
        return;
    unsigned __int128 tax = gross.digits - net.digits,
                      per = (tax * 10000 + net.digits / 2) / net.digits, rest = per % 100;
    if (tax == 0)
        text_copy(target, size, json_text(settings, "untaxed", ""));
    else if (gross.digits >= 1000000 && per < 10000 && (rest <= 5 || rest >= 95))
        text_format(target, size, "%u", (unsigned)((per + 50) / 100));
}

static void add_line(json_t *lines, const struct line *l, const char *more, int64_t pieces,
                     int64_t price, const json_t *settings)
{
    char id[60], quantity[24], vat[20], name[LINE_TEXT];
    json_t *line = json_object();
    text_format(id, sizeof id, "%.40s%s", text_of(l->row, "id"), more);
    text_format(quantity, sizeof quantity, "%" PRId64, pieces);
    text_copy(name, sizeof name, text_of(l->row, "product_name"));
    rate_of(l->row, settings, vat, sizeof vat);
    json_set_text(line, "id", id);
    json_set_text(line, "sku", text_of(l->row, "product_reference"));
    if (*text_of(l->row, "product_ean13"))
        json_set_text(line, "ean", text_of(l->row, "product_ean13"));
    json_set_text(line, "name", name);
    json_set_text(line, "quantity", quantity);
    set_money(line, "price_gross", price);
    if (*vat)
        json_set_text(line, "vat_rate", vat);
    json_array_append_new(lines, line);
}

/* 62.94 for 7 pieces becomes 1 at 9.00 and 6 at 8.99. */
static void add_value(json_t *lines, const struct line *l, const json_t *settings)
{
    int64_t low = l->value / l->pieces, rest = l->value % l->pieces;
    add_line(lines, l, "", l->pieces - rest, low, settings);
    if (rest)
        add_line(lines, l, "+", rest, low + 1, settings);
}

/* Read its pieces and value. False: it has none. */
static bool read_line(const json_t *row, struct line *l)
{
    struct decimal price, value, pieces;
    l->row = row;
    return loose_integer(row, "product_quantity", &l->pieces) && l->pieces > 0 &&
           l->pieces < 1000000000 && loose_decimal(row, "product_quantity", &pieces) &&
           loose_decimal(row, "unit_price_tax_incl", &price) && !price.negative &&
           decimal_multiply(&price, &pieces, 2, &value, NULL) == STATUS_OK &&
           grosze_of(value, &l->value);
}

/* The sum that the lines must have: the amount to be paid without delivery and wrapping. False: it
 * differs from their price less the discounts by more than a grosz a line. */
static bool goods_of(const json_t *order, const struct line *lines, size_t count, int64_t *goods)
{
    int64_t total, shipping, wrapping, discounts, sum = 0;
    if (!money_of(order, "total_paid_tax_incl", &total) ||
        !money_of(order, "total_shipping_tax_incl", &shipping) ||
        !money_of(order, "total_wrapping_tax_incl", &wrapping) ||
        !money_of(order, "total_discounts_tax_incl", &discounts))
        return false;
    for (size_t i = 0; i < count; i++)
        sum += lines[i].value;
    *goods = total - shipping - wrapping;
    int64_t off = sum - discounts - *goods;
    return *goods >= 0 && off <= (int64_t)count + 1 && off >= -(int64_t)count - 1;
}

static void add_wrapping(json_t *lines, const json_t *order, const json_t *settings)
{
    int64_t wrapping;
    if (!money_of(order, "total_wrapping_tax_incl", &wrapping) || wrapping == 0)
        return;
    const char *sku = json_text(settings, "wrapping_sku", "");
    json_t *line = json_object();
    json_set_text(line, "id", "wrapping");
    json_set_text(line, "sku", sku);
    json_set_text(line, "name", *sku ? sku : "wrapping");
    json_set_text(line, "quantity", "1");
    set_money(line, "price_gross", wrapping);
    json_array_append_new(lines, line);
}

static json_t *lines_of(const json_t *order, const json_t *settings)
{
    json_t *result = json_array(), *row;
    json_t *rows = xml_list(json_object_get(json_object_get(order, "associations"), "order_rows"),
                            "order_row");
    size_t i, count = 0, most = json_array_size(rows);
    int64_t goods;
    if (most > LINES_MAX)
        most = LINES_MAX; /* then the total does not add up, so it is noticed */
    struct line *lines = mem_array(most + 1, sizeof *lines);
    int64_t *values = mem_array(most + 1, sizeof *values);
    json_array_foreach (rows, i, row)
        if (count < most && read_line(row, &lines[count]))
            count++;
    for (i = 0; i < count; i++)
        values[i] = lines[i].value;
    if (goods_of(order, lines, count, &goods) && prestashop_order_spread(values, count, goods))
        for (i = 0; i < count; i++)
            lines[i].value = values[i];
    for (i = 0; i < count; i++)
        add_value(result, &lines[i], settings);
    add_wrapping(result, order, settings);
    free(values);
    free(lines);
    json_decref(rows);
    return result;
}

/* ---- people and places ---------------------------------------------------------------------- */

static void set_text(json_t *object, const char *name, const char *text)
{
    char trimmed[LINE_TEXT];
    text_copy(trimmed, sizeof trimmed, text);
    text_trim(trimmed);
    if (*trimmed)
        json_set_text(object, name, trimmed);
}

static void set_joined(json_t *object, const char *name, const json_t *from, const char *one,
                       const char *two)
{
    char text[LINE_TEXT];
    text_format(text, sizeof text, "%.250s %.250s", text_of(from, one), text_of(from, two));
    set_text(object, name, text);
}

static void set_address(json_t *object, const json_t *from, const struct prestashop_around *around)
{
    set_joined(object, "name", from, "firstname", "lastname");
    set_text(object, "company", text_of(from, "company"));
    set_joined(object, "street", from, "address1", "address2");
    set_text(object, "city", text_of(from, "city"));
    set_text(object, "postcode", text_of(from, "postcode"));
    set_text(object, "country", text_of(row_at(around->countries, from, "id_country"), "iso_code"));
}

static const char *phone_of(const json_t *address)
{
    const char *mobile = text_of(address, "phone_mobile");
    return *mobile ? mobile : text_of(address, "phone");
}

static json_t *buyer_of(const json_t *customer, const json_t *invoice)
{
    json_t *buyer = json_object();
    set_joined(buyer, "name", customer ? customer : invoice, "firstname", "lastname");
    set_text(buyer, "company", text_of(invoice, "company"));
    set_text(buyer, "email", text_of(customer, "email"));
    set_text(buyer, "phone", phone_of(invoice));
    return buyer;
}

/* The Polish NIP is in the field for a VAT number or in the one for an identification number. */
static json_t *invoice_of(const json_t *address, const struct prestashop_around *around)
{
    static const char *const members[] = {"vat_number", "dni"};
    struct tax_id id;
    bool wanted = false;
    json_t *invoice = json_object();
    set_address(invoice, address, around);
    for (size_t i = 0; i < COUNT_OF(members) && !wanted; i++) {
        tax_id_read(text_of(address, members[i]), json_text(invoice, "country", ""), &id);
        wanted = id.kind != TAX_ID_NONE;
        if (wanted)
            set_text(invoice, "tax_id", text_of(address, members[i]));
    }
    json_set_flag(invoice, "wanted", wanted);
    return invoice;
}

static json_t *delivery_of(const json_t *order, const struct prestashop_around *around)
{
    const json_t *address = row_at(around->addresses, order, "id_address_delivery");
    json_t *delivery = json_object();
    int64_t price;
    set_address(delivery, address, around);
    set_text(delivery, "phone", phone_of(address));
    set_text(delivery, "method", text_of(row_at(around->carriers, order, "id_carrier"), "name"));
    money_of(order, "total_shipping_tax_incl", &price);
    set_money(delivery, "price_gross", price);
    return delivery;
}

/* ---- the whole ------------------------------------------------------------------------------ */

int64_t prestashop_order_time(const json_t *order, const char *name)
{
    char text[40];
    int64_t ms;
    text_format(text, sizeof text, "%.30sZ", text_of(order, name));
    if (strlen(text) == 20 && text[10] == ' ')
        text[10] = 'T';
    return clock_parse(text, &ms) && ms > 0 ? ms / 1000 : 0;
}

static void set_digest(json_t *target)
{
    uint8_t hash[CRYPTO_HASH];
    char hex[2 * CRYPTO_HASH + 1];
    json_t *copy = json_copy(target);
    json_object_del(copy, "paid"); /* it changes no written document */
    char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
    crypto_sha256(text ? text : "", text ? strlen(text) : 0, hash);
    crypto_hex(hex, hash, sizeof hash);
    json_set_text(target, "digest", hex);
    free(text);
    json_decref(copy);
}

static bool is_cash(const json_t *settings, const char *module)
{
    const json_t *list = json_object_get(settings, "cod_modules"), *item;
    size_t i;
    json_array_foreach (list, i, item)
        if (text_equal(json_string_value(item), module))
            return true;
    return !json_array_size(list) &&
           (text_equal(module, "ps_cashondelivery") || text_equal(module, "cashondelivery"));
}

json_t *prestashop_order_map(const json_t *order, const struct prestashop_around *around,
                             const struct zone *zone, const json_t *settings, bool cancelled)
{
    char placed[CLOCK_TEXT], note[NOTE_TEXT];
    const char *reference = text_of(order, "reference");
    const json_t *invoice = row_at(around->addresses, order, "id_address_invoice");
    int64_t total, paid, made = prestashop_order_time(order, "date_add");
    json_t *target = json_object();
    json_set_text(target, "id", text_of(order, "id"));
    json_set_text(target, "number", *reference ? reference : text_of(order, "id"));
    json_set_flag(target, "cancelled", cancelled);
    if (made > 0) {
        clock_format(placed, zone_utc(zone, made) * 1000);
        json_set_text(target, "placed_at", placed);
    }
    json_set_text(target, "source", "PrestaShop");
    json_object_set_new(target, "buyer",
                        buyer_of(row_at(around->customers, order, "id_customer"), invoice));
    json_object_set_new(target, "invoice", invoice_of(invoice, around));
    json_object_set_new(target, "delivery", delivery_of(order, around));
    json_object_set_new(target, "lines", lines_of(order, settings));
    json_set_text(target, "currency",
                  text_of(row_at(around->currencies, order, "id_currency"), "iso_code"));
    money_of(order, "total_paid_tax_incl", &total);
    set_money(target, "total_gross", total);
    if (money_of(order, "total_paid_real", &paid) && paid > 0)
        set_money(target, "paid", paid);
    set_text(target, "payment_method", text_of(order, "payment"));
    json_set_flag(target, "cash_on_delivery", is_cash(settings, text_of(order, "module")));
    text_copy(note, sizeof note, text_of(order, "gift_message"));
    if (*note)
        json_set_text(target, "note", note);
    set_digest(target);
    return target;
}
