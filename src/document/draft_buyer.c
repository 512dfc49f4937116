/* Who buys: a contractor that the ERP has, a new one that goes with the document, or a one-time
 * one. */
#include "document/draft_buyer.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"
#include "document/order_draft.h"
#include "model/filler.h"

#define CODE_PREFIX "EK"
#define CODE_LENGTH 16 /* "EK" and 70 bits */

static const struct {
    char iso[3], prefix[3]; /* prefix "": not in the EU */
    const char *name;
} countries[] = {
    {"AT", "AT", "Austria"},   {"BE", "BE", "Belgia"},          {"BG", "BG", "Bułgaria"},
    {"CY", "CY", "Cypr"},      {"CZ", "CZ", "Czechy"},          {"DE", "DE", "Niemcy"},
    {"DK", "DK", "Dania"},     {"EE", "EE", "Estonia"},         {"ES", "ES", "Hiszpania"},
    {"FI", "FI", "Finlandia"}, {"FR", "FR", "Francja"},         {"GR", "EL", "Grecja"},
    {"HR", "HR", "Chorwacja"}, {"HU", "HU", "Węgry"},           {"IE", "IE", "Irlandia"},
    {"IT", "IT", "Włochy"},    {"LT", "LT", "Litwa"},           {"LU", "LU", "Luksemburg"},
    {"LV", "LV", "Łotwa"},     {"MT", "MT", "Malta"},           {"NL", "NL", "Holandia"},
    {"PL", "PL", "Polska"},    {"PT", "PT", "Portugalia"},      {"RO", "RO", "Rumunia"},
    {"SE", "SE", "Szwecja"},   {"SI", "SI", "Słowenia"},        {"SK", "SK", "Słowacja"},
    {"CH", "", "Szwajcaria"},  {"GB", "", "Wielka Brytania"},   {"NO", "", "Norwegia"},
    {"UA", "", "Ukraina"},     {"US", "", "Stany Zjednoczone"},
};

static int country_index(const char *iso)
{
    for (size_t i = 0; i < COUNT_OF(countries); i++)
        if (text_equal_nocase(countries[i].iso, iso))
            return (int)i;
    return -1;
}

const char *draft_country(const char *iso)
{
    int i = country_index(text_empty(iso) ? "PL" : iso);
    return i < 0 ? iso : countries[i].name;
}

/* The first text that says something. */
static const char *first_of(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!filler_text(texts[i]))
            return texts[i];
    return "";
}

/* ---- tax number --------------------------------------------------------------------------------
 */

/* The buyer's country: the invoice's, else the delivery's, else PL. */
static void buyer_country(struct draft *d, char country[3])
{
    const char *said = d->o->invoice.country;
    if (!*said)
        said = d->o->delivery.country;
    text_copy(country, 3, strlen(said) == 2 ? said : "PL");
    if (*said && strlen(said) != 2)
        order_text_note(d->texts.notes,
                        "country: \"%.40s\" is not a two-letter code; PL is "
                        "used",
                        said);
}

/* The invoice's tax number. A text that cannot be a tax number is ignored: a contractor must not be
 * identified by it. */
static void tax_number(struct draft *d, const char *country, struct tax_id *t)
{
    const char *typed = d->o->invoice.tax_id;
    char shown[VISIBLE_SIZE];
    if (!*d->o->invoice.country) /* a Polish company may have it sent abroad */
        tax_id_read(typed, "PL", t);
    if (*d->o->invoice.country || t->kind != TAX_ID_POLISH)
        tax_id_read(typed, country, t);
    if (t->kind == TAX_ID_WRONG)
        order_fault(d->faults, "order_nip", NULL,
                    "the NIP %.40s is wrong: it needs ten digits, the last of which must fit "
                    "the others",
                    visible_text(shown, typed));
    else if (t->personal)
        order_text_note(d->texts.notes,
                        "tax number: the shop's value is a PESEL, not a NIP; it is left out");
    else if (t->kind == TAX_ID_NONE && t->said)
        order_text_note(d->texts.notes,
                        "tax number: \"%.60s\" cannot be one; the buyer "
                        "counts as having none",
                        visible_bare(shown, typed));
}

/* ---- the same buyer gets the same contractor --------------------------------------------------
 */

/* Case, blanks at the ends and the number of blanks between words do not make a different buyer. */
static void add_folded(struct buf *b, const char *text)
{
    char folded[LOOKUP_TEXT];
    order_fold(folded, text + strspn(text, " "));
    for (const char *c = folded; *c; c++)
        if (*c != ' ' || c[1] != ' ')
            buf_add_byte(b, *c);
    buf_add_byte(b, '|');
}

/* The codes by which a contractor that we made is found again. */
struct codes {
    char code[CODE_LENGTH + 1];
    char by_email[CODE_LENGTH + 1]; /* from versions that used only the e-mail address; "": none */
};

static void code_of(const struct buf *identity, char code[CODE_LENGTH + 1])
{
    char marker[ORDER_MARKER + 1];
    order_marker(buf_text(identity), marker);
    text_format(code, CODE_LENGTH + 1, CODE_PREFIX "%.14s", marker + 2);
}

/* A code made from what really identifies the buyer: the tax number, else e-mail address and name,
 * else name and address. An address alone may belong to a family, or to the shop itself for orders
 * by telephone. With less than that nobody can be recognised: then the contractor is for this order
 * only. */
static void make_codes(const struct draft *d, const char *country, const struct tax_id *tax,
                       const struct order_address *a, const char *name, struct codes *c)
{
    struct buf identity;
    bool email = !filler_email(d->o->buyer_email);
    c->by_email[0] = '\0';
    buf_init(&identity, 8 * LOOKUP_TEXT);
    if (tax->number[0]) {
        buf_printf(&identity, "tax|%s|%s", tax->kind == TAX_ID_POLISH ? "PL" : country,
                   tax->number);
    } else if (email) {
        buf_add_text(&identity, "mail|");
        add_folded(&identity, d->o->buyer_email);
        code_of(&identity, c->by_email);
        add_folded(&identity, name);
    } else if (*a->street && (*a->city || *a->postcode)) {
        buf_add_text(&identity, "name|");
        add_folded(&identity, name);
        add_folded(&identity, a->street);
        add_folded(&identity, a->postcode);
        add_folded(&identity, a->city);
    } else {
        buf_printf(&identity, "order|%s", d->x->marker);
        order_text_note(
            d->texts.notes,
            "buyer: neither tax number nor e-mail address nor address; a contractor made for "
            "this order cannot be found again");
    }
    code_of(&identity, c->code);
    buf_free(&identity);
}

/* ---- looking the buyer up ----------------------------------------------------------------------
 */

/* Of several contractors with the same tax number, the active one with the lowest code; NULL: none.
 */
static const struct order_customer *choose(struct draft *d, const struct order_customers *found,
                                           const struct tax_id *tax, size_t *blocked)
{
    const struct order_customer *best = NULL;
    bool noted = false;
    for (size_t i = 0; i < found->count; i++) {
        const struct order_customer *c = &found->rows[i];
        if (!tax_id_same(tax, c->tax_id))
            continue;
        if (!c->active) {
            ++*blocked;
            continue;
        }
        if (best && !text_equal(best->id, c->id) && !noted) {
            order_text_note(d->texts.notes,
                            "buyer: the ERP has several contractors with the tax number %s, "
                            "such as %s and %s; the first code is used",
                            tax->number, best->code, c->code);
            noted = true;
        }
        if (!best || strcmp(c->code, best->code) < 0)
            best = c;
    }
    return best;
}

static bool same_name(const char *a, const char *b)
{
    char folded[2][LOOKUP_TEXT];
    order_fold(folded[0], a);
    order_fold(folded[1], b);
    return *folded[0] && text_equal(folded[0], folded[1]);
}

/* A contractor that we made, by its code. */
static const struct order_customer *by_code(const struct order_customers *found,
                                            const struct codes *codes, const char *name,
                                            size_t *blocked)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct order_customer *c = &found->rows[i];
        bool ours = text_equal_nocase(c->code, codes->code) ||
                    (*codes->by_email && text_equal_nocase(c->code, codes->by_email) &&
                     same_name(c->name, name));
        if (ours && c->active)
            return c;
        *blocked += ours;
    }
    return NULL;
}

/* Ask for the usual spellings and the code, which an index may serve; then for any spelling of the
 * number. */
static enum status ask(struct draft *d, const struct tax_id *tax, const struct codes *codes,
                       const char *name, struct order_customers *found,
                       const struct order_customer **known, size_t *blocked, struct error *e)
{
    char list[TAX_ID_SPELLINGS][TAX_ID_SIZE], pattern[TAX_ID_PATTERN];
    const char *values[TAX_ID_SPELLINGS + 2];
    size_t count = tax_id_spellings(tax, list);
    for (size_t i = 0; i < count; i++)
        values[i] = list[i];
    values[count++] = codes->code;
    if (*codes->by_email)
        values[count++] = codes->by_email;
    *known = NULL;
    enum status status =
        order_lookup_customers(d->x->session, d->x->mapping, values, count, found, e);
    if (status == STATUS_OK)
        *known = choose(d, found, tax, blocked);
    if (status == STATUS_OK && !*known && !*blocked) {
        tax_id_pattern(tax, pattern);
        status = order_lookup_spelled(d->x->session, d->x->mapping, pattern, found, e);
        if (status == STATUS_OK)
            *known = choose(d, found, tax, blocked);
    }
    if (status == STATUS_OK && !*known && !*blocked)
        *known = by_code(found, codes, name, blocked);
    return status;
}

static enum status look_up(struct draft *d, const struct tax_id *tax, const struct codes *codes,
                           const char *name, struct error *e)
{
    struct order_customers found = {0};
    const struct order_customer *known;
    size_t blocked = 0;
    enum status status = ask(d, tax, codes, name, &found, &known, &blocked, e);
    if (status == STATUS_OK) {
        if (!known && blocked)
            order_fault(
                d->faults, "order_contractor", NULL,
                tax->number[0]
                    ? N_("the buyer's contractor with the tax number %s is blocked in the ERP")
                    : N_("the buyer's contractor %s is blocked in the ERP"),
                tax->number[0] ? tax->number : codes->code);
        if (known && strlen(known->code) > (size_t)d->m->widths[WIDTH_CONTRACTOR])
            order_fault(d->faults, "order_contractor", NULL,
                        "the contractor's code %.100s is longer than the %d characters that a "
                        "document can hold",
                        known->code, d->m->widths[WIDTH_CONTRACTOR]);
        if (known)
            d->buyer.known = *known;
        bool one_time = text_equal(json_text(d->x->options, "buyer", "create"), "one-time");
        d->buyer.code = mem_string(known ? known->code : one_time || d->rows ? "" : codes->code);
        d->buyer.made = !known && !one_time && !d->rows;
        if (!known && !one_time && d->rows)
            order_text_note(
                d->texts.notes,
                "buyer: the ERP does not have this contractor, and this writer makes none: "
                "the document itself carries name and address");
    }
    free(found.rows);
    return status;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void fit_texts(struct draft *d, const struct order_address *a, const char *name,
                      const char *tax, const char *country)
{
    struct draft_buyer *b = &d->buyer;
    const int *w = d->m->widths;
    struct order_texts unseen = {
        .unicode = d->texts.unicode}; /* for short forms whose whole text is beside them */
    buf_init(&unseen.overflow, 4096);
    b->name = order_text_take(&d->texts, "name", name, w[WIDTH_NAME]);
    b->short_name = order_text_take(&unseen, "short name", name, w[WIDTH_SHORT_NAME]);
    buf_free(&unseen.overflow);
    if (b->made)
        b->contractor_name =
            order_text_take(&d->texts, "contractor's name", name, w[WIDTH_CONTRACTOR_NAME]);
    b->city = order_text_take(&d->texts, "city", a->city, w[WIDTH_CITY]);
    b->postcode = order_text_take(&d->texts, "postcode", a->postcode, w[WIDTH_POSTCODE]);
    b->street = order_text_take(&d->texts, "street", a->street, w[WIDTH_STREET]);
    b->tax_id = order_text_take(&d->texts, "tax number", tax, w[WIDTH_TAX_ID]);
    b->country = order_text_take(&d->texts, "country", draft_country(country), w[WIDTH_COUNTRY]);
    b->phone = order_text_take(&d->texts, "phone", d->o->buyer_phone, w[WIDTH_PHONE]);
    b->email = order_text_take(&d->texts, "e-mail", d->o->buyer_email, w[WIDTH_EMAIL]);
    int i = country_index(country);
    text_copy(b->iso, sizeof b->iso, country);
    text_copy(b->prefix, sizeof b->prefix, i < 0 ? "" : countries[i].prefix);
    b->eu = *b->prefix && !text_equal(b->prefix, "PL");
}

/* If the ERP has the contractor, the document shows the ERP's name and address. */
static void recipient(struct draft *d, const struct order_address *a, const char *name,
                      const char *country)
{
    const struct order_customer *known = &d->buyer.known;
    const struct order_recipient_base made = {name, a->street, a->postcode, a->city, country},
                                      there = {known->name, known->street, known->postcode,
                                               known->city, country};
    order_recipient_make(&d->recipient, d->o, known->id[0] ? &there : &made, d->m->widths,
                         d->m->unicode);
}

enum status draft_buyer(struct draft *d, struct error *e)
{
    const struct order *o = d->o;
    const char *const companies[] = {o->invoice.company, o->buyer_company};
    const char *const names[] = {o->invoice.name, o->buyer_name, o->delivery.name,
                                 o->delivery.company};
    const char *company = first_of(companies, COUNT_OF(companies));
    const char *name = *company ? company : first_of(names, COUNT_OF(names));
    const struct order_address *a =
        *o->invoice.street || *o->invoice.city ? &o->invoice : &o->delivery;
    char country[3];
    struct tax_id tax;
    struct codes codes;
    for (size_t i = 0; i < COUNT_OF(companies); i++)
        if (*companies[i] && filler_text(companies[i]))
            order_text_note(d->texts.notes, "company: \"%.60s\" is not a company", companies[i]);
    buyer_country(d, country);
    tax_number(d, country, &tax);
    if (!*name)
        order_fault(d->faults, "order_buyer", NULL,
                    "the order does not name the buyer: neither a company nor a name");
    d->buyer.person = !*company && !tax.number[0];
    make_codes(d, country, &tax, a, name, &codes);
    enum status status = look_up(d, &tax, &codes, name, e);
    if (status == STATUS_OK) {
        fit_texts(d, a, name, tax.number, country);
        recipient(d, a, name, country);
    }
    return status;
}

void draft_buyer_free(struct draft_buyer *b)
{
    char *const texts[] = {b->code,    b->short_name, b->name,   b->contractor_name,
                           b->city,    b->postcode,   b->street, b->tax_id,
                           b->country, b->phone,      b->email};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
}
