/* The control socket: JSON lines from endpointctl and others (doc/contracts.md). Whatever comes in
 * gets an answer, is bounded, and does no harm. */
#include "daemon/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/codes.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "daemon/asking.h"
#include "daemon/chronicle.h"
#include "daemon/claim.h"
#include "daemon/daemon.h"
#include "daemon/held.h"
#include "daemon/intake.h"
#include "daemon/metrics.h"
#include "daemon/orders_asked.h"
#include "daemon/reload.h"
#include "daemon/supervisor.h"
#include "os/dir.h"
#include "os/host.h"
#include "os/local.h"
#include "os/log.h"

#define CLIENTS_MAX 32
#define REQUEST_MAX (1 << 20)
#define BACKLOG_MAX (16 << 20) /* bytes that a slow client may leave unread */

struct client {
    uv_pipe_t pipe;
    struct control *control;
    struct client *next;
    struct lines lines;
    bool follows;
    int waiting; /* passes, or a worker's answer, that it waits for */
    json_t *passes;
    struct process *process;
    bool failed;  /* of the process: no result came */
    bool leaving; /* it sends nothing more, and is dropped when it has its answers */
};

struct control {
    uv_pipe_t pipe;
    struct daemon *daemon;
    struct client *clients;
    int count;
    char path[512];
};

struct farewell {
    uv_shutdown_t request;
    struct client *client;
};

struct answer {
    uv_write_t request;
    char *bytes;
};

static void on_written(uv_write_t *request, int status)
{
    struct answer *a = (struct answer *)request;
    (void)status;
    free(a->bytes);
    free(a);
}

static void on_client_closed(uv_handle_t *handle)
{
    struct client *c = handle->data;
    lines_free(&c->lines);
    json_decref(c->passes);
    free(c);
}

static void drop(struct client *c)
{
    struct control *k = c->control;
    if (uv_is_closing((uv_handle_t *)&c->pipe))
        return;
    for (struct client **at = &k->clients; *at; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            break;
        }
    }
    k->count--;
    asking_forget(k->daemon, c);
    if (c->process)
        process_abandon(c->process);
    c->process = NULL;
    uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

/* Send one line; steals value. */
static void reply(struct client *c, json_t *value)
{
    struct buf b;
    buf_init(&b, BACKLOG_MAX);
    json_add(&b, value);
    json_decref(value);
    buf_add_byte(&b, '\n');
    if (uv_is_closing((uv_handle_t *)&c->pipe) || b.failed ||
        uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe) > BACKLOG_MAX) {
        buf_free(&b);
        drop(c);
        return;
    }
    struct answer *a = mem_alloc(sizeof *a);
    unsigned length = (unsigned)b.length;
    a->bytes = buf_take(&b);
    uv_buf_t out = uv_buf_init(a->bytes, length);
    if (uv_write(&a->request, (uv_stream_t *)&c->pipe, &out, 1, on_written) != 0)
        on_written(&a->request, -1);
}

static void on_shut(uv_shutdown_t *request, int status)
{
    struct farewell *f = (struct farewell *)request;
    if (status != UV_ECANCELED)
        drop(f->client); /* cancelled: it is dropped already */
    free(f);
}

/* Drop the client once all its answers are written. */
static void leave(struct client *c)
{
    if (uv_is_closing((uv_handle_t *)&c->pipe))
        return;
    struct farewell *f = mem_alloc(sizeof *f);
    f->client = c;
    uv_read_stop((uv_stream_t *)&c->pipe);
    if (uv_shutdown(&f->request, (uv_stream_t *)&c->pipe, on_shut) != 0) {
        free(f);
        drop(c);
    }
}

static void leave_if_done(struct client *c)
{
    if (c->leaving && !c->waiting && !c->process)
        leave(c);
}

static void reply_ok(struct client *c, json_t *object)
{
    json_set_flag(object, "ok", true);
    reply(c, object);
}

static void reply_error(struct client *c, const struct error *e)
{
    json_t *object = json_object();
    json_set_flag(object, "ok", false);
    json_object_set_new(object, "error", json_from_error(e));
    reply(c, object);
}

static void refuse(struct client *c, enum status status, const char *code, const char *text)
{
    struct error e = {0};
    error_set(&e, status, code, "%-s", text);
    reply_error(c, &e);
}

/* ---- verbs --------------------------------------------------------------------------------------- */

static void do_ping(struct client *c, const json_t *request)
{
    json_t *o = json_object();
    (void)request;
    json_set_text(o, "version", ENDPOINT_VERSION);
    json_set_number(o, "pid", host_process());
    reply_ok(c, o);
}

static void do_status(struct client *c, const json_t *request)
{
    (void)request;
    reply_ok(c, daemon_status(c->control->daemon));
}

static void pass_done(struct client *c)
{
    if (--c->waiting > 0)
        return;
    json_t *o = json_object();
    json_object_set(o, "plugins", c->passes);
    reply_ok(c, o);
    leave_if_done(c);
}

static void on_pass(void *user, const char *plugin, const json_t *pass)
{
    struct client *c = user;
    json_t *row = pass ? json_deep_copy(pass) : json_object();
    json_set_text(row, "plugin", plugin);
    if (!pass) {
        struct error e;
        error_set(&e, STATUS_INTERNAL, "worker_died", "the plugin's process ended");
        json_set_flag(row, "ok", false);
        json_object_set_new(row, "error", json_from_error(&e));
    }
    json_object_del(row, "event");
    json_array_append_new(c->passes, row);
    pass_done(c);
}

static void on_shot_event(void *user, const json_t *event)
{
    struct client *c = user;
    const char *name = json_text(event, "event", "");
    if (text_equal(name, "result")) {
        json_t *data = json_object_get(event, "data");
        json_t *o = json_deep_copy(json_is_object(data) ? data : NULL);
        c->failed = false;
        if (json_is_false(json_object_get(data, "ok"))) {
            reply(c, o);
        } else {
            reply_ok(c, o ? o : json_object());
        }
    } else if (text_equal(name, "row") || text_equal(name, "check") ||
               text_equal(name, "progress")) {
        reply(c, json_deep_copy(event));
    }
}

static void on_shot_ended(void *user, int code, int number)
{
    struct client *c = user;
    (void)code;
    (void)number;
    c->process = NULL;
    if (c->failed)
        refuse(c, STATUS_INTERNAL, "worker_died", "the process ended without an answer");
    leave_if_done(c);
}

static void one_shot(struct client *c, const char *mode, const json_t *plugin, const json_t *with)
{
    struct process_handlers handlers = {on_shot_event, on_shot_ended, c};
    struct error e = {0};
    if (c->process) {
        refuse(c, STATUS_BUSY, "busy", "one request at a time");
        return;
    }
    c->failed = true;
    if (supervisor_one_shot(c->control->daemon, mode, plugin, with, &handlers, &c->process, &e) !=
        STATUS_OK)
        reply_error(c, &e);
}

/* There is no plugin with that name; or there is one, but it is refused: say why. */
static void refuse_plugin(struct client *c, const char *name)
{
    const json_t *why = name ? intake_reason(c->control->daemon, name) : NULL;
    if (!why) {
        refuse(c, STATUS_NOT_FOUND, "plugin_unknown",
               "there is no such plugin; endpointctl plugins lists them");
        return;
    }
    json_t *object = json_object();
    json_set_flag(object, "ok", false);
    json_object_set(object, "error", (json_t *)why);
    reply(c, object);
}

/* What happened to a plugin that has no process: nothing. */
static json_t *not_running(const struct plugin *p)
{
    struct error e;
    if (json_flag(p->definition, "enabled", true)) {
        error_set(&e, STATUS_REFUSED, "not_running", "the plugin's process is not there yet");
        error_remedy(
            &e,
            "It is being started: repeat the command in a moment; endpointctl plugins shows its state.");
    } else {
        error_set(&e, STATUS_REFUSED, "not_running", "the plugin is not running");
        error_remedy(&e, "Enable it in the panel.");
    }
    return json_pack("{s:s,s:b,s:o}", "plugin", p->id, "ok", 0, "error", json_from_error(&e));
}

static void do_sync(struct client *c, const json_t *request)
{
    struct daemon *d = c->control->daemon;
    const char *name = json_text(request, "plugin", NULL);
    bool accept = json_flag(request, "accept_deletions", false);
    struct plugin *only = name ? supervisor_find(d, name) : NULL;
    if (c->waiting) {
        refuse(c, STATUS_BUSY, "busy", "one request at a time");
        return;
    }
    if (json_object_get(request, "plugin") && !only) {
        refuse_plugin(c, name);
        return;
    }
    if (json_flag(request, "simulate", false)) {
        if (!only && d->plugins && !d->plugins->next)
            only = d->plugins;
        if (!only)
            refuse(c, STATUS_INVALID, "plugin_which",
                   "name the plugin to simulate; endpointctl plugins lists them");
        else
            one_shot(c, "simulate", only->definition, NULL);
        return;
    }
    json_decref(c->passes);
    c->passes = json_array();
    c->waiting = 1;
    for (struct plugin *p = only ? only : d->plugins; p; p = only ? NULL : p->next)
        if (asking_run_now(p, accept, on_pass, c))
            c->waiting++;
        else if (only || json_flag(p->definition, "enabled", true))
            json_array_append_new(c->passes, not_running(p));
    pass_done(c);
}

/* Ask the ERP, or, if a plugin is named, its shop. */
static void erp_or_shop(struct client *c, const json_t *request, const char *erp, const char *shop)
{
    const char *name = json_text(request, "plugin", NULL);
    struct plugin *p = name ? supervisor_find(c->control->daemon, name) : NULL;
    if (name && !p)
        refuse_plugin(c, name);
    else
        one_shot(c, p ? shop : erp, p ? p->definition : NULL, request);
}

static void do_test(struct client *c, const json_t *request)
{
    erp_or_shop(c, request, "test", "channel-test");
}

static void do_paths(struct client *c, const json_t *request)
{
    one_shot(c, "paths", NULL, request);
}

static void do_lookup(struct client *c, const json_t *request)
{
    erp_or_shop(c, request, "lookup", "channel-lookup");
}

static void do_journal(struct client *c, const json_t *request)
{
    json_t *entries = NULL;
    struct error e = {0};
    int64_t limit = json_number(request, "limit", 50);
    if (limit < 1 || limit > 10000)
        limit = 50;
    enum status status =
        chronicle_read(c->control->daemon, json_number(request, "after", -1), (int)limit,
                       json_text(request, "plugin", NULL), &entries, &e);
    c->follows = json_flag(request, "follow", false);
    json_t *o = json_object();
    json_set_flag(o, "ok", status == STATUS_OK);
    json_object_set_new(o, "entries", entries);
    if (status != STATUS_OK) /* in addition to the known entries */
        json_object_set_new(o, "error", json_from_error(&e));
    reply(c, o);
}

static void do_runs(struct client *c, const json_t *request)
{
    struct plugin *p = supervisor_find(c->control->daemon, json_text(request, "plugin", ""));
    if (!p) {
        refuse_plugin(c, json_text(request, "plugin", NULL));
        return;
    }
    json_t *o = json_object();
    json_object_set_new(o, "runs", json_deep_copy(p->runs));
    reply_ok(c, o);
}

static void do_orders(struct client *c, const json_t *request)
{
    struct error e = {0};
    json_t *answer = NULL;
    if (orders_answer(c->control->daemon, request, &answer, &e) == STATUS_OK)
        reply_ok(c, answer);
    else
        reply_error(c, &e);
}

static void do_held(struct client *c, const json_t *request)
{
    struct error e = {0};
    json_t *answer = NULL;
    if (held_answer(c->control->daemon, request, &answer, &e) == STATUS_OK) {
        reply_ok(c, answer);
    } else {
        json_decref(answer);
        reply_error(c, &e);
    }
}

static void on_order_answer(void *user, const json_t *answer)
{
    struct client *c = user;
    c->waiting = 0;
    reply(c, json_deep_copy(answer));
}

static void do_order_change(struct client *c, const json_t *request)
{
    struct error e = {0};
    if (c->waiting) {
        refuse(c, STATUS_BUSY, "busy", "one request at a time");
        return;
    }
    if (orders_ask(c->control->daemon, request, on_order_answer, c, &e) == STATUS_OK)
        c->waiting = 1;
    else
        reply_error(c, &e);
}

static void do_held_retry(struct client *c, const json_t *request)
{
    struct error e = {0};
    if (c->waiting)
        refuse(c, STATUS_BUSY, "busy", "one request at a time");
    else if (held_ask(c->control->daemon, request, on_order_answer, c, &e) == STATUS_OK)
        c->waiting = 1;
    else
        reply_error(c, &e);
}

static void do_metrics(struct client *c, const json_t *request)
{
    struct buf b;
    json_t *o = json_object();
    (void)request;
    buf_init(&b, REQUEST_MAX);
    metrics_text(c->control->daemon, &b);
    json_set_text(o, "text", buf_text(&b));
    buf_free(&b);
    reply_ok(c, o);
}

static void do_take_over(struct client *c, const json_t *request)
{
    struct error e = {0};
    (void)request;
    if (claim_take_over(c->control->daemon, &e) == STATUS_OK)
        reply_ok(c, json_object());
    else
        reply_error(c, &e);
}

static void do_reload(struct client *c, const json_t *request)
{
    struct error e = {0};
    json_t *o = json_object();
    bool accept = json_flag(request, "accept", false);
    bool ok = reload_settings(c->control->daemon, accept, o, &e) == STATUS_OK;
    json_set_flag(o, "ok", ok);
    if (!ok)
        json_object_set_new(o, "error", json_from_error(&e));
    reply(c, o);
}

static const struct {
    const char *word;
    void (*run)(struct client *, const json_t *);
} verbs[] = {{"ping", do_ping},
             {"status", do_status},
             {"plugins", do_status},
             {"sync", do_sync},
             {"test", do_test},
             {"lookup", do_lookup},
             {"paths", do_paths},
             {"journal", do_journal},
             {"reload", do_reload},
             {"metrics", do_metrics},
             {"runs", do_runs},
             {"orders", do_orders},
             {"order-show", do_orders},
             {"held", do_held},
             {"held-retry", do_held_retry},
             {"order-retry", do_order_change},
             {"order-resolve", do_order_change},
             {"take-over", do_take_over}};

static void take_line(struct client *c, const char *line, size_t length)
{
    struct error e = {0};
    json_t *request = json_parse(line, length, &e);
    const char *what = json_text(request, "do", NULL);
    size_t i = 0;
    while (what && i < COUNT_OF(verbs) && !text_equal(verbs[i].word, what))
        i++;
    if (!request)
        reply_error(c, &e);
    else if (!what || i == COUNT_OF(verbs))
        refuse(c, STATUS_INVALID, "request_unknown",
               "a request is {\"do\": WORD}, see doc/contracts.md");
    else
        verbs[i].run(c, request);
    json_decref(request);
}

/* ---- sockets -------------------------------------------------------------------------------------- */

static void on_allocate(uv_handle_t *handle, size_t wanted, uv_buf_t *b)
{
    (void)handle;
    (void)wanted;
    *b = uv_buf_init(mem_alloc(16384), 16384);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct client *c = stream->data;
    char *line;
    size_t length;
    enum status status;
    if (n > 0)
        lines_feed(&c->lines, b->base, (size_t)n);
    free(b->base);
    while (!uv_is_closing((uv_handle_t *)stream) &&
           (status = lines_next(&c->lines, &line, &length)) != STATUS_END) {
        if (status == STATUS_OK)
            take_line(c, line, length);
        else
            refuse(c, STATUS_FULL, "request_long", "a request is one line of at most 1 MiB");
    }
    if (n < 0 && !uv_is_closing((uv_handle_t *)stream)) {
        /* A client may close its sending side and still wait for answers. */
        c->leaving = true;
        if (n == UV_EOF && (c->waiting || c->process))
            uv_read_stop(stream);
        else if (n == UV_EOF)
            leave(c);
        else
            drop(c);
    }
}

/* Only root and our own user may talk to us. */
static bool peer_allowed(uv_pipe_t *pipe)
{
    int fd;
    return uv_fileno((uv_handle_t *)pipe, &fd) == 0 && local_peer_is_ours(fd);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct control *k = server->data;
    struct client *c = mem_alloc(sizeof *c);
    if (status != 0) {
        free(c);
        return;
    }
    c->control = k;
    c->passes = json_array();
    lines_init(&c->lines, REQUEST_MAX);
    uv_pipe_init(k->daemon->loop, &c->pipe, 0);
    c->pipe.data = c;
    c->next = k->clients;
    k->clients = c;
    k->count++;
    if (uv_accept(server, (uv_stream_t *)&c->pipe) != 0 || !peer_allowed(&c->pipe)) {
        drop(c);
        return;
    }
    if (k->count > CLIENTS_MAX) {
        refuse(c, STATUS_BUSY, "clients",
               "too many programs talk to endpointd at once; try again in a moment");
        leave(c);
        return;
    }
    uv_read_start((uv_stream_t *)&c->pipe, on_allocate, on_read);
}

enum status control_open(struct daemon *d, struct control **out, struct error *e)
{
    struct control *k = mem_alloc(sizeof *k);
    *out = NULL;
    enum status status = dir_ensure(d->paths.runtime_dir, 0700, e);
    if (status != STATUS_OK) {
        free(k);
        return status;
    }
    k->daemon = d;
    text_copy(k->path, sizeof k->path, d->paths.control_socket);
    /* We hold the state directory's lock: an existing socket is left over from a crash. */
    file_remove(k->path);
    uv_pipe_init(d->loop, &k->pipe, 0);
    k->pipe.data = k;
    unsigned mask = file_mask(0177);
    int code = uv_pipe_bind(&k->pipe, k->path);
    file_mask(mask);
    if (code == 0)
        code = uv_listen((uv_stream_t *)&k->pipe, 16, on_connection);
    if (code != 0) {
        error_set(e, STATUS_IO, "control", "cannot listen on %s: %-s", k->path, uv_strerror(code));
        error_remedy(
            e,
            "Is the path longer than a socket's may be (107 bytes)? --runtime-dir names another.");
        uv_close((uv_handle_t *)&k->pipe, NULL);
        return STATUS_IO; /* k is freed with the process: its handle is still closing */
    }
    *out = k;
    return STATUS_OK;
}

static void on_control_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void control_close(struct control *k)
{
    if (!k)
        return;
    while (k->clients)
        drop(k->clients);
    file_remove(k->path);
    uv_close((uv_handle_t *)&k->pipe, on_control_closed);
}

void control_entry(struct control *k, const json_t *entry)
{
    struct client *next;
    for (struct client *c = k ? k->clients : NULL; c; c = next) {
        next = c->next;
        if (!c->follows)
            continue;
        json_t *event = json_object();
        json_set_text(event, "event", "entry");
        json_object_set(event, "entry", (json_t *)entry);
        reply(c, event);
    }
}
