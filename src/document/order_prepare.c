/* Checks an order against the ERP, computes it, and makes a document: every fault is listed, the
 * whole order or nothing. */
#include "document/order_prepare.h"

#include <stdlib.h>
#include <string.h>

#include "base/cp1250.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "base/visible.h"
#include "document/draft_buyer.h"
#include "document/draft_epp.h"
#include "document/draft_json.h"
#include "document/draft_sql.h"
#include "document/order_draft.h"
#include "document/order_names.h"
#include "document/order_rate.h"
#include "document/order_remarks.h"
#include "mapping/mapping.h"
#include "model/gtin.h"
#include "os/clock.h"

#define SCALE        4           /* digits after the point in an ERP's money and quantities */
#define PACKAGING    "packaging" /* the kind of returnable packaging in a mapping */
#define WHOLE_DIGITS 12          /* before the point: less than SQL Server's money can hold */
#define REMARKS_MAX  20000

/* ---- products ----------------------------------------------------------------------------------
 */

/* Is a row's matched value, folded, the value that we asked for? A bar code may have one zero more
 * or fewer in front. */
static bool fits_value(const struct order_product *row, const char *value, const char *folded)
{
    return text_equal(row->matched, folded) || (row->by_barcode && gtin_same(row->matched, value));
}

/* Products whose matched value is `value`: the first one, and another one if there are several. */
static const struct order_product *matching(const struct order_products *p, size_t from, size_t to,
                                            const char *value, bool only_active,
                                            const struct order_product **other)
{
    const struct order_product *first = NULL;
    char folded[LOOKUP_TEXT];
    order_fold(folded, value);
    *other = NULL;
    for (size_t i = from; i < to; i++) {
        const struct order_product *row = &p->rows[i];
        if (!fits_value(row, value, folded) || (only_active && !row->active))
            continue;
        if (!first)
            first = row;
        else if (!text_equal(first->id, row->id))
            *other = row;
    }
    return first;
}

/* The three answers that give the products of an order: by SKU, by barcode, and by the codes of
 * those found by barcode (the file names a product by its code, so the code must be unique as
 * well).
 */
struct answers {
    size_t by_sku, by_barcode, by_code; /* ends of their rows */
};

static enum status look_up(struct draft *d, enum order_sql which, const char **values, size_t count,
                           size_t *end, struct error *e)
{
    enum status status = STATUS_OK;
    if (count)
        status = order_lookup_products(d->x->session, d->x->mapping, which, values, count,
                                       &d->products, e);
    *end = d->products.count;
    return status;
}

static const char *delivery_sku(const struct draft *d)
{
    return json_text(d->x->options, "delivery_sku", "");
}

static enum status ask_products(struct draft *d, struct answers *a, struct error *e)
{
    const struct order *o = d->o;
    const char **values = mem_array((1 + GTIN_FORMS) * o->line_count + 1, sizeof *values);
    char(*forms)[GTIN_FORMS][GTIN_SIZE] = mem_array(o->line_count + 1, sizeof *forms);
    const struct order_product *other;
    size_t count = 0;
    for (size_t i = 0; i < o->line_count; i++)
        if (*o->lines[i].sku)
            values[count++] = o->lines[i].sku;
    if (o->delivery_gross.digits && *delivery_sku(d))
        values[count++] = delivery_sku(d);
    enum status status = look_up(d, ORDER_SQL_PRODUCTS, values, count, &a->by_sku, e);
    count = 0;
    for (size_t i = 0; i < o->line_count && status == STATUS_OK; i++)
        if (*o->lines[i].ean && (!*o->lines[i].sku || !matching(&d->products, 0, a->by_sku,
                                                                o->lines[i].sku, false, &other))) {
            values[count++] = o->lines[i].ean;
            size_t more = gtin_forms(o->lines[i].ean, forms[i]);
            for (size_t k = 0; k < more; k++)
                values[count++] = forms[i][k];
        }
    if (status == STATUS_OK)
        status = look_up(d, ORDER_SQL_BARCODES, values, count, &a->by_barcode, e);
    size_t found = a->by_barcode - a->by_sku;
    for (size_t i = 0; i < found; i++)
        d->products.rows[a->by_sku + i].by_barcode = true;
    free(forms);
    free(values);
    values = mem_array(found + 1, sizeof *values);
    char(*codes)[LOOKUP_TEXT] =
        mem_array(found + 1, sizeof *codes); /* the rows move when more are added */
    for (size_t i = 0; i < found; i++) {
        text_copy(codes[i], sizeof codes[i], d->products.rows[a->by_sku + i].code);
        values[i] = codes[i];
    }
    if (status == STATUS_OK)
        status = look_up(d, ORDER_SQL_PRODUCTS, values, found, &a->by_code, e);
    free(codes);
    free(values);
    return status;
}

static const struct order_product *one_of(struct draft *d, const char *line, const char *what,
                                          const char *value, const struct order_product *first,
                                          const struct order_product *other)
{
    char shown[3][VISIBLE_SIZE];
    if (other) {
        order_fault(d->faults, "order_product_ambiguous", line,
                    "%s %.100s belongs to two products in the ERP: "
                    "%.60s (%.60s, id %s) and %.60s (%.60s, id %s)",
                    what, visible_text(shown[0], value), visible_text(shown[1], first->raw),
                    first->name, first->id, visible_text(shown[2], other->raw), other->name,
                    other->id);
        return NULL;
    }
    if (!first->active) {
        order_fault(d->faults, "order_product_inactive", line,
                    "the product %.100s (%.100s) is blocked in the ERP", first->code, first->name);
        return NULL;
    }
    return first;
}

static const struct order_product *by_barcode(struct draft *d, const struct answers *a,
                                              const char *line, const char *ean, bool *known)
{
    const struct order_product *other, *code_other, *p;
    p = matching(&d->products, a->by_sku, a->by_barcode, ean, true, &other);
    if (!p)
        p = matching(&d->products, a->by_sku, a->by_barcode, ean, false, &other);
    *known = p != NULL;
    if (!p || !(p = one_of(d, line, "the barcode", ean, p, other)))
        return NULL;
    const struct order_product *same =
        matching(&d->products, a->by_barcode, a->by_code, p->code, false, &code_other);
    if (same && code_other)
        return one_of(d, line, "the code", p->code, same, code_other);
    return p;
}

static const struct order_product *find_product(struct draft *d, const struct answers *a,
                                                const char *line, const char *sku, const char *ean)
{
    const struct order_product *other, *p = NULL;
    bool known = false;
    if (*sku && (p = matching(&d->products, 0, a->by_sku, sku, false, &other)) != NULL)
        return one_of(d, line, "the SKU", sku, p, other);
    if (*ean) {
        p = by_barcode(d, a, line, ean, &known);
        if (known)
            return p;
    }
    char shown[2][VISIBLE_SIZE];
    if (*sku && *ean)
        order_fault(d->faults, "order_product", line,
                    "the ERP has no product with the SKU %.100s, nor with the "
                    "barcode %.60s",
                    visible_text(shown[0], sku), visible_text(shown[1], ean));
    else if (*sku || *ean)
        order_fault(d->faults, "order_product", line, "the ERP has no product with the %s %.100s",
                    *sku ? "SKU" : "barcode", visible_text(shown[0], *sku ? sku : ean));
    else
        order_fault(d->faults, "order_product", line, "has neither SKU nor barcode");
    return NULL;
}

/* ---- one line ----------------------------------------------------------------------------------
 */

/* What a line asks for, one of the shop's lines or the delivery. */
struct wish {
    const char *line, *sku, *ean, *vat;
    struct decimal quantity, price_gross, discount;
};

static bool fits(struct decimal n)
{
    decimal_normalize(&n);
    struct decimal limit = {.digits = 1};
    for (int i = 0; i < WHOLE_DIGITS; i++)
        limit.digits *= 10;
    return n.scale <= SCALE && decimal_compare(&n, &limit) < 0;
}

static bool check_numbers(struct draft *d, const struct wish *w)
{
    const struct decimal hundred = {.digits = 100};
    size_t before = json_array_size(d->faults);
    char text[DECIMAL_TEXT];
    decimal_print(&w->quantity, text);
    if (w->quantity.negative || w->quantity.digits == 0)
        order_fault(d->faults, "order_quantity", w->line, "the quantity is %s, it must be above 0",
                    text);
    else if (!fits(w->quantity))
        order_fault(d->faults, "order_quantity", w->line,
                    "the quantity %s does not fit: at most %d digits before "
                    "and %d after the point",
                    text, WHOLE_DIGITS, SCALE);
    decimal_print(&w->price_gross, text);
    if (w->price_gross.negative)
        order_fault(d->faults, "order_price", w->line, "the price is %s, it must not be below 0",
                    text);
    else if (!fits(w->price_gross))
        order_fault(d->faults, "order_price", w->line,
                    "the price %s does not fit: at most %d digits before and %d "
                    "after the point",
                    text, WHOLE_DIGITS, SCALE);
    decimal_print(&w->discount, text);
    if (w->discount.negative || decimal_compare(&w->discount, &hundred) > 0 || !fits(w->discount))
        order_fault(d->faults, "order_discount", w->line,
                    "the discount is %s per cent; it must be from 0 to 100 with "
                    "at most %d digits after the point",
                    text, SCALE);
    return json_array_size(d->faults) == before;
}

/* The shop's rate; if there is none, the product's rate in the ERP. */
static const struct vat_rate *rate_of(struct draft *d, const struct wish *w,
                                      const struct order_product *p)
{
    const struct vat_rate *of_erp = p ? vat_find(p->vat) : NULL;
    char shown[VISIBLE_SIZE];
    if (*w->vat) {
        const struct vat_rate *rate = vat_find(w->vat);
        if (!rate)
            order_fault(d->faults, "order_vat", w->line,
                        "\"%.40s\" is not one of the known VAT rates: 23, 8, 5, 0, zw, np, oo",
                        visible_bare(shown, w->vat));
        else if (p && rate != of_erp)
            order_text_note(d->texts.notes,
                            "line %s: VAT %s as the shop says; the ERP has %.30s for %.60s",
                            w->line, rate->symbol, *p->vat ? p->vat : "none", p->code);
        return rate;
    }
    if (p && !of_erp)
        order_fault(d->faults, "order_vat", w->line,
                    "the shop gives no VAT rate, and the ERP's for %.60s, \"%.30s\", is not "
                    "one of the known ones: 23, 8, 5, 0, zw, np, oo",
                    p->code, p->vat);
    return of_erp;
}

/* A deposit is not sold: it carries no VAT, whatever its card or the shop says. */
static const struct vat_rate *rate_of_packaging(struct draft *d, const struct wish *w)
{
    const struct vat_rate *rate = vat_find(w->vat);
    char shown[VISIBLE_SIZE];
    if (*w->vat && (!rate || rate->percent))
        order_text_note(d->texts.notes,
                        "line %s: returnable packaging carries no VAT; the shop says \"%.40s\"",
                        w->line, visible_bare(shown, w->vat));
    return vat_find("0");
}

static bool item_type(struct draft *d, const char *line, const struct order_product *p, int *type)
{
    for (size_t i = 0; i < d->m->item_type_count; i++) {
        if (text_equal(d->m->item_types[i].word, p->kind)) {
            *type = d->m->item_types[i].number;
            return true;
        }
    }
    order_fault(d->faults, "order_kind", line,
                "the product %.100s is of the kind \"%s\", which cannot be ordered", p->code,
                p->kind);
    return false;
}

/* price × (100 − discount) / 100 to the grosz; without a discount the price as it is. */
static enum status after_discount(const struct decimal *price, const struct decimal *discount,
                                  struct decimal *result, struct error *e)
{
    const struct decimal hundred = {.digits = 100};
    struct decimal share;
    *result = *price;
    if (discount->digits == 0)
        return STATUS_OK;
    enum status status = decimal_subtract(&hundred, discount, &share, e);
    if (status != STATUS_OK)
        return status;
    share.scale = (uint8_t)(share.scale + 2);
    return decimal_multiply(price, &share, 2, result, e);
}

/* The amounts of a line: the value is the quantity times the unit price after the discount. */
static enum status compute(const struct draft *d, struct draft_line *l, struct error *e)
{
    struct decimal one, value;
    enum status status = vat_in_gross(&l->price_gross, l->rate, &l->vat, e);
    if (status == STATUS_OK)
        status = decimal_subtract(&l->price_gross, &l->vat, &l->price_net, e);
    if (status == STATUS_OK && d->net_priced)
        status = decimal_round(&l->price_net, 2, &l->price_net, e);
    if (status == STATUS_OK)
        status =
            after_discount(d->net_priced ? &l->price_net : &l->price_gross, &l->discount, &one, e);
    if (status == STATUS_OK) {
        l->price = one;
        status = decimal_multiply(&l->quantity, &one, 2, &value, e);
    }
    if (status == STATUS_OK && d->net_priced) {
        l->net = value;
        status = vat_on_net(&value, l->rate, &l->vat, e);
        return status == STATUS_OK ? decimal_add(&value, &l->vat, &l->gross, e) : status;
    }
    if (status == STATUS_OK) {
        l->gross = value;
        status = vat_in_gross(&value, l->rate, &l->vat, e);
    }
    return status == STATUS_OK ? decimal_subtract(&value, &l->vat, &l->net, e) : status;
}

static void add_line(struct draft *d, const struct answers *a, const struct wish *w)
{
    struct draft_line l = {
        .quantity = w->quantity, .price_gross = w->price_gross, .discount = w->discount};
    struct error e = {0};
    bool numbers = check_numbers(d, w);
    l.product = find_product(d, a, w->line, w->sku, w->ean);
    l.packaging = l.product && text_equal(l.product->kind, PACKAGING);
    l.rate = l.packaging ? rate_of_packaging(d, w) : rate_of(d, w, l.product);
    if (d->rows && l.rate)
        draft_check_rate(d, w->line, l.rate);
    bool typed = l.product && item_type(d, w->line, l.product, &l.item_type);
    int width = d->m->widths[WIDTH_ITEM];
    if (l.product && text_points(l.product->code, strlen(l.product->code)) > (size_t)width) {
        order_fault(d->faults, "order_product", w->line,
                    "the product's code %.100s is longer than the %d characters that a "
                    "document can hold",
                    l.product->code, width);
        typed = false;
    }
    if (!numbers || !typed || !l.rate)
        return;
    if (compute(d, &l, &e) != STATUS_OK || !fits(l.gross) || !fits(l.net)) {
        order_fault(d->faults, "order_price", w->line, "the line's value is too large");
        return;
    }
    d->lines[d->line_count++] = l;
}

static void add_delivery(struct draft *d, const struct answers *a)
{
    const struct decimal one = {.digits = 1};
    const struct wish w = {.line = "delivery",
                           .sku = delivery_sku(d),
                           .ean = "",
                           .vat = "",
                           .quantity = one,
                           .price_gross = d->o->delivery_gross};
    char text[DECIMAL_TEXT];
    if (d->o->delivery_gross.digits == 0)
        return;
    if (*w.sku) {
        add_line(d, a, &w);
        return;
    }
    decimal_print(&d->o->delivery_gross, text);
    order_fault(d->faults, "order_delivery", "delivery",
                "the delivery costs %s, and the plugin's option delivery_sku, "
                "the service it is sold as, is not set",
                text);
}

/* ---- totals ------------------------------------------------------------------------------------
 */

/* Returnable packaging is paid for, but is not part of the sale. */
static enum status sum_up_packaging(struct draft *d, struct error *e)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < d->line_count && status == STATUS_OK; i++)
        if (d->lines[i].packaging)
            status = decimal_add(&d->packaging, &d->lines[i].gross, &d->packaging, e);
    return status == STATUS_OK ? decimal_add(&d->gross, &d->packaging, &d->to_pay, e) : status;
}

/* The tax is computed from the sum for each rate, not line by line. */
static enum status sum_up(struct draft *d, struct error *e)
{
    enum status status = STATUS_OK;
    for (size_t r = 0; vat_at(r) && status == STATUS_OK; r++) {
        struct decimal sum = {.scale = 2}, vat, rest;
        bool any = false;
        for (size_t i = 0; i < d->line_count && status == STATUS_OK; i++) {
            if (d->lines[i].rate != vat_at(r) || d->lines[i].packaging)
                continue;
            any = true;
            status =
                decimal_add(&sum, d->net_priced ? &d->lines[i].net : &d->lines[i].gross, &sum, e);
        }
        if (status != STATUS_OK || !any)
            continue;
        status = d->net_priced ? vat_on_net(&sum, vat_at(r), &vat, e)
                               : vat_in_gross(&sum, vat_at(r), &vat, e);
        if (status == STATUS_OK)
            status = d->net_priced ? decimal_add(&sum, &vat, &rest, e)
                                   : decimal_subtract(&sum, &vat, &rest, e);
        if (status == STATUS_OK)
            status = decimal_add(&d->vat, &vat, &d->vat, e);
        if (status == STATUS_OK)
            status = decimal_add(&d->net, d->net_priced ? &sum : &rest, &d->net, e);
        if (status == STATUS_OK)
            status = decimal_add(&d->gross, d->net_priced ? &rest : &sum, &d->gross, e);
    }
    return status;
}

/* The amount already paid, at most the amount to pay. */
static void take_paid(struct draft *d)
{
    char paid[DECIMAL_TEXT], due[DECIMAL_TEXT];
    if (d->o->paid.negative || decimal_round(&d->o->paid, 2, &d->paid, NULL) != STATUS_OK)
        d->paid = (struct decimal){.scale = 2};
    if (decimal_compare(&d->paid, &d->to_pay) <= 0)
        return;
    decimal_print(&d->paid, paid);
    decimal_print(&d->to_pay, due);
    order_text_note(d->texts.notes, "paid: %s is more than the document's %s, which is used", paid,
                    due);
    d->paid = d->to_pay;
}

static void check_total(struct draft *d)
{
    struct error e = {0};
    char said[DECIMAL_TEXT], computed[DECIMAL_TEXT];
    struct decimal total = d->o->total_gross;
    if (sum_up(d, &e) != STATUS_OK || sum_up_packaging(d, &e) != STATUS_OK || !fits(d->to_pay)) {
        order_fault(d->faults, "order_total", NULL, "the order's value is too large");
        return;
    }
    if (decimal_compare(&total, &d->to_pay) == 0) {
        take_paid(d);
        return;
    }
    if (total.scale < 2)
        decimal_round(&total, 2, &total, NULL);
    decimal_print(&total, said);
    decimal_print(&d->to_pay, computed);
    order_fault(d->faults, "order_total", NULL, "the total is %s, but the lines%-s come to %s%-s",
                said, d->o->delivery_gross.digits ? N_(" and the delivery") : "", computed,
                d->net_priced ? N_(", computed from net prices (the plugin's option prices)") : "");
}

static enum status check_currency(struct draft *d, struct error *e)
{
    const json_t *allowed = json_object_get(d->x->options, "currencies");
    const char *currency = d->o->currency;
    bool ok = !json_array_size(allowed) && text_equal(currency, "PLN");
    struct buf list;
    size_t i;
    json_t *item;
    char shown[VISIBLE_SIZE];
    buf_init(&list, 4096);
    json_array_foreach (allowed, i, item) {
        ok |= text_equal(json_string_value(item), currency);
        buf_printf(&list, "%s%s", i ? ", " : "", json_string_value(item));
    }
    if (!ok)
        order_fault(d->faults, "order_currency", NULL,
                    "the currency is \"%.20s\"; the plugin's option currencies allows "
                    "%s",
                    visible_bare(shown, currency), list.length ? buf_text(&list) : "PLN");
    buf_free(&list);
    return ok ? order_rate_find(d, e) : STATUS_OK;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

/* The writer whose format is needed; if none is chosen, the first one that the mapping offers. */
static const char *writer_of(const struct draft *d)
{
    const char *writer = d->x->settings.writer;
    return text_equal(writer, "off") && d->m->writer_count ? d->m->writers[0] : writer;
}

static enum status check_order(struct draft *d, struct error *e)
{
    struct answers a = {0};
    const struct order *o = d->o;
    enum status status = ask_products(d, &a, e);
    if (status == STATUS_OK)
        status = draft_buyer(d, e);
    if (status != STATUS_OK)
        return status;
    status = order_names_look_up(d, e);
    if (status != STATUS_OK)
        return status;
    order_remarks_check(d, d->rows || text_equal(writer_of(d), "command"));
    if ((status = check_currency(d, e)) != STATUS_OK)
        return status;
    if (o->line_count == 0)
        order_fault(d->faults, "order_lines", NULL, "the order has no lines");
    d->lines = mem_array(o->line_count + 1, sizeof *d->lines);
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        char number[24];
        text_format(number, sizeof number, "%zu", i + 1);
        add_line(d, &a,
                 &(struct wish){*l->id ? l->id : number, l->sku, l->ean, l->vat, l->quantity,
                                l->price_gross, l->discount_percent});
    }
    if (o->delivery_gross.negative)
        order_fault(d->faults, "order_price", "delivery", "its price must not be below 0");
    else
        add_delivery(d, &a);
    /* The total can be checked only if every line could be computed. */
    if (d->line_count == o->line_count + (o->delivery_gross.digits != 0))
        check_total(d);
    return STATUS_OK;
}

static void make_texts(struct draft *d)
{
    const int *w = d->m->widths;
    const json_t *options = d->x->options;
    const char *payment = json_text(options, "payment_form", "");
    if (d->o->cash_on_delivery)
        payment = json_text(options, "payment_form_cod", payment);
    d->payment = order_text_take(&d->texts, "payment form", payment, w[WIDTH_PAYMENT]);
    d->category = order_text_take(&d->texts, "category", json_text(options, "category", ""),
                                  w[WIDTH_CATEGORY]);
    d->subtitle = order_text_take(&d->texts, "text", json_text(options, "text", ""), w[WIDTH_TEXT]);
    d->warehouse = order_text_take(&d->texts, "warehouse", json_text(options, "warehouse", ""),
                                   w[WIDTH_WAREHOUSE]);
    d->issuer = order_text_take(&d->texts, "issuer", d->x->settings.issuer, w[WIDTH_ISSUER]);
    order_remarks_make(d);
}

static void draft_free(struct draft *d)
{
    char *const texts[] = {d->number,  d->issuer,    d->payment,     d->category,      d->subtitle,
                           d->remarks, d->warehouse, d->price_level, d->warehouse_name};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    zone_free(d->zone);
    draft_buyer_free(&d->buyer);
    order_recipient_free(&d->recipient);
    buf_free(&d->texts.overflow);
    free(d->products.rows);
    free(d->lines);
}

const char *order_document_type(const struct order_settings *s, const struct mapping *m)
{
    const char *type = s->document_type;
    return *type || !m->orders.document_type_count ? type : m->orders.document_types[0];
}

enum status order_type_known(const struct order_settings *s, const struct mapping *m,
                             struct error *e)
{
    const char *type = order_document_type(s, m);
    struct buf known;
    for (size_t i = 0; i < m->orders.document_type_count; i++)
        if (text_equal(m->orders.document_types[i], type))
            return STATUS_OK;
    buf_init(&known, 1000);
    for (size_t i = 0; i < m->orders.document_type_count; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", m->orders.document_types[i]);
    error_set(e, STATUS_INVALID, "orders_type",
              "%s makes no document of the type \"%s\" (orders.document_type)", mapping_title(m),
              type);
    error_remedy(e, "There are: %s.", buf_text(&known));
    buf_free(&known);
    return STATUS_INVALID;
}

static enum status make_document(const struct draft *d, struct order_document *document,
                                 struct error *e)
{
    if (d->rows)
        return draft_to_rows(d, document, e);
    return text_equal(writer_of(d), "command") ? draft_to_json(d, document, e)
                                               : draft_to_epp(d, document, e);
}

enum status order_prepare(const struct order_context *x, const struct order *o,
                          struct order_document **out, json_t *faults, struct error *e)
{
    size_t before = json_array_size(faults);
    *out = NULL;
    if (!x->mapping->orders.present)
        return error_set(e, STATUS_INVALID, "erp_orders",
                         "the mapping of %s has no part for orders", mapping_title(x->mapping));
    struct order_document *document = mem_alloc(sizeof *document);
    struct draft d = {.x = x, .o = o, .m = &x->mapping->orders, .faults = faults};
    document->notes = json_array();
    buf_init(&document->text, ORDER_DOCUMENT_MAX);
    text_copy(document->marker, sizeof document->marker, x->marker);
    d.texts.notes = document->notes;
    d.texts.unicode = d.m->unicode;
    buf_init(&d.texts.overflow, REMARKS_MAX);
    d.net_priced = text_equal(json_text(x->options, "prices", "gross"), "net");
    d.reserve = json_flag(x->options, "reserve", true);
    d.at_ms = o->placed_at_ms      ? o->placed_at_ms
              : o->confirmed_at_ms ? o->confirmed_at_ms
                                   : clock_wall_ms();
    d.rows = text_equal(writer_of(&d), "sql");
    enum status status = zone_load(x->settings.timezone, &d.zone, e);
    if (status == STATUS_OK)
        status = order_type_known(&x->settings, x->mapping, e);
    if (status == STATUS_OK)
        text_copy(d.type, sizeof d.type, order_document_type(&x->settings, x->mapping));
    if (status == STATUS_OK)
        status = check_order(&d, e);
    if (status == STATUS_OK && d.rows)
        draft_check_rows(&d);
    if (status == STATUS_OK && json_array_size(faults) > before) {
        char said[SAID_MAX];
        order_faults_say(said, sizeof said, faults);
        status = error_set(e, STATUS_REFUSED, "order_refused", "%-s", said);
    }
    if (status == STATUS_OK) {
        make_texts(&d);
        status = make_document(&d, document, e);
    }
    draft_free(&d);
    if (status == STATUS_OK)
        *out = document;
    else
        order_document_free(document);
    return status;
}

void order_document_free(struct order_document *d)
{
    if (!d)
        return;
    json_decref(d->fields);
    json_decref(d->notes);
    buf_free(&d->text);
    free(d);
}

void order_document_show(const struct order_document *d, struct buf *b)
{
    if (d->utf8)
        buf_add(b, d->text.data, d->text.length);
    else
        cp1250_decode(b, d->text.data, d->text.length);
}
