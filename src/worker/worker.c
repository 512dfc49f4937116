#include "worker/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "config/plugin.h"
#include "erp/access.h"
#include "erp/checks.h"
#include "link/link_http.h"
#include "mapping/lookup.h"
#include "mapping/mapping.h"
#include "model/kind.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/log.h"
#include "store/ledger_outbox.h"
#include "sync/preview.h"
#include "tds/session.h"
#include "worker/orders_simulate.h"
#include "worker/orders_worker.h"
#include "worker/pass.h"

#define JOB_MAX (4 << 20)

static enum status read_job(struct worker *w, int fd, struct error *e)
{
    struct buf b;
    ptrdiff_t n;
    char chunk[16384];
    buf_init(&b, JOB_MAX);
    while ((n = fd_read(fd, chunk, sizeof chunk)) > 0)
        buf_add(&b, chunk, (size_t)n);
    mem_wipe(chunk, sizeof chunk);
    fd_close(&fd);
    w->job = b.failed ? NULL : json_parse(buf_text(&b), b.length, e);
    mem_wipe(b.data, b.length);
    buf_free(&b);
    if (!json_is_object(w->job))
        return error_set(e, STATUS_INVALID, "worker_job",
                         "the daemon's configuration cannot be read");
    return STATUS_OK;
}

static void copy_path(const json_t *paths, const char *name, char *target, size_t size)
{
    text_copy(target, size, json_text(paths, name, ""));
}

static enum status take_job(struct worker *w, struct error *e)
{
    const json_t *paths = json_object_get(w->job, "paths");
    w->plugin = json_object_get(w->job, "plugin");
    w->with = json_object_get(w->job, "with");
    w->id = json_text(w->plugin, "id", "");
    w->kind = json_text(w->plugin, "kind", "");
    w->mode = json_text(w->job, "mode", "run");
    copy_path(paths, "state_dir", w->state_dir, sizeof w->state_dir);
    copy_path(paths, "config_dir", w->config_dir, sizeof w->config_dir);
    copy_path(paths, "erp_dir", w->erp_dir, sizeof w->erp_dir);
    text_copy(w->panel_url, sizeof w->panel_url, json_text(w->job, "panel_url", ""));
    bool needs_plugin = text_equal(w->mode, "run") || text_equal(w->mode, "simulate") ||
                        text_starts(w->mode, "channel-");
    enum status status = needs_plugin ? plugin_validate(w->plugin, e) : STATUS_OK;
    if (status == STATUS_OK)
        status = config_from_json(json_object_get(w->job, "settings"), &w->config, e);
    json_object_del(w->job, "settings"); /* the passwords are in the config now */
    w->secrets = json_incref(json_object_get(w->job, "channel_secrets"));
    json_object_del(w->job, "channel_secrets");
    events_lease(&w->events, json_object_get(w->job, "lease"));
    w->events.lease_news = false;
    return status;
}

enum status worker_open(struct worker *w, int config_fd, int event_fd, const struct clock *clock,
                        volatile int *stopping, struct error *e)
{
    size_t count;
    memset(w, 0, sizeof *w);
    w->lock_fd = -1;
    w->stopping = stopping;
    w->clock = clock;
    events_open(&w->events, event_fd, clock);
    enum status status = read_job(w, config_fd, e);
    if (status == STATUS_OK)
        status = take_job(w, e);
    if (status != STATUS_OK || text_equal(w->mode, "paths")) /* that needs neither ERP nor shop */
        return status;
    if ((status = link_http_options(w->config, &w->http, e)) != STATUS_OK)
        return status;
    enum log_level level;
    if (log_level_parse(config_text(w->config, "log.level"), &level))
        log_set_level(level);
    log_set_plugin(w->id);
    char name[100];
    text_format(name, sizeof name, "endpoint %s", *w->id ? w->id : w->mode);
    session_name(name);
    log_to_file(config_text(w->config, "log.file"), config_integer(w->config, "log.file_mb") << 20,
                (int)config_integer(w->config, "log.files"));
    /* Each process has a directory of its own for FreeTDS' file: workers do not overwrite each other's. */
    if (!text_format(w->private_dir, sizeof w->private_dir, "%s/private/%s-%s", w->state_dir,
                     *w->id ? w->id : "endpoint", w->mode))
        return error_set(e, STATUS_INVALID, "path_long", "the state directory's path is too long");
    if (text_starts(w->mode, "channel-")) /* that needs no ERP */
        return opening_find(w->plugin, &w->ops, e);
    status = mapping_load(w->erp_dir, w->config_dir, config_text(w->config, "erp.type"),
                          &w->mapping, NULL, &count, e);
    if (status != STATUS_OK)
        return STATUS_INVALID;
    return opening_find(w->plugin, &w->ops, e);
}

void worker_close(struct worker *w)
{
    ledger_close(w->ledger);
    fd_close(&w->lock_fd);
    mapping_free(w->mapping);
    config_free(w->config);
    json_decref(w->job);
    json_decref(w->secrets);
    events_close(&w->events);
}

static void say_alive(void *user)
{
    struct worker *w = user;
    events_alive(&w->events);
}

enum status worker_channel_open(struct worker *w, struct channel **channel, struct error *e)
{
    const struct events *ev = &w->events;
    *channel = NULL;
    if (!ev->incarnation && !ev->free)
        return error_set(e, STATUS_UNREACHABLE, "panel_start",
                         "the panel could not be asked about this start of endpointd yet");
    w->mark[0] = '\0';
    if (w->ledger && !kind_is_inward(w->kind)) {
        enum status status = ledger_mark(w->ledger, w->mark, sizeof w->mark, e);
        if (status != STATUS_OK)
            return status;
    }
    w->opening = (struct opening){.plugin = w->plugin,
                                  .secrets = w->secrets,
                                  .state_dir = w->state_dir,
                                  .panel_url = w->panel_url,
                                  .mark = w->mark,
                                  .incarnation = ev->incarnation,
                                  .http = w->http,
                                  .cancel = w->stopping,
                                  .alive = say_alive,
                                  .alive_user = w};
    return opening_open(&w->opening, w->ops, channel, e);
}

bool worker_may_write(struct worker *w, struct error *e)
{
    struct events *ev = &w->events;
    events_poll(ev, 0);
    if (events_lease_lasts(ev))
        return true;
    if (e) {
        *e = ev->orders_why;
        if (e->status == STATUS_OK) { /* nothing was heard since it ended */
            error_set(e, STATUS_BUSY, "orders_panel",
                      "the panel has not been heard for a while: no new order is written, because "
                      "another machine may have taken this one's place");
            error_remedy(e, "It continues by itself when the panel answers.");
        }
    }
    return false;
}

bool worker_told_to_stop(struct worker *w)
{
    events_poll(&w->events, 0);
    return w->events.stop || *w->stopping;
}

bool worker_tick(struct worker *w, const char *phase, const char *stream, uint64_t done)
{
    int64_t before = w->events.last_alive_ms;
    events_alive(&w->events);
    if (w->events.last_alive_ms != before || done % 50000 == 0) {
        json_t *progress = events_new("progress");
        json_set_text(progress, "phase", phase);
        json_set_text(progress, "stream", stream ? stream : kind_stream(w->kind));
        json_set_number(progress, "done", (int64_t)done);
        json_object_set_new(progress, "of",
                            w->phase_total ? json_integer((json_int_t)w->phase_total)
                                           : json_null());
        events_send(&w->events, progress);
    }
    return !worker_told_to_stop(w);
}

static enum status tick(void *user, const char *phase, uint64_t done)
{
    return worker_tick(user, phase, NULL, done) ? STATUS_OK : STATUS_CANCELLED;
}

void worker_flow(struct worker *w, struct flow *f)
{
    *f = (struct flow){.clock = w->clock,
                       .ledger = w->ledger,
                       .state_dir = w->state_dir,
                       .stream = stream_find(kind_stream(w->kind)),
                       .options = json_object_get(w->plugin, "options"),
                       .channel = json_object_get(w->plugin, "channel"),
                       .scenario_version = json_number(w->plugin, "scenario_version", 1),
                       .outbox_limit = config_integer(w->config, "limits.outbox_rows"),
                       .disk_free_bytes = config_integer(w->config, "limits.disk_free_mb") << 20,
                       .shrink_percent = config_integer(w->config, "limits.shrink_percent"),
                       .tick = tick,
                       .user = w};
}

/* ---- modes that do one thing ---------------------------------------------------------------------- */

int worker_report(struct worker *w, const struct error *e)
{
    struct check c = {.result = CHECK_FAIL};
    text_copy(c.code, sizeof c.code, e->code);
    text_copy(c.title, sizeof c.title, w->mode);
    check_failed(&c, e);
    events_check(&w->events, &c);
    json_t *result = events_new("result");
    json_object_set_new(result, "data",
                        json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(e)));
    events_send(&w->events, result);
    return e->status == STATUS_INVALID ? 2 : 1;
}

#define SIMULATED_ROWS  1000
#define SIMULATED_BYTES (8 << 20)

/* What would be sent, reported after the ERP's answer has been read, so that the ERP does not wait
 * for the viewer. */
struct simulation {
    struct worker *w;
    json_t *rows;
    size_t bytes;
    json_t *shop_why; /* why it is not known what the shop has; NULL: it is, or nobody asked */
};

static void would(void *user, const char *op, const char *key, const char *data)
{
    struct simulation *s = user;
    size_t length = data ? strlen(data) : 0;
    if (json_array_size(s->rows) >= SIMULATED_ROWS || s->bytes + length > SIMULATED_BYTES)
        return;
    json_t *change = json_object();
    json_set_text(change, "op", op);
    json_set_text(change, "key", key);
    json_object_set_new(change, "data", data ? json_parse(data, length, NULL) : json_null());
    json_array_append_new(s->rows, change);
    s->bytes += length;
}

/* Takes the rows. */
static void tell_simulated(struct simulation *s)
{
    for (size_t i = 0; i < json_array_size(s->rows); i++) {
        json_t *row = events_new("row");
        json_object_set(row, "data", json_array_get(s->rows, i));
        events_send(&s->w->events, row);
    }
    json_decref(s->rows);
}

/* What the shop has of the shown rows, where it can be asked. */
static void ask_shop(struct simulation *s, const struct flow *f)
{
    struct worker *w = s->w;
    struct channel *channel = NULL;
    struct preview *p = NULL;
    struct error e = {0};
    char dir[760];
    if (!w->ops->has_catalogue)
        return;
    text_format(dir, sizeof dir, "%s/catalogue", w->private_dir);
    enum status status = worker_channel_open(w, &channel, &e);
    if (status == STATUS_OK)
        status = preview_open(f, w->ledger, dir, w->ops, channel, &p, &e);
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(s->rows); i++)
        preview_add(p, json_array_get(s->rows, i));
    preview_close(p);
    w->ops->close(channel);
    if (status != STATUS_OK && status != STATUS_END)
        s->shop_why = json_from_error(&e);
}

static enum status simulation_tick(void *user, const char *phase, uint64_t done)
{
    return tick(((struct simulation *)user)->w, phase, done);
}

int worker_simulate(struct worker *w)
{
    if (kind_is_inward(w->kind))
        return orders_simulate(w);
    struct simulation s = {.w = w, .rows = json_array()};
    struct error e = {0};
    struct flow f;
    struct flow_result r;
    /* Without a ledger everything is new: that is what a first sync would send. */
    enum status status = ledger_open_read(w->state_dir, w->id, &w->ledger, &e);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        tell_simulated(&s);
        return worker_report(w, &e);
    }
    worker_flow(w, &f);
    f.dry = true;
    f.would = would;
    f.user = &s;
    f.tick = simulation_tick;
    status = pass_read(w, &f, true, &r, &e);
    size_t shown = json_array_size(s.rows);
    if (status == STATUS_OK || status == STATUS_GUARD)
        ask_shop(&s, &f);
    tell_simulated(&s);
    if (status != STATUS_OK && status != STATUS_GUARD)
        return worker_report(w, &e);
    json_t *result = events_new("result"), *data = json_object();
    json_set_flag(data, "ok", true);
    json_set_text(data, "stream", f.stream->name);
    json_set_number(data, "rows", (int64_t)r.rows);
    json_set_number(data, "upserts", (int64_t)r.upserts);
    json_set_number(data, "deletes", (int64_t)r.deletes);
    json_set_number(data, "held", (int64_t)r.held);
    json_set_number(data, "shown", (int64_t)shown);
    json_object_set_new(data, "refused",
                        status == STATUS_GUARD ? json_from_error(&e) : json_null());
    json_object_set_new(data, "shop", s.shop_why ? s.shop_why : json_null());
    json_object_set_new(result, "data", data);
    events_send(&w->events, result);
    return 0;
}

int worker_lookup(struct worker *w)
{
    struct session *session = NULL;
    struct error e = {0};
    json_t *rows = NULL;
    const struct session_options o = access_options(w->config, w->private_dir);
    enum status status = session_open(&o, &session, &e);
    if (status == STATUS_OK)
        status = lookup_rows(session, w->mapping, json_text(w->with, "name", ""), &rows, &e);
    session_close(session);
    if (status != STATUS_OK)
        return worker_report(w, &e);
    json_t *result = events_new("result");
    json_object_set_new(result, "data", json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
    events_send(&w->events, result);
    return 0;
}

static void on_check(const struct check *check, void *user)
{
    struct worker *w = user;
    events_alive(&w->events);
    events_check(&w->events, check);
}

int worker_test(struct worker *w)
{
    struct erp_checks x = {.config = w->config,
                           .private_dir = w->private_dir,
                           .mapping = w->mapping,
                           .erp_dir = w->erp_dir,
                           .config_dir = w->config_dir};
    struct import_owner us;
    if (orders_us(w, &us, NULL) == STATUS_OK)
        x.us = &us;
    struct check *checks = mem_array(checks_count, sizeof *checks);
    json_t *list = json_array(), *result = events_new("result");
    enum check_result worst =
        check_run(checks_list, checks_count, &x, clock_mono_ms, checks, NULL, on_check, w);
    for (size_t i = 0; i < checks_count; i++)
        json_array_append_new(list, check_to_json(&checks[i]));
    checks_end(&x);
    free(checks);
    json_object_set_new(result, "data",
                        json_pack("{s:b,s:o}", "ok", worst != CHECK_FAIL, "checks", list));
    events_send(&w->events, result);
    return worst == CHECK_FAIL ? 1 : 0;
}
