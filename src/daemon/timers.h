/* timers.h – what the daemon's modules do later, by a clock that is given: the system's in endpointd, one that a
 * test steps elsewhere. Which timer is due when is decided here; sleeping until then is the loop's (timers_loop.h).
 */
#ifndef ENDPOINT_DAEMON_TIMERS_H
#define ENDPOINT_DAEMON_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* A part of its owner, who stops it before it goes. Zeroed: it is not set. */
struct timer {
    struct timer *next; /* the one due after it */
    int64_t at_ms;      /* mono */
    int64_t stood_ms;   /* of the timers, when it was set */
    uint64_t number;    /* in which order they were set */
    void (*due)(void *user);
    void *user;
    bool set;
};

struct timers {
    const struct clock *clock;
    struct timer *first; /* the soonest; of those due at once the one that was set first */
    int64_t
        stood_ms; /* how long nothing was called that was due: the program or the machine stood still */
    uint64_t number;
    void (*changed)(void *user);
    void *user;
};

/* changed (may be NULL) is called when another timer, or another time, is the first. */
void timers_open(struct timers *t, const struct clock *clock, void (*changed)(void *user),
                 void *user);

/* Call due in ms from now, once. A timer that is set already is set anew. */
void timer_set(struct timers *t, struct timer *timer, int64_t ms, void (*due)(void *user),
               void *user);
void timer_stop(struct timers *t, struct timer *timer);

/* How long until it is due, 0 when it is; < 0: it is not set. */
int64_t timer_left(const struct timers *t, const struct timer *timer);

/* By how much it is late, or was when it was called, leaving out the time in which nothing could be called. */
int64_t timer_late(const struct timers *t, const struct timer *timer);

/* How long until the first is due, 0 when it is; < 0: none is set. */
int64_t timers_left(const struct timers *t);

/* Call those that are due, the soonest first. One that is set meanwhile waits for the next run. */
void timers_run(struct timers *t);

#endif
