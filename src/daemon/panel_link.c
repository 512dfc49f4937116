/* The conversation with the panel: configuration by long poll, commands and their results, status,
 * journal. Everything goes through http_start: the loop never waits. */
#include "daemon/panel_link.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "daemon/chronicle.h"
#include "daemon/claim.h"
#include "daemon/daemon.h"
#include "daemon/intake.h"
#include "daemon/orders_asked.h"
#include "daemon/panel_commands.h"
#include "daemon/panel_journal.h"
#include "daemon/panel_side.h"
#include "daemon/supervisor.h"
#include "link/identity.h"
#include "link/link_answer.h"
#include "link/link_checks.h"
#include "link/link_http.h"
#include "net/http_async.h"
#include "os/clock.h"
#include "os/log.h"

#define POLL_WAIT_S     50
#define STATUS_EVERY_MS 60000
#define DEBOUNCE_MS     1000
#define AWAY_MS         300000 /* away this long: write it into the journal */
#define ORDERS_MS       500    /* pause after news of orders: reports more at once */
#define MARK_MAX        64
/* A panel without news holds the poll open. One that answers at once is polled less and less often. */
#define POLL_QUICK_MS   1000  /* "at once" */
#define POLL_QUICK_FREE 3     /* this many in a row do not matter */
#define POLL_FLOOR_MS   100   /* doubled with each further one */
#define POLL_IDLE_MAX   30000 /* with nothing new */
#define POLL_NEWS_MAX   1000  /* with something new, */
#define POLL_NEWS_LONG  20    /* and when that goes on for so many, */
#define POLL_NEWS_LAST  10000 /* this */

enum task_kind { TASK_POLL, TASK_STATUS, TASK_JOURNAL, TASK_RESULT, TASKS };

struct panel_link;

/* One kind of request; at most one of a kind is under way. */
struct task {
    struct panel_link *link;
    enum task_kind kind;
    struct http_call *call;
    struct backoff backoff;
    struct timer timer; /* the next try, or the debounce */
    struct moment sent;
    bool due; /* wanted again after the one under way */
};

struct panel_link {
    struct daemon *daemon;
    struct link link;
    struct http_pool *pool;
    struct task tasks[TASKS];
    int64_t rev; /* of the configuration that we have; 0: ask for it at once */
    int64_t last_ok_ms, away_since_ms;
    bool away_said, registered;
    struct error error; /* of the last poll; status OK: none */
    struct panel_commands *commands;
    struct panel_side sides[TASKS]; /* for polls only what is amber about them */
    struct panel_journal journal;
    unsigned quick, idle; /* polls answered at once, in a row; those of them without news */
    char orders_mark[MARK_MAX + 1]; /* mark of the orders that the panel reported; "": unknown */
    json_t *orders;                 /* the same by plugin */
};

static void begin(struct task *t);

static void on_timer(void *task)
{
    begin(task);
}

static int64_t mono(const struct panel_link *l)
{
    return clock_mono(l->daemon->clock);
}

/* Schedule a task in ms; if it is running, it runs again afterwards. */
static void schedule(struct task *t, int64_t ms)
{
    struct timers *timers = &t->link->daemon->timers;
    if (!t->link->registered)
        return;
    if (t->call) {
        t->due = true;
        return;
    }
    if (t->timer.set && timer_left(timers, &t->timer) <= ms)
        return;
    timer_set(timers, &t->timer, ms, on_timer, t);
}

static void post(struct panel_link *l, enum task_kind kind, int64_t ms)
{
    schedule(&l->tasks[kind], ms);
}

/* ---- requests ------------------------------------------------------------------------------------- */

/* Wake the plugins that have new orders in the panel. True: there were some. */
static bool take_orders(struct panel_link *l, const json_t *config)
{
    const char *mark = json_text(config, "orders_mark", ""), *id;
    json_t *orders = json_object_get(config, "orders"), *value;
    bool woken = false;
    text_copy(l->orders_mark, sizeof l->orders_mark, strlen(mark) <= MARK_MAX ? mark : "");
    json_object_foreach (orders, id, value) {
        if (json_equal(value, json_object_get(l->orders, id)))
            continue;
        orders_waiting(l->daemon, id);
        woken = true;
    }
    json_decref(l->orders);
    l->orders = json_incref(orders);
    return woken;
}

/* True: it says something new. */
static bool take_config(struct panel_link *l, json_t *config)
{
    bool news = false;
    l->rev = json_number(config, "rev", 0);
    claim_twin(l->daemon, json_object_get(config, "twin"));
    if (intake_take(l->daemon, json_object_get(config, "plugins"), l->rev)) {
        supervisor_apply(l->daemon);
        news = true;
    }
    return panel_commands_take(l->commands, json_object_get(config, "commands")) || news;
}

/* How long to wait before the next poll after one that was answered at once. */
static int64_t poll_floor(struct panel_link *l, int64_t took_ms, bool news)
{
    if (took_ms >= POLL_QUICK_MS) {
        l->quick = l->idle = 0;
        return 1;
    }
    l->quick++;
    l->idle = news ? 0 : l->idle + 1;
    if (l->quick <= POLL_QUICK_FREE)
        return 1;
    int64_t most = l->idle                     ? POLL_IDLE_MAX
                   : l->quick < POLL_NEWS_LONG ? POLL_NEWS_MAX
                                               : POLL_NEWS_LAST;
    unsigned step = (l->idle ? l->idle : l->quick - POLL_QUICK_FREE) - 1;
    int64_t wait = (int64_t)POLL_FLOOR_MS << (step < 10 ? step : 10);
    return wait < most ? wait : most;
}

static void polled(struct task *t, json_t *json)
{
    struct panel_link *l = t->link;
    int64_t took = mono(l) - t->sent.mono_ms;
    bool news = json && take_config(l, json);
    bool orders = json && take_orders(l, json);
    int64_t wait = poll_floor(l, took, news || orders);
    schedule(t, orders && wait < ORDERS_MS ? ORDERS_MS : wait);
}

static void came_back(struct panel_link *l)
{
    if (l->away_said)
        daemon_tell(l->daemon, "info", NULL, NULL, NULL, "panel_back",
                    N_("the panel answers again"));
    l->last_ok_ms = clock_wall(l->daemon->clock);
    l->away_since_ms = 0;
    l->away_said = false;
    if (l->error.status != STATUS_OK) {
        error_clear(&l->error);
        daemon_changed(l->daemon);
    }
}

static void went_away(struct panel_link *l, const struct error *e)
{
    int64_t now = mono(l);
    bool news = !text_equal(l->error.code, e->code);
    l->error = *e;
    if (!l->away_since_ms)
        l->away_since_ms = now;
    if (news) {
        log_problem(LOG_WARNING, "panel", e);
        daemon_changed(l->daemon);
    }
    if (!l->away_said && (now - l->away_since_ms > AWAY_MS || e->status == STATUS_DENIED)) {
        l->away_said = true;
        daemon_journal(l->daemon, "error", NULL, e->code, error_said(e));
    }
}

static void succeeded(struct task *t, json_t *json)
{
    struct panel_link *l = t->link;
    backoff_reset(&t->backoff);
    panel_side_ok(&l->sides[t->kind], l->daemon);
    switch (t->kind) {
    case TASK_POLL: polled(t, json); break;
    case TASK_STATUS: schedule(t, t->due ? DEBOUNCE_MS : STATUS_EVERY_MS); break;
    case TASK_JOURNAL:
        panel_journal_taken(&l->journal);
        schedule(t, 1); /* more may be waiting */
        break;
    case TASK_RESULT:
        panel_commands_taken(l->commands);
        schedule(t, 1);
        break;
    case TASKS: break;
    }
    t->due = false;
}

/* It failed: how long until it is tried again. */
static int64_t again_in(struct task *t, int code, const struct error *e, int64_t retry)
{
    struct panel_link *l = t->link;
    bool final = link_answer_final(code), at_once = false;
    if (t->kind == TASK_POLL)
        went_away(l, e);
    else
        panel_side_failed(&l->sides[t->kind], l->daemon, e, l->error.status != STATUS_OK);
    if (t->kind == TASK_JOURNAL && final)
        at_once = panel_journal_refused(&l->journal, e);
    else if (t->kind == TASK_RESULT && final)
        panel_commands_refused(l->commands, e);
    else if (t->kind == TASK_RESULT)
        panel_commands_later(l->commands);
    if (at_once)
        return retry > 1 ? retry : 1;
    int64_t wait = backoff_failed(&t->backoff, crypto_random_u32());
    return retry > wait ? retry : wait;
}

static void on_answer(enum status status, const struct http_answer *answer,
                      const struct error *failed, void *user)
{
    struct task *t = user;
    struct panel_link *l = t->link;
    struct error e = *failed;
    json_t *json = NULL;
    int64_t retry = -1, offset = l->link.clock_offset_ms;
    t->call = NULL;
    if (status == STATUS_OK)
        status = link_answer(&l->link, answer, &json, &retry, &e);
    if (status == STATUS_OK) {
        came_back(l);
        claim_heard(l->daemon, &t->sent);
        succeeded(t, json);
    } else if (claim_refused(l->daemon, &e)) {
        t->due = false;
    } else {
        int64_t moved = l->link.clock_offset_ms - offset;
        bool taught = text_equal(e.code, "signature_invalid") && (moved > 5000 || moved < -5000);
        t->due = false;
        schedule(t, taught ? 1 : again_in(t, answer->code, &e, retry));
    }
    json_decref(json);
}

static void poll_path(const struct panel_link *l, char *path, size_t size)
{
    struct buf mark;
    buf_init(&mark, 3 * MARK_MAX);
    text_percent(&mark, l->orders_mark);
    text_format(path, size, "/endpoint/config?after=%lld&wait=%d%s%s", (long long)l->rev,
                l->rev ? (int)claim_poll_s(l->daemon, POLL_WAIT_S) : 0,
                mark.length ? "&orders=" : "", buf_text(&mark));
    buf_free(&mark);
}

/* Fill the body and path of a task's request. False: there is nothing to send. */
static bool prepare(struct task *t, struct buf *body, char *path, size_t size, const char **type)
{
    struct panel_link *l = t->link;
    json_t *value = NULL;
    *type = "application/json";
    switch (t->kind) {
    case TASK_POLL:
        poll_path(l, path, size);
        *type = NULL;
        return true;
    case TASK_STATUS:
        text_copy(path, size, "/endpoint/status");
        value = daemon_status(l->daemon);
        json_add(body, value);
        json_decref(value);
        return true;
    case TASK_JOURNAL:
        text_copy(path, size, "/endpoint/journal");
        *type = "application/x-ndjson";
        return panel_journal_batch(&l->journal, body);
    case TASK_RESULT: return panel_commands_result(l->commands, path, size, body);
    case TASKS: break;
    }
    return false;
}

static void begin(struct task *t)
{
    struct panel_link *l = t->link;
    struct link_request r = {0};
    struct error e = {0};
    const char *type;
    char path[1000];
    if (t->call || !l->registered || !l->pool || !claim_may_call(l->daemon))
        return;
    l->link.incarnation = claim_number(l->daemon);
    t->sent = clock_moment(l->daemon->clock);
    buf_init(&r.body, 8 << 20);
    if (prepare(t, &r.body, path, sizeof path, &type)) {
        bool poll = t->kind == TASK_POLL;
        const struct link_ask ask = {.method = poll ? "GET" : "POST",
                                     .path = path,
                                     .type = type,
                                     .timeout_ms =
                                         config_integer(l->daemon->config, "panel.timeout") +
                                         (poll ? POLL_WAIT_S * 1000 : 0)};
        enum status status = link_sign(&l->link, &r, &ask, &e);
        if (status == STATUS_OK)
            status = http_start(l->pool, &r.http, on_answer, t, &t->call, &e);
        if (status != STATUS_OK) {
            went_away(l, &e);
            schedule(t, backoff_failed(&t->backoff, crypto_random_u32()));
        }
    }
    link_request_free(&r);
}

/* ---- opening and closing -------------------------------------------------------------------------- */

static void stop_all(struct panel_link *l)
{
    for (int i = 0; i < TASKS; i++) {
        http_cancel(l->tasks[i].call);
        l->tasks[i].call = NULL;
        l->tasks[i].due = false;
        timer_stop(&l->daemon->timers, &l->tasks[i].timer);
        backoff_reset(&l->tasks[i].backoff);
        panel_side_reset(&l->sides[i]);
    }
    http_pool_close(l->pool);
    l->pool = NULL;
}

/* Who are we, and where is the panel? */
static bool set_up(struct panel_link *l)
{
    struct identity id;
    struct http_options o = {0};
    const struct config *c = l->daemon->config;
    if (identity_load(l->daemon->paths.state_dir, &id, &l->error) != STATUS_OK)
        return false;
    if (!id.endpoint_id[0]) {
        error_set(&l->error, STATUS_DENIED, "not_registered",
                  "this endpoint is not registered yet");
        error_remedy(&l->error, "Get a token from the panel, then: endpointctl register");
        return false;
    }
    const char *url = config_text(c, "panel.url");
    link_init(&l->link, *url ? url : id.panel_url, &id);
    l->link.clock = l->daemon->clock;
    identity_wipe(&id);
    error_clear(&l->error);
    if (link_http_options(c, &o, &l->error) != STATUS_OK)
        return false;
    return http_pool_open(l->daemon->loop, &o, &l->pool, &l->error) == STATUS_OK;
}

void panel_link_reload(struct panel_link *l)
{
    stop_all(l);
    l->rev = 0;
    l->orders_mark[0] = '\0';
    l->away_since_ms = 0;
    l->quick = l->idle = 0;
    l->registered = set_up(l);
    post(l, TASK_POLL, 1);
    post(l, TASK_STATUS, DEBOUNCE_MS);
    post(l, TASK_JOURNAL, DEBOUNCE_MS);
    post(l, TASK_RESULT, DEBOUNCE_MS);
    daemon_changed(l->daemon);
}

/* A result waits; or, with ask, there is room for commands that were left in the panel's list. */
static void on_commands(void *user, bool ask)
{
    struct panel_link *l = user;
    struct task *poll = &l->tasks[TASK_POLL];
    if (!ask) {
        post(l, TASK_RESULT, 1);
        return;
    }
    l->rev = 0;
    http_cancel(poll->call);
    poll->call = NULL;
    schedule(poll, 1);
}

static const struct panel_side sides[TASKS] = {
    [TASK_POLL] = {.code = "panel.poll", .title = "Panel: news"},
    [TASK_STATUS] = {.code = "panel.status",
                     .title = "Panel: status",
                     .meanwhile = N_("the panel shows an old state of this endpoint")},
    [TASK_JOURNAL] = {.code = "panel.journal",
                      .title = "Panel: journal",
                      .meanwhile = N_("the panel does not see what happens here; the entries wait"),
                      .refused_is = N_("entries of the journal")},
    [TASK_RESULT] = {.code = "panel.results",
                     .title = "Panel: results",
                     .meanwhile = N_("results of the panel's commands wait here"),
                     .refused_is = N_("results of commands")},
};

struct panel_link *panel_link_open(struct daemon *d)
{
    struct panel_link *l = mem_alloc(sizeof *l);
    l->daemon = d;
    d->link = l;
    memcpy(l->sides, sides, sizeof sides);
    l->journal = (struct panel_journal){.daemon = d, .side = &l->sides[TASK_JOURNAL]};
    l->commands = panel_commands_open(d, &l->sides[TASK_RESULT], on_commands, l);
    if (chronicle_journal(d))
        journal_refused(chronicle_journal(d), &l->journal.side->refused,
                        &l->journal.side->refused_at_ms, NULL);
    for (int i = 0; i < TASKS; i++) {
        struct task *t = &l->tasks[i];
        t->link = l;
        t->kind = (enum task_kind)i;
        backoff_init(&t->backoff, 1000, i == TASK_POLL ? 60000 : 120000);
    }
    panel_link_reload(l);
    return l;
}

void panel_link_close(struct panel_link *l)
{
    if (!l)
        return;
    stop_all(l);
    panel_commands_close(l->commands);
    json_decref(l->orders);
    link_wipe(&l->link);
    l->daemon->link = NULL;
    free(l);
}

void panel_link_away(struct panel_link *l, const struct error *e)
{
    if (l)
        went_away(l, e);
}

void panel_link_changed(struct panel_link *l)
{
    /* While the panel is away the retries keep their own timing. */
    if (l && l->tasks[TASK_STATUS].backoff.failures == 0)
        post(l, TASK_STATUS, DEBOUNCE_MS);
}

void panel_link_journal(struct panel_link *l)
{
    if (l && l->tasks[TASK_JOURNAL].backoff.failures == 0)
        post(l, TASK_JOURNAL, DEBOUNCE_MS);
}

/* Does the panel hold the poll for news open? */
static json_t *poll_check(const struct panel_link *l)
{
    struct check c = {.duration_ms = -1};
    text_copy(c.code, sizeof c.code, l->sides[TASK_POLL].code);
    text_copy(c.title, sizeof c.title, l->sides[TASK_POLL].title);
    if (l->error.status != STATUS_OK) {
        c.result = check_answer(&c, CHECK_SKIPPED, "the panel is away");
    } else if (l->quick > POLL_QUICK_FREE + 3) {
        c.result = check_answer(
            &c, CHECK_WARN,
            "the panel answers every poll for news at once, %u times in a row: it is asked "
            "less often",
            l->quick);
        check_remedy(&c, "Commands, orders and edits may come up to half a minute late. Tell "
                         "the panel's administrator: the panel should hold the poll open "
                         "(\"wait\").");
    } else {
        c.result = check_answer(&c, CHECK_OK, "the panel says when there is something new");
    }
    return check_to_json(&c);
}

/* The panel's clock against ours: we cannot know which one is wrong. */
static json_t *clock_check(const struct panel_link *l)
{
    struct check c = {.duration_ms = -1};
    text_copy(c.code, sizeof c.code, "panel.clock");
    text_copy(c.title, sizeof c.title, "Panel: clock");
    if (l->link.clock_known)
        c.result = link_clock_judge(&c, l->link.clock_offset_ms);
    else
        c.result = check_answer(&c, CHECK_SKIPPED, "the panel has not sent the time yet");
    return check_to_json(&c);
}

void panel_link_checks(const struct panel_link *l, json_t *checks)
{
    bool away = l->error.status != STATUS_OK;
    if (!l->registered)
        return;
    json_array_append_new(checks, poll_check(l));
    for (int i = TASK_STATUS; i < TASKS; i++)
        json_array_append_new(checks, panel_side_to_json(&l->sides[i], l->daemon, away));
    json_array_append_new(checks, panel_commands_to_json(l->commands));
    json_array_append_new(checks, clock_check(l));
}

bool panel_link_registered(const struct panel_link *l)
{
    return l->registered;
}

json_t *panel_link_to_json(const struct panel_link *l)
{
    json_t *object = json_object();
    char at[CLOCK_TEXT];
    int64_t now = clock_wall(l->daemon->clock);
    clock_format(at, l->last_ok_ms < now ? l->last_ok_ms : now);
    json_set_text(object, "url",
                  l->link.base[0] ? l->link.base : config_text(l->daemon->config, "panel.url"));
    json_set_text(object, "state",
                  !l->registered                 ? "not-registered"
                  : l->error.status != STATUS_OK ? "away"
                  : l->last_ok_ms                ? "connected"
                                                 : "connecting");
    json_set_text(object, "last_ok", l->last_ok_ms ? at : NULL);
    json_set_number(object, "rev", l->rev);
    json_set_number(object, "clock_offset_ms", l->link.clock_offset_ms);
    json_t *held = claim_error(l->daemon);
    if (held) {
        json_set_text(object, "state", "held");
        json_object_set_new(object, "error", held);
    } else {
        json_object_set_new(object, "error",
                            l->error.status != STATUS_OK ? json_from_error(&l->error)
                                                         : json_null());
    }
    json_t *account = json_object();
    json_set_text(account, "id", l->link.id.account_id);
    json_set_text(account, "name", l->link.id.account_name);
    json_object_set_new(object, "account", account);
    json_set_text(object, "endpoint_id", l->link.id.endpoint_id);
    return object;
}
