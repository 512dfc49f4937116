/* The conversation with the panel: configuration by long poll, commands and their results, status,
 * journal. Everything goes through http_start: the loop never waits. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "daemon/daemon.h"
#include "net/http_async.h"

#define POLL_WAIT_S     50
#define STATUS_EVERY_MS 60000
#define DEBOUNCE_MS     1000
#define AWAY_MS         300000 /* away so long: it goes into the journal */
#define COMMANDS_KEPT   64
#define JOURNAL_BATCH   200
#define ORDERS_MS       500 /* after word of new orders: those that come meanwhile are one word */
#define MARK_MAX        64

enum task_kind { TASK_POLL, TASK_STATUS, TASK_JOURNAL, TASK_RESULT, TASKS };

struct panel_link;

/* One kind of request; at most one of a kind is under way. */
struct task {
    struct panel_link *link;
    enum task_kind kind;
    struct http_call *call;
    struct backoff backoff;
    uv_timer_t *timer; /* the next try, or the debounce */
    bool due;          /* wanted again when the one under way has ended */
};

/* A command from the panel: run once, its result posted until it is taken. */
struct command {
    char id[80];
    json_t *result; /* NULL: under way */
    bool posted;
    struct panel_link *link;
    struct process *process;
    json_t *rows;
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
    struct command *commands[COMMANDS_KEPT];
    size_t command_count;
    int64_t journal_upto; /* the last id in the batch under way */
    char result_id[80];
    char orders_mark[MARK_MAX + 1]; /* of the orders that the panel told us of; "": not known */
    json_t *orders;                 /* the same by plugin */
};

static void begin(struct task *t);

static void free_timer(uv_handle_t *handle)
{
    free(handle);
}

static void on_timer(uv_timer_t *timer)
{
    begin(timer->data);
}

/* Ask for a task in so many ms; a running one is followed by another. */
static void schedule(struct task *t, int64_t ms)
{
    if (!t->link->registered)
        return;
    if (t->call) {
        t->due = true;
        return;
    }
    if (uv_is_active((uv_handle_t *)t->timer) && (int64_t)uv_timer_get_due_in(t->timer) <= ms)
        return;
    uv_timer_start(t->timer, on_timer, (uint64_t)ms, 0);
}

static void post(struct panel_link *l, enum task_kind kind, int64_t ms)
{
    schedule(&l->tasks[kind], ms);
}

/* ---- commands ------------------------------------------------------------------------------------- */

static struct command *find_command(struct panel_link *l, const char *id)
{
    for (size_t i = 0; i < l->command_count; i++)
        if (text_equal(l->commands[i]->id, id))
            return l->commands[i];
    return NULL;
}

static void command_free(struct command *c)
{
    if (c->process)
        process_abandon(c->process);
    json_decref(c->result);
    json_decref(c->rows);
    free(c);
}

static void finish_command(struct command *c, json_t *result)
{
    if (!c->result)
        c->result = result;
    else
        json_decref(result);
    post(c->link, TASK_RESULT, 1);
}

static json_t *failure(const char *text)
{
    json_t *result = json_object();
    json_set_flag(result, "ok", false);
    json_set_text(result, "text", text);
    return result;
}

static void on_pass(void *user, const char *plugin, const json_t *pass)
{
    struct command *c = user;
    json_t *result = pass ? json_deep_copy(pass) : failure("the plugin's process ended");
    json_set_text(result, "plugin", plugin);
    json_object_del(result, "event");
    finish_command(c, result);
}

static void on_shot_event(void *user, const json_t *event)
{
    struct command *c = user;
    const char *name = json_text(event, "event", "");
    if (text_equal(name, "row") && json_array_size(c->rows) < 200)
        json_array_append(c->rows, json_object_get(event, "data"));
    if (text_equal(name, "result")) {
        json_t *result = json_deep_copy(json_object_get(event, "data"));
        if (json_array_size(c->rows))
            json_object_set(result, "changes", c->rows);
        finish_command(c, result);
    }
}

static void on_shot_ended(void *user, int code, int number)
{
    struct command *c = user;
    (void)code;
    (void)number;
    c->process = NULL;
    if (!c->result)
        finish_command(c, failure("the process ended without an answer"));
}

static void on_order_answer(void *user, const json_t *answer)
{
    struct command *c = user;
    finish_command(c, json_deep_copy(answer));
}

/* "retry-order", "resolve-order": what a person decided in the panel about one order. */
static void change_order(struct panel_link *l, struct command *c, const char *what,
                         const json_t *with)
{
    struct error e = {0};
    json_t *request = json_is_object(with) ? json_deep_copy(with) : json_object();
    json_set_text(request, "do", what);
    if (orders_ask(l->daemon, request, on_order_answer, c, &e) != STATUS_OK)
        finish_command(c, json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(&e)));
    json_decref(request);
}

static void run_command(struct panel_link *l, struct command *c, const char *what,
                        const json_t *with)
{
    struct daemon *d = l->daemon;
    struct error e = {0};
    const char *name = json_text(with, "plugin", NULL);
    struct plugin *p = name ? supervisor_find(d, name) : NULL;
    struct process_handlers handlers = {on_shot_event, on_shot_ended, c};
    if (text_equal(what, "run-now")) {
        if (!p)
            finish_command(c, failure("there is no such plugin"));
        else if (!supervisor_run_now(p, json_flag(with, "accept_deletions", false), on_pass, c))
            finish_command(c, failure("the plugin is not running"));
    } else if (text_equal(what, "simulate") && !p) {
        finish_command(c, failure("there is no such plugin"));
    } else if (text_equal(what, "simulate") || text_equal(what, "lookup") ||
               text_equal(what, "test")) {
        if (supervisor_one_shot(d, what, p ? p->definition : NULL, with, &handlers, &c->process,
                                &e) != STATUS_OK)
            finish_command(c, json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(&e)));
    } else if (text_equal(what, "retry-order")) {
        change_order(l, c, "order-retry", with);
    } else if (text_equal(what, "resolve-order")) {
        change_order(l, c, "order-resolve", with);
    } else {
        finish_command(c, failure("this version does not know the command"));
    }
}

static void take_command(struct panel_link *l, const json_t *command)
{
    const char *id = json_text(command, "id", "");
    struct command *known = find_command(l, id);
    if (!*id || strlen(id) >= sizeof known->id)
        return;
    if (known) { /* its result did not arrive: post it again, do not run it again */
        known->posted = false;
        if (known->result)
            post(l, TASK_RESULT, 1);
        return;
    }
    if (l->command_count == COMMANDS_KEPT) {
        if (!l->commands[0]->posted)
            return; /* too many at once: it stays in the panel's list */
        supervisor_forget(l->daemon, l->commands[0]);
        command_free(l->commands[0]);
        memmove(l->commands, l->commands + 1, (COMMANDS_KEPT - 1) * sizeof l->commands[0]);
        l->command_count--;
    }
    struct command *c = mem_alloc(sizeof *c);
    text_copy(c->id, sizeof c->id, id);
    c->link = l;
    c->rows = json_array();
    l->commands[l->command_count++] = c;
    log_info("command %s from the panel", json_text(command, "do", "?"));
    run_command(l, c, json_text(command, "do", ""), json_object_get(command, "with"));
}

/* ---- requests ------------------------------------------------------------------------------------- */

static void take_config(struct panel_link *l, json_t *config)
{
    struct error e = {0};
    size_t i;
    json_t *command;
    json_t *plugins = json_object_get(config, "plugins");
    l->rev = json_number(config, "rev", 0);
    if (json_is_array(plugins) && !json_equal(plugins, l->daemon->panel_plugins)) {
        json_decref(l->daemon->panel_plugins);
        l->daemon->panel_plugins = json_incref(plugins);
        json_t *cached = json_pack("{s:I,s:O}", "rev", (json_int_t)l->rev, "plugins", plugins);
        if (link_cache_save(l->daemon->paths.state_dir, cached, &e) != STATUS_OK)
            log_problem(LOG_WARNING, "the panel's configuration could not be kept", &e);
        json_decref(cached);
        supervisor_apply(l->daemon);
    }
    json_array_foreach (json_object_get(config, "commands"), i, command)
        take_command(l, command);
}

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

static void came_back(struct panel_link *l)
{
    if (l->away_said)
        daemon_tell(l->daemon, "info", NULL, NULL, NULL, "panel_back", "the panel answers again");
    l->last_ok_ms = clock_wall_ms();
    l->away_since_ms = 0;
    l->away_said = false;
    if (l->error.status != STATUS_OK) {
        error_clear(&l->error);
        daemon_changed(l->daemon);
    }
}

static void went_away(struct panel_link *l, const struct error *e)
{
    int64_t now = clock_mono_ms();
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
        daemon_journal(l->daemon, "error", NULL, e->code, e->text);
    }
}

static void succeeded(struct task *t, json_t *json)
{
    struct panel_link *l = t->link;
    struct command *c;
    backoff_reset(&t->backoff);
    switch (t->kind) {
    case TASK_POLL:
        if (json)
            take_config(l, json);
        schedule(t, json && take_orders(l, json) ? ORDERS_MS : 1);
        break;
    case TASK_STATUS: schedule(t, t->due ? DEBOUNCE_MS : STATUS_EVERY_MS); break;
    case TASK_JOURNAL:
        journal_mark_sent(l->daemon->journal, l->journal_upto, NULL);
        schedule(t, 1); /* more may be waiting */
        break;
    case TASK_RESULT:
        c = find_command(l, l->result_id);
        if (c)
            c->posted = true;
        schedule(t, 1);
        break;
    case TASKS: break;
    }
    t->due = false;
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
        succeeded(t, json);
    } else {
        int64_t moved = l->link.clock_offset_ms - offset;
        bool taught = text_equal(e.code, "signature_invalid") && (moved > 5000 || moved < -5000);
        int64_t wait = taught ? 1 : backoff_failed(&t->backoff, crypto_random_u32());
        /* What the panel will never take must not be offered for ever. */
        if (t->kind == TASK_RESULT && status == STATUS_NOT_FOUND)
            succeeded(t, NULL);
        else
            schedule(t, retry > wait ? retry : wait);
        if (!taught && t->kind == TASK_POLL)
            went_away(l, &e);
    }
    json_decref(json);
}

static void poll_path(const struct panel_link *l, char *path, size_t size)
{
    struct buf mark;
    buf_init(&mark, 3 * MARK_MAX);
    text_percent(&mark, l->orders_mark);
    text_format(path, size, "/endpoint/config?after=%lld&wait=%d%s%s", (long long)l->rev,
                l->rev ? POLL_WAIT_S : 0, mark.length ? "&orders=" : "", buf_text(&mark));
    buf_free(&mark);
}

/* Fill the body and path of a task's request. False: there is nothing to send. */
static bool prepare(struct task *t, struct buf *body, char *path, size_t size, const char **type)
{
    struct panel_link *l = t->link;
    json_t *value = NULL;
    size_t i;
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
    case TASK_JOURNAL: {
        int64_t sent = 0;
        json_t *entry;
        text_copy(path, size, "/endpoint/journal");
        *type = "application/x-ndjson";
        journal_sent(l->daemon->journal, &sent, NULL);
        if (journal_read(l->daemon->journal, sent, JOURNAL_BATCH, NULL, &value, NULL) ==
            STATUS_OK) {
            json_array_foreach (value, i, entry) {
                l->journal_upto = json_number(entry, "id", 0);
                json_add(body, entry);
                buf_add_byte(body, '\n');
            }
        }
        bool any = json_array_size(value) > 0;
        json_decref(value);
        return any;
    }
    case TASK_RESULT:
        for (i = 0; i < l->command_count; i++) {
            struct command *c = l->commands[i];
            if (c->posted || !c->result)
                continue;
            text_copy(l->result_id, sizeof l->result_id, c->id);
            text_format(path, size, "/commands/%s/result", c->id);
            json_add(body, c->result);
            return true;
        }
        return false;
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
    char path[300];
    if (t->call || !l->registered || !l->pool)
        return;
    buf_init(&r.body, 8 << 20);
    if (prepare(t, &r.body, path, sizeof path, &type)) {
        bool poll = t->kind == TASK_POLL;
        int64_t timeout =
            config_integer(l->daemon->config, "panel.timeout") + (poll ? POLL_WAIT_S * 1000 : 0);
        enum status status =
            link_sign(&l->link, &r, poll ? "GET" : "POST", path, type, NULL, NULL, timeout, &e);
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
        uv_timer_stop(l->tasks[i].timer);
        backoff_reset(&l->tasks[i].backoff);
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
    identity_wipe(&id);
    text_copy(o.ca_file, sizeof o.ca_file, config_text(c, "panel.ca"));
    text_copy(o.proxy, sizeof o.proxy, config_text(c, "panel.proxy"));
    text_copy(o.user_agent, sizeof o.user_agent, "endpoint/" ENDPOINT_VERSION);
    o.connect_timeout_ms = 10000;
    error_clear(&l->error);
    return http_pool_open(l->daemon->loop, &o, &l->pool, &l->error) == STATUS_OK;
}

void panel_link_reload(struct panel_link *l)
{
    stop_all(l);
    l->rev = 0;
    l->orders_mark[0] = '\0';
    l->away_since_ms = 0;
    l->registered = set_up(l);
    post(l, TASK_POLL, 1);
    post(l, TASK_STATUS, DEBOUNCE_MS);
    post(l, TASK_JOURNAL, DEBOUNCE_MS);
    daemon_changed(l->daemon);
}

struct panel_link *panel_link_open(struct daemon *d)
{
    struct panel_link *l = mem_alloc(sizeof *l);
    l->daemon = d;
    d->link = l;
    for (int i = 0; i < TASKS; i++) {
        struct task *t = &l->tasks[i];
        t->link = l;
        t->kind = (enum task_kind)i;
        backoff_init(&t->backoff, 1000, i == TASK_POLL ? 60000 : 120000);
        t->timer = mem_alloc(sizeof *t->timer);
        uv_timer_init(d->loop, t->timer);
        t->timer->data = t;
    }
    panel_link_reload(l);
    return l;
}

void panel_link_close(struct panel_link *l)
{
    if (!l)
        return;
    stop_all(l);
    for (int i = 0; i < TASKS; i++)
        uv_close((uv_handle_t *)l->tasks[i].timer, free_timer);
    for (size_t i = 0; i < l->command_count; i++) {
        supervisor_forget(l->daemon, l->commands[i]);
        command_free(l->commands[i]);
    }
    json_decref(l->orders);
    link_wipe(&l->link);
    l->daemon->link = NULL;
    free(l);
}

void panel_link_changed(struct panel_link *l)
{
    /* While the panel is away the retries' own timing holds. */
    if (l && l->tasks[TASK_STATUS].backoff.failures == 0)
        post(l, TASK_STATUS, DEBOUNCE_MS);
}

void panel_link_journal(struct panel_link *l)
{
    if (l && l->tasks[TASK_JOURNAL].backoff.failures == 0)
        post(l, TASK_JOURNAL, DEBOUNCE_MS);
}

json_t *panel_link_to_json(const struct panel_link *l)
{
    json_t *object = json_object();
    char at[CLOCK_TEXT];
    clock_format(at, l->last_ok_ms);
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
    json_object_set_new(object, "error",
                        l->error.status != STATUS_OK ? json_from_error(&l->error) : json_null());
    json_t *account = json_object();
    json_set_text(account, "id", l->link.id.account_id);
    json_set_text(account, "name", l->link.id.account_name);
    json_object_set_new(object, "account", account);
    json_set_text(object, "endpoint_id", l->link.id.endpoint_id);
    return object;
}
