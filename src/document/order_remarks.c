#include "document/order_remarks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/filler.h"

#define NUMBER_SHOWN 80 /* characters of the shop's order number */
#define REMARKS_MAX  20000

static void add(struct buf *b, const char *label, const char *text)
{
    if (*text)
        buf_printf(b, "; %s%s", label, text);
}

/* The parts that must not be cut. */
static void add_place(const struct draft *d, struct buf *b)
{
    add(b, "odbiorca: ", d->recipient.remark);
    add(b, "punkt ", d->o->delivery_point);
}

/* How many characters a text will take in the remarks. */
static size_t length_of(const struct draft *d, const struct buf *b)
{
    struct order_texts unseen = {.unicode = d->texts.unicode};
    struct buf clean;
    buf_init(&unseen.overflow, 100);
    buf_init(&clean, REMARKS_MAX);
    order_text_fit(&unseen, "", buf_text(b), REMARKS_MAX, false, &clean);
    size_t points = text_points(buf_text(&clean), clean.length);
    buf_free(&clean);
    buf_free(&unseen.overflow);
    return points;
}

static void begin(const struct draft *d, struct buf *b)
{
    buf_init(b, REMARKS_MAX);
    buf_printf(b, "[%s nr %s]", d->x->marker, d->number);
}

void order_remarks_check(struct draft *d, bool own_fields)
{
    struct buf b, number;
    size_t width = (size_t)d->m->widths[WIDTH_REMARKS];
    buf_init(&number, 1000);
    order_text_fit(&d->texts, "order number", d->o->number, NUMBER_SHOWN, false, &number);
    d->number = buf_take(&number);
    begin(d, &b);
    add_place(d, &b);
    size_t length = length_of(d, &b);
    if (length > width && !own_fields)
        order_fault(
            d->faults, "order_recipient", "delivery",
            "the recipient does not fit into the document: with the order's number it needs %zu characters "
            "of the remarks, which hold %zu: %.200s",
            length, width, d->recipient.remark);
    buf_free(&b);
}

/* If there is room, in the order that people read; otherwise the parts that must not be cut come
 * first. */
static void add_beginning(const struct draft *d, struct buf *b)
{
    const struct order *o = d->o;
    size_t before = b->length;
    if (*o->source)
        buf_printf(b, " %s", o->source);
    add(b, "odbiorca: ", d->recipient.remark);
    add(b, "dostawa: ", o->delivery_method);
    add(b, "punkt ", o->delivery_point);
    if (length_of(d, b) <= (size_t)d->m->widths[WIDTH_REMARKS])
        return;
    b->data[b->length = before] = '\0';
    add_place(d, b);
    add(b, "", o->source);
    add(b, "dostawa: ", o->delivery_method);
}

static void add_payment(const struct order *o, struct buf *b)
{
    char paid[DECIMAL_TEXT];
    add(b, "płatność: ", o->payment_method);
    if (o->cash_on_delivery)
        buf_add_text(b, "; pobranie");
    if (o->paid.digits) {
        struct decimal rounded = o->paid;
        decimal_round(&o->paid, 2, &rounded, NULL);
        decimal_print(&rounded, paid);
        buf_printf(b, "; zapłacono %s %s", paid, o->currency);
    }
}

void order_remarks_make(struct draft *d)
{
    const struct order *o = d->o;
    struct buf b, fitted;
    begin(d, &b);
    add_beginning(d, &b);
    add_payment(o, &b);
    if (!d->buyer.made) { /* a new contractor has them in its own fields */
        add(&b, "tel. ", o->buyer_phone);
        add(&b, "", o->buyer_email);
    }
    add(&b, "zamawia: ", d->recipient.contact);
    add(&b, "uwagi: ", o->note);
    if (d->texts.overflow.length)
        buf_printf(&b, "; %s", buf_text(&d->texts.overflow));
    buf_init(&fitted, REMARKS_MAX);
    order_text_fit(&d->texts, "remarks", buf_text(&b), d->m->widths[WIDTH_REMARKS], false, &fitted);
    d->remarks = buf_take(&fitted);
    buf_free(&b);
}
