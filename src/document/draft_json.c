/* A document as one line of JSON, for the writer "command". endpoint-order-program(7)
 * describes its members. */
#include "document/draft_json.h"

#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/text.h"
#include "document/draft_buyer.h"
#include "document/order_draft.h"

static void set_amount(json_t *object, const char *name, const struct decimal *d)
{
    char text[DECIMAL_TEXT];
    decimal_print(d, text);
    json_set_text(object, name, text);
}

/* A text, or null when there is none. */
static void set_some(json_t *object, const char *name, const char *text)
{
    json_set_text(object, name, text_empty(text) ? NULL : text);
}

static json_t *buyer(const struct draft_buyer *b)
{
    json_t *o = json_object();
    set_some(o, "id", b->known.id);
    set_some(o, "code", b->code);
    json_set_flag(o, "create", b->made);
    json_set_flag(o, "person", b->person);
    json_set_text(o, "name", b->made ? b->contractor_name : b->name);
    json_set_text(o, "short_name", b->short_name);
    set_some(o, "tax_id", b->tax_id);
    set_some(o, "street", b->street);
    set_some(o, "postcode", b->postcode);
    set_some(o, "city", b->city);
    set_some(o, "country", b->country);
    set_some(o, "country_code", b->iso);
    set_some(o, "phone", b->phone);
    set_some(o, "email", b->email);
    return o;
}

/* Who gets the goods; null: the order does not say. */
static json_t *recipient(const struct draft *d)
{
    const struct order_recipient *r = &d->recipient;
    if (!r->there)
        return json_null();
    json_t *o = json_object();
    json_set_flag(o, "other", r->other);
    json_set_text(o, "full_name", r->full_name);
    set_some(o, "company", r->company);
    set_some(o, "name", r->name);
    set_some(o, "street", r->street);
    set_some(o, "postcode", r->postcode);
    set_some(o, "city", r->city);
    set_some(o, "country", r->country);
    set_some(o, "country_code", r->iso);
    set_some(o, "phone", r->phone);
    set_some(o, "point", d->o->delivery_point);
    return o;
}

static json_t *line(const struct draft *d, size_t index)
{
    const struct draft_line *l = &d->lines[index];
    json_t *o = json_object();
    json_set_number(o, "line", (int64_t)index + 1);
    json_set_text(o, "product_id", l->product->id);
    json_set_text(o, "code", l->product->code);
    json_set_text(o, "name", l->product->name);
    json_set_text(o, "kind", l->product->kind);
    json_set_text(o, "unit", l->product->unit);
    set_amount(o, "quantity", &l->quantity);
    set_amount(o, "discount_percent", &l->discount);
    json_set_text(o, "vat_rate", l->rate->symbol);
    set_amount(o, "price", &l->price);
    set_amount(o, "price_before", d->net_priced ? &l->price_net : &l->price_gross);
    set_amount(o, "price_net", &l->price_net);
    set_amount(o, "price_gross", &l->price_gross);
    set_amount(o, "net", &l->net);
    set_amount(o, "vat", &l->vat);
    set_amount(o, "gross", &l->gross);
    return o;
}

/* The document's date, in the shop's zone. */
static void set_date(json_t *object, const char *name, const struct draft *d)
{
    struct tm tm;
    char text[16];
    zone_local(d->zone, d->at_ms, &tm);
    strftime(text, sizeof text, "%Y-%m-%d", &tm);
    json_set_text(object, name, text);
}

json_t *draft_contents(const struct draft *d)
{
    json_t *o = json_object(), *lines = json_array();
    json_set_text(o, "marker", d->x->marker);
    json_set_text(o, "type", d->type);
    json_set_text(o, "number", d->number);
    set_date(o, "date", d);
    set_some(o, "operator", d->x->settings.erp_operator);
    set_some(o, "issuer", d->issuer);
    set_some(o, "warehouse", d->warehouse);
    set_some(o, "warehouse_name", d->warehouse_name);
    set_some(o, "price_level", d->price_level);
    set_some(o, "payment_form", d->payment);
    set_some(o, "category", d->category);
    set_some(o, "text", d->subtitle);
    json_set_text(o, "remarks", d->remarks);
    json_set_flag(o, "reserve", d->reserve);
    json_set_text(o, "prices", d->net_priced ? "net" : "gross");
    json_set_text(o, "currency", d->o->currency);
    set_amount(o, "exchange_rate", &d->rate);
    json_object_set_new(o, "buyer", buyer(&d->buyer));
    json_object_set_new(o, "recipient", recipient(d));
    for (size_t i = 0; i < d->line_count; i++)
        json_array_append_new(lines, line(d, i));
    json_object_set_new(o, "lines", lines);
    set_amount(o, "net", &d->net);
    set_amount(o, "vat", &d->vat);
    set_amount(o, "gross", &d->gross);
    set_amount(o, "packaging", &d->packaging);
    set_amount(o, "to_pay", &d->to_pay);
    set_amount(o, "paid", &d->paid);
    return o;
}

enum status draft_to_json(const struct draft *d, struct order_document *document, struct error *e)
{
    document->utf8 = true;
    document->fields = draft_contents(d);
    json_t *message = json_object();
    json_set_text(message, "do", "write");
    json_object_set(message, "document", document->fields);
    json_object_set(message, "order", d->o->json);
    json_add(&document->text, message);
    buf_add_byte(&document->text, '\n');
    json_decref(message);
    return document->text.failed
               ? error_set(e, STATUS_FULL, "order_large", "the document is larger than %d bytes",
                           ORDER_DOCUMENT_MAX)
               : STATUS_OK;
}
