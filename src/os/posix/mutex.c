#include "os/posix/mutex.h"

#include <time.h>

void mutex_lock(struct mutex *m)
{
    pthread_mutex_lock(mutex_of(m));
}

void mutex_unlock(struct mutex *m)
{
    pthread_mutex_unlock(mutex_of(m));
}

bool mutex_try(struct mutex *m)
{
    return pthread_mutex_trylock(mutex_of(m)) == 0;
}

bool mutex_lock_within(struct mutex *m, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return pthread_mutex_timedlock(mutex_of(m), &until) == 0;
}
