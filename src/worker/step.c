#include "worker/step.h"

#include "config/schedule.h"

bool step_may_run(const json_t *schedule, int64_t wall_ms)
{
    int64_t at = 0;
    return schedule_next(schedule, -1, wall_ms, &at) && at <= wall_ms;
}

/* Until the schedule's next pass. */
static int64_t scheduled(const json_t *schedule, int64_t since_ms, int64_t wall_ms)
{
    int64_t at = 0;
    if (!schedule_next(schedule, since_ms, wall_ms, &at))
        return -1;
    return at > wall_ms ? at - wall_ms : 0;
}

static int64_t left(int64_t at, int64_t mono_ms)
{
    return at > mono_ms ? at - mono_ms : 0;
}

int64_t step_read_in(const json_t *schedule, int64_t wall_ms, int64_t erp_at, int64_t mono_ms)
{
    int64_t opens = scheduled(schedule, -1, wall_ms), erp_left = left(erp_at, mono_ms);
    return opens < 0 || opens > erp_left ? opens : erp_left;
}

int64_t step_next(const struct step *s, bool *read, bool *send)
{
    int64_t wait = scheduled(s->schedule, s->since_ms, s->wall_ms);
    int64_t erp_left = left(s->erp_at, s->mono_ms), send_wait = left(s->panel_at, s->mono_ms);
    if (s->requested)
        wait = 0;
    else if (s->erp_away && step_may_run(s->schedule, s->wall_ms))
        wait = erp_left;
    else if (wait >= 0 && erp_left > wait)
        wait = erp_left;
    *read = wait == 0;
    *send = s->to_send && send_wait == 0;
    if (s->to_send && (wait < 0 || send_wait < wait))
        wait = send_wait;
    return s->shop_in_ms && (wait < 0 || s->shop_in_ms < wait) ? s->shop_in_ms : wait;
}

/* The wait, or the time until the next try if that comes sooner. */
static int64_t sooner(int64_t wait, int64_t at, int64_t mono_ms)
{
    return at > mono_ms && (wait < 0 || at - mono_ms < wait) ? at - mono_ms : wait;
}

int64_t step_next_orders(const struct step_orders *s)
{
    int64_t wait = scheduled(s->schedule, s->since_ms, s->wall_ms), mono = s->mono_ms;
    if (s->requested)
        return 0;
    if (s->fetch && step_may_run(s->schedule, s->wall_ms)) {
        if (s->shop_at <= mono)
            return 0;
        wait = sooner(wait, s->shop_at, mono);
    }
    /* A failed side is not tried before its time, but then it is, however rare the schedule. */
    int64_t first = s->shop_at < s->erp_at ? s->shop_at : s->erp_at;
    if (first > mono && wait >= 0 && wait < first - mono)
        return first - mono; /* both are away */
    if (!s->counted)
        return wait;
    if (s->outcomes > 0)
        wait = sooner(wait, s->shop_at, mono);
    if (s->to_write > 0) {
        wait = sooner(wait, s->erp_at, mono);
        wait = sooner(wait, s->writer_at, mono);
    }
    return s->pause_left_ms < 0 ? wait : sooner(wait, mono + s->pause_left_ms, mono);
}
