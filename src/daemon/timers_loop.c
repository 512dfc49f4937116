#include "daemon/timers_loop.h"

static void on_time(uv_timer_t *handle)
{
    const struct timers_loop *l = handle->data;
    timers_run(l->timers);
}

static void on_changed(void *user)
{
    struct timers_loop *l = user;
    int64_t left = timers_left(l->timers);
    if (uv_is_closing((uv_handle_t *)&l->handle))
        return;
    if (left < 0) {
        uv_timer_stop(&l->handle);
        return;
    }
    uv_update_time(l->handle.loop); /* the loop's time is that of the start of this iteration */
    uv_timer_start(&l->handle, on_time, (uint64_t)left, 0);
}

void timers_loop_open(struct timers_loop *l, uv_loop_t *loop, const struct clock *clock,
                      struct timers *timers)
{
    l->timers = timers;
    uv_timer_init(loop, &l->handle);
    l->handle.data = l;
    timers_open(timers, clock, on_changed, l);
}

void timers_loop_close(struct timers_loop *l)
{
    uv_close((uv_handle_t *)&l->handle, NULL);
}
