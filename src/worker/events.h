/* events.h – the worker's conversation with the daemon: events out, commands in (doc/contracts.md). */
#ifndef ENDPOINT_WORKER_EVENTS_H
#define ENDPOINT_WORKER_EVENTS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/lines.h"
#include "check/check.h"
#include "os/mutex.h"

struct events {
    const struct clock *clock;
    int fd;
    struct mutex writing; /* the watcher also writes: one line at a time */
    struct lines orders;
    int64_t last_alive_ms, last_waiting_ms; /* of the working thread, of the watcher */
    bool gone;                              /* the daemon closed the socket */
    bool stop;                              /* told to stop, or gone */
    bool run_now;
    bool accept_deletions;
    bool orders_waiting; /* the shop has new orders */
    bool lease_news;     /* the lease has changed, and may allow something new */
    /* Which start of endpointd we belong to; and may we write new documents? (daemon/claim.h) */
    int64_t incarnation; /* 0: none yet, or none is needed (free) */
    bool free;
    int64_t orders_ms; /* for this long from orders_from on; < 0: no limit */
    struct moment orders_from;
    struct error orders_why;
    json_t *requests; /* people's requests about orders; each needs an answer */
};

void events_open(struct events *ev, int fd, const struct clock *clock);
void events_close(struct events *ev);

/* Take {"incarnation","free","orders_ms","error"}. */
void events_lease(struct events *ev, const json_t *lease);
/* May orders still be written? After the machine slept, an earlier lease is over. */
bool events_lease_lasts(const struct events *ev);

/* Write one event; steals object. */
void events_send(struct events *ev, json_t *object);
json_t *events_new(const char *name);

/* Say `alive` when it is time (at most every 5 s). Called from work: it means progress. */
void events_alive(struct events *ev);

/* The same from the watcher, with what is waited for; left out while the working thread writes. */
void events_alive_waiting(struct events *ev, const char *what, int64_t waited_ms, int64_t limit_ms);
/* events_send for the watcher's last word: it does not wait for long. */
void events_send_soon(struct events *ev, json_t *object);

/* Take the commands that have arrived; wait up to timeout_ms for one (0: do not wait). */
void events_poll(struct events *ev, int timeout_ms);

/* said: see base/said.h. */
void events_journal(struct events *ev, const char *level, const char *code, const char *said);
/* The same about one of the shop's orders. */
void events_journal_order(struct events *ev, const char *level, const char *code, const char *order,
                          const char *correlation, const char *said);
/* The answer to a request: data has "ok"; stolen. */
void events_answer(struct events *ev, const json_t *request, json_t *data);
void events_check(struct events *ev, const struct check *check);

#endif
