#include "daemon/claim.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "base/version.h"
#include "daemon/daemon.h"
#include "daemon/panel_link.h"
#include "daemon/supervisor.h"
#include "link/identity.h"
#include "link/incarnation.h"
#include "link/link_http.h"
#include "net/http_async.h"
#include "os/clock.h"
#include "os/log.h"

#define ASK_TIMEOUT_MS 15000
#define STOP_TIMEOUT   2000
#define FIRST_MS       1000
#define CAP_MS         30000
#define SOON_MS        200
#define LEASE_MS       3000   /* while another's lease runs: it may end sooner */
#define FREE_MS        600000 /* a panel that did not know the call may have been replaced */
#define HELD_MS        20000
#define HEARD_MS       90000 /* a panel that answered this recently is told that we stop */

static const char *const words[] = {"not-registered", "asking", "connected", "connected", "held"};

static void held_remedy(struct error *e)
{
    error_remedy(
        e, "Only one of the two may run. To continue here: endpointctl take-over. To make this a "
           "separate endpoint: endpointctl register --again. Otherwise stop it here.");
}

struct claim {
    struct daemon *daemon;
    enum { CLAIM_NONE, CLAIM_ASKING, CLAIM_GO, CLAIM_FREE, CLAIM_HELD } state;
    struct incarnation me;
    struct link link;
    struct http_pool *pool;
    struct http_call *call;
    struct timer timer;
    struct backoff backoff;
    int64_t number;           /* GO: what every call carries */
    int64_t lease_ms;         /* GO: how long orders may be written after an answer of the panel */
    struct moment lease_from; /* when the last answered question was sent */
    int64_t lease_until;      /* mono; does not count if the machine has slept since */
    int64_t told_until;       /* mono; what the workers know */
    int64_t orders_from;      /* mono: until then another's lease may run */
    struct moment sent;
    int64_t heard_ms;
    bool asked;     /* the first question was answered, or could not be asked */
    bool proved;    /* FREE: the panel answers other calls */
    bool take_over; /* a person said so */
    bool unsaved;   /* the number could not be remembered */
    struct error error;
    json_t *twin;
};

static void ask(struct claim *c);

static void on_timer(void *claim)
{
    ask(claim);
}

static int64_t mono(const struct claim *c)
{
    return clock_mono(c->daemon->clock);
}

static void ask_in(struct claim *c, int64_t ms)
{
    timer_set(&c->daemon->timers, &c->timer, ms, on_timer, c);
}

/* ---- orders --------------------------------------------------------------------------------------- */

/* How much of the lease is left; ≤ 0: it is over. While the machine slept, the panel's clock went
 * on. */
static int64_t lease_left(const struct claim *c)
{
    int64_t left = c->lease_ms - clock_since(c->daemon->clock, &c->lease_from);
    int64_t counted = c->lease_until - mono(c);
    return left < counted ? left : counted;
}

/* For how long from now new documents may be written; -1: no limit. Otherwise e says why not. */
static int64_t orders_ms(const struct claim *c, struct error *e)
{
    int64_t now = mono(c);
    if (c->state == CLAIM_HELD) {
        *e = c->error;
        return 0;
    }
    if (config_flag(c->daemon->config, "orders.without_panel"))
        return -1;
    if (c->state == CLAIM_FREE && c->proved)
        return -1;
    if (c->state == CLAIM_GO && now >= c->orders_from && lease_left(c) > 0)
        return lease_left(c);
    if (c->state == CLAIM_GO && now < c->orders_from) {
        error_set(e, STATUS_BUSY, "orders_lease",
                  "another start of this endpoint may still run, because it did not say that it "
                  "stopped: no new order is written for at most %lld s",
                  (long long)(c->orders_from - now) / 1000 + 1);
        error_remedy(e, "It continues by itself.");
    } else if (c->state == CLAIM_GO) {
        error_set(e, STATUS_BUSY, "orders_panel",
                  "the panel has not been heard for %lld s: no new order is written, because "
                  "another machine may have taken this one's place",
                  (long long)(now - c->heard_ms) / 1000);
        error_remedy(e, "It continues by itself when the panel answers. To write without the "
                        "panel: orders.without_panel = true; then make sure that no copy of "
                        "this endpoint runs.");
    } else if (!c->asked) {
        error_set(e, STATUS_BUSY, "orders_asking", "the panel is being asked about this start");
    } else {
        char why[SAID_MAX] = "";
        if (c->error.text[0])
            said_format(why, sizeof why, "; %-s", error_said(&c->error));
        error_set(
            e, STATUS_BUSY, "orders_panel",
            "the panel could not be asked yet whether this endpoint runs elsewhere: no new order is "
            "written%-s",
            why);
        error_remedy(
            e,
            "It continues by itself when the panel answers. To write without the panel: orders.without_panel = true; then make sure that no copy of this endpoint runs.");
    }
    return 0;
}

json_t *claim_for_worker(const struct daemon *d)
{
    const struct claim *c = d->claim;
    struct error e = {0};
    json_t *o = json_object();
    int64_t ms = orders_ms(c, &e);
    json_set_number(o, "incarnation", claim_number(d));
    json_set_flag(o, "free", c->state == CLAIM_FREE || c->state == CLAIM_NONE);
    json_set_number(o, "orders_ms", ms);
    json_object_set_new(o, "error", ms ? json_null() : json_from_error(&e));
    return o;
}

static void tell_workers(struct claim *c)
{
    json_t *order = claim_for_worker(c->daemon);
    json_set_text(order, "do", "lease");
    c->told_until = c->lease_until;
    for (struct plugin *p = c->daemon->plugins; p; p = p->next)
        if (p->process)
            process_order(p->process, order);
    json_decref(order);
}

/* ---- changes -------------------------------------------------------------------------------------- */

static void apply(struct claim *c)
{
    tell_workers(c);
    supervisor_apply(c->daemon);
    daemon_changed(c->daemon);
}

/* Remember the number. If the disk is full, the next start just takes longer. */
static void remember(struct claim *c)
{
    struct error e = {0};
    c->unsaved = incarnation_save(c->daemon->paths.state_dir, &c->me, &e) != STATUS_OK;
    if (c->unsaved)
        log_problem(LOG_WARNING, "the number of this start could not be remembered", &e);
}

static void hold(struct claim *c, const struct error *e)
{
    bool news = c->state != CLAIM_HELD || !text_equal(c->error.code, e->code);
    c->asked = true;
    c->state = CLAIM_HELD;
    c->number = 0;
    c->error = *e;
    c->take_over = false;
    held_remedy(&c->error);
    if (!news)
        return;
    c->me.held = true;
    remember(c);
    log_problem(LOG_ERROR, "another start of this endpoint speaks for it; nothing runs here",
                &c->error);
    daemon_journal(c->daemon, "error", NULL, c->error.code, error_said(&c->error));
    apply(c);
}

static void go(struct claim *c, const json_t *json)
{
    struct daemon *d = c->daemon;
    int64_t now = mono(c), wait = json_number(json, "orders_in_ms", 0);
    bool news = c->state != CLAIM_GO || c->number != json_number(json, "incarnation", 0);
    bool held = c->state == CLAIM_HELD;
    c->asked = true;
    c->state = CLAIM_GO;
    c->number = c->me.last = json_number(json, "incarnation", 0);
    if (news || json_number(json, "lease_ms", 0) < c->lease_ms)
        c->lease_until = 0; /* the panel no longer goes by an earlier, longer one */
    c->lease_ms = json_number(json, "lease_ms", 0);
    c->orders_from = wait > 0 ? now + wait : 0;
    c->take_over = c->me.held = false;
    error_clear(&c->error);
    claim_heard(d, &c->sent);
    if (wait > 0)
        ask_in(c, LEASE_MS);
    if (!news) {
        tell_workers(c);
        return;
    }
    remember(c);
    if (held)
        daemon_tell(d, "info", NULL, NULL, NULL, "endpoint_goes_on",
                    "this machine continues as the endpoint");
    if (json_flag(json, "restored", false))
        daemon_tell(
            d, "warning", NULL, NULL, NULL, "endpoint_restored",
            "this state is older than the one that the panel knows: it comes from a backup or "
            "a copy. Orders written since are looked up in the ERP; one that cannot be found "
            "is in doubt");
    apply(c);
    panel_link_reload(d->link);
}

static void set_free(struct claim *c)
{
    bool news = c->state != CLAIM_FREE;
    c->asked = true;
    c->state = CLAIM_FREE;
    error_clear(&c->error);
    ask_in(c, FREE_MS);
    if (!news)
        return;
    c->proved = false;
    log_info("this panel cannot tell copies of an endpoint apart");
    apply(c);
    panel_link_reload(c->daemon->link);
}

/* The panel could not be asked: plugins start anyway, so that nothing else is lost. */
static void not_answered(struct claim *c, const struct error *e)
{
    bool first = !c->asked;
    int64_t wait = backoff_failed(&c->backoff, crypto_random_u32());
    ask_in(c, c->state == CLAIM_HELD ? HELD_MS : wait);
    if (c->state == CLAIM_HELD || c->state == CLAIM_GO)
        return;
    c->asked = true;
    c->error = *e;
    panel_link_away(c->daemon->link, e);
    if (first)
        apply(c);
    else
        tell_workers(c);
    daemon_changed(c->daemon);
}

/* ---- asking --------------------------------------------------------------------------------------- */

static bool unknown_call(const struct http_answer *answer, const struct error *e)
{
    return answer->code == 405 || answer->code == 501 ||
           (answer->code == 404 && !text_equal(e->code, "endpoint_unknown"));
}

/* In our own words, which can be translated for the reader. */
static void say_twin(const struct http_answer *answer, struct error *e)
{
    json_t *problem = json_parse(buf_text(&answer->body), answer->body.length, NULL);
    error_set(e, STATUS_DENIED, "endpoint_twin",
              "this endpoint already runs on %.100s, which called the panel at %.40s",
              json_text(problem, "host", "?"), json_text(problem, "called", "?"));
    json_decref(problem);
}

static void on_answer(enum status status, const struct http_answer *answer,
                      const struct error *failed, void *user)
{
    struct claim *c = user;
    struct error e = *failed;
    json_t *json = NULL;
    int64_t retry = -1, offset = c->link.clock_offset_ms;
    c->call = NULL;
    if (status == STATUS_OK)
        status = link_answer(&c->link, answer, &json, &retry, &e);
    int64_t moved = c->link.clock_offset_ms - offset;
    if (status == STATUS_OK && text_equal(json_text(json, "state", ""), "go") &&
        json_number(json, "incarnation", 0) > 0) {
        backoff_reset(&c->backoff);
        go(c, json);
    } else if (status == STATUS_OK && text_equal(json_text(json, "state", ""), "wait")) {
        int64_t wait = json_number(json, "retry_s", 1);
        ask_in(c, (wait < 1 ? 1 : wait > 60 ? 60 : wait) * 1000);
    } else if (status == STATUS_OK) {
        error_set(&e, STATUS_UNREACHABLE, "panel_answer", "the panel's answer has no \"state\"");
        not_answered(c, &e);
    } else if (text_equal(e.code, "endpoint_twin")) {
        say_twin(answer, &e);
        hold(c, &e);
        ask_in(c, HELD_MS);
    } else if (answer && unknown_call(answer, &e)) {
        set_free(c);
    } else if (text_equal(e.code, "signature_invalid") && (moved > 5000 || moved < -5000)) {
        ask_in(c, 1); /* our clock was wrong: the answer has just taught us a better one */
    } else {
        not_answered(c, &e);
    }
    json_decref(json);
}

static void fill(const struct claim *c, struct buf *body)
{
    json_t *o = json_object();
    json_set_text(o, "life", c->me.life);
    json_set_text(o, "place", c->me.place);
    json_set_text(o, "host", c->me.host);
    json_set_number(o, "last", c->me.last);
    json_set_flag(o, "held", c->me.held);
    json_set_flag(o, "take_over", c->take_over);
    json_add(body, o);
    json_decref(o);
}

static void ask(struct claim *c)
{
    struct link_request r = {0};
    struct error e = {0};
    if (c->call || c->state == CLAIM_NONE || c->daemon->stopping)
        return;
    /* "held" tells the panel that we have stopped: send it only when we have. */
    if (c->state == CLAIM_HELD && !supervisor_idle(c->daemon)) {
        ask_in(c, SOON_MS);
        return;
    }
    buf_init(&r.body, 65536);
    fill(c, &r.body);
    const struct link_ask start = {.method = "POST",
                                   .path = "/endpoint/start",
                                   .type = "application/json",
                                   .timeout_ms = ASK_TIMEOUT_MS};
    enum status status = link_sign(&c->link, &r, &start, &e);
    c->sent = clock_moment(c->daemon->clock);
    if (status == STATUS_OK)
        status = http_start(c->pool, &r.http, on_answer, c, &c->call, &e);
    link_request_free(&r);
    if (status != STATUS_OK)
        not_answered(c, &e);
}

/* ---- opening and closing -------------------------------------------------------------------------- */

static void close_pool(struct claim *c)
{
    timer_stop(&c->daemon->timers, &c->timer);
    if (c->call)
        http_cancel(c->call);
    c->call = NULL;
    http_pool_close(c->pool);
    c->pool = NULL;
}

/* It stays held whatever happens: only a person lets it go on. */
static void was_held(struct claim *c)
{
    c->state = CLAIM_HELD;
    error_set(&c->error, STATUS_DENIED, "endpoint_twin",
              "another start of this endpoint spoke for it when this one ran last");
    held_remedy(&c->error);
}

void claim_reload(struct daemon *d)
{
    struct claim *c = d->claim;
    struct identity id;
    struct http_options o;
    char base[sizeof c->link.base];
    text_copy(base, sizeof base, c->link.base);
    close_pool(c);
    link_wipe(&c->link);
    link_http_options(d->config, &o, NULL);
    bool known = identity_load(d->paths.state_dir, &id, NULL) == STATUS_OK && id.endpoint_id[0] &&
                 http_pool_open(d->loop, &o, &c->pool, NULL) == STATUS_OK;
    const char *url = config_text(d->config, "panel.url");
    link_init(&c->link, *url ? url : id.panel_url, &id);
    c->link.clock = d->clock;
    bool same = known && text_equal(id.endpoint_id, c->me.endpoint_id) &&
                text_equal(base, c->link.base) && c->state != CLAIM_NONE;
    identity_wipe(&id);
    if (same) {
        ask_in(c, c->state == CLAIM_FREE                    ? FREE_MS
                  : c->state == CLAIM_GO && !c->orders_from ? FREE_MS
                                                            : 1);
        tell_workers(c); /* orders.without_panel may be another */
        return;
    }
    c->state = known ? CLAIM_ASKING : CLAIM_NONE;
    c->asked = !known;
    c->number = c->lease_until = c->orders_from = 0;
    c->take_over = false;
    error_clear(&c->error);
    backoff_reset(&c->backoff);
    json_decref(c->twin);
    c->twin = NULL;
    if (known) {
        incarnation_begin(d->paths.state_dir, c->link.id.endpoint_id, &c->me);
        if (c->me.held)
            was_held(c);
        ask_in(c, 1);
    }
}

struct claim *claim_open(struct daemon *d)
{
    struct claim *c = mem_alloc(sizeof *c);
    c->daemon = d;
    d->claim = c;
    backoff_init(&c->backoff, FIRST_MS, CAP_MS);
    claim_reload(d);
    return c;
}

void claim_end(struct daemon *d)
{
    struct claim *c = d->claim;
    struct http_client *client = NULL;
    struct http_options o;
    if (c->state != CLAIM_GO || mono(c) - c->heard_ms > HEARD_MS)
        return;
    link_http_options(d->config, &o, NULL);
    o.connect_timeout_ms = STOP_TIMEOUT;
    c->link.incarnation = c->number;
    struct error e = {0};
    const struct link_ask stop = {.method = "POST",
                                  .path = "/endpoint/stop",
                                  .type = "application/json",
                                  .body = "{}",
                                  .length = 2,
                                  .timeout_ms = STOP_TIMEOUT};
    if (http_client_open(&o, &client, &e) == STATUS_OK &&
        link_call(&c->link, client, &stop, NULL, NULL, &e) != STATUS_OK)
        log_problem(LOG_INFO, "the panel could not be told that endpointd stops", &e);
    http_client_close(client);
}

void claim_close(struct claim *c)
{
    if (!c)
        return;
    close_pool(c);
    link_wipe(&c->link);
    json_decref(c->twin);
    c->daemon->claim = NULL;
    free(c);
}

/* ---- what others ask ------------------------------------------------------------------------------ */

bool claim_may_call(const struct daemon *d)
{
    return d->claim->state == CLAIM_GO || d->claim->state == CLAIM_FREE;
}

bool claim_may_run(const struct daemon *d)
{
    return d->claim && d->claim->asked && d->claim->state != CLAIM_HELD;
}

int64_t claim_number(const struct daemon *d)
{
    return d->claim->state == CLAIM_GO ? d->claim->number : 0;
}

int64_t claim_poll_s(const struct daemon *d, int64_t usual_s)
{
    const struct claim *c = d->claim;
    int64_t most = c->state == CLAIM_GO && c->lease_ms ? c->lease_ms / 4000 : usual_s;
    return most < 1 ? 1 : most < usual_s ? most : usual_s;
}

void claim_heard(struct daemon *d, const struct moment *sent)
{
    struct claim *c = d->claim;
    struct error ignored = {0};
    bool could = orders_ms(c, &ignored) != 0;
    c->heard_ms = mono(c);
    if (c->state == CLAIM_FREE && !c->proved) {
        c->proved = true;
        tell_workers(c);
    }
    if (c->state != CLAIM_GO || sent->mono_ms + c->lease_ms <= c->lease_until)
        return;
    c->lease_until = sent->mono_ms + c->lease_ms;
    c->lease_from = *sent;
    if (!could || c->lease_until - c->told_until > c->lease_ms / 8)
        tell_workers(c);
}

bool claim_refused(struct daemon *d, const struct error *e)
{
    struct claim *c = d->claim;
    if (text_equal(e->code, "endpoint_superseded")) {
        struct error why = {0};
        error_set(&why, STATUS_DENIED, e->code,
                  "another start of this endpoint has taken this one's place");
        if (c->state == CLAIM_GO) {
            hold(c, &why);
            ask_in(c, SOON_MS);
        }
        return true;
    }
    if (text_equal(e->code, "start_missing")) {
        if (c->state == CLAIM_FREE || c->state == CLAIM_GO) {
            c->state = CLAIM_ASKING; /* the panel knows the question by now */
            ask_in(c, FIRST_MS);
        }
        return true;
    }
    return false;
}

void claim_twin(struct daemon *d, const json_t *twin)
{
    struct claim *c = d->claim;
    bool news = !json_object_size(c->twin) && json_object_size(twin);
    char said[400];
    json_decref(c->twin);
    c->twin = json_object_size(twin) ? json_deep_copy(twin) : NULL;
    if (news) {
        said_format(said, sizeof said,
                    "a copy of this endpoint was started on %.100s and is held: nothing runs there",
                    json_text(twin, "host", "?"));
        daemon_tell(d, "error", NULL, NULL, NULL, "endpoint_copy", said);
    }
}

enum status claim_take_over(struct daemon *d, struct error *e)
{
    struct claim *c = d->claim;
    if (c->state != CLAIM_HELD) {
        error_set(e, STATUS_REFUSED, "not_held",
                  "this endpoint is not held: there is nothing to take over");
        return error_remedy(e, "endpointctl status says how it is.");
    }
    c->take_over = true;
    ask_in(c, 1);
    return STATUS_OK;
}

json_t *claim_error(const struct daemon *d)
{
    return d->claim && d->claim->state == CLAIM_HELD ? json_from_error(&d->claim->error) : NULL;
}

void claim_add_check(const struct daemon *d, json_t *checks)
{
    const struct claim *c = d->claim;
    struct check k = {.code = "endpoint.copies", .title = "Copies of this endpoint"};
    if (!c || c->state == CLAIM_NONE || c->state == CLAIM_HELD)
        return; /* the panel's own line says it */
    if (c->twin) {
        k.result = check_answer(&k, CHECK_FAIL,
                                "a copy of it was started on %.100s, at %.40s, and is held",
                                json_text(c->twin, "host", "?"), json_text(c->twin, "since", "?"));
        check_remedy(&k,
                     "Stop endpointd there (endpointctl service stop). If that one should go on "
                     "instead of this one, run there: endpointctl take-over");
    } else if (c->state == CLAIM_FREE) {
        k.result = check_answer(&k, CHECK_OK,
                                "this panel cannot tell: never start a copy of the state "
                                "directory");
    } else if (c->unsaved) {
        k.result = check_answer(&k, CHECK_WARN,
                                "the number of this start could not be remembered: the next "
                                "start takes longer");
        check_remedy(&k, "Make room on the disk of %s, and let this user write there.",
                     d->paths.state_dir);
    } else {
        k.result = check_answer(&k, CHECK_OK, "none is known");
    }
    json_array_append_new(checks, check_to_json(&k));
}

const char *claim_state(const struct daemon *d)
{
    return d->claim ? words[d->claim->state] : words[0];
}
