/* timers_loop.h – sleeps in a libuv loop until a timer is due. It decides nothing. */
#ifndef ENDPOINT_DAEMON_TIMERS_LOOP_H
#define ENDPOINT_DAEMON_TIMERS_LOOP_H

#include <uv.h>

#include "daemon/timers.h"

struct timers_loop {
    uv_timer_t handle;
    struct timers *timers;
};

/* Also opens the timers. */
void timers_loop_open(struct timers_loop *l, uv_loop_t *loop, const struct clock *clock,
                      struct timers *timers);
/* The loop must run once more afterwards. */
void timers_loop_close(struct timers_loop *l);

#endif
