/* One pass over the ERP: everything, or the rows changed since the last stamp. */
#include "worker/pass.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "erp/access.h"
#include "erp/checks.h"
#include "erp/checks_database.h"
#include "erp/reader.h"
#include "erp/stamp.h"
#include "mapping/lookup.h"
#include "mapping/mapping.h"
#include "mapping/mapping_stamp.h"
#include "os/log.h"
#include "sync/rules.h"
#include "sync/stamps.h"
#include "sync/states.h"
#include "tds/session.h"
#include "worker/worker.h"

struct pass {
    struct worker *w;
    struct flow *f;
    struct session *session;
    struct mapping_choice choice; /* what the scenario looks at; since: NULL */
    enum stamps_pass plan;
    char safe[STAMP_TEXT]; /* asked before the read that it stands for */
    char print[MAPPING_PRINT];
    struct stamps stamps;
    int64_t every_ms;
};

static enum status next_record(void *user, const struct record **record, struct error *e)
{
    return reader_next(user, record, e);
}

/* Nobody in the ERP should wait for our disk: while the ERP's answer is open, commits do not wait
 * for it; afterwards everything is made durable. */
static enum status read_hastily(struct flow *f, const struct flow_source *source,
                                struct reader *reader, struct flow_result *r, struct error *e)
{
    enum status status = f->dry ? STATUS_OK : ledger_hasten(f->ledger, e);
    if (status == STATUS_OK)
        status = flow_read(f, source, r, e);
    reader_close(reader);
    enum status settled =
        f->dry ? STATUS_OK : ledger_settle(f->ledger, status == STATUS_OK ? e : NULL);
    return status == STATUS_OK ? settled : status;
}

/* Read with the current flow; since NULL: everything. The numbers are added up. */
static enum status read_once(struct pass *p, const char *since, struct flow_result *total,
                             struct error *e)
{
    struct reader *reader = NULL;
    struct flow_result r = {0};
    struct mapping_choice choice = p->choice;
    choice.since = since;
    p->f->changed_only = since != NULL;
    enum status status =
        reader_open(p->session, p->w->mapping, p->f->stream->name, &choice, &reader, e);
    const struct flow_source rows = {next_record, reader};
    struct flow_source source = rows;
    struct states *states = NULL;
    if (status == STATUS_OK && text_equal(p->f->stream->name, "order-states")) {
        status = states_open(p->w->state_dir, &rows, p->f->options, &states, e);
        source = (struct flow_source){states_next, states};
    }
    if (status == STATUS_OK)
        status = read_hastily(p->f, &source, reader, &r, e);
    else
        reader_close(reader);
    states_close(states);
    total->rows += r.rows;
    total->upserts += r.upserts;
    total->deletes += r.deletes;
    total->known_before = r.known_before;
    total->unmatched += r.unmatched;
    total->held += r.held;
    return status;
}

static enum status ask_safe(struct pass *p, struct error *e)
{
    return stamp_safe(p->session, p->w->mapping, p->f->stream->name, p->safe, e);
}

/* From the stored stamp to the server's safe one, which was just asked. */
static enum status read_changed(struct pass *p, struct flow_result *total, struct error *e)
{
    char since[STAMP_TEXT];
    text_copy(since, sizeof since, p->stamps.stamp);
    p->f->stamp = p->safe;
    p->f->print = p->print;
    enum status status = read_once(p, since, total, e);
    p->f->stamp = NULL;
    if (status == STATUS_OK)
        text_copy(p->stamps.stamp, sizeof p->stamps.stamp, p->safe);
    return status;
}

static enum status read_full(struct pass *p, struct flow_result *total, struct error *e)
{
    p->f->stamp = p->safe[0] ? p->safe : NULL;
    p->f->print = p->print;
    enum status status = read_once(p, NULL, total, e);
    p->f->stamp = NULL;
    return status == STATUS_OK ? stamps_full_done(p->w->ledger, &p->stamps, -1, p->every_ms,
                                                  clock_wall(p->w->clock), e)
                               : status;
}

static void say_stamps(struct worker *w, const struct stamps *s, int64_t every_ms)
{
    struct check c = {.code = "plugin.stamps", .title = "Reading what changed"};
    char every[40];
    text_from_duration(every, sizeof every, s->interval_ms ? s->interval_ms : every_ms);
    if (s->missed > 0) {
        c.result = check_answer(
            &c, CHECK_WARN,
            "%lld records had changed without the ERP's stamp moving; the full compare "
            "found them and runs every %s now",
            (long long)s->missed, every);
        check_remedy(
            &c, "Something writes without the ERP's knowledge. If it continues, leave \"stamp\" "
                "out of the stream in a copy of the mapping: then everything is compared every "
                "time.");
    } else {
        c.result = check_answer(
            &c, CHECK_OK, "the ERP's stamps show what changes; everything is compared every %s",
            every);
    }
    events_check(&w->events, &c);
    w->stamps_said = true;
}

/* What changed, everything, and what changed meanwhile: what only the compare found was missed. */
static enum status read_measured(struct pass *p, struct flow_result *total, struct error *e)
{
    struct worker *w = p->w;
    int64_t missed = 0, before = p->stamps.missed;
    enum status status = read_changed(p, total, e);
    if (status == STATUS_OK)
        status = ledger_clear_suspects(w->ledger, e);
    if (status != STATUS_OK)
        return status;
    struct flow_result full = {0};
    p->f->suspect = true;
    status = read_once(p, NULL, &full, e);
    p->f->suspect = false;
    total->rows = full.rows;
    total->upserts += full.upserts;
    total->deletes += full.deletes;
    total->known_before = full.known_before;
    total->unmatched = full.unmatched;
    total->held = full.held;
    if (status != STATUS_OK)
        return status;
    status = stamps_full_done(w->ledger, &p->stamps, -1, p->every_ms, clock_wall(p->w->clock), e);
    if (status == STATUS_OK)
        status = ask_safe(p, e);
    struct flow_result after = {0};
    p->f->explain = true;
    if (status == STATUS_OK)
        status = read_changed(p, &after, e);
    p->f->explain = false;
    total->upserts += after.upserts;
    if (status == STATUS_OK)
        status = ledger_count_suspects(w->ledger, &missed, e);
    if (status == STATUS_OK)
        status = stamps_full_done(w->ledger, &p->stamps, missed, p->every_ms,
                                  clock_wall(p->w->clock), e);
    if (status != STATUS_OK)
        return status;
    say_stamps(w, &p->stamps, p->every_ms);
    if (missed > 0 || before > 0) {
        char said[300] = N_("the full compare found nothing that the stamps had missed");
        if (missed > 0) {
            said_format(said, sizeof said,
                        "the full compare found %lld records that had changed without their "
                        "stamp moving",
                        (long long)missed);
            log_warning("%s: the full compare found %lld records that had changed without their "
                        "stamp moving",
                        w->id, (long long)missed);
        }
        events_journal(&w->events, missed > 0 ? "warning" : "info", "stamps_missed", said);
    }
    return STATUS_OK;
}

/* If a server refuses the statements of stamps (another version's tables, a missing right), that is
 * no reason to stop: everything can be compared instead. Report it once, in amber. */
static bool fall_back(struct pass *p, enum status status, const struct error *e)
{
    struct worker *w = p->w;
    struct check c = {.code = "plugin.stamps", .title = "Reading what changed"};
    if (status != STATUS_INVALID && status != STATUS_REFUSED && status != STATUS_DENIED &&
        status != STATUS_NOT_FOUND)
        return false;
    if (session_dead(p->session))
        return false;
    c.result = check_answer(
        &c, CHECK_WARN, "changes cannot be queried, so everything is compared: %-s", error_said(e));
    check_remedy(&c, "Correct \"stamp\" of the stream in a copy of the mapping, or leave it out.");
    events_check(&w->events, &c);
    w->stamps_said = false;
    p->plan = PASS_FULL;
    p->safe[0] = '\0';
    return true;
}

static enum status plan(struct pass *p, bool asked, struct error *e)
{
    struct worker *w = p->w;
    int64_t scenario = 0;
    p->plan = PASS_FULL;
    if (mapping_stamp(w->mapping, p->f->stream->name, &p->choice) == STAMP_NONE || p->f->dry)
        return STATUS_OK;
    if (!text_to_duration(json_text(p->f->options, "full_every", "6h"), &p->every_ms) ||
        p->every_ms <= 0)
        p->every_ms = INT64_C(6) * 3600000;
    mapping_stream_print(w->mapping, p->f->stream->name, &p->choice, p->print);
    enum status status = ask_safe(p, e);
    if (fall_back(p, status, e))
        return STATUS_OK;
    if (status == STATUS_OK)
        status = stamps_load(w->ledger, &p->stamps, e);
    if (status == STATUS_OK)
        status = ledger_fact(w->ledger, "scenario_version", &scenario, e);
    if (status == STATUS_OK)
        p->plan = stamps_plan(&p->stamps, p->safe, p->print, p->every_ms, asked,
                              scenario != p->f->scenario_version, clock_wall(p->w->clock));
    return status;
}

void pass_say_erp(struct worker *w, struct session *session)
{
    if (w->erp_said || !text_equal(w->mode, "run"))
        return;
    json_t *about = events_new("erp");
    checks_about(session, w->mapping, about);
    events_send(&w->events, about);
    w->erp_said = true;
}

enum status pass_read(struct worker *w, struct flow *f, bool everything, struct flow_result *result,
                      struct error *e)
{
    struct pass p = {.w = w, .f = f};
    memset(result, 0, sizeof *result);
    p.choice.filters = rules_need_filters(f->stream, f->options);
    p.choice.kits = rules_count_kits(f->options);
    rules_fields(f->options, p.choice.fields);
    const struct session_options o = access_options(w->config, w->private_dir);
    enum status status = session_open(&o, &p.session, e);
    if (status == STATUS_OK) {
        events_alive(&w->events);
        pass_say_erp(w, p.session);
        status = lookup_fields(p.session, w->mapping, f->stream->name, &p.choice, e);
    }
    if (status == STATUS_OK) {
        status = plan(&p, everything, e);
    }
    if (status == STATUS_OK) {
        if (p.plan != PASS_FULL) {
            status =
                p.plan == PASS_CHANGED ? read_changed(&p, result, e) : read_measured(&p, result, e);
            if (fall_back(&p, status, e))
                memset(result, 0, sizeof *result);
        }
        if (status == STATUS_OK && p.plan != PASS_FULL && !w->stamps_said)
            say_stamps(w, &p.stamps, p.every_ms);
        if (p.plan == PASS_FULL)
            status = f->dry ? read_once(&p, NULL, result, e) : read_full(&p, result, e);
    }
    result->changed_only = status == STATUS_OK && p.plan == PASS_CHANGED;
    session_close(p.session);
    return status;
}
