/* What Subiekt GT's "Komunikacja" does when its operator imports a file of orders: customer orders
 * (ZK) with their contractors, lines, VAT table and reservations. */
#include "sandbox/company/gt_import.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/company/epp.h"
#include "sandbox/company/seed.h"
#include "sandbox/company/epp_read.h"

#define ONE   INT64_C(10000) /* an amount of 1.0000 */
#define GROSZ INT64_C(100)
#define RATES 16

enum { DOCUMENT_ZK = 16, STATUS_FREE = 6, STATUS_RESERVED = 7, KIND_PACKAGING = 4 };

/* One line of a document, looked up. */
struct line {
    const struct epp_record *record;
    int64_t product, kind, vat; /* product 0: a one-off service */
};

struct rate {
    int64_t vat, percent, net, gross;
};

struct order {
    const struct epp_record *header;
    struct line *lines;
    size_t count;
    int64_t warehouse, payer, payer_version, id, status, rate; /* rate of exchange */
    int64_t packaging; /* value of the lines with returnable packaging */
    struct rate rates[RATES];
    size_t rate_count;
    bool net_priced;
};

struct gt {
    sqlite3 *db;
    const struct epp_file *file;
    struct buf *faults;
    int fault_count;
    enum status status;
    struct error *e;
};

#define FAULT(g, ...) epp_fault((g)->faults, &(g)->fault_count, __VA_ARGS__)

/* ---- statements
 * ----------------------------------------------------------------------------------- */

/* Prepare and bind: 't' a C string, 'v' an epp_value (NULL when not given), 'i' an int64_t. */
static sqlite3_stmt *prepare(struct gt *g, const char *sql, const char *kinds, va_list arguments)
{
    sqlite3_stmt *st = NULL;
    if (g->status == STATUS_OK)
        g->status = db_prepare(g->db, sql, &st, g->e);
    for (int i = 0; g->status == STATUS_OK && kinds[i]; i++) {
        if (kinds[i] == 't') {
            sqlite3_bind_text(st, i + 1, va_arg(arguments, const char *), -1, SQLITE_TRANSIENT);
        } else if (kinds[i] == 'v') {
            const struct epp_value *v = va_arg(arguments, const struct epp_value *);
            if (v->given)
                sqlite3_bind_text(st, i + 1, v->text, (int)v->length, SQLITE_STATIC);
        } else {
            sqlite3_bind_int64(st, i + 1, va_arg(arguments, int64_t));
        }
    }
    return st;
}

static void run(struct gt *g, const char *sql, const char *kinds, ...)
{
    va_list arguments;
    va_start(arguments, kinds);
    sqlite3_stmt *st = prepare(g, sql, kinds, arguments);
    va_end(arguments);
    if (g->status == STATUS_OK)
        g->status = db_run(st, g->e);
    sqlite3_finalize(st);
}

/* The first row's integers into a and b (b may be NULL). False: no row, or a failure (in status).
 */
static bool ask(struct gt *g, int64_t *a, int64_t *b, const char *sql, const char *kinds, ...)
{
    va_list arguments;
    va_start(arguments, kinds);
    sqlite3_stmt *st = prepare(g, sql, kinds, arguments);
    va_end(arguments);
    bool found = false;
    if (g->status == STATUS_OK) {
        enum status status = db_step(st, g->e);
        found = status == STATUS_OK;
        if (found)
            *a = sqlite3_column_int64(st, 0);
        if (found && b)
            *b = sqlite3_column_int64(st, 1);
        if (!found && status != STATUS_END)
            g->status = status;
    }
    sqlite3_finalize(st);
    return found;
}

/* Like spIdentyfikator: the next free id from a table's counter. */
static int64_t next_id(struct gt *g, const char *table)
{
    int64_t id = 0;
    if (!ask(g, &id, NULL,
             "UPDATE \"dbo.ins_ident\" SET ido_wartosc=ido_wartosc+1 WHERE ido_nazwa=? "
             "RETURNING ido_wartosc-1",
             "t", table) &&
        g->status == STATUS_OK)
        g->status =
            error_set(g->e, STATUS_NOT_FOUND, "counter", "ins_ident has no counter for %s", table);
    return id;
}

/* ---- contractors
 * ----------------------------------------------------------------------------------- */

/* A NIP's digits and letters, without dashes, blanks and a leading PL. */
static void bare_nip(const struct epp_value *v, char target[32])
{
    const char *from = text_starts(v->text, "PL") ? v->text + 2 : v->text;
    size_t used = 0;
    for (; *from && used < 31; from++)
        if (*from != '-' && *from != ' ')
            target[used++] = *from;
    target[used] = '\0';
}

static int64_t find_contractor(struct gt *g, const struct epp_record *h)
{
    int64_t id = 0;
    char nip[32];
    if (epp_at(h, 12)->given &&
        ask(g, &id, NULL,
            "SELECT kh_Id FROM \"dbo.kh__Kontrahent\" WHERE kh_Symbol=? ORDER BY kh_Id", "v",
            epp_at(h, 12)))
        return id;
    bare_nip(epp_at(h, 18), nip);
    if (nip[0])
        ask(g, &id, NULL,
            "SELECT kh_Id FROM \"dbo.adr__Ewid\" JOIN \"dbo.kh__Kontrahent\" ON "
            "kh_Id=adr_IdObiektu "
            "WHERE adr_TypAdresu=1 AND replace(replace(adr_NIP,'-',''),' ','')=? ORDER BY kh_Id",
            "t", nip);
    return id;
}

/* The current version of a contractor's main address, which documents refer to. */
static int64_t address_version(struct gt *g, int64_t contractor)
{
    int64_t address, version = 0, old;
    if (!ask(g, &address, &version,
             "SELECT adr_Id,adr_IdWersja FROM \"dbo.adr__Ewid\" WHERE adr_IdObiektu=? AND "
             "adr_TypAdresu=1",
             "i", contractor))
        return 0;
    if (ask(g, &old, NULL,
            "SELECT adrh_Id FROM \"dbo.adr_Historia\" WHERE adrh_Id=? AND adrh_IdAdresu=?", "ii",
            version, address))
        return version;
    version = next_id(g, "adr_Historia");
    run(g,
        "INSERT INTO \"dbo.adr_Historia\" SELECT "
        "?1,adr_Id,adr_Nazwa,adr_NazwaPelna,adr_NIP,adr_Ulica,adr_Kod,"
        "adr_Miejscowosc FROM \"dbo.adr__Ewid\" WHERE adr_Id=?2",
        "ii", version, address);
    run(g, "UPDATE \"dbo.adr__Ewid\" SET adr_IdWersja=? WHERE adr_Id=?", "ii", version, address);
    return version;
}

struct contractor {
    const struct epp_value *code, *name, *full_name, *city, *postcode, *street, *nip, *country;
    const struct epp_value *mail, *phone, *regon;
    int64_t kind, person, one_time;
};

static int64_t create_contractor(struct gt *g, const struct contractor *c)
{
    static const char now[] = "strftime('%Y-%m-%d %H:%M:%f','now')";
    char sql[512], phone[64];
    int64_t id = next_id(g, "kh__Kontrahent"), address = next_id(g, "adr__Ewid");
    const struct epp_value *name = c->name->given ? c->name : c->full_name;
    text_copy(phone, 36, c->phone->text); /* adr_Telefon is shorter than the file's field */
    text_format(sql, sizeof sql,
                "INSERT INTO \"dbo.kh__Kontrahent\"(kh_Id,kh_Symbol,kh_Rodzaj,kh_Osoba,"
                "kh_Jednorazowy,kh_EMail,kh_REGON,kh_DataDodania,kh_DataZmiany) VALUES"
                "(?,?,?,?,?,?,?,%s,%s)",
                now, now);
    run(g, sql, "itiiivv", id, c->code->text, c->kind, c->person, c->one_time, c->mail, c->regon);
    text_format(sql, sizeof sql,
                "INSERT INTO \"dbo.adr__Ewid\"(adr_Id,adr_IdObiektu,adr_TypAdresu,adr_Nazwa,"
                "adr_NazwaPelna,adr_NIP,adr_Telefon,adr_Adres,adr_Ulica,adr_Kod,adr_Miejscowosc,"
                "adr_IdPanstwo,adr_DataZmiany) VALUES(?1,?2,1,?3,?4,?5,?6,?7,?7,?8,?9,(SELECT "
                "pa_Id FROM \"dbo.sl_Panstwo\" WHERE pa_Nazwa=?10),%s)",
                now);
    run(g, sql, "iittttvvvv", address, id, name->text,
        c->full_name->given ? c->full_name->text : name->text, c->nip->text, phone, c->street,
        c->postcode, c->city, c->country);
    return id;
}

static int64_t create_from_catalogue(struct gt *g, const struct epp_record *r)
{
    static const int kinds[] = {0, 1, 2, 2, 0,
                                1, 2, 0, 1, 2}; /* of the format's type byte: kh_Rodzaj */
    int64_t type = epp_at(r, 1)->number;
    struct contractor c = {.code = epp_at(r, 2),
                           .name = epp_at(r, 3),
                           .full_name = epp_at(r, 4),
                           .city = epp_at(r, 5),
                           .postcode = epp_at(r, 6),
                           .street = epp_at(r, 7),
                           .nip = epp_at(r, 8),
                           .regon = epp_at(r, 9),
                           .phone = epp_at(r, 10),
                           .mail = epp_at(r, 13),
                           .country = epp_at(r, 28),
                           .person = type > 3};
    if (type >= (int64_t)COUNT_OF(kinds))
        FAULT(g, "line %d, field 1: there is no kind %" PRId64 " of contractors", r->line, type);
    else
        c.kind = kinds[type];
    if (text_points(c.code->text, c.code->length) > 20)
        FAULT(g,
              "line %d, field 2: the contractor's code \"%s\" is longer than kh_Symbol's 20 "
              "characters",
              r->line, c.code->text);
    if (!c.name->given && !c.full_name->given)
        FAULT(g, "line %d: the contractor \"%s\" has no name", r->line, c.code->text);
    return g->fault_count ? 0 : create_contractor(g, &c);
}

/* A buyer without a code is a one-time contractor made from the document's header. */
static int64_t create_one_time(struct gt *g, const struct epp_record *h)
{
    const struct epp_value *none = epp_at(h, 0);
    struct contractor c = {.code = none,
                           .name = epp_at(h, 13),
                           .full_name = epp_at(h, 14),
                           .city = epp_at(h, 15),
                           .postcode = epp_at(h, 16),
                           .street = epp_at(h, 17),
                           .nip = epp_at(h, 18),
                           .country = epp_at(h, 60),
                           .mail = none,
                           .phone = none,
                           .regon = none,
                           .kind = 2,
                           .one_time = 1};
    return create_contractor(g, &c);
}

static int64_t contractor(struct gt *g, const struct epp_record *h)
{
    const struct epp_value *code = epp_at(h, 12);
    int64_t id = find_contractor(g, h);
    if (id || g->status != STATUS_OK)
        return id;
    if (!code->given)
        return epp_at(h, 13)->given || epp_at(h, 14)->given ? create_one_time(g, h) : 0;
    for (const struct epp_record *r = g->file->contractors; r; r = r->next)
        if (text_equal(epp_at(r, 2)->text, code->text))
            return create_from_catalogue(g, r);
    FAULT(g,
          "line %d, field 12: the contractor \"%s\" is neither in the database nor in the file's "
          "KONTRAHENCI",
          h->line, code->text);
    return 0;
}

/* ---- lines
 * ------------------------------------------------------------------------------------------ */

static int64_t vat_of(struct gt *g, const struct epp_record *r)
{
    static const char *const symbols[] = {"", "zw", "ex", "ue", "np", "oo"};
    int64_t percent = epp_at(r, 16)->number, id = 0;
    bool found;
    if (percent < 0 && percent % ONE == 0 && -percent / ONE < (int64_t)COUNT_OF(symbols))
        found = ask(g, &id, NULL, "SELECT vat_Id FROM \"dbo.sl_StawkaVAT\" WHERE vat_Symbol=?", "t",
                    symbols[-percent / ONE]);
    else
        found = ask(g, &id, NULL,
                    "SELECT vat_Id FROM \"dbo.sl_StawkaVAT\" WHERE vat_Stawka=?1 AND (?1<>0 OR "
                    "vat_Symbol='0') ORDER BY vat_StawkaZagraniczna,vat_Id",
                    "i", percent);
    if (!found)
        FAULT(g, "line %d, field 16: this company has no VAT rate \"%s\"", r->line,
              epp_at(r, 16)->text);
    return id;
}

static void find_product(struct gt *g, struct line *l)
{
    const struct epp_record *r = l->record;
    const struct epp_value *code = epp_at(r, 3);
    int64_t count = 0, blocked = 0;
    if (!code->given) {
        l->kind = 2;
        if (epp_at(r, 2)->number != 2 || !epp_at(r, 22)->given)
            FAULT(g, "line %d, field 3: a line needs a product's code, or a one-off service's name",
                  r->line);
        return;
    }
    if (!ask(g, &l->product, &l->kind,
             "SELECT tw_Id,tw_Rodzaj FROM \"dbo.tw__Towar\" WHERE tw_Symbol=? AND "
             "tw_Usuniety=0",
             "v", code)) {
        FAULT(g, "line %d, field 3: there is no product \"%s\"", r->line, code->text);
        return;
    }
    ask(g, &count, &blocked,
        "SELECT count(*),max(tw_Zablokowany) FROM \"dbo.tw__Towar\" WHERE tw_Symbol=? AND "
        "tw_Usuniety=0",
        "v", code);
    if (count > 1)
        FAULT(g, "line %d, field 3: %" PRId64 " products have the code \"%s\"", r->line, count,
              code->text);
    else if (blocked)
        FAULT(g, "line %d, field 3: the product \"%s\" is blocked", r->line, code->text);
    else if (epp_at(r, 2)->number != l->kind)
        FAULT(g, "line %d, field 2: \"%s\" is of kind %" PRId64 ", not %" PRId64, r->line,
              code->text, l->kind, epp_at(r, 2)->number);
}

static int64_t round_div(__int128 a, __int128 b)
{
    return (int64_t)(a >= 0 ? (a + b / 2) / b : -((-a + b / 2) / b));
}

static int64_t to_grosz(__int128 ten_thousandths_squared)
{
    return round_div(ten_thousandths_squared, ONE * GROSZ) * GROSZ;
}

/* Does quantity × price, less the line's own discount, give the line's value? */
static void check_value(struct gt *g, const struct order *o, const struct epp_record *r)
{
    int64_t quantity = epp_at(r, 11)->number, price = epp_at(r, o->net_priced ? 14 : 15)->number;
    int64_t value = epp_at(r, o->net_priced ? 17 : 19)->number, discount = epp_at(r, 9)->number;
    if (epp_at(r, 8)->number || epp_at(o->header, 33)->number)
        return; /* the sender decides how to spread these discounts
                 */
    int64_t whole = to_grosz((__int128)quantity * price * (100 * ONE - discount) / (100 * ONE));
    int64_t each = to_grosz((__int128)price * (100 * ONE - discount) / 100);
    if (value != whole && value != to_grosz((__int128)quantity * each))
        FAULT(g,
              "line %d: the value is %s, but quantity, price and discount give %" PRId64
              ".%02" PRId64,
              r->line, epp_at(r, o->net_priced ? 17 : 19)->text, whole / ONE,
              (int64_t)(whole % ONE / GROSZ));
}

static void look_up_line(struct gt *g, struct order *o, struct line *l, size_t number)
{
    const struct epp_record *r = l->record;
    if (epp_at(r, 1)->number != (int64_t)number)
        FAULT(g, "line %d, field 1: %zu belongs here", r->line, number);
    find_product(g, l);
    l->vat = vat_of(g, r);
    if (epp_at(r, 11)->number <= 0 || epp_at(r, 12)->number <= 0)
        FAULT(g, "line %d, field 11: the quantity must be more than zero", r->line);
    if (epp_at(r, 14)->number < 0 || epp_at(r, 15)->number < 0)
        FAULT(g, "line %d: a price below zero", r->line);
    if (epp_at(r, 17)->number + epp_at(r, 18)->number != epp_at(r, 19)->number)
        FAULT(g, "line %d: net %s and VAT %s do not make the gross %s", r->line,
              epp_at(r, 17)->text, epp_at(r, 18)->text, epp_at(r, 19)->text);
    check_value(g, o, r);
}

/* ---- totals
 * ------------------------------------------------------------------------------------------ */

static void add_to_rate(struct gt *g, struct order *o, const struct line *l)
{
    size_t i = 0;
    while (i < o->rate_count && o->rates[i].vat != l->vat)
        i++;
    if (i == o->rate_count) {
        if (o->rate_count == RATES) {
            FAULT(g, "line %d: more than %d VAT rates", l->record->line, RATES);
            return;
        }
        int64_t percent = epp_at(l->record, 16)->number;
        o->rates[o->rate_count++] =
            (struct rate){.vat = l->vat, .percent = percent > 0 ? percent : 0};
    }
    o->rates[i].net += epp_at(l->record, 17)->number;
    o->rates[i].gross += epp_at(l->record, 19)->number;
}

/* Returnable packaging is not part of the sale: its lines carry no VAT, and its value is in field
 * 45. */
static void add_packaging(struct gt *g, struct order *o, const struct line *l)
{
    const struct epp_record *r = l->record;
    o->packaging += epp_at(r, 19)->number;
    if (epp_at(r, 16)->number || epp_at(r, 18)->number)
        FAULT(g, "line %d, field 16: returnable packaging carries no VAT, not %s", r->line,
              epp_at(r, 16)->text);
}

/* Field 45 is the packaging's value, 37 the total to pay, 36 the part that is paid. */
static void check_due(struct gt *g, const struct order *o)
{
    const struct epp_record *h = o->header;
    int64_t due = epp_at(h, 30)->number + epp_at(h, 45)->number - epp_at(h, 46)->number;
    if (epp_at(h, 45)->number != o->packaging)
        FAULT(g, "line %d, field 45: %s is not the value of the packaging, %" PRId64 ".%02" PRId64,
              h->line, epp_at(h, 45)->text, o->packaging / ONE, o->packaging % ONE / GROSZ);
    if (epp_at(h, 37)->given && epp_at(h, 37)->number != due)
        FAULT(g, "line %d, field 37: %s is not the gross and the packaging, %" PRId64 ".%02" PRId64,
              h->line, epp_at(h, 37)->text, due / ONE, due % ONE / GROSZ);
    if (epp_at(h, 36)->number < 0 || epp_at(h, 36)->number > due)
        FAULT(g, "line %d, field 36: %s is paid of %" PRId64 ".%02" PRId64, h->line,
              epp_at(h, 36)->text, due / ONE, due % ONE / GROSZ);
}

static bool totals_are(const struct order *o, int64_t net, int64_t vat, int64_t gross)
{
    return epp_at(o->header, 28)->number == net && epp_at(o->header, 29)->number == vat &&
           epp_at(o->header, 30)->number == gross;
}

/* The header's totals must equal those of the lines: VAT computed once per rate, as on Polish
 * documents, or as the sum of the lines' VAT. */
static void check_totals(struct gt *g, struct order *o)
{
    int64_t net = 0, gross = 0, lines_net = 0, lines_gross = 0;
    for (size_t i = 0; i < o->rate_count; i++) {
        struct rate *r = &o->rates[i];
        lines_net += r->net;
        lines_gross += r->gross;
    }
    if (totals_are(o, lines_net, lines_gross - lines_net, lines_gross))
        return;
    for (size_t i = 0; i < o->rate_count; i++) {
        struct rate *r = &o->rates[i];
        if (o->net_priced)
            r->gross = r->net + to_grosz((__int128)r->net * r->percent / 100);
        else
            r->net = r->gross -
                     to_grosz((__int128)r->gross * ONE * r->percent / (100 * ONE + r->percent));
        net += r->net;
        gross += r->gross;
    }
    if (!totals_are(o, net, gross - net, gross))
        FAULT(g,
              "line %d: the document's totals %s + %s = %s are not those of its lines: %" PRId64
              ".%02" PRId64 " + %" PRId64 ".%02" PRId64 " = %" PRId64 ".%02" PRId64,
              o->header->line, epp_at(o->header, 28)->text, epp_at(o->header, 29)->text,
              epp_at(o->header, 30)->text, net / ONE, net % ONE / GROSZ, (gross - net) / ONE,
              (gross - net) % ONE / GROSZ, gross / ONE, gross % ONE / GROSZ);
}

/* ---- documents
 * --------------------------------------------------------------------------------------- */

static void look_up_header(struct gt *g, struct order *o)
{
    const struct epp_record *h = o->header;
    const struct epp_value *type = epp_at(h, 1), *mag = epp_at(g->file->info, 12);
    int64_t state = epp_at(h, 2)->number;
    /* A partner's order to a supplier is our order from a customer. */
    if (!text_equal(type->text, "ZK") && !text_equal(type->text, "ZD"))
        FAULT(g, "line %d, field 1: \"%s\" is not imported here, only orders (ZK, ZD)", h->line,
              type->text);
    if (state > 1)
        FAULT(g, "line %d, field 2: an order of status %" PRId64 " is not imported", h->line,
              state);
    o->status = state == 1 ? STATUS_RESERVED : STATUS_FREE;
    if (!epp_at(h, 22)->given)
        FAULT(g, "line %d, field 22: the date of issue is missing", h->line);
    if (epp_at(h, 25)->number != (int64_t)o->count || !o->count)
        FAULT(g, "line %d, field 25: %" PRId64 " lines are announced and %zu are there", h->line,
              epp_at(h, 25)->number, o->count);
    if (mag->given
            ? !ask(g, &o->warehouse, NULL,
                   "SELECT mag_Id FROM \"dbo.sl_Magazyn\" WHERE mag_Symbol=?", "v", mag)
            : !ask(g, &o->warehouse, NULL,
                   "SELECT mag_Id FROM \"dbo.sl_Magazyn\" ORDER BY mag_Glowny DESC,mag_Id", ""))
        FAULT(g, "line %d, field 12: there is no warehouse \"%s\"", g->file->info->line, mag->text);
    o->net_priced = epp_at(h, 26)->number == 1;
    o->rate = epp_at(h, 48)->given ? epp_at(h, 48)->number : ONE;
    if (o->rate <= 0 || (text_equal(epp_at(h, 47)->text, "PLN") && o->rate != ONE))
        FAULT(g, "line %d, field 48: %s is no rate for %s", h->line, epp_at(h, 48)->text,
              epp_at(h, 47)->text);
}

static bool look_up(struct gt *g, struct order *o, const struct epp_document *d)
{
    size_t i = 0;
    *o = (struct order){.header = d->header, .count = d->line_count};
    o->lines = mem_array(d->line_count + 1, sizeof o->lines[0]);
    look_up_header(g, o);
    for (const struct epp_record *r = d->lines; r && g->status == STATUS_OK; r = r->next, i++) {
        o->lines[i].record = r;
        look_up_line(g, o, &o->lines[i], i + 1);
        if (o->lines[i].kind == KIND_PACKAGING)
            add_packaging(g, o, &o->lines[i]);
        else
            add_to_rate(g, o, &o->lines[i]);
    }
    check_totals(g, o);
    check_due(g, o);
    if (g->status == STATUS_OK && !g->fault_count) {
        o->payer = contractor(g, o->header);
        o->payer_version = o->payer ? address_version(g, o->payer) : 0;
    }
    return g->status == STATUS_OK && !g->fault_count;
}

/* Amounts of a foreign currency are kept in zlotys. */
static int64_t pln(const struct order *o, int64_t amount)
{
    return o->rate == ONE ? amount : round_div((__int128)amount * o->rate, ONE);
}

static void insert_header(struct gt *g, struct order *o, char number[32])
{
    const struct epp_record *h = o->header;
    const struct epp_value *due = epp_at(h, 37), *currency = epp_at(h, 47);
    int64_t next = 0;
    char year[8];
    text_copy(year, 5, epp_at(h, 22)->text);
    ask(g, &next, NULL,
        "SELECT coalesce(max(dok_Nr),0)+1 FROM \"dbo.dok__Dokument\" WHERE dok_Typ=16 AND "
        "substr(dok_DataWyst,1,4)=?",
        "t", year);
    text_format(number, 32, "ZK %" PRId64 "/%s", next, year);
    o->id = next_id(g, "dok__Dokument");
    run(g,
        "INSERT INTO "
        "\"dbo.dok__Dokument\"(dok_Id,dok_Typ,dok_Podtyp,dok_Status,dok_StatusEx,dok_MagId,dok_Nr,"
        "dok_NrPelny,dok_NrPelnyOryg,dok_DataWyst,dok_DataMag,dok_TerminRealizacji,dok_PlatnikId,"
        "dok_OdbiorcaId,"
        "dok_PlatnikAdreshId,dok_OdbiorcaAdreshId,dok_WartNetto,dok_WartVat,dok_WartBrutto,dok_"
        "KwWartosc,"
        "dok_KwDoZaplaty,dok_PlatTermin,dok_CenyPoziom,dok_CenyTyp,dok_CenyKurs,dok_Waluta,dok_"
        "WalutaKurs,"
        "dok_RabatProc,dok_Wystawil,dok_Odebral,dok_KatId,dok_Tytul,dok_Podtytul,dok_Uwagi,dok_"
        "DoDokNrPelny,"
        "dok_JestRuchMag,dok_Algorytm) "
        "VALUES(?1,16,0,?2,0,?3,?4,?5,?6,?7,coalesce(?8,?7),coalesce(?9,?8),"
        "nullif(?10,0),nullif(?10,0),nullif(?11,0),nullif(?11,0),?12,?13,?14,?14,?15,?16,-1,?17,"
        "10000,coalesce(?18,"
        "'PLN'),?19,"
        "?20,?21,?22,(SELECT kat_Id FROM \"dbo.sl_Kategoria\" WHERE "
        "kat_Nazwa=?23),?24,?25,?26,?27,0,0)",
        "iiiitvvvviiiiiiviviivvvvvvv", o->id, o->status, o->warehouse, next, number, epp_at(h, 5),
        epp_at(h, 22), epp_at(h, 23), epp_at(h, 24), o->payer, o->payer_version,
        pln(o, epp_at(h, 28)->number), pln(o, epp_at(h, 29)->number), pln(o, epp_at(h, 30)->number),
        pln(o, due->given ? due->number : epp_at(h, 30)->number), epp_at(h, 35),
        epp_at(h, 26)->number, currency, o->rate, epp_at(h, 33)->number, epp_at(h, 42),
        epp_at(h, 43), epp_at(h, 19), epp_at(h, 20), epp_at(h, 51), epp_at(h, 49), epp_at(h, 10));
}

static void reserve(struct gt *g, const struct order *o, const struct line *l)
{
    int64_t held;
    if (o->status != STATUS_RESERVED || (l->kind != 1 && l->kind != 4))
        return; /* services have no stock; a kit's parts are not in these tables */
    if (ask(g, &held, NULL,
            "UPDATE \"dbo.tw_Stan\" SET st_StanRez=st_StanRez+?3 WHERE st_TowId=?1 AND st_MagId=?2 "
            "RETURNING 1",
            "iii", l->product, o->warehouse, epp_at(l->record, 12)->number))
        return;
    run(g,
        "INSERT INTO \"dbo.tw_Stan\"(st_TowId,st_MagId,st_Stan,st_StanRez,st_StanMin,st_StanMax) "
        "VALUES"
        "(?,?,0,?,0,0)",
        "iii", l->product, o->warehouse, epp_at(l->record, 12)->number);
}

static void insert_line(struct gt *g, const struct order *o, const struct line *l)
{
    const struct epp_record *r = l->record;
    int64_t percent = epp_at(r, 16)->number;
    run(g,
        "INSERT INTO "
        "\"dbo.dok_Pozycja\"(ob_Id,ob_DokHanId,ob_DokHanLp,ob_TowId,ob_TowRodzaj,ob_Ilosc,ob_"
        "IloscMag,"
        "ob_Jm,ob_CenaNetto,ob_CenaBrutto,ob_CenaWaluta,ob_CenaMag,ob_Rabat,ob_WartNetto,ob_"
        "WartVat,"
        "ob_WartBrutto,ob_WartMag,ob_VatId,ob_VatProc,ob_MagId,ob_Opis) "
        "VALUES(?1,?2,?3,nullif(?4,0),?5,?6,?7,"
        "?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,coalesce(?21,?22))",
        "iiiiiiiviiiiiiiiiiiivv", next_id(g, "dok_Pozycja"), o->id, epp_at(r, 1)->number,
        l->product, l->kind, epp_at(r, 11)->number, epp_at(r, 12)->number, epp_at(r, 10),
        pln(o, epp_at(r, 14)->number), pln(o, epp_at(r, 15)->number),
        epp_at(r, o->net_priced ? 14 : 15)->number, epp_at(r, 13)->number, epp_at(r, 9)->number,
        pln(o, epp_at(r, 17)->number), pln(o, epp_at(r, 18)->number), pln(o, epp_at(r, 19)->number),
        epp_at(r, 20)->number, l->vat, percent > 0 ? percent : INT64_C(0), o->warehouse,
        epp_at(r, 21), epp_at(r, 22));
    reserve(g, o, l);
}

static void insert_vat(struct gt *g, const struct order *o)
{
    for (size_t i = 0; i < o->rate_count && g->status == STATUS_OK; i++) {
        const struct rate *r = &o->rates[i];
        run(g,
            "INSERT INTO "
            "\"dbo.dok_Vat\"(vt_Id,vt_DokId,vt_VatId,vt_VatProc,vt_WartNetto,vt_WartVat,"
            "vt_WartBrutto) VALUES(?,?,?,?,?,?,?)",
            "iiiiiii", next_id(g, "dok_Vat"), o->id, r->vat, r->percent, pln(o, r->net),
            pln(o, r->gross - r->net), pln(o, r->gross));
    }
}

enum status gt_import(sqlite3 *db, const struct epp_file *file, struct buf *faults,
                      struct buf *made, struct error *e)
{
    struct gt g = {.db = db, .file = file, .faults = faults, .status = STATUS_OK, .e = e};
    for (const struct epp_document *d = file->documents; d && g.status == STATUS_OK; d = d->next) {
        struct order o;
        char number[32];
        if (look_up(&g, &o, d)) {
            insert_header(&g, &o, number);
            for (size_t i = 0; i < o.count && g.status == STATUS_OK; i++)
                insert_line(&g, &o, &o.lines[i]);
            insert_vat(&g, &o);
            buf_printf(made, "%s\n", number);
        }
        free(o.lines);
    }
    return g.status == STATUS_OK && g.fault_count ? STATUS_REFUSED : g.status;
}
