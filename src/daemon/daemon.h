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
#include "daemon/timers.h"
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

/* Somebody who asked for a pass and waits for its end. */
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
    struct timer timer; /* restart while backing off; kill while stopping; hang while running */
    struct backoff backoff;
    int64_t started_mono, alive_mono;
    int64_t alive_stood; /* the timers' stood_ms at alive_mono */
    int64_t next_mono;   /* when it runs next, as its process said; INT64_MAX: not by itself */
    int64_t due_mono;    /* queued: when its turn is */
    int64_t due_ms;      /* how long a pass could have begun but did not; see overdue.c */
    bool parked;         /* it was told to give up its place */
    bool proved;         /* it has worked since it was started */
    bool
        renewed; /* the next process has another definition: what the last one said holds no more */
    bool told;   /* the reason for its end was reported */
    bool leaving; /* its removal was reported */
    int restarts;
    json_t *facts;  /* queued, acked, snapshot, oldest, last_run, last_ok, next_run, progress */
    json_t *checks; /* by code */
    json_t *runs;   /* the last passes, newest first */
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
    const struct clock *clock;
    struct timers timers; /* of all modules; by the clock */
    struct paths paths;
    char worker[1024];
    struct config *config;
    json_t *settings; /* the settings in force; NULL: the secrets could not be read */
    char sealed[2 * CRYPTO_HASH + 1];   /* hash of the sealed store at that time */
    char mappings[2 * CRYPTO_HASH + 1]; /* hash of the ERPs' mapping files at that time */
    struct chronicle *chronicle;
    struct plugin *plugins;
    struct panel_link *link;
    struct claim *claim;
    struct control *control;
    struct metrics *metrics; /* NULL: no port */
    struct check config_check;
    struct intake *intake; /* the panel's plugins */
    json_t *checks_about;  /* what a worker said about the database: company, tax_id, version */
    json_t *health;        /* our own checks, by code */
    struct timer health_timer;
    int64_t looked_mono; /* when we last looked for late passes */
    int64_t started_ms;
    int dir_lock_fd, lock_fd, erp_lock_fd;
    bool stopping;
    bool news; /* the plugins from the start are known; see news.h */
    void (*on_stopped)(struct daemon *d);
};

json_t *daemon_status(struct daemon *d);
void daemon_journal(struct daemon *d, const char *level, const char *plugin, const char *code,
                    const char *said);
/* Write into the journal for people and into the log; order and correlation may be NULL. said: a
 * said text, base/said.h. */
void daemon_tell(struct daemon *d, const char *level, const char *plugin, const char *order,
                 const char *correlation, const char *code, const char *said);
void daemon_log_settings(const struct config *c); /* level and file */
void daemon_changed(struct daemon *d);            /* something that status shows changed */

#endif
