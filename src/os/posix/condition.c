#include "os/condition.h"

#include <errno.h>
#include <time.h>

#include "os/posix/mutex.h"

_Static_assert(sizeof(pthread_cond_t) <= sizeof(struct condition), "a condition has room");

static pthread_cond_t *of(struct condition *c)
{
    return (pthread_cond_t *)(void *)c->system;
}

void condition_open(struct condition *c)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(of(c), &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void condition_close(struct condition *c)
{
    pthread_cond_destroy(of(c));
}

void condition_wait(struct condition *c, struct mutex *m)
{
    pthread_cond_wait(of(c), mutex_of(m));
}

bool condition_wait_ms(struct condition *c, struct mutex *m, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return pthread_cond_timedwait(of(c), mutex_of(m), &until) != ETIMEDOUT;
}

void condition_wake(struct condition *c)
{
    pthread_cond_signal(of(c));
}

void condition_wake_all(struct condition *c)
{
    pthread_cond_broadcast(of(c));
}
