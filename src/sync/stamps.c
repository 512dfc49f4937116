#include "sync/stamps.h"

#include <string.h>

#include "base/text.h"

enum status stamps_load(struct ledger *l, struct stamps *s, struct error *e)
{
    memset(s, 0, sizeof *s);
    enum status status = ledger_text(l, "stamp", s->stamp, sizeof s->stamp, e);
    if (status == STATUS_OK)
        status = ledger_text(l, "stamp_print", s->print, sizeof s->print, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "full_ms", &s->full_ms, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "full_interval_ms", &s->interval_ms, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "stamps_missed", &s->missed, e);
    return status;
}

/* Row versions are unsigned whole numbers: compare by length, then by digits. Times are written
 * from the year down; the fraction may be missing. */
static int compare(const char *a, const char *b)
{
    if (strchr(a, '-') || strchr(b, '-'))
        return strcmp(a, b);
    size_t x = strlen(a), y = strlen(b);
    return x != y ? (x < y ? -1 : 1) : strcmp(a, b);
}

static int64_t interval(const struct stamps *s, int64_t every_ms)
{
    return s->interval_ms > 0 && s->interval_ms < every_ms ? s->interval_ms : every_ms;
}

enum stamps_pass stamps_plan(const struct stamps *s, const char *safe, const char *print,
                             int64_t every_ms, bool asked, bool new_scenario, int64_t now_ms)
{
    /* Our stamp is ahead of the server's: the database was restored from a copy, or its clock went
     * back. */
    if (!s->stamp[0] || s->full_ms <= 0 || new_scenario || !text_equal(s->print, print) ||
        compare(s->stamp, safe) > 0)
        return PASS_FULL;
    if (asked || now_ms < s->full_ms || now_ms - s->full_ms >= interval(s, every_ms))
        return PASS_MEASURED;
    return PASS_CHANGED;
}

enum status stamps_full_done(struct ledger *l, struct stamps *s, int64_t missed, int64_t every_ms,
                             int64_t now_ms, struct error *e)
{
    int64_t before = interval(s, every_ms);
    s->full_ms = now_ms;
    if (missed > 0) {
        s->interval_ms = before / 4 > STAMPS_SHORTEST_MS ? before / 4 : STAMPS_SHORTEST_MS;
        if (s->interval_ms > every_ms)
            s->interval_ms = every_ms;
    } else if (missed == 0 && s->interval_ms > 0) {
        s->interval_ms = before >= every_ms / 2 ? 0 : before * 2;
    }
    if (missed >= 0)
        s->missed = missed;
    enum status status = ledger_begin(l, e);
    if (status == STATUS_OK) {
        status = ledger_set_fact(l, "full_ms", s->full_ms, e);
        if (status == STATUS_OK)
            status = ledger_set_fact(l, "full_interval_ms", s->interval_ms, e);
        if (status == STATUS_OK)
            status = ledger_set_fact(l, "stamps_missed", s->missed, e);
        if (status == STATUS_OK)
            return ledger_commit(l, e);
        ledger_rollback(l);
    }
    return status;
}
