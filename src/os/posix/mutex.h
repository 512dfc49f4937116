/* mutex.h – a mutex as the system's own, for condition.c. */
#ifndef ENDPOINT_OS_POSIX_MUTEX_H
#define ENDPOINT_OS_POSIX_MUTEX_H

#include <pthread.h>

#include "os/mutex.h"

/* Zero is what PTHREAD_MUTEX_INITIALIZER is, in glibc as in musl. */
_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct mutex), "a mutex has room");

static inline pthread_mutex_t *mutex_of(struct mutex *m)
{
    return (pthread_mutex_t *)(void *)m->system;
}

#endif
