#include "os/posix/mutex.h"

void mutex_lock(struct mutex *m)
{
    pthread_mutex_lock(mutex_of(m));
}

void mutex_unlock(struct mutex *m)
{
    pthread_mutex_unlock(mutex_of(m));
}
