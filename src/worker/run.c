/* The loop of a plugin: wait for its time, read, send, report. */
#include "worker/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/plugin.h"
#include "model/kind.h"
#include "os/host.h"
#include "os/log.h"
#include "store/ledger_mend.h"
#include "sync/flow_send.h"
#include "worker/catalogue_watch.h"
#include "worker/loop.h"
#include "worker/orders_run.h"
#include "worker/pass.h"
#include "worker/step.h"
#include "worker/waits.h"

#define RETRY_FIRST 2000
#define RETRY_CAP   60000
#define MEND_MS     600000

struct loop {
    struct worker *w;
    struct backoff erp, panel;
    int64_t erp_retry_ms, panel_retry_ms; /* mono: not before */
    struct loop_start started;            /* the last pass */
    int64_t last_ok_ms;                   /* wall */
    bool run_requested, everything;       /* everything: not only the rows that the stamps report */
    bool erp_away;                        /* the last pass did not reach it, or it had no time */
    char said_erp[48], said_panel[48];    /* codes that are red and were journalled */
    uint64_t said_held;                   /* rows, as the check says */
    int mended;    /* how often the ledger was repaired since the last good pass */
    int told_held; /* newly held rows that were journalled in this pass or sending */
    char said_ledger[48];
    int64_t mended_mono; /* when the ledger was made anew last; 0: never */
    bool unfinished;     /* the channel may have something to end, though nothing is queued */
    struct catalogue_watch catalogue;
    bool accept_mass;    /* a person said that a mass change is meant */
    struct error damage; /* what the ledger's file answered; status OK: nothing wrong */
};

#define MENDED_AT_ONCE 3 /* after that many it is shown as a fault */
#define HELD_TOLD      5 /* single rows; a pass may hold thousands */

/* A row is newly held: the journal says which and why. */
static void on_held(void *user, const struct held_row *row)
{
    struct loop *l = user;
    char said[SAID_MAX], told[SAID_MAX], text[2400];
    if (++l->told_held > HELD_TOLD)
        return;
    error_told(row->why, told, sizeof told);
    if (row->column[0])
        said_format(said, sizeof said, "%s is held back (%-s), column %s: %-s", row->name,
                    held_reason_word(row->reason), row->column, told);
    else
        said_format(said, sizeof said, "%s is held back (%-s): %-s", row->name,
                    held_reason_word(row->reason), told);
    said_words(text, sizeof text, said);
    log_warning("%s: %s", l->w->id, text);
    events_journal(&l->w->events, "warning", "row_held", said);
}

/* Report how many rows are held, in amber, and what changed since the last time. */
static uint64_t say_held(struct loop *l)
{
    struct held_summary held;
    struct worker *w = l->w;
    struct check c = {.code = "plugin.held", .title = "Rows that are held back"};
    char said[300];
    if (held_summary(w->ledger, &held, NULL) != STATUS_OK)
        return l->said_held;
    if (l->told_held > HELD_TOLD) {
        said_format(said, sizeof said, "%d more rows are held back", l->told_held - HELD_TOLD);
        events_journal(&w->events, "warning", "row_held", said);
    }
    l->told_held = 0;
    if (held.count == l->said_held)
        return held.count;
    if (held.count == 0) {
        c.result = check_answer(&c, CHECK_OK, "no row is held back");
        events_journal(&w->events, "info", "row_held", N_("no row is held back any more"));
    } else {
        c.result = check_answer(
            &c, CHECK_WARN,
            held.count == 1 ? N_("%llu row is held back, the others go on: %-s")
                            : N_("%llu rows are held back, the others go on; the first: %-s"),
            (unsigned long long)held.count, held.oldest);
        check_remedy(&c, "`endpointctl held %s` lists them, and what to do about each.", w->id);
    }
    events_check(&w->events, &c);
    l->said_held = held.count;
    return held.count;
}

static void send_state(struct loop *l)
{
    struct ledger_state s;
    char text[CLOCK_TEXT];
    if (ledger_state(l->w->ledger, &s, NULL) != STATUS_OK)
        return;
    json_t *state = events_new("state");
    json_set_number(state, "held", (int64_t)say_held(l));
    json_set_number(state, "queued", (int64_t)s.queued);
    json_set_number(state, "acked", (int64_t)s.acked);
    json_set_number(state, "snapshot", (int64_t)s.snapshot_rows);
    clock_format(text, s.oldest_ms);
    json_set_text(state, "oldest", s.oldest_ms ? text : NULL);
    clock_format(text, l->started.at.wall_ms);
    json_set_text(state, "last_run", l->started.at.wall_ms ? text : NULL);
    clock_format(text, l->last_ok_ms);
    json_set_text(state, "last_ok", l->last_ok_ms ? text : NULL);
    events_send(&l->w->events, state);
}

static void send_pass(struct loop *l, int64_t began_ms, const struct flow_result *r,
                      const struct error *e)
{
    char text[CLOCK_TEXT];
    json_t *pass = events_new("pass");
    clock_format(text, began_ms);
    json_set_text(pass, "started", text);
    clock_format(text, clock_wall(l->w->clock));
    json_set_text(pass, "ended", text);
    json_set_number(pass, "rows", (int64_t)r->rows);
    json_set_number(pass, "upserts", (int64_t)r->upserts);
    json_set_number(pass, "deletes", (int64_t)r->deletes);
    json_set_number(pass, "unmatched", (int64_t)r->unmatched);
    json_set_number(pass, "held", (int64_t)r->held);
    json_set_text(pass, "read", r->changed_only ? "changed" : "everything");
    json_set_flag(pass, "ok", e->status == STATUS_OK);
    json_object_set_new(pass, "error", e->status == STATUS_OK ? json_null() : json_from_error(e));
    events_send(&l->w->events, pass);
}

/* A damaged ledger is repaired at once, then read and sent again: true. */
static bool mended(struct loop *l, struct error *e)
{
    char said[300], text[300];
    struct error why = {0};
    if (text_equal(e->code, "ledger_damaged") && ledger_mend(l->w->ledger, &why) != STATUS_OK)
        log_problem(LOG_WARNING, l->w->id, &why);
    if (!ledger_was_mended(l->w->ledger, said, sizeof said))
        return false;
    said_words(text, sizeof text, said);
    log_warning("%s: %s", l->w->id, text);
    events_journal(&l->w->events, "warning", "ledger_mended", said);
    l->run_requested = l->everything = true;
    return ++l->mended < MENDED_AT_ONCE;
}

static void note_damage(struct loop *l, const struct error *e)
{
    if (text_equal(e->code, "db_damaged") || text_equal(e->code, "ledger_damaged"))
        l->damage = *e;
}

/* Open a new ledger in place of a damaged one, and start over. False: told to stop. */
static bool mend(struct loop *l)
{
    int64_t now = clock_mono(l->w->clock);
    if (l->mended_mono &&
        now - l->mended_mono < MEND_MS) { /* the disk itself is at fault: stay red */
        error_clear(&l->damage);
        return true;
    }
    l->mended_mono = now;
    bool go = loop_renew_ledger(l->w, l->said_ledger, &l->damage);
    error_clear(&l->damage);
    l->run_requested = true;
    l->erp_retry_ms = l->panel_retry_ms = 0;
    return go;
}

/* The whole ERP is read for the first time: people wait for it to finish, here and in the shop.
 * Kept as a fact in the ledger, so that a restart in between loses neither entry: 0 not yet, 1
 * being sent, 2 done. */
static void tell_first(struct loop *l, const struct flow_result *r)
{
    struct worker *w = l->w;
    int64_t told = 0;
    char said[300];
    if (r->known_before || r->rows == 0 || !r->upserts ||
        ledger_fact(w->ledger, "first_sync", &told, NULL) != STATUS_OK || told)
        return;
    said_format(said, sizeof said,
                "first sync: %llu rows were read, %llu of them are sent to the shop",
                (unsigned long long)r->rows, (unsigned long long)r->upserts);
    ledger_set_fact(w->ledger, "first_sync", 1, NULL);
    events_journal(&w->events, "info", "first_sync", said);
}

static void tell_first_sent(struct loop *l)
{
    struct worker *w = l->w;
    int64_t told = 0;
    if (ledger_fact(w->ledger, "first_sync", &told, NULL) != STATUS_OK || told != 1)
        return;
    ledger_set_fact(w->ledger, "first_sync", 2, NULL);
    events_journal(&w->events, "info", "first_sync_done",
                   N_("first sync: the shop has everything; from now on only changes are sent"));
}

static void read_pass(struct loop *l)
{
    struct worker *w = l->w;
    struct error e = {0};
    struct flow f;
    struct flow_result r;
    worker_flow(w, &f);
    f.held = on_held;
    f.held_user = l;
    f.accept_deletions = w->events.accept_deletions;
    w->events.accept_deletions = false;
    l->accept_mass |= f.accept_deletions;
    loop_started(l->w, &l->started);
    ledger_set_fact(w->ledger, "last_start", l->started.at.wall_ms, NULL);
    bool everything = l->everything || f.accept_deletions;
    enum status status = pass_read(w, &f, everything, &r, &e);
    if (status == STATUS_CANCELLED || mended(l, &e))
        return;
    /* If the problem passes by itself, do not wait as long as the schedule might. */
    l->erp_away = status == STATUS_UNREACHABLE || status == STATUS_TIMEOUT || status == STATUS_BUSY;
    if (status == STATUS_OK) {
        error_clear(&e);
        l->mended = 0;
        l->everything = false;
        l->last_ok_ms = clock_wall(l->w->clock);
        backoff_reset(&l->erp);
        l->erp_retry_ms = 0;
        l->unfinished |= w->ops->finish != NULL;
        tell_first(l, &r);
    } else {
        l->erp_retry_ms = clock_mono(l->w->clock) + loop_wait_after(&l->erp, status, 0, NULL);
        note_damage(l, &e);
    }
    loop_say(l->w, l->said_erp, "plugin.read", "Reading from the ERP", &e);
    waits_say(w);
    send_pass(l, l->started.at.wall_ms, &r, &e);
    if (r.upserts || r.deletes)
        log_info("%s: %llu rows, %llu changed, %llu gone", w->id, (unsigned long long)r.rows,
                 (unsigned long long)r.upserts, (unsigned long long)r.deletes);
}

static void on_swept(void *user, const struct flow_swept *swept)
{
    catalogue_watch_swept(&((struct loop *)user)->catalogue, swept);
}

/* Nothing is queued any more. */
static enum status end_sending(struct loop *l, struct flow_sender *sender, struct error *e)
{
    struct error first;
    uint64_t rounded = flow_send_rounded(sender, &first);
    catalogue_watch_rounded(&l->catalogue, rounded, &first);
    l->accept_mass = false;
    enum status ended = flow_send_finish(sender, e);
    l->unfinished = ended != STATUS_OK;
    return ended == STATUS_OK ? STATUS_END : ended;
}

/* A sending ended so: when is the next one? */
static void after_sending(struct loop *l, enum status status, int64_t asked, struct error *e)
{
    bool panel = text_equal(l->w->ops->type, "panel");
    if (status == STATUS_END || status == STATUS_EXISTS) {
        error_clear(e);
        l->panel_retry_ms = 0;
    } else { /* a guard waits for a person */
        enum status as = status == STATUS_GUARD ? STATUS_REFUSED : status;
        l->panel_retry_ms = clock_mono(l->w->clock) + loop_wait_after(&l->panel, as, asked, e);
        note_damage(l, e);
    }
    loop_say(l->w, l->said_panel, "plugin.send",
             panel ? N_("Sending to the panel") : N_("Sending to the shop"), e);
}

/* Send until nothing is queued, or it fails. */
static void send_queue(struct loop *l)
{
    struct worker *w = l->w;
    struct error e = {0};
    struct channel *channel = NULL;
    struct flow_sender *sender = NULL;
    struct flow f;
    uint64_t sent = 0, total = 0;
    int64_t asked = -1;
    ledger_rest(w->ledger); /* what reading took is not kept beside what sending takes */
    host_give_memory_back();
    worker_flow(w, &f);
    f.held = on_held;
    f.held_user = l;
    f.swept = on_swept;
    f.accept_mass = l->accept_mass;
    enum status status = worker_channel_open(w, &channel, &e);
    if (status == STATUS_OK)
        status = flow_send_open(&f, w->ops, channel, &sender, &e);
    while (status == STATUS_OK) {
        status = flow_send(sender, &sent, &asked, &e);
        total += sent;
        if (status == STATUS_OK) {
            backoff_reset(&l->panel);
            send_state(l);
            if (f.tick(w, "send", total) != STATUS_OK)
                status = STATUS_CANCELLED;
        }
    }
    if (status == STATUS_END)
        status = end_sending(l, sender, &e);
    flow_send_close(sender);
    w->ops->close(channel);
    if (status == STATUS_CANCELLED || mended(l, &e))
        return;
    if (status == STATUS_EXISTS) {
        events_journal(&w->events, "warning", e.code, error_said(&e));
        log_problem(LOG_WARNING, w->id, &e);
        l->run_requested = true;
    }
    if (status == STATUS_END)
        tell_first_sent(l);
    after_sending(l, status, asked, &e);
    if (l->catalogue.again)
        l->run_requested = l->everything = true;
    l->catalogue.again = false;
    send_state(l);
}

static bool has_queue(struct loop *l)
{
    struct ledger_state s;
    return ledger_state(l->w->ledger, &s, NULL) == STATUS_OK && s.queued > 0;
}

/* How long until something is to be done; < 0: nothing until told. *read: it is reading's turn. */
static int64_t next_step(struct loop *l, bool *read, bool *send)
{
    int64_t wall = clock_wall(l->w->clock), mono = clock_mono(l->w->clock);
    const json_t *schedule = json_object_get(l->w->plugin, "schedule");
    bool later = false;
    int64_t shop = catalogue_watch_wait(&l->catalogue, &later);
    if (later) /* a pass over everything queues it, as soon as one may run */
        shop = step_read_in(schedule, wall, l->erp_retry_ms, mono);
    if (later && shop == 0)
        l->run_requested = l->everything = true;
    const struct step s = {.schedule = schedule,
                           .since_ms = loop_since(l->w, &l->started),
                           .wall_ms = wall,
                           .mono_ms = mono,
                           .requested = l->run_requested,
                           .erp_away = l->erp_away,
                           .erp_at = l->erp_retry_ms,
                           .panel_at = l->panel_retry_ms,
                           .to_send = has_queue(l) || l->unfinished || (shop == 0 && !later),
                           .shop_in_ms = shop > 0 ? shop : 0};
    return step_next(&s, read, send);
}

/* A person wants held rows tried again: read the ERP again at once. */
static json_t *retry_held(struct loop *l, const json_t *request)
{
    struct error e = {0};
    uint64_t count = 0;
    const char *key = json_text(request, "key", NULL);
    enum status status = held_retry(l->w->ledger, key, clock_wall(l->w->clock), &count, &e);
    if (status == STATUS_OK && key && count == 0) {
        status =
            error_set(&e, STATUS_NOT_FOUND, "held_unknown", "no row \"%.200s\" is held back", key);
        error_remedy(&e, "endpointctl held %s lists them.", l->w->id);
    }
    if (status != STATUS_OK)
        return json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(&e));
    if (count > 0) {
        l->run_requested = l->everything = true;
        l->panel_retry_ms = l->erp_retry_ms = 0;
    }
    return json_pack("{s:b,s:I}", "ok", 1, "count", (json_int_t)count);
}

static void answer_requests(struct loop *l)
{
    struct worker *w = l->w;
    struct error no_orders = {0};
    json_t *list = w->events.requests;
    for (size_t i = 0; i < json_array_size(list);) {
        const json_t *request = json_array_get(list, i);
        if (!text_equal(json_text(request, "do", ""), "held-retry")) {
            i++;
            continue;
        }
        events_answer(&w->events, request, retry_held(l, request));
        json_array_remove(list, i);
    }
    error_set(&no_orders, STATUS_INVALID, "plugin_kind", "plugin %s has no orders", w->id);
    loop_refuse_requests(w, &no_orders);
}

static void know_shop(struct loop *l)
{
    struct error e = {0};
    if (catalogue_watch_shop(l->w, &e) != STATUS_OK && !mended(l, &e)) {
        note_damage(l, &e);
        log_problem(LOG_WARNING, l->w->id, &e);
    }
}

int run_plugin(struct worker *w)
{
    if (kind_is_inward(w->kind))
        return orders_run(w);
    struct loop l = {.w = w, .unfinished = w->ops->finish != NULL, .catalogue.w = w};
    backoff_init(&l.erp, RETRY_FIRST, RETRY_CAP);
    backoff_init(&l.panel, RETRY_FIRST, RETRY_CAP);
    if (!loop_wait_for_ledger(w, l.said_ledger))
        return 0;
    know_shop(&l);
    /* The first pass runs at once: the ERP may have changed while we were away. */
    send_state(&l);
    while (!worker_told_to_stop(w)) {
        bool read, send;
        answer_requests(&l);
        w->events.orders_waiting = false;
        if (w->events.lease_news)
            l.panel_retry_ms = 0;
        w->events.lease_news = false;
        if (w->events.run_now) {
            l.run_requested = l.everything = true;
            l.panel_retry_ms = l.erp_retry_ms = 0;
            w->events.run_now = false;
        }
        int64_t wait = next_step(&l, &read, &send);
        if (read) {
            l.run_requested = false;
            read_pass(&l);
            send_state(&l);
            next_step(&l, &read, &send);
        }
        if (send && !worker_told_to_stop(w)) {
            send_queue(&l);
        } else if (wait != 0) {
            loop_announce_idle(w, wait);
            loop_idle(w, wait < 0 ? -1 : clock_mono(w->clock) + wait);
        }
        if (l.damage.status != STATUS_OK && !mend(&l))
            break;
    }
    return 0;
}
