#include "document/order_recipient.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "document/order_draft.h"
#include "model/filler.h"
#include "document/draft_buyer.h"

#define REMARK_MAX   8000
#define PHONE_DIGITS 9 /* of a Polish number, without its prefix */

/* ---- comparing ---------------------------------------------------------------------------------
 */

/* Letters and digits in lower case, words joined, without "ul". */
static void squeeze(const char *text, struct buf *b)
{
    char folded[LOOKUP_TEXT];
    order_fold(folded, text);
    size_t length = strlen(folded), word = 0;
    for (size_t i = 0, used = 1; i <= length; i += used) {
        int32_t point = i < length ? text_decode(folded + i, length - i, &used) : ' ';
        bool part = (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
                    (point >= 0xC0 && !(point >= 0x2000 && point < 0x2C00));
        if (point < 0 || i == length)
            used = 1;
        if (part) {
            buf_add(b, folded + i, used);
            continue;
        }
        if (b->length == word + 2 && memcmp(b->data + word, "ul", 2) == 0)
            b->data[b->length = word] = '\0';
        word = b->length;
    }
}

bool order_recipient_same(const char *a, const char *b)
{
    struct buf x, y;
    buf_init(&x, LOOKUP_TEXT);
    buf_init(&y, LOOKUP_TEXT);
    squeeze(a, &x);
    squeeze(b, &y);
    bool same = text_equal(buf_text(&x), buf_text(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

/* Compare the last digits: a number is the same with or without "+48". */
static bool same_phone(const char *a, const char *b)
{
    char digits[2][PHONE_DIGITS + 1];
    const char *const texts[] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        size_t n = 0;
        for (const char *c = texts[i]; *c; c++) {
            if (*c < '0' || *c > '9')
                continue;
            if (n == PHONE_DIGITS)
                memmove(digits[i], digits[i] + 1, --n);
            digits[i][n++] = *c;
        }
        digits[i][n] = '\0';
    }
    return text_equal(digits[0], digits[1]);
}

/* Is the phone not the buyer's? */
static bool other_phone(const struct order *o)
{
    return !filler_text(o->delivery.phone) && !same_phone(o->delivery.phone, o->buyer_phone);
}

/* Does a text contain something that the other does not? */
static bool differs(const char *text, const char *other)
{
    return !filler_text(text) && !order_recipient_same(text, other);
}

/* ---- making ------------------------------------------------------------------------------------
 */

static void join(struct buf *b, const char *prefix, const char *text)
{
    if (!filler_text(text))
        buf_printf(b, "%s%s%s", b->length ? ", " : "", prefix, text);
}

/* A text for a field: cut without a note, because the whole text is in the remarks. */
static char *take(struct order_texts *t, const char *text, int width)
{
    return order_text_take(t, "recipient", text, width);
}

static char *make_remark(const struct order *o)
{
    const struct order_address *a = &o->delivery;
    struct buf b, place;
    buf_init(&b, REMARK_MAX);
    buf_init(&place, REMARK_MAX);
    buf_printf(&place, "%s%s%s", a->postcode, *a->postcode && *a->city ? " " : "", a->city);
    join(&b, "", a->company);
    if (*a->name && !order_recipient_same(a->name, a->company))
        join(&b, "", a->name);
    join(&b, "", a->street);
    join(&b, "", buf_text(&place));
    if (*a->country && !text_equal_nocase(a->country, "PL"))
        join(&b, "", draft_country(a->country));
    if (other_phone(o))
        join(&b, "tel. ", a->phone);
    buf_free(&place);
    return buf_take(&b);
}

/* Who ordered, if the document's buyer is a company or somebody else. */
static char *make_contact(const struct order *o, const struct order_recipient_base *base)
{
    const char *const who[] = {o->buyer_company, o->buyer_name, o->invoice.name};
    struct buf b;
    buf_init(&b, REMARK_MAX);
    for (size_t i = 0; i < COUNT_OF(who); i++) {
        bool told = !differs(who[i], base->name) || !differs(who[i], o->delivery.name) ||
                    !differs(who[i], o->delivery.company);
        for (size_t k = 0; k < i; k++)
            told |= !differs(who[i], who[k]);
        if (!told)
            join(&b, "", who[i]);
    }
    return buf_take(&b);
}

static bool is_placed(const struct order_address *a)
{
    return *a->street || *a->city || *a->postcode;
}

/* Does it name any person or place at all? */
static bool is_there(const struct order_address *a)
{
    return !filler_text(a->name) || !filler_text(a->company) || is_placed(a) ||
           !filler_text(a->phone);
}

/* Is it a person or a place other than the document's buyer? */
static bool is_other(const struct order *o, const struct order_recipient_base *base)
{
    const struct order_address *a = &o->delivery;
    const char *const pairs[][2] = {{a->company, base->name},
                                    {a->name, base->name},
                                    {a->street, base->street},
                                    {a->postcode, base->postcode},
                                    {a->city, base->city}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (differs(pairs[i][0], pairs[i][1]))
            return true;
    bool elsewhere = is_placed(a) && *a->country && !text_equal_nocase(a->country, base->country);
    return elsewhere || other_phone(o);
}

/* Company and name in one field; the base's if there are none. */
static char *make_full_name(struct order_texts *t, const struct order_address *a,
                            const struct order_recipient_base *base, int width)
{
    struct buf full;
    buf_init(&full, REMARK_MAX);
    join(&full, "", a->company);
    if (!order_recipient_same(a->name, a->company))
        join(&full, "", a->name);
    char *made = take(t, full.length ? buf_text(&full) : base->name, width);
    buf_free(&full);
    return made;
}

/* A text of the order, or another one if it is empty. */
static const char *said(const char *text, const char *otherwise)
{
    return filler_text(text) ? otherwise : text;
}

void order_recipient_make(struct order_recipient *r, const struct order *o,
                          const struct order_recipient_base *base, const int *widths, bool unicode)
{
    const struct order_address *a = &o->delivery;
    bool placed = is_placed(a);
    struct order_texts unseen = {.unicode = unicode};
    buf_init(&unseen.overflow, 4096);
    r->there = is_there(a);
    r->other = is_other(o, base);
    r->company = take(&unseen, said(a->company, ""), widths[WIDTH_NAME]);
    r->name = take(&unseen, said(a->name, ""), widths[WIDTH_NAME]);
    r->full_name = make_full_name(&unseen, a, base, widths[WIDTH_NAME]);
    r->street = take(&unseen, placed ? a->street : base->street, widths[WIDTH_STREET]);
    r->postcode = take(&unseen, placed ? a->postcode : base->postcode, widths[WIDTH_POSTCODE]);
    r->city = take(&unseen, placed ? a->city : base->city, widths[WIDTH_CITY]);
    text_copy(r->iso, sizeof r->iso, strlen(a->country) == 2 ? a->country : base->country);
    r->country = take(&unseen, draft_country(r->iso), widths[WIDTH_COUNTRY]);
    r->phone = take(&unseen, said(a->phone, o->buyer_phone), widths[WIDTH_PHONE]);
    r->remark = r->other ? make_remark(o) : mem_string("");
    r->contact = make_contact(o, base);
    buf_free(&unseen.overflow);
}

void order_recipient_free(struct order_recipient *r)
{
    char *const texts[] = {r->company, r->name,    r->full_name, r->street, r->postcode,
                           r->city,    r->country, r->phone,     r->remark, r->contact};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
}
