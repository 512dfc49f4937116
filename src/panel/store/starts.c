#include "panel/store/starts.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "panel/store/notes.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_sql.h"

/* A start that asks to be let in. */
struct asking {
    struct store *store;
    const char *endpoint;
    const json_t *row; /* of the newest incarnation; NULL: it is the first */
    const struct start *start;
    const struct start_times *times;
    int64_t now_ms;
    struct start_answer *answer;
};

/* The row of the newest incarnation, with its "life", "place" and "host". called_ms is the last
 * call that it began itself, not one that followed the answer of a long poll. */
static enum status load(struct store *s, const char *endpoint, json_t **row, struct error *e)
{
    json_t *rows = NULL;
    enum status status =
        store_query(s, "SELECT * FROM starts WHERE endpoint_id=?", &endpoint, 1, &rows, e);
    *row = json_array_size(rows) ? json_incref(json_array_get(rows, 0)) : NULL;
    json_decref(rows);
    return status;
}

static const char *digits(char target[24], int64_t value)
{
    text_format(target, 24, "%lld", (long long)value);
    return target;
}

/* End its long poll: whoever is behind it then calls again, if it is there. */
static enum status call_upon(struct store *s, const char *endpoint, struct error *e)
{
    return store_rev_raise(s, endpoint, e);
}

/* ---- letting one in ----------------------------------------------------------------------------- */

/* Started in the place of the newest one, which must have ended: a lock keeps two apart there. It
 * must remember the newest number, or the one before it if the newest was never used: then the
 * answer got lost, or the process was killed before it could remember the number. */
static bool again(const json_t *row, const struct start *start)
{
    int64_t newest = json_number(row, "incarnation", 0);
    bool unused = json_number(row, "called_ms", 0) == 0;
    return text_equal(json_text(row, "place", ""), start->place) &&
           (start->last == newest || (unused && start->last == newest - 1));
}

/* Until when the newest one, which is being replaced, may still write orders. 0: it no longer does. */
static int64_t lease_end(const json_t *row, const struct start_times *t, int64_t now_ms)
{
    int64_t called = json_number(row, "called_ms", 0),
            before = json_number(row, "former_until_ms", 0);
    int64_t end = json_number(row, "ended", 0) || !called ? 0 : called + t->lease_ms;
    if (before > end)
        end = before;
    if (end > now_ms + t->lease_ms) /* our clock was set back */
        end = now_ms + t->lease_ms;
    return end > now_ms ? end : 0;
}

static enum status note_change(const struct asking *q, const struct start *start, struct error *e)
{
    char text[500];
    bool restored = q->answer->restored;
    if (restored)
        text_format(
            text, sizeof text,
            "started on %s with an older state than this endpoint had (start %lld, the last "
            "was %lld): from a backup, or a copy; the one before, on %s, is silent",
            start->host, (long long)start->last, (long long)json_number(q->row, "incarnation", 0),
            json_text(q->row, "host", "?"));
    else if (q->row && start->take_over)
        text_format(text, sizeof text, "%s took over from %s, as a person decided", start->host,
                    json_text(q->row, "host", "?"));
    else
        return STATUS_OK;
    return notes_add(q->store, q->endpoint, "warning",
                     restored ? "endpoint_restored" : "endpoint_taken", text, q->now_ms, e);
}

/* start: of q, or as a person wants it. same: it is the same installation. */
static enum status let_in(const struct asking *q, const struct start *start, bool same,
                          struct error *e)
{
    char number[24], until[24];
    struct start_answer *a = q->answer;
    int64_t newest = json_number(q->row, "incarnation", 0),
            end = same ? 0 : lease_end(q->row, q->times, q->now_ms);
    a->verdict = START_GO;
    a->incarnation = (newest > start->last ? newest : start->last) + 1;
    a->restored = q->row && !same && start->last < newest && !start->take_over;
    a->orders_in_ms = end ? end - q->now_ms : 0;
    const char *values[] = {
        q->endpoint, digits(number, a->incarnation),  start->life,       start->place,
        start->host, json_text(q->row, "life", NULL), digits(until, end)};
    enum status status = store_run(
        q->store,
        "INSERT INTO starts(endpoint_id,incarnation,life,place,host) VALUES(?1,CAST(?2 AS "
        "INTEGER),?3,?4,?5) ON CONFLICT(endpoint_id) DO UPDATE SET incarnation=CAST(?2 AS "
        "INTEGER),life=?3,place=?4,host=?5,ended=0,called_ms=0,asked_life=NULL,asked_ms=0,"
        "twin_life=NULL,twin_host=NULL,twin_ms=0,twin_asked_ms=0,twin_let=0,former_life=?6,"
        "former_until_ms=CAST(?7 AS INTEGER)",
        values, 7, NULL, e);
    if (status == STATUS_OK) /* the replaced one learns it at once, not after its long poll */
        status = call_upon(q->store, q->endpoint, e);
    return status == STATUS_OK ? note_change(q, start, e) : status;
}

/* The replaced one says that it has stopped: its lease is over. */
static enum status give_up(const struct asking *q, struct error *e)
{
    if (!json_number(q->row, "former_until_ms", 0) ||
        !text_equal(json_text(q->row, "former_life", NULL), q->start->life))
        return STATUS_OK;
    return store_run(q->store, "UPDATE starts SET former_until_ms=0 WHERE endpoint_id=?",
                     &q->endpoint, 1, NULL, e);
}

/* ---- keeping one out ---------------------------------------------------------------------------- */

static enum status hold(const struct asking *q, struct error *e)
{
    char now[24], told[500];
    struct store *s = q->store;
    const char *endpoint = q->endpoint;
    const struct start *start = q->start;
    const json_t *row = q->row;
    int64_t now_ms = q->now_ms;
    bool news = !json_text(row, "twin_host", NULL);
    const char *values[] = {endpoint, start->life, start->host, digits(now, now_ms)};
    q->answer->verdict = START_TWIN;
    q->answer->retry_s = STARTS_HELD_S;
    enum status status = store_run(
        s,
        "UPDATE starts SET twin_ms=CASE WHEN twin_host IS NULL THEN CAST(?4 AS INTEGER) ELSE twin_ms "
        "END,twin_life=?2,twin_host=?3,twin_asked_ms=CAST(?4 AS INTEGER),asked_life=NULL,asked_ms=0 "
        "WHERE endpoint_id=?1",
        values, 4, NULL, e);
    if (status != STATUS_OK || !news)
        return status;
    text_format(
        told, sizeof told,
        "two of this endpoint: it runs on %s, and a copy of its state directory was started on "
        "%s, which is held; `endpoint-panel endpoint take-over %s` lets the copy go on instead",
        json_text(row, "host", "?"), start->host, endpoint);
    status = notes_add(s, endpoint, "error", "endpoint_twin", told, now_ms, e);
    return status == STATUS_OK ? call_upon(s, endpoint, e) : status;
}

/* Does the newest one still live? Its long poll is ended, and it has a while to call. */
static enum status find_out(const struct asking *q, struct error *e)
{
    char now[24];
    int64_t asked = json_number(q->row, "asked_ms", 0),
            called = json_number(q->row, "called_ms", 0);
    bool known =
        text_equal(json_text(q->row, "asked_life", NULL), q->start->life) && asked <= q->now_ms;
    if (known && called > asked)
        return hold(q, e);
    if (q->now_ms - called > q->times->silent_ms ||
        (known && q->now_ms - asked >= q->times->ask_ms))
        return let_in(q, q->start, false, e);
    q->answer->verdict = START_WAIT;
    q->answer->retry_s = STARTS_RETRY_S;
    if (known)
        return STATUS_OK;
    const char *values[] = {q->endpoint, q->start->life, digits(now, q->now_ms)};
    enum status status = store_run(
        q->store,
        "UPDATE starts SET asked_life=?2,asked_ms=CAST(?3 AS INTEGER) WHERE endpoint_id=?1", values,
        3, NULL, e);
    return status == STATUS_OK ? call_upon(q->store, q->endpoint, e) : status;
}

static enum status judge(const struct asking *q, struct error *e)
{
    const json_t *row = q->row;
    const struct start *start = q->start;
    const struct start_times *t = q->times;
    struct start_answer *a = q->answer;
    int64_t newest = json_number(row, "incarnation", 0);
    bool let =
        json_number(row, "twin_let", 0) && text_equal(json_text(row, "twin_life", ""), start->life);
    struct start willed = *start;
    text_copy(a->host, sizeof a->host, json_text(row, "host", ""));
    a->called_ms = json_number(row, "called_ms", 0);
    a->lease_ms = t->lease_ms - t->lease_ms / STARTS_TOLD_PART;
    if (row && text_equal(json_text(row, "life", ""), start->life)) { /* its answer got lost */
        int64_t end = json_number(row, "former_until_ms", 0);
        a->verdict = START_GO;
        a->incarnation = newest;
        a->orders_in_ms = end > q->now_ms ? end - q->now_ms : 0;
        if (a->orders_in_ms > t->lease_ms)
            a->orders_in_ms = t->lease_ms;
        return STATUS_OK;
    }
    willed.take_over |= let;
    if (!row || willed.take_over)
        return let_in(q, &willed, !row, e);
    if (start->held) {
        enum status status = give_up(q, e);
        return status == STATUS_OK ? hold(q, e) : status;
    }
    if (again(row, start))
        return let_in(q, start, true, e);
    /* A number that the panel does not know: the panel was restored from a copy. */
    if (json_number(row, "ended", 0) || start->last > newest)
        return let_in(q, start, false, e);
    return find_out(q, e);
}

enum status starts_ask(struct store *s, const char *endpoint, const struct start *start,
                       const struct start_times *times, int64_t now_ms, struct start_answer *answer,
                       struct error *e)
{
    struct start_times t = {times && times->lease_ms ? times->lease_ms : STARTS_LEASE_MS,
                            times && times->ask_ms ? times->ask_ms : STARTS_ASK_MS,
                            times && times->silent_ms ? times->silent_ms : STARTS_SILENT_MS};
    json_t *row = NULL;
    *answer = (struct start_answer){0};
    enum status status = store_begin(s, e);
    if (status != STATUS_OK)
        return status;
    status = load(s, endpoint, &row, e);
    const struct asking q = {.store = s,
                             .endpoint = endpoint,
                             .row = row,
                             .start = start,
                             .times = &t,
                             .now_ms = now_ms,
                             .answer = answer};
    if (status == STATUS_OK)
        status = judge(&q, e);
    json_decref(row);
    return store_end(s, status, e);
}

/* ---- every call --------------------------------------------------------------------------------- */

static enum status refuse(const json_t *row, int64_t incarnation, bool needed, struct error *e)
{
    int64_t newest = json_number(row, "incarnation", 0);
    if (incarnation == 0 && row && needed)
        return error_set(e, STATUS_DENIED, "start_missing",
                         "the request does not say by which start of this endpoint it is made");
    if (incarnation == 0 || incarnation >= newest)
        return STATUS_OK;
    return error_set(e, STATUS_DENIED, "endpoint_superseded",
                     "this endpoint was started elsewhere since, on %.100s",
                     json_text(row, "host", "another machine"));
}

enum status starts_still(struct store *s, const char *endpoint, int64_t incarnation,
                         struct error *e)
{
    json_t *row = NULL;
    enum status status = load(s, endpoint, &row, e);
    if (status == STATUS_OK)
        status = refuse(row, incarnation, false, e);
    json_decref(row);
    return status;
}

enum status starts_check(struct store *s, const char *endpoint, int64_t incarnation, bool needed,
                         int64_t now_ms, struct error *e)
{
    char number[24], now[24];
    json_t *row = NULL;
    enum status status = load(s, endpoint, &row, e);
    if (status == STATUS_OK)
        status = refuse(row, incarnation, needed, e);
    /* Recording a call once a second is enough to know that it lives, unless we are finding out. */
    int64_t called = json_number(row, "called_ms", 0);
    bool known = json_number(row, "incarnation", 0) == incarnation && called > 0 &&
                 !json_number(row, "asked_ms", 0) && !json_number(row, "ended", 0) &&
                 now_ms >= called && now_ms - called < 1000;
    json_decref(row);
    if (status != STATUS_OK || incarnation == 0 || known)
        return status;
    /* A higher number than was ever given out: this panel was restored from a copy. A call counts
     * as later than the question even within the same millisecond. */
    const char *values[] = {endpoint, digits(number, incarnation), digits(now, now_ms)};
    return store_run(
        s,
        "INSERT INTO starts(endpoint_id,incarnation,called_ms) VALUES(?1,CAST(?2 AS INTEGER),CAST(?3 "
        "AS INTEGER)) ON CONFLICT(endpoint_id) DO UPDATE SET incarnation=CAST(?2 AS INTEGER),"
        "called_ms=CAST(?3 AS INTEGER)+(asked_ms=CAST(?3 AS INTEGER)),ended=0",
        values, 3, NULL, e);
}

enum status starts_stop(struct store *s, const char *endpoint, int64_t incarnation, struct error *e)
{
    char number[24];
    return store_run(
        s, "UPDATE starts SET ended=1 WHERE endpoint_id=? AND incarnation=CAST(? AS INTEGER)",
        (const char *[]){endpoint, digits(number, incarnation)}, 2, NULL, e);
}

/* ---- copies ------------------------------------------------------------------------------------- */

json_t *starts_twin(struct store *s, const char *endpoint, int64_t now_ms)
{
    json_t *row = NULL, *twin = NULL;
    char since[CLOCK_TEXT], asked[CLOCK_TEXT];
    load(s, endpoint, &row, NULL);
    int64_t last = json_number(row, "twin_asked_ms", 0);
    if (json_text(row, "twin_host", NULL) && now_ms - last <= STARTS_FORGET_MS) {
        twin = json_object();
        clock_format(since, json_number(row, "twin_ms", 0));
        clock_format(asked, last);
        json_set_text(twin, "host", json_text(row, "twin_host", ""));
        json_set_text(twin, "since", since);
        json_set_text(twin, "asked", asked);
    }
    json_decref(row);
    return twin;
}

void starts_tidy(struct store *s, int64_t now_ms)
{
    char before[24];
    const char *value = digits(before, now_ms - STARTS_FORGET_MS);
    json_t *rows = NULL, *row;
    size_t i;
    store_query(
        s,
        "SELECT endpoint_id FROM starts WHERE twin_host IS NOT NULL AND twin_asked_ms<CAST(? AS "
        "INTEGER)",
        &value, 1, &rows, NULL);
    json_array_foreach (rows, i, row) {
        const char *id = json_text(row, "endpoint_id", "");
        store_run(
            s,
            "UPDATE starts SET twin_life=NULL,twin_host=NULL,twin_ms=0,twin_asked_ms=0,twin_let=0 "
            "WHERE endpoint_id=?",
            &id, 1, NULL, NULL);
        notes_add(s, id, "info", "endpoint_twin_gone",
                  "the copy of this endpoint has not asked any more", now_ms, NULL);
        call_upon(s, id, NULL);
    }
    json_decref(rows);
}

enum status starts_let(struct store *s, const char *endpoint, struct error *e)
{
    int changed = 0;
    enum status status =
        store_run(s, "UPDATE starts SET twin_let=1 WHERE endpoint_id=? AND twin_host IS NOT NULL",
                  &endpoint, 1, &changed, e);
    if (status == STATUS_OK && !changed) {
        error_set(e, STATUS_NOT_FOUND, "twin_none", "no copy of endpoint %s is held", endpoint);
        return error_remedy(e, "A copy is held for as long as it asks; start it, then try again.");
    }
    return status;
}
