/* daemon_world.h – endpointd without its loop: a clock that the test steps, plugins' processes and a panel that the test
 * plays. All else is the real thing. */
#ifndef ENDPOINT_TESTS_DAEMON_WORLD_H
#define ENDPOINT_TESTS_DAEMON_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "net/http_async.h"
#include "unit.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* A plugin's process, as the test plays it. */
struct process {
    struct process *next;
    struct process_handlers handlers;
    json_t *job,
        *orders; /* job: NULL when it has ended; orders: what it was told, the oldest first */
    int signals[16];
    size_t signal_count;
    int64_t started, killed; /* mono; killed 0: it was not */
    int pid;
    bool ended, abandoned;
    struct timer act;  /* for a test of its own */
    struct timer beat; /* says alive by itself every beat_ms */
    int64_t beat_ms;
};

/* A request to the panel that waits for the test's answer. */
struct http_call {
    struct http_call *next;
    char method[8], path[1200]; /* path: below /api/v1 */
    json_t *body;               /* NULL: none, or it is no JSON */
    int64_t timeout_ms, started;
    struct timer answer; /* the panel's, when it answers by itself */
    char authorization[2304];
    http_done *done;
    void *user;
};

struct daemon_world {
    struct clock clock;
    int64_t wall, mono;
    struct daemon d;
    char dir[64];
    struct process *processes; /* the newest first; ended ones, too */
    size_t started;
    void (*on_start)(struct process *p);                      /* NULL: nothing */
    void (*on_order)(struct process *p, const json_t *order); /* likewise */
    bool no_start;                                            /* processes cannot be started */
    struct http_call *calls;                                  /* under way, the oldest first */
    size_t asked;                                             /* requests so far */
    /* The panel answers by itself: what it says, and after how long; < 0: the test answers. NULL: it always does. */
    int64_t (*panel)(const struct http_call *call, int *code, const char **text, int64_t *retry_ms);
    int64_t panel_ahead; /* the panel's clock; INT64_MAX: it says no time */
    bool unsigned_calls; /* for a hundred thousand of them */
    uint32_t random;     /* for jitter */
    int stopped;         /* how often it was said that all have ended */
};

extern struct daemon_world world;

/* Everything from a file's text: "plugins = (…);" and the like. registered: there is an identity. The clock begins
 * at 2026-01-05T10:00:00Z, a Monday. */
void world_open(const char *config, bool registered);
void world_close(void);
/* Another file, taken over as a reload does. */
void world_configure(const char *config);

/* Let time go by: what is due in it happens, each thing at its time. */
void world_pass(int64_t ms);
/* All clocks stand on, nothing was called: the machine stood still. counted: the monotonic clock went on. */
void world_stand_still(int64_t ms, bool counted);
/* Somebody sets the clock. */
void world_set_clock(int64_t by_ms);

struct plugin *world_plugin(const char *id);
/* Its process says something; text is JSON. */
void world_say(struct process *p, const char *text);
/* It ends. */
void world_end(struct process *p, int code, int number);
/* Was it told to? what: "stop", "run-now", … How often. */
size_t world_told(const struct process *p, const char *what);
bool world_signalled(const struct process *p, int number);
/* From now on it says alive every so often. */
void world_beat(struct process *p, int64_t ms);

/* The request under way whose path begins so; NULL: none. */
struct http_call *world_call(const char *path);
/* Answer it; text NULL: an empty body. retry_after_ms -1: none. */
void world_answer(struct http_call *call, int code, const char *text, int64_t retry_after_ms);
/* No answer came. */
void world_unreachable(struct http_call *call);

/* How many entries with this code the journal has. */
size_t world_entries(const char *code);
/* A check of daemon_status: its result; "": there is none. */
const char *world_check(const char *code);

#endif
