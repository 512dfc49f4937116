/* mutex.h – the system's mutex inside ours, for condition.c. */
#ifndef ENDPOINT_OS_POSIX_MUTEX_H
#define ENDPOINT_OS_POSIX_MUTEX_H

#include <pthread.h>

#include "os/mutex.h"

/* PTHREAD_MUTEX_INITIALIZER is all zero, in glibc and in musl. */
_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct mutex), "a mutex has room");

static inline pthread_mutex_t *mutex_of(struct mutex *m)
{
    return (pthread_mutex_t *)(void *)m->system;
}

#endif
