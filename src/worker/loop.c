/* What the loops of all kinds of plugins have in common. */
#include "worker/loop.h"

#include <limits.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "config/plugin.h"
#include "model/kind.h"
#include "os/aside.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/host.h"
#include "os/lock.h"
#include "os/log.h"
#include "store/ledger_outbox.h"

#define JUMP_MS       2000  /* clocks that are adjusted slowly differ by less */
#define WAKE_MS       4500  /* an idle worker says alive this often */
#define REFUSED_FIRST 30000 /* if a person has to act, try less often */
#define REFUSED_CAP   600000

/* Not our turn yet, as the calls that a shop allows are shared: no fault, and over within a minute. */
static bool is_turn(const char *code)
{
    return text_equal(code, "budget_spent");
}

void loop_say(struct worker *w, char said[48], const char *code, const char *title,
              const struct error *e)
{
    struct check c = {.result = CHECK_OK};
    bool bad = e->status != STATUS_OK;
    text_copy(c.code, sizeof c.code, code);
    text_copy(c.title, sizeof c.title, title);
    bool waits = bad && is_turn(e->code);
    if (bad)
        c.result = check_failed(&c, e);
    else
        check_say(&c, CHECK_OK, N_("works"));
    c.result = waits ? CHECK_WAIT : c.result;
    if (bad && !waits && !text_equal(said, e->code)) {
        char told[SAID_MAX];
        error_told(e, told, sizeof told);
        log_problem(LOG_WARNING, w->id, e);
        events_journal(&w->events, "error", e->code, told);
    } else if (!bad && said[0] && !is_turn(said)) {
        char told[200];
        said_format(told, sizeof told, "%-s: works again", title);
        log_info("%s: %s: works again", w->id, title);
        events_journal(&w->events, "info", "recovered", told);
    }
    bool changed = !text_equal(said, bad ? e->code : "");
    text_copy(said, 48, bad ? e->code : "");
    if (changed || bad)
        events_check(&w->events, &c);
}

static bool needs_person(enum status s)
{
    return s == STATUS_DENIED || s == STATUS_REFUSED || s == STATUS_INVALID ||
           s == STATUS_NOT_FOUND;
}

int64_t loop_wait_after(struct backoff *b, enum status s, int64_t asked_ms, const struct error *why)
{
    struct backoff slow;
    int64_t wait;
    if (why && is_turn(why->code) && asked_ms > 0)
        return asked_ms;
    if (needs_person(s)) {
        backoff_init(&slow, REFUSED_FIRST, REFUSED_CAP);
        slow.failures = b->failures;
        b->failures++;
        wait = backoff_failed(&slow, crypto_random_u32());
    } else {
        wait = backoff_failed(b, crypto_random_u32());
    }
    return asked_ms > wait ? asked_ms : wait;
}

void loop_started(const struct worker *w, struct loop_start *s)
{
    s->at = clock_moment(w->clock);
    s->ever = true;
}

int64_t loop_since(const struct worker *w, const struct loop_start *s)
{
    return s->ever ? clock_since(w->clock, &s->at) : -1;
}

/* Has one clock moved without the other since then? */
static bool jumped(const struct worker *w, const struct moment *since)
{
    int64_t wall = clock_wall(w->clock) - since->wall_ms;
    int64_t apart = wall - (clock_mono(w->clock) - since->mono_ms);
    return apart > JUMP_MS || apart < -JUMP_MS;
}

void loop_idle(struct worker *w, int64_t until)
{
    struct moment began = clock_moment(w->clock);
    if (w->ledger)
        ledger_rest(w->ledger);
    host_give_memory_back();
    while (!worker_told_to_stop(w) && !w->events.run_now && !w->events.orders_waiting &&
           !w->events.lease_news && json_array_size(w->events.requests) == 0) {
        int64_t left = until < 0 ? WAKE_MS : until - clock_mono(w->clock);
        if (left <= 0 || jumped(w, &began))
            return;
        events_poll(&w->events, (int)(left < WAKE_MS ? left : WAKE_MS));
        events_alive(&w->events);
    }
}

void loop_refuse_requests(struct worker *w, const struct error *e)
{
    json_t *list = w->events.requests;
    while (json_array_size(list) > 0) {
        events_answer(&w->events, json_array_get(list, 0),
                      json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(e)));
        json_array_remove(list, 0);
    }
}

void loop_announce_idle(struct worker *w, int64_t wait_ms)
{
    char text[CLOCK_TEXT];
    json_t *event = events_new("idle-until");
    clock_format(text, clock_wall(w->clock) + wait_ms);
    json_set_text(event, "at", wait_ms < 0 ? NULL : text);
    events_send(&w->events, event);
}

/* Move a damaged ledger of a stream aside and say so; it is closed then. */
static bool drop_ledger(struct worker *w, const struct error *why)
{
    char path[900], kept[PATH_MAX], text[1600], said[SAID_MAX];
    struct error e = {0};
    if (!text_format(path, sizeof path, "%s/ledgers/%s.db", w->state_dir, w->id) ||
        !(text_equal(why->code, "db_damaged") || text_equal(why->code, "ledger_damaged") ||
          aside_odd(path)))
        return false;
    if (kind_is_inward(w->kind)) /* orders that were handed over are for a person to settle */
        return false;
    ledger_close(w->ledger);
    w->ledger = NULL;
    if (aside_move(path, kept, sizeof kept, &e) != STATUS_OK) {
        log_problem(LOG_ERROR, w->id, &e);
        return false;
    }
    said_format(said, sizeof said,
                "the ledger was damaged (%-s) and was moved to %s; a new one is made, and "
                "everything is sent once more",
                error_said(why), kept);
    said_words(text, sizeof text, said);
    log_error("%s: %s", w->id, text);
    events_journal(&w->events, "error", "ledger_damaged", said);
    return true;
}

/* A new ledger in place of a lost one: nobody knows what the shop has from this plugin. */
static enum status open_new_ledger(struct worker *w, struct error *e)
{
    enum status status = ledger_open(w->state_dir, w->id, &w->ledger, e);
    return status == STATUS_OK ? ledger_resync(w->ledger, CHANNEL_MARK_LOST, e) : status;
}

static enum status open_ledger(struct worker *w, struct error *e)
{
    char path[900];
    if (!text_format(path, sizeof path, "%s/ledgers", w->state_dir))
        return error_set(e, STATUS_INVALID, "path_long", "the state directory's path is too long");
    enum status status = dir_ensure(path, 0700, e);
    text_format(path, sizeof path, "%s/ledgers/%s.lock", w->state_dir, w->id);
    if (status == STATUS_OK)
        status = lock_file(path, &w->lock_fd, e);
    if (status == STATUS_BUSY)
        return error_remedy(
            e, "Another process works on this plugin; it is tried again when that ends.");
    if (status != STATUS_OK)
        return status;
    status = ledger_open(w->state_dir, w->id, &w->ledger, e);
    return status != STATUS_OK && drop_ledger(w, e) ? open_new_ledger(w, e) : status;
}

bool loop_wait_for_ledger(struct worker *w, char said[48])
{
    struct backoff b;
    struct error e = {0};
    backoff_init(&b, 1000, 30000);
    while (!worker_told_to_stop(w)) {
        if (open_ledger(w, &e) == STATUS_OK) {
            error_clear(&e);
            loop_say(w, said, "plugin.ledger", N_("The plugin's ledger"), &e);
            return true;
        }
        fd_close(&w->lock_fd);
        loop_say(w, said, "plugin.ledger", "The plugin's ledger", &e);
        loop_idle(w, clock_mono(w->clock) + backoff_failed(&b, crypto_random_u32()));
        loop_refuse_requests(w, &e);
        w->events.run_now = false;
    }
    return false;
}

bool loop_renew_ledger(struct worker *w, char said[48], const struct error *why)
{
    struct error e = {0};
    if (!drop_ledger(w, why) || open_new_ledger(w, &e) == STATUS_OK)
        return true;
    fd_close(&w->lock_fd);
    return loop_wait_for_ledger(w, said);
}
