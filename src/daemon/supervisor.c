#include "daemon/supervisor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/channel_types.h"
#include "daemon/asking.h"
#include "daemon/claim.h"
#include "daemon/daemon.h"
#include "daemon/ending.h"
#include "daemon/health.h"
#include "daemon/intake.h"
#include "daemon/news.h"
#include "daemon/overdue.h"
#include "daemon/places.h"
#include "erp/checks_database.h"
#include "link/identity.h"
#include "os/clock.h"
#include "os/log.h"

#define RUNS_KEPT 30
#define PROVED_MS 60000 /* alive this long: the backoff starts over */

static const char *const state_words[] = {"disabled",    "running",  "waiting",
                                          "backing-off", "stopping", "queued"};

static void on_event(void *user, const json_t *event);
static void on_ended(void *user, int code, int number);

static int64_t mono(const struct plugin *p)
{
    return clock_mono(p->daemon->clock);
}

/* A sign of life, or the start. */
static void lives(struct plugin *p)
{
    p->alive_mono = mono(p);
    p->alive_stood = p->daemon->timers.stood_ms;
}

/* For how long it has said nothing, without the time in which this program or the whole machine
 * stood still and nobody could hear it. */
static int64_t silence(const struct plugin *p)
{
    return mono(p) - p->alive_mono - (p->daemon->timers.stood_ms - p->alive_stood);
}

void supervisor_timer(struct plugin *p, void (*then)(void *plugin), int64_t ms)
{
    timer_set(&p->daemon->timers, &p->timer, ms, then, p);
}

static void set_state(struct plugin *p, enum plugin_state state)
{
    p->state = state;
    daemon_changed(p->daemon);
}

static void set_error(struct plugin *p, json_t *error)
{
    json_decref(p->error);
    p->error = error;
    daemon_changed(p->daemon);
}

void supervisor_fault(struct plugin *p, const char *code, const char *remedy, const char *format,
                      ...)
{
    char said[sizeof((struct error *)NULL)->text_said];
    struct error e;
    va_list args;
    va_start(args, format);
    said_vformat(said, sizeof said, NULL, 0, format, args);
    va_end(args);
    error_set(&e, STATUS_INTERNAL, code, "%-s", said);
    error_remedy(&e, "%-s", remedy);
    log_problem_of(LOG_WARNING, p->id, &e);
    daemon_journal(p->daemon, "error", p->id, code, error_said(&e));
    set_error(p, json_from_error(&e));
}

/* ---- jobs ---------------------------------------------------------------------------------------- */

static json_t *make_job(struct daemon *d, const char *mode, const json_t *plugin,
                        const json_t *with, struct error *e)
{
    json_t *settings = NULL, *paths = json_object(), *job = json_object();
    struct identity id;
    json_set_text(paths, "config_dir", d->paths.config_dir);
    json_set_text(paths, "state_dir", d->paths.state_dir);
    json_set_text(paths, "runtime_dir", d->paths.runtime_dir);
    json_set_text(paths, "erp_dir", d->paths.erp_dir);
    json_set_text(job, "mode", mode);
    json_object_set_new(job, "paths", paths);
    json_object_set_new(job, "lease", claim_for_worker(d));
    if (plugin) {
        json_t *secrets = NULL;
        if (channel_type_secrets(d->paths.state_dir, plugin, &secrets, e) != STATUS_OK) {
            json_decref(job);
            return NULL;
        }
        json_object_set(job, "plugin", (json_t *)plugin);
        json_object_set_new(job, "channel_secrets", secrets);
    }
    if (with)
        json_object_set(job, "with", (json_t *)with);
    const char *url = config_text(d->config, "panel.url");
    if (!*url && identity_load(d->paths.state_dir, &id, NULL) == STATUS_OK) {
        json_set_text(job, "panel_url", id.panel_url);
        identity_wipe(&id);
    } else {
        json_set_text(job, "panel_url", url);
    }
    if (config_to_json(d->config, true, &settings, e) != STATUS_OK) {
        json_decref(job);
        return NULL;
    }
    json_object_set_new(job, "settings", settings);
    return job;
}

enum status supervisor_one_shot(struct daemon *d, const char *mode, const json_t *plugin,
                                const json_t *with, const struct process_handlers *handlers,
                                struct process **process, struct error *e)
{
    json_t *job = make_job(d, mode, plugin, with, e);
    if (!job)
        return STATUS_DENIED;
    enum status status = process_start(d->loop, d->worker, job, handlers, process, e);
    json_decref(job);
    return status;
}

/* ---- life of a worker ------------------------------------------------------------------------------ */

static void on_restart(void *plugin)
{
    supervisor_start(plugin);
}

static void on_hang(void *plugin)
{
    struct plugin *p = plugin;
    int64_t limit = config_integer(p->daemon->config, "worker.alive_timeout");
    int64_t silent = silence(p);
    if (silent + 50 < limit) { /* it spoke: check again when the limit could be reached */
        supervisor_timer(p, on_hang, limit - silent + 100);
        return;
    }
    ending_hung(p, silent);
    process_signal(p->process, SIGKILL);
}

static void on_stop_timeout(void *plugin)
{
    struct plugin *p = plugin;
    log_event(LOG_WARNING, p->id, NULL, "worker_slow", "%s: did not stop in time and is ended",
              p->id);
    if (p->process)
        process_signal(p->process, SIGKILL);
}

static void back_off(struct plugin *p, bool slowly)
{
    char at[CLOCK_TEXT];
    p->backoff.first_ms = config_integer(p->daemon->config, "worker.restart_first");
    p->backoff.cap_ms = config_integer(p->daemon->config, "worker.restart_cap");
    int64_t wait = backoff_failed(&p->backoff, crypto_random_u32());
    if (slowly && wait < p->backoff.cap_ms / 2)
        wait = p->backoff.cap_ms / 2;
    clock_format(at, clock_wall(p->daemon->clock) + wait);
    json_set_text(p->facts, "next_run", at);
    supervisor_timer(p, on_restart, wait);
    set_state(p, PLUGIN_BACKING_OFF);
}

void supervisor_start(struct plugin *p)
{
    struct error e = {0};
    struct process_handlers handlers = {on_event, on_ended, p};
    if (!places_take(p))
        return;
    if (p->renewed) { /* the old process may have said something on its way out */
        json_object_clear(p->checks);
        set_error(p, NULL);
        p->renewed = false;
    }
    enum status status =
        supervisor_one_shot(p->daemon, "run", p->definition, NULL, &handlers, &p->process, &e);
    if (status != STATUS_OK) {
        supervisor_fault(p, e.code, error_advice_said(&e), "%-s", error_said(&e));
        back_off(p, true);
        return;
    }
    lives(p);
    p->started_mono = p->alive_mono;
    p->proved = p->told = false;
    json_object_del(p->facts, "next_run");
    p->next_mono = INT64_MAX;
    supervisor_timer(p, on_hang, config_integer(p->daemon->config, "worker.alive_timeout"));
    set_state(p, PLUGIN_RUNNING);
    asking_give(p);
}

static void stop(struct plugin *p)
{
    json_t *order = json_pack("{s:s}", "do", "stop");
    if (!p->process) {
        timer_stop(&p->daemon->timers, &p->timer);
        asking_waiters(p, NULL);
        asking_askers(p);
        set_state(p, PLUGIN_DISABLED);
    } else if (p->state != PLUGIN_STOPPING) {
        process_order(p->process, order);
        process_signal(p->process, SIGTERM);
        supervisor_timer(p, on_stop_timeout,
                         config_integer(p->daemon->config, "worker.stop_timeout"));
        set_state(p, PLUGIN_STOPPING);
    }
    json_decref(order);
}

void supervisor_park(struct plugin *p)
{
    p->parked = true;
    stop(p);
}

static bool should_run(const struct plugin *p)
{
    return p->wanted && !p->daemon->stopping && claim_may_run(p->daemon) &&
           json_flag(p->definition, "enabled", true);
}

static void plugin_free(struct plugin *p)
{
    for (struct plugin **at = &p->daemon->plugins; *at; at = &(*at)->next) {
        if (*at == p) {
            *at = p->next;
            break;
        }
    }
    asking_waiters(p, NULL);
    asking_askers(p);
    timer_stop(&p->daemon->timers, &p->timer);
    json_decref(p->definition);
    json_decref(p->facts);
    json_decref(p->runs);
    json_decref(p->checks);
    json_decref(p->error);
    free(p);
}

static void on_ended(void *user, int code, int number)
{
    struct plugin *p = user;
    struct daemon *d = p->daemon;
    bool asked = p->state == PLUGIN_STOPPING;
    p->process = NULL;
    timer_stop(&p->daemon->timers, &p->timer);
    json_object_del(p->facts, "progress");
    json_object_del(p->facts, "waiting");
    if (!p->parked ||
        d->stopping) { /* requests to a plugin that was told to make room are answered later */
        asking_waiters(p, NULL);
        asking_askers(p);
    }
    if (asked || d->stopping) {
        if (!p->wanted) {
            plugin_free(p);
        } else if (p->parked && should_run(p)) {
            places_parked(p);
        } else {
            p->parked = false;
            set_state(p, PLUGIN_DISABLED);
            if (should_run(p))
                supervisor_start(p);
        }
    } else {
        p->restarts++;
        back_off(p, ending_seen(p, code, number));
    }
    places_turn(d);
    if (d->stopping && supervisor_idle(d))
        d->on_stopped(d);
}

/* ---- events -------------------------------------------------------------------------------------- */

/* The red check that is the plugin's error; NULL: none. */
static json_t *red_check(const struct plugin *p)
{
    const char *key;
    json_t *value, *red = NULL;
    json_object_foreach (p->checks, key, value)
        if (text_equal(json_text(value, "result", ""), "fail"))
            red = value;
    if (!red)
        return NULL;
    json_t *error = json_object();
    json_set_text(error, "code", json_text(red, "code", ""));
    json_set_text(error, "text", json_text(red, "text", ""));
    json_set_text(error, "remedy", json_text(red, "remedy", ""));
    json_object_set(error, "said", json_object_get(red, "said"));
    return error;
}

void supervisor_check(struct plugin *p, const json_t *event)
{
    json_t *check = json_object_get(event, "check");
    const char *code = json_text(check, "code", NULL), *result = json_text(check, "result", "");
    if (!code || json_object_size(p->checks) > 32)
        return;
    json_object_set(p->checks, code, check);
    /* Red checks become the plugin's error; the first one that turns green again clears it. */
    json_t *error = red_check(p);
    if (error || text_equal(result, "ok"))
        set_error(p, error);
}

/* What the last passes did, for people to look at: bounded, and gone with the process. */
static void keep_run(struct plugin *p, const json_t *event)
{
    int64_t started = 0, ended = 0;
    json_t *run = json_deep_copy(event), *changes = json_array();
    json_object_del(run, "event");
    json_array_insert_new(p->runs, 0, run);
    while (json_array_size(p->runs) > RUNS_KEPT)
        json_array_remove(p->runs, RUNS_KEPT);
    for (size_t i = json_array_size(p->runs); i-- > 0;) {
        const json_t *r = json_array_get(p->runs, i);
        json_array_append_new(
            changes, json_integer(json_number(r, "upserts", 0) + json_number(r, "deletes", 0)));
    }
    json_object_set_new(p->facts, "changes", changes);
    json_set_number(p->facts, "rows", json_number(event, "rows", 0));
    json_set_number(p->facts, "sent", json_number(event, "sent", 0));
    json_set_number(p->facts, "unmatched", json_number(event, "unmatched", 0));
    json_set_text(p->facts, "read", json_text(event, "read", NULL));
    if (clock_parse(json_text(event, "started", ""), &started) &&
        clock_parse(json_text(event, "ended", ""), &ended))
        json_set_number(p->facts, "took_ms", ended - started);
}

/* Progress with the start of its phase, so that a rate can be shown. */
static void take_progress(struct plugin *p, const json_t *event)
{
    p->due_ms = 0;
    const json_t *before = json_object_get(p->facts, "progress");
    json_t *now = json_deep_copy(event);
    char at[CLOCK_TEXT];
    clock_format(at, clock_wall(p->daemon->clock));
    bool same = text_equal(json_text(before, "phase", ""), json_text(event, "phase", "")) &&
                text_equal(json_text(before, "stream", ""), json_text(event, "stream", "")) &&
                json_number(before, "done", 0) <= json_number(event, "done", 0);
    json_set_text(now, "began", same ? json_text(before, "began", at) : at);
    json_object_del(now, "event");
    json_object_set_new(p->facts, "progress", now);
}

static void take_pass(struct plugin *p, const json_t *event)
{
    json_t *error = json_object_get(event, "error");
    json_object_del(p->facts, "progress");
    overdue_moved(p);
    keep_run(p, event);
    json_set_text(p->facts, "last_run", json_text(event, "started", NULL));
    if (json_is_object(error)) {
        set_error(p, json_incref(error));
    } else {
        p->proved = true;
        /* A process that died is no longer a fault once its successor has done its work. */
        if (strncmp(json_text(p->error, "code", ""), "worker_", 7) == 0)
            set_error(p, red_check(p));
        json_set_text(p->facts, "last_ok", json_text(event, "started", NULL));
        backoff_reset(&p->backoff);
    }
    asking_waiters(p, event);
}

/* It waits. The end of the wait is also kept by the clock that nobody sets, because the plugin may
 * be parked and then we wait for it. */
static void take_idle(struct plugin *p, const json_t *event)
{
    const char *next = json_text(event, "at", NULL);
    int64_t at = 0;
    json_object_del(p->facts, "progress");
    json_set_text(p->facts, "next_run", next);
    p->next_mono = !next                    ? INT64_MAX /* without one it is for people to start */
                   : clock_parse(next, &at) ? mono(p) + (at - clock_wall(p->daemon->clock))
                                            : 0;
    if (p->state == PLUGIN_RUNNING)
        p->state = PLUGIN_WAITING;
}

static void copy_members(json_t *to, const json_t *from)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)from, key, value)
        if (strcmp(key, "event") != 0)
            json_object_set(to, key, value);
}

/* It reports what it waits for during the wait; any other event ends that. */
static void take_waiting(struct plugin *p, const json_t *event, bool alive)
{
    json_t *waiting = alive ? json_object_get(event, "waiting") : NULL;
    bool before = json_object_get(p->facts, "waiting") != NULL;
    if (waiting)
        json_object_set(p->facts, "waiting", waiting);
    else
        json_object_del(p->facts, "waiting");
    if (before != (waiting != NULL))
        daemon_changed(p->daemon);
}

static void on_event(void *user, const json_t *event)
{
    struct plugin *p = user;
    const char *name = json_text(event, "event", "");
    lives(p);
    if (!p->proved && p->alive_mono - p->started_mono > PROVED_MS) {
        p->proved = true;
        backoff_reset(&p->backoff);
    }
    take_waiting(p, event, text_equal(name, "alive"));
    if (text_equal(name, "alive"))
        return;
    if (text_equal(name, "progress")) {
        take_progress(p, event);
    } else if (text_equal(name, "state")) {
        copy_members(p->facts, event);
    } else if (text_equal(name, "idle-until")) {
        take_idle(p, event);
    } else if (text_equal(name, "check")) {
        supervisor_check(p, event);
    } else if (text_equal(name, "pass")) {
        take_pass(p, event);
    } else if (text_equal(name, "gave-up")) {
        ending_gave_up(p, event);
    } else if (text_equal(name, "erp")) {
        json_decref(p->daemon->checks_about);
        p->daemon->checks_about = json_deep_copy(event);
    } else if (text_equal(name, "answer")) {
        asking_answer(p, event);
    } else if (text_equal(name, "journal")) {
        char said[SAID_MAX];
        said_get(event, "text", said, sizeof said);
        daemon_tell(p->daemon, json_text(event, "level", "info"), p->id,
                    json_text(event, "order", NULL), json_text(event, "correlation", NULL),
                    json_text(event, "code", ""), said);
        if (text_equal(json_text(event, "code", ""), "ledger_damaged"))
            health_look(p->daemon);
    }
    if (text_equal(name, "progress") && p->state == PLUGIN_WAITING)
        p->state = PLUGIN_RUNNING;
    daemon_changed(p->daemon);
}

/* ---- the list of plugins ---------------------------------------------------------------------------- */

static struct plugin *by_id(struct daemon *d, const char *id)
{
    for (struct plugin *p = d->plugins; p; p = p->next)
        if (text_equal(p->id, id))
            return p;
    return NULL;
}

static void want(struct daemon *d, const json_t *definition, bool from_file)
{
    const char *id = json_text(definition, "id", "");
    struct plugin *p = by_id(d, id);
    if (p && p->wanted)
        return; /* the file's plugin comes first and wins */
    if (!p) {
        struct plugin **end = &d->plugins;
        while (*end)
            end = &(*end)->next;
        p = *end = mem_alloc(sizeof *p);
        p->daemon = d;
        text_copy(p->id, sizeof p->id, id);
        p->facts = json_object();
        p->runs = json_array();
        p->checks = json_object();
        backoff_init(&p->backoff, 1000, 300000);
        news_plugin(d, id, NULL, definition, from_file);
    } else if (p->definition && !json_equal(p->definition, (json_t *)definition)) {
        news_plugin(d, id, p->definition, definition, from_file);
    }
    bool changed = !p->definition || !json_equal(p->definition, (json_t *)definition);
    p->wanted = true;
    p->leaving = false;
    p->from_file = from_file;
    if (changed) {
        json_decref(p->definition);
        p->definition = json_deep_copy(definition);
        json_object_clear(p->checks);
        set_error(p, NULL);
        p->renewed = true;
        if (p->process)
            stop(p); /* it restarts with the new definition when it has ended */
    }
    if (should_run(p)) {
        if (!p->process && (changed || p->state == PLUGIN_DISABLED)) {
            timer_stop(&p->daemon->timers, &p->timer);
            supervisor_start(p);
        }
    } else {
        stop(p);
    }
}

/* The list's plugins are valid. */
static void want_all(struct daemon *d, const json_t *list, bool from_file)
{
    size_t i;
    json_t *plugin;
    json_array_foreach ((json_t *)list, i, plugin)
        want(d, plugin, from_file);
}

void supervisor_apply(struct daemon *d)
{
    struct plugin *next;
    if (d->stopping)
        return;
    for (struct plugin *p = d->plugins; p; p = p->next)
        p->wanted = false;
    want_all(d, config_plugins(d->config), true);
    want_all(d, intake_plugins(d), false);
    for (struct plugin *p = d->plugins; p; p = next) {
        next = p->next;
        if (p->wanted)
            continue;
        if (!p->leaving && p->definition)
            news_plugin(d, p->id, p->definition, NULL, p->from_file);
        p->leaving = true;
        if (p->process)
            stop(p);
        else
            plugin_free(p);
    }
    news_begin(d);
    daemon_changed(d);
}

void supervisor_stop(struct daemon *d)
{
    d->stopping = true;
    for (struct plugin *p = d->plugins; p; p = p->next)
        stop(p);
}

bool supervisor_idle(const struct daemon *d)
{
    for (const struct plugin *p = d->plugins; p; p = p->next)
        if (p->process)
            return false;
    return true;
}

/* If a plugin is late by more than this, the supervisor has failed to deal with it. */
#define LATE_MS 15000

/* Has this plugin's timer failed to do its work by now? */
static bool overdue(const struct plugin *p)
{
    return timer_late(&p->daemon->timers, &p->timer) > LATE_MS;
}

/* Why a plugin makes no progress; NULL: it works, waits for its turn, or is being dealt with. */
static const char *stuck(const struct plugin *p)
{
    int64_t silent = silence(p);
    switch (p->state) {
    case PLUGIN_RUNNING:
    case PLUGIN_WAITING:
        if (silent > config_integer(p->daemon->config, "worker.alive_timeout") + LATE_MS)
            return "reports nothing and was not ended";
        return p->process ? NULL : "has no process";
    case PLUGIN_BACKING_OFF: return overdue(p) ? "was not started again" : NULL;
    case PLUGIN_STOPPING:
        return p->process && overdue(p) ? "did not end when it was told to" : NULL;
    case PLUGIN_QUEUED: return overdue(p) ? "was not given its turn" : NULL;
    case PLUGIN_DISABLED: return should_run(p) ? "is enabled but was not started" : NULL;
    }
    return NULL;
}

bool supervisor_progress(const struct daemon *d, char *why, size_t size)
{
    for (const struct plugin *p = d->plugins; p; p = p->next) {
        const char *words = stuck(p);
        if (words) {
            text_format(why, size, "plugin %s %s", p->id, words);
            return false;
        }
    }
    return true;
}

void supervisor_free(struct daemon *d)
{
    while (d->plugins) {
        if (d->plugins->process)
            process_abandon(d->plugins->process);
        plugin_free(d->plugins);
    }
}

struct plugin *supervisor_find(struct daemon *d, const char *name)
{
    struct plugin *found = by_id(d, name);
    for (struct plugin *p = d->plugins; p && !found; p = p->next)
        if (text_equal(json_text(p->definition, "name", NULL), name) ||
            text_equal(json_text(p->definition, "kind", NULL), name))
            found = p;
    return found;
}

/* A clock that was ahead has left future times behind: nothing can have happened later than now. */
static void bound_times(json_t *facts, int64_t now)
{
    static const char *const names[] = {"last_run", "last_ok", "oldest"};
    int64_t ms;
    char at[CLOCK_TEXT];
    clock_format(at, now);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (clock_parse(json_text(facts, names[i], ""), &ms) && ms > now)
            json_set_text(facts, names[i], at);
}

json_t *supervisor_plugin_json(const struct plugin *p)
{
    json_t *object = json_copy(p->facts), *checks = json_array(), *value;
    const char *key;
    bound_times(object, clock_wall(p->daemon->clock));
    json_object_foreach (p->checks, key, value)
        json_array_append(checks, value);
    json_set_text(object, "id", p->id);
    json_set_text(object, "name", json_text(p->definition, "name", p->id));
    json_set_text(object, "kind", json_text(p->definition, "kind", ""));
    json_set_text(object, "source", p->from_file ? "file" : "panel");
    json_set_flag(object, "enabled", json_flag(p->definition, "enabled", true));
    json_t *held = claim_error(p->daemon);
    json_set_text(object, "state", held ? "held" : state_words[p->state]);
    json_object_set_new(object, "pid",
                        p->process ? json_integer(process_pid(p->process)) : json_null());
    json_set_number(object, "restarts", p->restarts);
    /* A refused edit is red although the last good scenario runs. */
    json_t *refused = p->from_file ? NULL : (json_t *)intake_reason(p->daemon, p->id);
    json_t *error = p->error ? p->error : refused;
    json_object_set_new(object, "error", held ? held : error ? json_incref(error) : json_null());
    json_object_set_new(object, "refused", refused ? json_incref(refused) : json_null());
    json_object_set_new(object, "checks", checks);
    return object;
}
