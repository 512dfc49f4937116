/* InsERT's file format EDI++ ("epp"), versions 1.05 and 1.11, which have the same records: [INFO]
 * with 24 fields, a document's header with 62, its lines with 22, a contractor with 30. Source: the
 * producer's description of the structure of EDI++ data, tables 2, 3, 7 and 10, and files that
 * Subiekt GT itself exported: a blank line between sections, an empty field is nothing between
 * commas, discounts apply to prices. Returnable packaging is left out of net, VAT and gross (28 to
 * 30) and included in "packaging issued" (45) and "to pay" (37), and its line has the rate 0; 37 is
 * the total to pay, 36 the part already paid (a genuine FS of version 1.11). cp1250, CRLF, amounts
 * with four decimals; a quote inside a text is doubled; the file ends with an empty line.
 */
#include "document/draft_epp.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cp1250.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "document/order_draft.h"
#include "document/draft_buyer.h"

#define WAREHOUSE_NAME 40 /* characters of [INFO] 13 and of a header's 27 */
#define PRICE_LEVEL    20

/* The sections that follow the documents in an export of version 1.11, in their order, except those
 * that we fill. Seen in files of 2025. */
static const char *const empty_sections[] = {"GRUPYKONTRAHENTOW",
                                             "CECHYKONTRAHENTOW",
                                             "DODATKOWEKONTRAHENTOW",
                                             "TOWARY",
                                             "CENNIK",
                                             "GRUPYTOWAROW",
                                             "CECHYTOWAROW",
                                             "DODATKOWETOWAROW",
                                             "TOWARYKODYCN",
                                             "TOWARYGRUPYJPKVAT",
                                             "DATYZAKONCZENIA",
                                             "NUMERYIDENTYFIKACYJNENABYWCOW",
                                             "PRZYCZYNYKOREKT",
                                             "DOKUMENTYFISKALNEVAT",
                                             "OPLATYDODATKOWE",
                                             "WYMAGALNOSCMPP",
                                             "OPLATACUKROWA",
                                             "DOKUMENTYZNACZNIKIJPKVAT",
                                             "INFORMACJEWSTO",
                                             "DATYUJECIAKOREKT"};

/* One record being written: to the file's text, and to a list for people. */
struct row {
    struct buf *b;
    json_t *shown; /* NULL: not shown */
    int number;    /* of the field that was last written */
};

static void shown(struct row *r, const char *name, const char *value)
{
    if (!r->shown || !*value)
        return;
    json_t *field = json_object();
    json_set_number(field, "field", r->number);
    json_set_text(field, "name", name);
    json_set_text(field, "value", value);
    json_array_append_new(r->shown, field);
}

static void next(struct row *r)
{
    if (r->number++)
        buf_add_byte(r->b, ',');
}

static void put_text(struct row *r, const char *name, const char *text)
{
    next(r);
    shown(r, name, text);
    if (!*text)
        return;
    buf_add_byte(r->b, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_add_byte(r->b, '"');
        buf_add_byte(r->b, *text);
    }
    buf_add_byte(r->b, '"');
}

/* A name from the ERP itself, perhaps wider than the file's field: cut without a note. */
static void put_cut(struct row *r, const char *name, const char *text, int width)
{
    struct order_texts unseen = {.unicode = false};
    buf_init(&unseen.overflow, 100);
    char *cut = order_text_take(&unseen, name, text, width);
    put_text(r, name, cut);
    free(cut);
    buf_free(&unseen.overflow);
}

static void put_empty(struct row *r, int fields)
{
    while (fields-- > 0)
        next(r);
}

static void put_number(struct row *r, const char *name, long number)
{
    char text[24];
    next(r);
    text_format(text, sizeof text, "%ld", number);
    buf_add_text(r->b, text);
    shown(r, name, text);
}

static void put_amount(struct row *r, const char *name, const struct decimal *d)
{
    char text[DECIMAL_TEXT] = "";
    struct decimal four = *d;
    next(r);
    decimal_round(d, 4, &four, NULL); /* checked: it fits */
    decimal_print(&four, text);
    buf_add_text(r->b, text);
    shown(r, name, text);
}

static void put_zero(struct row *r, const char *name)
{
    put_amount(r, name, &(struct decimal){0});
}

/* yyyymmddhhnnss in the shop's zone; a document's dates are whole days. */
static void put_time(struct row *r, const char *name, const struct draft *d, bool whole_day)
{
    struct tm tm;
    char text[24];
    next(r);
    zone_local(d->zone, d->at_ms, &tm);
    strftime(text, sizeof text, whole_day ? "%Y%m%d000000" : "%Y%m%d%H%M%S", &tm);
    buf_add_text(r->b, text);
    shown(r, name, text);
}

static void end_row(struct row *r)
{
    buf_add_text(r->b, "\r\n");
}

static void info(const struct draft *d, struct buf *b)
{
    struct row r = {.b = b};
    buf_add_text(b, "[INFO]\r\n");
    put_text(&r, "format", d->x->settings.epp_version);
    put_number(&r, "purpose", 3); /* other: lines are items, not VAT sums */
    put_number(&r, "code page", 1250);
    put_text(&r, "program", "Endpoint");
    put_text(&r, "sender", "ENDPOINT");
    put_empty(&r, 6); /* the sender's names and address */
    put_text(&r, "warehouse", d->warehouse);
    put_cut(&r, "warehouse's name", d->warehouse_name, WAREHOUSE_NAME);
    put_empty(&r, 2);
    put_number(&r, "of a period", 0);
    put_empty(&r, 2);
    put_text(&r, "who", d->issuer);
    put_time(&r, "when", d, false); /* the order's time: the same order gives the same bytes */
    put_text(&r, "country", "Polska");
    put_text(&r, "prefix", "PL");
    put_empty(&r, 1);
    put_number(&r, "EU", 0);
    end_row(&r);
}

static void header_buyer(const struct draft *d, struct row *r)
{
    const struct draft_buyer *b = &d->buyer;
    put_text(r, "contractor", b->code);
    put_text(r, "short name", b->short_name);
    put_text(r, "name", b->name);
    put_text(r, "city", b->city);
    put_text(r, "postcode", b->postcode);
    put_text(r, "street", b->street);
    put_text(r, "tax number", b->tax_id);
}

static void header(const struct draft *d, struct buf *b, json_t *list)
{
    struct row r = {.b = b, .shown = list};
    buf_add_text(b, "\r\n[NAGLOWEK]\r\n");
    put_text(&r, "type", d->type);
    put_number(&r, "status", d->reserve); /* deferred: no reservation; made: with one */
    put_number(&r, "fiscal", 0);
    put_number(&r, "number", 1);
    put_text(&r, "foreign number", d->x->marker);
    put_empty(&r, 1);
    put_text(&r, "full number",
             d->x->marker); /* of the sender; becomes a foreign number at an import */
    put_empty(&r, 2);
    put_text(&r, "order number", d->x->marker);
    put_empty(&r, 1);
    header_buyer(d, &r);
    put_text(&r, "category", d->category);
    put_empty(&r, 2); /* its subtitle, place of issue */
    put_time(&r, "date of issue", d, true);
    put_time(&r, "date of sale", d, true);
    put_empty(&r, 1);
    put_number(&r, "lines", (long)d->line_count);
    put_number(&r, "net prices", d->net_priced);
    put_cut(&r, "price level", d->price_level, PRICE_LEVEL);
    put_amount(&r, "net", &d->net);
    put_amount(&r, "VAT", &d->vat);
    put_amount(&r, "gross", &d->gross);
    put_zero(&r, "cost");
    put_empty(&r, 1);
    put_zero(&r, "discount");
    put_text(&r, "payment form", d->payment);
    put_time(&r, "payment due", d, true);
    put_amount(&r, "paid", &d->paid);
    put_amount(&r, "to pay", &d->to_pay); /* packaging too, and what is paid */
    put_number(&r, "rounding of the amount", 0);
    put_number(&r, "rounding of VAT", 0);
    put_number(&r, "computed by the program", 1);
    put_number(&r, "extended status", 0);
    put_text(&r, "issued by", d->issuer);
    put_empty(&r, 2);
    put_amount(&r, "packaging issued", &d->packaging);
    put_zero(&r, "packaging returned");
    put_text(&r, "currency", d->o->currency);
    put_amount(&r, "rate", &d->rate);
    put_text(&r, "remarks", d->remarks);
    put_empty(&r, 1);
    put_text(&r, "subtitle", d->subtitle);
    put_empty(&r, 1);
    put_number(&r, "imported", 0);
    put_number(&r, "export", 0);
    put_number(&r, "transaction", 0);
    put_empty(&r, 1);
    put_zero(&r, "by card");
    put_empty(&r, 1);
    put_zero(&r, "on credit");
    put_text(&r, "country", d->buyer.country);
    put_text(&r, "prefix", d->buyer.prefix);
    put_number(&r, "EU", d->buyer.eu);
    end_row(&r);
}

/* The value of the rate's field: its number, or the mapping's value for its letters. */
static struct decimal vat_field(const struct draft *d, const struct vat_rate *rate)
{
    for (size_t i = 0; i < d->m->vat_count; i++) {
        if (vat_find(d->m->vat[i].word) == rate) {
            int n = d->m->vat[i].number;
            return (struct decimal){.digits = (unsigned)(n < 0 ? -n : n), .negative = n < 0};
        }
    }
    return (struct decimal){.digits = rate->percent};
}

static void line(const struct draft *d, size_t index, struct buf *b)
{
    const struct draft_line *l = &d->lines[index];
    struct decimal vat = vat_field(d, l->rate);
    struct row r = {.b = b};
    put_number(&r, "line", (long)index + 1);
    put_number(&r, "kind", l->item_type);
    put_text(&r, "item", l->product->code);
    put_number(&r, "discount in per cent", 1);
    put_number(&r, "discount on the price", 1);
    put_number(&r, "with the document's discount", 0);
    put_number(&r, "discount locked", 1); /* the ERP must not add its own */
    put_zero(&r, "discount's value");
    put_amount(&r, "discount", &l->discount);
    put_text(&r, "unit", l->product->unit);
    put_amount(&r, "quantity", &l->quantity);
    put_amount(&r, "quantity in stock", &l->quantity);
    put_zero(&r, "stock price");
    put_amount(&r, "net price", &l->price_net);
    put_amount(&r, "gross price", &l->price_gross);
    put_amount(&r, "VAT rate", &vat);
    put_amount(&r, "net", &l->net);
    put_amount(&r, "VAT", &l->vat);
    put_amount(&r, "gross", &l->gross);
    put_zero(&r, "cost");
    put_empty(&r, 2);
    end_row(&r);
}

/* A catalogue begins: its keyword, then its records. */
static void section(struct buf *b, const char *keyword)
{
    buf_printf(b, "\r\n[NAGLOWEK]\r\n\"%s\"\r\n\r\n[ZAWARTOSC]\r\n", keyword);
}

static void contractor(const struct draft *d, struct buf *b)
{
    const struct draft_buyer *c = &d->buyer;
    struct row r = {.b = b};
    section(b, "KONTRAHENCI");
    put_number(&r, "kind", c->person ? 9 : 2); /* a person who buys retail; a customer */
    put_text(&r, "code", c->code);
    put_text(&r, "short name", c->short_name);
    put_text(&r, "name", c->contractor_name);
    put_text(&r, "city", c->city);
    put_text(&r, "postcode", c->postcode);
    put_text(&r, "street", c->street);
    put_text(&r, "tax number", c->tax_id);
    put_empty(&r, 1);
    put_text(&r, "phone", c->phone);
    put_empty(&r, 2);
    put_text(&r, "e-mail", c->email);
    put_empty(&r, 14);
    put_text(&r, "country", c->country);
    put_text(&r, "prefix", c->prefix);
    put_number(&r, "EU", c->eu);
    end_row(&r);
}

/* ---- for people --------------------------------------------------------------------------------
 */

static void set_amount(json_t *object, const char *name, const struct decimal *d)
{
    char text[DECIMAL_TEXT];
    decimal_print(d, text);
    json_set_text(object, name, text);
}

static json_t *show_lines(const struct draft *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->line_count; i++) {
        const struct draft_line *l = &d->lines[i];
        json_t *row = json_object();
        json_set_text(row, "item", l->product->code);
        json_set_text(row, "name", l->product->name);
        json_set_text(row, "unit", l->product->unit);
        set_amount(row, "quantity", &l->quantity);
        set_amount(row, "price_net", &l->price_net);
        set_amount(row, "price_gross", &l->price_gross);
        set_amount(row, "discount_percent", &l->discount);
        json_set_text(row, "vat_rate", l->rate->symbol);
        set_amount(row, "net", &l->net);
        set_amount(row, "vat", &l->vat);
        set_amount(row, "gross", &l->gross);
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *show_contractor(const struct draft_buyer *b)
{
    json_t *object = json_object();
    json_set_text(object, "code", b->code);
    json_set_text(object, "name", b->contractor_name);
    json_set_text(object, "phone", b->phone);
    json_set_text(object, "email", b->email);
    return object;
}

enum status draft_to_epp(const struct draft *d, struct order_document *document, struct error *e)
{
    struct buf b;
    json_t *list = json_array();
    buf_init(&b, ORDER_DOCUMENT_MAX);
    info(d, &b);
    header(d, &b, list);
    buf_add_text(&b, "\r\n[ZAWARTOSC]\r\n");
    for (size_t i = 0; i < d->line_count; i++)
        line(d, i, &b);
    if (d->buyer.made)
        contractor(d, &b);
    bool all = text_equal(d->x->settings.epp_sections, "all");
    for (size_t i = 0; i < COUNT_OF(empty_sections) && all; i++)
        section(&b, empty_sections[i]);
    buf_add_text(&b, "\r\n");
    document->fields = json_object();
    json_object_set_new(document->fields, "header", list);
    json_object_set_new(document->fields, "lines", show_lines(d));
    json_object_set_new(document->fields, "contractor",
                        d->buyer.made ? show_contractor(&d->buyer) : json_null());
    if (!b.failed)
        cp1250_encode(&document->text, buf_text(&b), b.length);
    bool failed = b.failed || document->text.failed;
    buf_free(&b);
    return failed ? error_set(e, STATUS_FULL, "order_large", "the document is larger than %d bytes",
                              ORDER_DOCUMENT_MAX)
                  : STATUS_OK;
}
