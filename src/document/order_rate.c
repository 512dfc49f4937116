#include "document/order_rate.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "tds/session.h"
#include "mapping/mapping.h"
#include "tds/session_query.h"

#define SCALE     4 /* digits after the point in a document's rate */
#define DAY_MS    INT64_C(86400000)
#define WORD_MAX  40
#define SEPARATOR " ,;=\t"
#define LETTERS   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static bool usable(const struct decimal *rate)
{
    const struct decimal limit = {.digits = 1000000};
    return !rate->negative && rate->digits && rate->scale <= SCALE &&
           decimal_compare(rate, &limit) < 0;
}

/* ---- from the setting
 * ---------------------------------------------------------------------------- */

enum status order_rate_set(const char *text, const char *currency, struct decimal *rate,
                           struct error *e)
{
    char words[2][WORD_MAX];
    enum status found = STATUS_END;
    size_t count = 0;
    for (const char *at = text + strspn(text, SEPARATOR); *at;) {
        size_t length = strcspn(at, SEPARATOR);
        struct decimal number = {0};
        bool good = length < WORD_MAX;
        if (good) {
            memcpy(words[count], at, length);
            words[count++][length] = '\0';
        }
        at += length;
        at += strspn(at, SEPARATOR);
        if (good && count == 1 && *at)
            continue;
        good = good && count == 2 && strlen(words[0]) == 3 && strspn(words[0], LETTERS) == 3 &&
               decimal_parse(words[1], strlen(words[1]), &number, NULL) == STATUS_OK;
        if (good)
            decimal_normalize(&number);
        bool wanted = good && text_equal_nocase(words[0], currency);
        if (!good || !usable(&number) ||
            (wanted && found == STATUS_OK && decimal_compare(rate, &number) != 0)) {
            error_set(e, STATUS_INVALID, "orders_rates",
                      "orders.exchange_rates is not like \"EUR 4.25, USD 3.90\"");
            return error_remedy(
                e, "Write each currency's three letters and how many złoty one unit is worth, "
                   "with at most four digits after the point.");
        }
        if (wanted) {
            *rate = number;
            found = STATUS_OK;
        }
        count = 0;
    }
    return found;
}

/* ---- from the ERP's table
 * ------------------------------------------------------------------------- */

struct table {
    struct decimal rate;
    char date[11]; /* of the newest table; "": none */
    bool differ;   /* there are several rates for that day */
    bool bad;
};

static enum status take_rate(void *user, size_t columns, const char *const *names,
                             const char *const *values, struct error *e)
{
    struct table *t = user;
    struct decimal rate = {0};
    char date[11];
    (void)names;
    if (columns < 2)
        return error_set(e, STATUS_INVALID, "erp_columns",
                         "\"rates\" must give the columns rate and date");
    if (!values[0] || !values[1])
        return STATUS_OK;
    text_format(date, sizeof date, "%.10s", values[1]);
    if (t->date[0] && strcmp(date, t->date) < 0)
        return STATUS_OK;
    if (decimal_parse(values[0], strlen(values[0]), &rate, NULL) != STATUS_OK) {
        t->bad = true;
        return STATUS_OK;
    }
    decimal_normalize(&rate);
    if (t->date[0] && text_equal(date, t->date)) {
        t->differ |= decimal_compare(&rate, &t->rate) != 0;
        return STATUS_OK;
    }
    t->rate = rate;
    t->differ = false;
    text_copy(t->date, sizeof t->date, date);
    return STATUS_OK;
}

static void date_text(const struct draft *d, int64_t ms, const char *between, char text[16])
{
    struct tm tm;
    zone_local(d->zone, ms, &tm);
    text_format(text, 16, "%04d%s%02d%s%02d", tm.tm_year + 1900, between, tm.tm_mon + 1, between,
                tm.tm_mday);
}

/* Read the newest table before the order's date. STATUS_END: none is usable, and e says why. */
static enum status ask(const struct draft *d, struct table *t, struct error *e)
{
    const struct mapping_sql *sql = &d->m->statements[ORDER_SQL_RATES];
    char before[16], oldest[16];
    const char *values[] = {d->o->currency, before};
    if (!sql->sql) {
        error_set(e, STATUS_END, "orders_rate", "it is not known where %s keeps rates",
                  mapping_title(d->x->mapping));
        return STATUS_END;
    }
    date_text(d, d->at_ms, "", before);
    date_text(d, d->at_ms - ORDER_RATE_DAYS * DAY_MS, "-", oldest);
    enum status status = session_query(d->x->session, sql->sql, values, 2, take_rate, t, e);
    if (status == STATUS_REFUSED || status == STATUS_DENIED || status == STATUS_INVALID) {
        struct error why = *e; /* there is no such table, or it may not be read */
        error_set(e, STATUS_END, "orders_rate", "the ERP's table of rates cannot be read: %-s",
                  error_said(&why));
        return STATUS_END;
    }
    if (status != STATUS_OK)
        return status;
    if (!t->date[0])
        error_set(e, STATUS_END, "orders_rate", "the ERP has no table with %.20s before its date",
                  d->o->currency);
    else if (strcmp(t->date, oldest) < 0)
        error_set(e, STATUS_END, "orders_rate", "the ERP's newest table with %.20s is from %s",
                  d->o->currency, t->date);
    else if (t->differ || t->bad || !usable(&t->rate))
        error_set(e, STATUS_END, "orders_rate",
                  "the ERP has no single rate of %.20s on %s that a document can hold",
                  d->o->currency, t->date);
    else
        return STATUS_OK;
    return STATUS_END;
}

/* ---- the whole --------------------------------------------------------------------------------- */

/* from: a said text. */
static void note(struct draft *d, const char *from)
{
    char text[DECIMAL_TEXT];
    decimal_print(&d->rate, text);
    order_text_note(d->texts.notes, "currency: the amounts are in %s, one is %s zł (%-s)",
                    d->o->currency, text, from);
}

/* Note that the rate comes from the setting, and why the ERP's table gave none if it should have. */
static void note_set(struct draft *d, const char *why)
{
    char from[600] = "orders.exchange_rates";
    if (d->m->statements[ORDER_SQL_RATES].sql)
        said_format(from, sizeof from, "orders.exchange_rates; %-s", why);
    note(d, from);
}

enum status order_rate_find(struct draft *d, struct error *e)
{
    const struct order *o = d->o;
    struct table t = {0};
    struct error why = {0}, own = {0};
    char from[120];
    d->rate = (struct decimal){.digits = 1};
    if (text_equal(o->currency, ORDER_RATE_HOME))
        return STATUS_OK;
    if (o->exchange_rate.digits || o->exchange_rate.negative) {
        d->rate = o->exchange_rate;
        decimal_normalize(&d->rate);
        if (usable(&d->rate))
            note(d, N_("as the order says"));
        else
            order_fault(d->faults, "order_rate", NULL,
                        "its exchange_rate must be above 0 with at most %d digits after the point",
                        SCALE);
        return STATUS_OK;
    }
    enum status status = ask(d, &t, &why);
    if (status == STATUS_OK) {
        d->rate = t.rate;
        said_format(from, sizeof from, "the ERP's table of %s", t.date);
        note(d, from);
        return STATUS_OK;
    }
    if (status != STATUS_END) {
        if (e)
            *e = why;
        return status;
    }
    status = order_rate_set(d->x->settings.exchange_rates, o->currency, &d->rate, &own);
    if (status == STATUS_OK)
        note_set(d, error_said(&why));
    else
        order_fault(d->faults, "order_rate", NULL,
                    "it is in %.20s and there is no exchange rate: the order has none "
                    "(exchange_rate), %-s, and %-s",
                    o->currency, error_said(&why),
                    status == STATUS_END ? N_("orders.exchange_rates has none") : error_said(&own));
    return STATUS_OK;
}
