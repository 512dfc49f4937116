#include "os/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t system_wall_ms(const struct clock *c)
{
    (void)c;
    return clock_wall_ms();
}

static int64_t system_mono_ms(const struct clock *c)
{
    (void)c;
    return clock_mono_ms();
}

const struct clock clock_system = {system_wall_ms, system_mono_ms};

bool clock_sleep_ms(int64_t ms)
{
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    return nanosleep(&t, NULL) == 0;
}
