/* How many orders of each kind there are: from tallies that every change updates, so the cost does
 * not depend on how many wait. */
#include "store/orders_count.h"

#include <string.h>

#include "base/clock.h"
#include "store/db.h"
#include "base/json.h"
#include "store/orders_internal.h"

/* STATUS_INVALID: a ledger of an older version, opened for reading, has none. */
static enum status read_tallies(struct orders *o, int64_t tallies[TALLIES], struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_TALLIES, &s, e);
    memset(tallies, 0, TALLIES * sizeof *tallies);
    if (status != STATUS_OK)
        return status;
    while ((status = db_step(s, e)) == STATUS_OK) {
        int name = sqlite3_column_int(s, 0);
        if (name >= 0 && name < TALLIES)
            tallies[name] = sqlite3_column_int64(s, 1);
    }
    return status == STATUS_END ? STATUS_OK : status;
}

/* The first column of a statement's only row. */
static enum status number(struct orders *o, enum order_query q, int64_t value, int64_t *n,
                          struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, q, &s, e);
    if (status != STATUS_OK)
        return status;
    if (sqlite3_bind_parameter_count(s))
        sqlite3_bind_int64(s, 1, value);
    status = db_step(s, e);
    if (status == STATUS_OK)
        *n = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

/* Orders that became done since a given time. Done orders stay done, so after the first count the
 * tally shows how many were added. */
static enum status count_done(struct orders *o, int64_t since_ms, int64_t ever, int64_t *n,
                              struct error *e)
{
    if (o->done_known && o->done_since_ms == since_ms && ever >= o->done_ever) {
        *n = o->done_count + (ever - o->done_ever);
        return STATUS_OK;
    }
    enum status status = number(o, OQ_COUNT_DONE, since_ms, n, e);
    o->done_known = status == STATUS_OK;
    o->done_since_ms = since_ms;
    o->done_ever = ever;
    o->done_count = *n;
    return status;
}

/* Count among the rejected ones: they are few, so each is examined. */
static enum status count_closed(struct orders *o, struct orders_counts *c, struct error *e)
{
    return c->states[ORDER_REJECTED] ? number(o, OQ_COUNT_CLOSED, 0, &c->closed, e) : STATUS_OK;
}

static enum status scan(struct orders *o, int64_t since_ms, struct orders_counts *c,
                        struct error *e)
{
    enum status status = STATUS_OK;
    for (int i = 0; i < ORDER_STATES && status == STATUS_OK; i++)
        status = number(o, OQ_COUNT_STATE, i, &c->states[i], e);
    c->states[ORDER_DONE] = 0; /* as below */
    if (status == STATUS_OK)
        status = count_closed(o, c, e);
    if (status == STATUS_OK)
        status = number(o, OQ_COUNT_DONE, since_ms, &c->done_since, e);
    return status == STATUS_OK ? number(o, OQ_COUNT_OUTCOMES, 0, &c->outcomes, e) : status;
}

enum status orders_count(struct orders *o, int64_t since_ms, struct orders_counts *c,
                         struct error *e)
{
    int64_t tallies[TALLIES];
    memset(c, 0, sizeof *c);
    if (read_tallies(o, tallies, NULL) != STATUS_OK)
        return scan(o, since_ms, c, e);
    for (int i = 0; i < ORDER_STATES; i++)
        c->states[i] = i == ORDER_DONE ? 0 : tallies[i]; /* many, and nobody asks */
    c->outcomes = tallies[TALLY_OUTCOMES];
    enum status status = count_done(o, since_ms, tallies[TALLY_EVER_DONE], &c->done_since, e);
    if (status == STATUS_OK)
        status = count_closed(o, c, e);
    if (status == STATUS_OK)
        status = number(o, OQ_OLDEST_HANDED, 0, &c->oldest_handed_ms, e);
    return status == STATUS_OK ? number(o, OQ_REFUSED, 0, &c->refused, e) : status;
}

json_t *orders_counts_json(const struct orders_counts *c)
{
    json_t *object = json_object();
    char at[CLOCK_TEXT];
    clock_format(at, c->oldest_handed_ms);
    json_set_number(object, "waiting", c->states[ORDER_WAITING] + c->states[ORDER_SENDING]);
    json_set_number(object, "handed_over", c->states[ORDER_HANDED_OVER]);
    json_set_number(object, "done_today", c->done_since);
    json_set_number(object, "rejected", c->states[ORDER_REJECTED]);
    json_set_number(object, "closed", c->closed);
    json_set_number(object, "in_doubt", c->states[ORDER_IN_DOUBT]);
    json_set_text(object, "oldest_handed_over", c->oldest_handed_ms ? at : NULL);
    json_set_number(object, "untold", c->outcomes);
    return object;
}

/* ---- overdue, and files to be put away -------------------------------------------------------- */

enum status orders_warned(struct orders *o, int64_t num, struct error *e)
{
    return orders_run_on(o, OQ_WARNED, num, e);
}

enum status orders_count_overdue(struct orders *o, int64_t before_ms, uint64_t *count,
                                 struct error *e)
{
    int64_t n = 0;
    enum status status = number(o, OQ_COUNT_WARNED, before_ms, &n, e);
    *count = (uint64_t)n;
    return status;
}

enum status orders_forget_warned(struct orders *o, int64_t since_ms, struct error *e)
{
    return orders_run_on(o, OQ_FORGET_WARNED, since_ms, e);
}

enum status orders_put_away(struct orders *o, int64_t num, struct error *e)
{
    return orders_run_on(o, OQ_AWAY_DONE, num, e);
}
