/* daemon.h – endpointd's own state and the modules that share it. */
#ifndef ENDPOINT_DAEMON_DAEMON_H
#define ENDPOINT_DAEMON_DAEMON_H

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "base/backoff.h"
#include "base/crypto.h"
#include "check/check.h"
#include "config/config.h"
#include "daemon/process.h"
#include "link/link.h"
#include "store/journal.h"

struct daemon;

enum plugin_state {
    PLUGIN_DISABLED,
    PLUGIN_RUNNING,
    PLUGIN_WAITING,
    PLUGIN_BACKING_OFF,
    PLUGIN_STOPPING,
    PLUGIN_QUEUED
};

/* Somebody who asked for a pass and waits for it. */
struct waiter {
    void (*done)(void *user, const char *plugin, const json_t *pass);
    void *user;
    struct waiter *next;
};

/* Somebody who asked a worker something and waits for its answer. */
struct asker {
    int64_t id;
    void (*done)(void *user, const json_t *answer); /* has "ok" */
    void *user;
    struct asker *next;
    json_t *request; /* until the process has been given it */
};

struct plugin {
    struct daemon *daemon;
    struct plugin *next;
    char id[80];
    json_t *definition;     /* as validated */
    bool from_file, wanted; /* wanted: in the newest configuration */
    enum plugin_state state;
    struct process *process;
    uv_timer_t *timer; /* restart while backing off; kill while stopping; hang while running */
    uint64_t timer_set, timer_ms; /* when it was started (the loop's clock), and for how long */
    struct backoff backoff;
    int64_t started_mono, alive_mono;
    int64_t due_mono; /* queued: when its turn is */
    int64_t due_ms;   /* for so long a pass could have begun and did not; see overdue.c */
    bool parked;      /* it was told to give its place up */
    bool proved;      /* it has worked since it was started */
    bool told;        /* why its process ends has been said */
    int restarts;
    json_t *facts;  /* queued, acked, snapshot, oldest, last_run, last_ok, next_run, progress */
    json_t *checks; /* by code */
    json_t *runs;   /* the last passes, the newest first */
    json_t *error;  /* of the last pass or process; NULL: none */
    struct waiter *waiters;
    struct asker *askers;
};

struct panel_link;
struct claim;
struct control;
struct metrics;
struct buf;
struct chronicle;
struct intake;

struct daemon {
    uv_loop_t *loop;
    struct paths paths;
    char worker[1024];
    struct config *config;
    json_t *settings; /* of it, as they were taken over; NULL: the secrets could not be read */
    char mappings[2 * CRYPTO_HASH + 1]; /* what the ERPs' mapping files held then, hashed */
    struct chronicle *chronicle;
    struct plugin *plugins;
    struct panel_link *link;
    struct claim *claim;
    struct control *control;
    struct metrics *metrics; /* NULL: no port */
    struct check config_check;
    struct intake *intake; /* the panel's plugins */
    json_t *checks_about;  /* what a worker said of the database: company, tax_id, version */
    json_t *health;        /* our own checks, by code */
    uv_timer_t *health_timer;
    int64_t looked_mono; /* when it was looked for late passes */
    int64_t started_ms;
    int dir_lock_fd, lock_fd, erp_lock_fd;
    bool stopping;
    void (*on_stopped)(struct daemon *d);
};

/* ---- supervisor.c ---- */
/* Bring the plugins in line with file and panel: start, stop, restart what changed. */
void supervisor_apply(struct daemon *d);
void supervisor_stop(struct daemon *d);
bool supervisor_idle(const struct daemon *d); /* no process left */
/* Every enabled plugin works, waits for its turn, or is being dealt with in time; else false and why. This is
 * what systemd's watchdog is told. */
bool supervisor_progress(const struct daemon *d, char *why, size_t size);
void supervisor_free(struct daemon *d);
struct plugin *supervisor_find(struct daemon *d, const char *name); /* id, name or kind */
/* Ask for a pass. False when the plugin does not run (done is not called then). */
bool supervisor_run_now(struct plugin *p, bool accept_deletions,
                        void (*done)(void *user, const char *plugin, const json_t *pass),
                        void *user);
/* Give the plugin's worker a request ({"do": …}); done is called once with its answer, or with an error when it
 * ends before. STATUS_REFUSED: it does not run (done is not called). */
enum status supervisor_ask(struct plugin *p, const json_t *request,
                           void (*done)(void *user, const json_t *answer), void *user,
                           struct error *e);
/* Something happened to the plugin's process: status, journal and log. */
void supervisor_fault(struct plugin *p, const char *code, const char *remedy, const char *format,
                      ...) __attribute__((format(printf, 4, 5)));
void supervisor_forget(struct daemon *d, void *user); /* the waiter went away */
json_t *plugin_to_json(const struct plugin *p);
/* A process that does one thing: mode "simulate", "lookup", "test". */
enum status supervisor_one_shot(struct daemon *d, const char *mode, const json_t *plugin,
                                const json_t *with, const struct process_handlers *handlers,
                                struct process **process, struct error *e);

/* For places.c: start a plugin's process; have it stop and queue; its one timer. */
void supervisor_start(struct plugin *p);
void supervisor_park(struct plugin *p);
void supervisor_timer(struct plugin *p, uv_timer_cb then, int64_t ms);
/* A check of a plugin, as its worker tells it ({"check"}) or as we find it. */
void supervisor_check(struct plugin *p, const json_t *event);

/* ---- overdue.c ---- */
/* Every few seconds: a plugin whose pass is late by three intervals is red, whatever it says itself. */
void overdue_look(struct daemon *d);
void overdue_moved(struct plugin *p); /* it works on a pass */

/* ---- panel_link.c ---- */
struct panel_link *panel_link_open(struct daemon *d);
void panel_link_close(struct panel_link *l);
void panel_link_reload(struct panel_link *l); /* identity or settings may have changed */
void panel_link_away(struct panel_link *l, const struct error *e); /* it could not be asked */
void panel_link_changed(struct panel_link *l); /* the status changed: send it soon */
void panel_link_journal(struct panel_link *l); /* there are new journal entries */
bool panel_link_registered(const struct panel_link *l);
json_t *panel_link_to_json(const struct panel_link *l);
void panel_link_checks(const struct panel_link *l, json_t *checks); /* appended; one a direction */

/* ---- control.c ---- */
enum status control_open(struct daemon *d, struct control **c, struct error *e);
void control_close(struct control *c);
void control_entry(struct control *c, const json_t *entry); /* to those who follow the journal */

/* ---- orders.c ---- */
/* {"do":"order-retry"|"order-resolve","order","plugin"?, …} for the worker whose order it is; see supervisor_ask.
 * STATUS_NOT_FOUND: nobody has the order; STATUS_EXISTS: "plugin" has to say which. */
enum status orders_ask(struct daemon *d, const json_t *request,
                       void (*done)(void *user, const json_t *answer), void *user, struct error *e);
/* The panel has new orders for a plugin: its worker fetches them now, when its schedule lets it. */
void orders_waiting(struct daemon *d, const char *plugin);
/* What the ledgers have of orders: {"orders"}, or {"order"} of one. */
enum status orders_answer(struct daemon *d, const json_t *request, json_t **answer,
                          struct error *e);

/* ---- held.c ---- */
/* {"do":"held","plugin"?,"limit"?}: as of store/held.h. */
enum status held_answer(struct daemon *d, const json_t *request, json_t **answer, struct error *e);
/* {"do":"held-retry","plugin","key"?} for the plugin's worker; see supervisor_ask. */
enum status held_ask(struct daemon *d, const json_t *request,
                     void (*done)(void *user, const json_t *answer), void *user, struct error *e);

/* ---- metrics.c ---- */
void metrics_text(struct daemon *d, struct buf *b); /* appended, Prometheus' text format */
void metrics_listen(struct daemon *d);              /* at the port that is set now, or at none */
void metrics_close(struct daemon *d);

/* ---- daemon.c ---- */
json_t *daemon_status(struct daemon *d);
void daemon_journal(struct daemon *d, const char *level, const char *plugin, const char *code,
                    const char *text);
/* Into the journal for people and into the log; order and correlation may be NULL. */
void daemon_tell(struct daemon *d, const char *level, const char *plugin, const char *order,
                 const char *correlation, const char *code, const char *text);
void daemon_log_settings(const struct config *c); /* level and file */
void daemon_changed(struct daemon *d);            /* something that status shows changed */

/* ---- reload.c ---- */
void daemon_settings_taken(struct daemon *d); /* those of d->config are in force now */
/* Keep the file of d->config as the last good one; a failure is logged. */
void daemon_keep_settings(struct daemon *d);
/* STATUS_REFUSED when `fresh` no longer sets what may not be unset by silence, see config/good.h. */
enum status daemon_refuse_lost(const struct daemon *d, const struct config *before,
                               const struct config *fresh, struct error *e);
/* Read the settings again. On a fault those in force stay; so they do when the file no longer sets the ERP,
 * the panel or a path, unless that is accepted. Members are added to report: "file", "faults" (as
 * of `config check`), and when it succeeds "changed" and "restart" (names of settings that are different;
 * those of them that wait for a restart), "plugins" (the file's own are different) and "mappings" (those of
 * the ERPs are). */
enum status daemon_reload(struct daemon *d, bool accept, json_t *report, struct error *e);

/* ---- notify.c ---- */
void notify_send(const char *state);      /* sd_notify(3) without its library */
int64_t notify_watchdog_ms(void);         /* half of WATCHDOG_USEC; 0: none */
void notify_stopping(int64_t timeout_ms); /* and that workers may take so long */

#endif
