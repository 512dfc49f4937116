/* Who buys: a contractor that the ERP has, one that goes with the document, or a one-time one. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "erp/order_draft.h"

#define CODE_PREFIX "EK"
#define CODE_LENGTH 16 /* "EK" and 70 bits */

static const struct {
    char iso[3], prefix[3]; /* prefix "": not of the EU */
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

static const char *first_of(const char *a, const char *b, const char *c, const char *d)
{
    return *a ? a : *b ? b : *c ? c : d;
}

/* Letters and digits only, in capitals: tax numbers are typed with blanks, dots and dashes. */
static void bare(char *target, size_t size, const char *text)
{
    size_t n = 0;
    for (; *text && n + 1 < size; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text;
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            target[n++] = c;
    }
    target[n] = '\0';
}

/* ---- tax number --------------------------------------------------------------------------------
 */

/* The invoice's tax number in its one spelling; country: ISO, made "PL" when nothing else is said.
 */
static void tax_number(struct draft *d, char tax[64], char country[3], bool *polish)
{
    const char *typed = d->o->invoice.tax_id, *said = d->o->invoice.country;
    char digits[11];
    if (!*said)
        said = d->o->delivery.country;
    text_copy(country, 3, strlen(said) == 2 ? said : "PL");
    if (*said && strlen(said) != 2)
        order_text_note(d->texts.notes, "country: \"%.40s\" is no two-letter code; taken as PL",
                        said);
    bare(tax, 64, typed);
    bool foreign = tax[0] >= 'A' && tax[0] <= 'Z' && tax[1] >= 'A' && tax[1] <= 'Z' &&
                   memcmp(tax, "PL", 2) != 0;
    *polish = !foreign && (text_equal_nocase(country, "PL") || memcmp(tax, "PL", 2) == 0);
    if (!tax[0] || !*polish)
        return;
    if (nip_parse(typed, digits))
        text_copy(tax, 64, digits);
    else
        order_fault(d->faults, "order_nip", NULL,
                    "the NIP %.40s is wrong: ten digits, the last of which must "
                    "fit the others",
                    typed);
}

/* ---- the same buyer meets the same contractor --------------------------------------------------
 */

static void add_folded(struct buf *b, const char *text)
{
    char folded[LOOKUP_TEXT];
    order_fold(folded, text);
    buf_add_text(b, folded);
    buf_add_byte(b, '|');
}

/* A code from what makes a buyer the same one: the tax number, else the e-mail address, else name
 * and address. */
static void make_code(const struct draft *d, const char *country, const char *tax,
                      const struct order_address *a, const char *name, char code[CODE_LENGTH + 1])
{
    struct buf identity;
    char marker[ORDER_MARKER + 1];
    buf_init(&identity, 8 * LOOKUP_TEXT);
    if (*tax) {
        buf_printf(&identity, "tax|%s|%s", country, tax);
    } else if (*d->o->buyer_email) {
        buf_add_text(&identity, "mail|");
        add_folded(&identity, d->o->buyer_email);
    } else {
        buf_add_text(&identity, "name|");
        add_folded(&identity, name);
        add_folded(&identity, a->street);
        add_folded(&identity, a->postcode);
        add_folded(&identity, a->city);
    }
    order_marker(buf_text(&identity), marker);
    buf_free(&identity);
    text_format(code, CODE_LENGTH + 1, CODE_PREFIX "%.14s", marker + 2);
}

/* ---- looking the buyer up ----------------------------------------------------------------------
 */

static bool has_tax_number(const struct order_customer *c, const char *tax, bool polish)
{
    char digits[11], plain[64];
    if (polish)
        return nip_parse(c->tax_id, digits) && text_equal(digits, tax);
    bare(plain, sizeof plain, c->tax_id);
    return text_equal(plain, tax);
}

/* Of several contractors with one NIP the active one with the lowest code; NULL when there is none.
 */
static const struct order_customer *choose(struct draft *d, const struct order_customers *found,
                                           const char *tax, bool polish, size_t *blocked)
{
    const struct order_customer *best = NULL;
    bool noted = false;
    *blocked = 0;
    for (size_t i = 0; i < found->count && *tax; i++) {
        const struct order_customer *c = &found->rows[i];
        if (!has_tax_number(c, tax, polish))
            continue;
        if (!c->active) {
            ++*blocked;
            continue;
        }
        if (best && !text_equal(best->id, c->id) && !noted) {
            order_text_note(d->texts.notes,
                            "buyer: the ERP has several contractors with the tax number %s, such "
                            "as %s and %s; the first code is taken",
                            tax, best->code, c->code);
            noted = true;
        }
        if (!best || strcmp(c->code, best->code) < 0)
            best = c;
    }
    return best;
}

/* The ways in which a NIP is spelled in a database; then the code. */
static size_t spellings(char list[6][64], const char *tax, bool polish, const char *code)
{
    size_t n = 0;
    if (*tax)
        text_copy(list[n++], 64, tax);
    if (*tax && polish) {
        text_format(list[n++], 64, "PL%s", tax);
        text_format(list[n++], 64, "PL %s", tax);
        text_format(list[n++], 64, "%.3s-%.3s-%.2s-%.2s", tax, tax + 3, tax + 6, tax + 8);
        text_format(list[n++], 64, "%.3s-%.2s-%.2s-%.3s", tax, tax + 3, tax + 5, tax + 7);
    }
    text_copy(list[n++], 64, code);
    return n;
}

static enum status look_up(struct draft *d, const char *tax, bool polish, const char *code,
                           struct error *e)
{
    struct order_customers found = {0};
    char list[6][64];
    const char *values[6];
    size_t blocked = 0, count = spellings(list, tax, polish, code);
    for (size_t i = 0; i < count; i++)
        values[i] = list[i];
    enum status status =
        order_lookup_customers(d->x->session, d->x->mapping, values, count, &found, e);
    if (status == STATUS_OK) {
        const struct order_customer *known = choose(d, &found, tax, polish, &blocked);
        for (size_t i = 0; i < found.count && !known && !blocked; i++) {
            if (text_equal_nocase(found.rows[i].code, code) && found.rows[i].active)
                known = &found.rows[i];
            else if (text_equal_nocase(found.rows[i].code, code))
                blocked++;
        }
        if (!known && blocked)
            order_fault(d->faults, "order_contractor", NULL,
                        "the buyer's contractor %s%s is blocked in the ERP",
                        *tax ? "with the tax number " : "", *tax ? tax : code);
        if (known && strlen(known->code) > (size_t)d->m->widths[WIDTH_CONTRACTOR])
            order_fault(d->faults, "order_contractor", NULL,
                        "the contractor's code %.100s is longer than the %d "
                        "characters that a document holds",
                        known->code, d->m->widths[WIDTH_CONTRACTOR]);
        text_copy(d->buyer.id, sizeof d->buyer.id, known ? known->id : "");
        bool one_time = text_equal(json_text(d->x->options, "buyer", "create"), "one-time");
        d->buyer.code = mem_string(known ? known->code : one_time || d->rows ? "" : code);
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
        .unicode = d->texts.unicode}; /* for short forms of what is whole beside them */
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

enum status draft_buyer(struct draft *d, struct error *e)
{
    const struct order *o = d->o;
    const char *company = first_of(o->invoice.company, o->buyer_company, "", "");
    const char *name =
        *company ? company
                 : first_of(o->invoice.name, o->buyer_name, o->delivery.name, o->delivery.company);
    const struct order_address *a =
        *o->invoice.street || *o->invoice.city ? &o->invoice : &o->delivery;
    char tax[64], country[3], code[CODE_LENGTH + 1];
    bool polish;
    tax_number(d, tax, country, &polish);
    if (!*name)
        order_fault(d->faults, "order_buyer", NULL,
                    "the order does not say who buys: neither a company nor a name");
    d->buyer.person = !*company && !*tax;
    make_code(d, country, tax, a, name, code);
    enum status status = look_up(d, tax, polish, code, e);
    if (status == STATUS_OK)
        fit_texts(d, a, name, tax, country);
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
