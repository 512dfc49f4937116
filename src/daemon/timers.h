/* timers.h – what the daemon's modules do later, by a given clock: the system's in endpointd, in
 * tests one that the test steps. This module decides which timer is due when; the loop sleeps until
 * then (timers_loop.h).
 */
#ifndef ENDPOINT_DAEMON_TIMERS_H
#define ENDPOINT_DAEMON_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* A part of its owner, which must stop it before it goes away. Zeroed: not set. */
struct timer {
    struct timer *next; /* the one due after it */
    int64_t at_ms;      /* mono */
    int64_t stood_ms;   /* of the timers, when it was set */
    uint64_t number;    /* the order in which they were set */
    void (*due)(void *user);
    void *user;
    bool set;
};

struct timers {
    const struct clock *clock;
    struct timer *first; /* the soonest; of those due at the same time the one set first */
    int64_t
        stood_ms; /* how long due timers were not called: the program or the machine stood still */
    uint64_t number;
    void (*changed)(void *user);
    void *user;
};

/* changed (may be NULL) is called when the first timer, or its time, changes. */
void timers_open(struct timers *t, const struct clock *clock, void (*changed)(void *user),
                 void *user);

/* Call `due` once, ms from now. A timer that is already set is set anew. */
void timer_set(struct timers *t, struct timer *timer, int64_t ms, void (*due)(void *user),
               void *user);
void timer_stop(struct timers *t, struct timer *timer);

/* How long until it is due, 0 when it is; < 0: it is not set. */
int64_t timer_left(const struct timers *t, const struct timer *timer);

/* By how much it is late, or was when it was called, not counting the time in which nothing could
 * be called. */
int64_t timer_late(const struct timers *t, const struct timer *timer);

/* How long until the first is due, 0 when it is; < 0: none is set. */
int64_t timers_left(const struct timers *t);

/* Call those that are due, soonest first. One that is set during this waits for the next run. */
void timers_run(struct timers *t);

#endif
