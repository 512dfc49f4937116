#include "daemon_world.h"

#include "os/file.h"
#include "base/memory.h"
#include "daemon/chronicle.h"
#include "daemon/claim.h"
#include "daemon/health.h"
#include "daemon/intake.h"
#include "daemon/panel_link.h"
#include "daemon/supervisor.h"
#include "link/identity.h"
#include "os/dir.h"

struct daemon_world world;

/* ---- the clock -------------------------------------------------------------------------------------- */

static int64_t wall_ms(const struct clock *c)
{
    (void)c;
    return world.wall;
}

static int64_t mono_ms(const struct clock *c)
{
    (void)c;
    return world.mono;
}

static void step(int64_t ms)
{
    world.wall += ms;
    world.mono += ms;
}

void world_pass(int64_t ms)
{
    int64_t end = world.mono + ms, left;
    while ((left = timers_left(&world.d.timers)) >= 0 && world.mono + left <= end) {
        step(left);
        timers_run(&world.d.timers);
    }
    step(end - world.mono);
}

void world_stand_still(int64_t ms, bool counted)
{
    world.wall += ms;
    world.mono += counted ? ms : 0;
}

void world_set_clock(int64_t by_ms)
{
    world.wall += by_ms;
}

uint32_t __wrap_crypto_random_u32(void);
uint32_t __wrap_crypto_random_u32(void)
{
    return world.random;
}

/* ---- processes --------------------------------------------------------------------------------------- */

enum status process_start(uv_loop_t *loop, const char *program, const json_t *job,
                          const struct process_handlers *handlers, struct process **out,
                          struct error *e)
{
    (void)loop, (void)program;
    *out = NULL;
    if (world.no_start)
        return error_set(e, STATUS_IO, "worker_start", "it cannot be started");
    struct process *p = mem_alloc(sizeof *p);
    p->handlers = *handlers;
    p->job = json_deep_copy(job);
    p->orders = json_array();
    p->started = world.mono;
    p->pid = 1000 + (int)++world.started;
    p->next = world.processes;
    world.processes = p;
    *out = p;
    if (world.on_start)
        world.on_start(p);
    return STATUS_OK;
}

int process_pid(const struct process *p)
{
    return p->pid;
}

void process_order(struct process *p, const json_t *order)
{
    assert_false(p->ended);
    json_array_append_new(p->orders, json_deep_copy(order));
    if (world.on_order)
        world.on_order(p, order);
}

void process_signal(struct process *p, int number)
{
    assert_false(p->ended);
    if (p->signal_count < COUNT_OF(p->signals))
        p->signals[p->signal_count++] = number;
    if (number == SIGKILL && !p->killed)
        p->killed = world.mono;
}

void process_abandon(struct process *p)
{
    p->handlers = (struct process_handlers){0};
    p->abandoned = true;
}

void world_say(struct process *p, const char *text)
{
    json_t *event = json_parse(text, strlen(text), NULL);
    assert_non_null(event);
    assert_false(p->ended);
    if (p->handlers.event)
        p->handlers.event(p->handlers.user, event);
    json_decref(event);
}

void world_end(struct process *p, int code, int number)
{
    assert_false(p->ended);
    p->ended = true;
    json_decref(p->job);
    p->job = NULL;
    timer_stop(&world.d.timers, &p->beat);
    timer_stop(&world.d.timers, &p->act);
    if (p->handlers.ended)
        p->handlers.ended(p->handlers.user, code, number);
}

size_t world_told(const struct process *p, const char *what)
{
    size_t i, n = 0;
    json_t *order;
    json_array_foreach (p->orders, i, order)
        n += text_equal(json_text(order, "do", ""), what);
    return n;
}

bool world_signalled(const struct process *p, int number)
{
    for (size_t i = 0; i < p->signal_count; i++)
        if (p->signals[i] == number)
            return true;
    return false;
}

static void on_beat(void *user)
{
    struct process *p = user;
    world_beat(p, p->beat_ms);
    world_say(p, "{\"event\":\"alive\"}");
}

void world_beat(struct process *p, int64_t ms)
{
    p->beat_ms = ms;
    timer_set(&world.d.timers, &p->beat, ms, on_beat, p);
}

struct plugin *world_plugin(const char *id)
{
    struct plugin *p = supervisor_find(&world.d, id);
    assert_non_null(p);
    return p;
}

static void free_processes(void)
{
    while (world.processes) {
        struct process *p = world.processes;
        world.processes = p->next;
        timer_stop(&world.d.timers, &p->beat);
        timer_stop(&world.d.timers, &p->act);
        json_decref(p->job);
        json_decref(p->orders);
        free(p);
    }
}

enum status __real_link_sign(const struct link *l, struct link_request *r,
                             const struct link_ask *ask, struct error *e);
enum status __wrap_link_sign(const struct link *l, struct link_request *r,
                             const struct link_ask *ask, struct error *e);
enum status __wrap_link_sign(const struct link *l, struct link_request *r,
                             const struct link_ask *ask, struct error *e)
{
    if (!world.unsigned_calls)
        return __real_link_sign(l, r, ask, e);
    text_format(r->url, sizeof r->url, "%s/api/v1%s", l->base, ask->path);
    r->http =
        (struct http_request){.method = ask->method, .url = r->url, .timeout_ms = ask->timeout_ms};
    return STATUS_OK;
}

/* ---- the panel --------------------------------------------------------------------------------------- */

enum status http_pool_open(uv_loop_t *loop, const struct http_options *o, struct http_pool **pool,
                           struct error *e)
{
    static char any;
    (void)loop, (void)o, (void)e;
    *pool = (struct http_pool *)(void *)&any;
    return STATUS_OK;
}

void http_pool_close(struct http_pool *pool)
{
    (void)pool;
}

static void on_panel(void *user)
{
    struct http_call *call = user;
    int code = 200;
    const char *text = NULL;
    int64_t retry_ms = -1;
    world.panel(call, &code, &text, &retry_ms);
    if (code)
        world_answer(call, code, text, retry_ms);
    else
        world_unreachable(call);
}

/* It may answer by itself. */
static void offer(struct http_call *call)
{
    int code;
    const char *text;
    int64_t retry_ms, ms = world.panel ? world.panel(call, &code, &text, &retry_ms) : -1;
    if (ms >= 0)
        timer_set(&world.d.timers, &call->answer, ms, on_panel, call);
}

enum status http_start(struct http_pool *pool, const struct http_request *r, http_done *done,
                       void *user, struct http_call **call, struct error *e)
{
    struct http_call *c = mem_alloc(sizeof *c), **end = &world.calls;
    const char *path = strstr(r->url, "/api/v1");
    (void)e;
    assert_non_null(pool);
    assert_non_null(path);
    text_copy(c->method, sizeof c->method, r->method);
    text_copy(c->path, sizeof c->path, path + 7);
    text_copy(c->authorization, sizeof c->authorization, r->headers[0] ? r->headers[0] : "");
    c->body = r->body_length ? json_parse(r->body, r->body_length, NULL) : NULL;
    c->timeout_ms = r->timeout_ms;
    c->started = world.mono;
    c->done = done;
    c->user = user;
    while (*end)
        end = &(*end)->next;
    *end = *call = c;
    world.asked++;
    offer(c);
    return STATUS_OK;
}

static void call_free(struct http_call *call)
{
    for (struct http_call **at = &world.calls; *at; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            break;
        }
    }
    timer_stop(&world.d.timers, &call->answer);
    json_decref(call->body);
    free(call);
}

void http_cancel(struct http_call *call)
{
    if (call)
        call_free(call);
}

struct http_call *world_call(const char *path)
{
    for (struct http_call *c = world.calls; c; c = c->next)
        if (text_starts(c->path, path))
            return c;
    return NULL;
}

static void finish(struct http_call *call, enum status status, const struct http_answer *answer,
                   const struct error *e)
{
    http_done *done = call->done;
    void *user = call->user;
    call_free(call);
    done(status, answer, e, user);
}

void world_answer(struct http_call *call, int code, const char *text, int64_t retry_after_ms)
{
    struct http_answer a;
    struct error none = {0};
    assert_non_null(call);
    http_answer_init(&a, 1 << 20);
    a.code = code;
    a.retry_after_ms = retry_after_ms;
    a.date_ms =
        world.panel_ahead == INT64_MAX ? -1 : (world.wall + world.panel_ahead) / 1000 * 1000;
    text_copy(a.content_type, sizeof a.content_type, "application/json");
    if (text)
        buf_add_text(&a.body, text);
    finish(call, STATUS_OK, &a, &none);
    http_answer_free(&a);
}

void world_unreachable(struct http_call *call)
{
    struct http_answer a;
    struct error e = {0};
    assert_non_null(call);
    http_answer_init(&a, 1);
    error_set(&e, STATUS_UNREACHABLE, "refused", "connection refused");
    finish(call, STATUS_UNREACHABLE, &a, &e);
    http_answer_free(&a);
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

static void on_stopped(struct daemon *d)
{
    (void)d;
    world.stopped++;
}

static struct config *load(const char *text)
{
    static const char erp[] = "erp : { type = \"generic\"; server = \"localhost\"; "
                              "database = \"FIRMA\"; user = \"reader\"; };\n";
    struct config *c = NULL;
    struct error e = {0};
    char all[4000];
    assert_true(text_format(all, sizeof all, "%s%s", erp, text));
    assert_int_equal(file_replace(world.d.paths.config_file, all, strlen(all), 0600, NULL, &e),
                     STATUS_OK);
    if (config_load(&world.d.paths, &c, NULL, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return c;
}

static void register_it(void)
{
    struct identity id;
    struct error e = {0};
    assert_int_equal(identity_prepare(world.dir, "https://panel.test", &id, &e), STATUS_OK);
    text_copy(id.endpoint_id, sizeof id.endpoint_id, "endpoint-1");
    text_copy(id.account_id, sizeof id.account_id, "account-1");
    assert_int_equal(identity_save(world.dir, &id, &e), STATUS_OK);
    identity_wipe(&id);
}

void world_open(const char *config, bool registered)
{
    struct daemon *d = &world.d;
    world = (struct daemon_world){.clock = {wall_ms, mono_ms}, .mono = 1000000};
    assert_true(clock_parse("2026-01-05T10:00:00Z", &world.wall));
    unit_directory(world.dir, sizeof world.dir);
    *d = (struct daemon){.clock = &world.clock,
                         .on_stopped = on_stopped,
                         .dir_lock_fd = -1,
                         .lock_fd = -1,
                         .erp_lock_fd = -1};
    timers_open(&d->timers, d->clock, NULL, NULL);
    text_copy(d->paths.state_dir, sizeof d->paths.state_dir, world.dir);
    text_copy(d->paths.config_dir, sizeof d->paths.config_dir, world.dir);
    text_format(d->paths.config_file, sizeof d->paths.config_file, "%s/endpoint.conf", world.dir);
    d->config = load(config);
    health_open(d);
    daemon_tell(d, "info", NULL, NULL, NULL, "started", "it started"); /* kept in memory: no file */
    intake_open(d);
    if (registered)
        register_it();
    claim_open(d);
    panel_link_open(d);
    supervisor_apply(d);
}

void world_configure(const char *config)
{
    struct config *fresh = load(config);
    config_free(world.d.config);
    world.d.config = fresh;
    supervisor_apply(&world.d);
}

void world_close(void)
{
    struct daemon *d = &world.d;
    panel_link_close(d->link);
    claim_close(d->claim);
    health_unwatch(d);
    supervisor_free(d);
    chronicle_close(d);
    health_close(d);
    intake_close(d);
    json_decref(d->checks_about);
    config_free(d->config);
    while (world.calls)
        call_free(world.calls);
    free_processes();
    assert_null(d->timers.first); /* nobody left one behind */
    assert_int_equal(dir_remove(world.dir, NULL), STATUS_OK);
}

size_t world_entries(const char *code)
{
    json_t *entries = NULL, *entry;
    struct error e = {0};
    size_t i, n = 0;
    if (!world.d.chronicle)
        return 0;
    chronicle_read(&world.d, 0, 1000, NULL, &entries, &e);
    json_array_foreach (entries, i, entry)
        n += text_equal(json_text(entry, "code", ""), code);
    json_decref(entries);
    return n;
}

const char *world_check(const char *code)
{
    static char result[16];
    json_t *status = daemon_status(&world.d), *check;
    size_t i;
    result[0] = '\0';
    json_array_foreach (json_object_get(status, "checks"), i, check)
        if (text_equal(json_text(check, "code", ""), code))
            text_copy(result, sizeof result, json_text(check, "result", ""));
    json_decref(status);
    return result;
}
