#include "os/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

_Static_assert(sizeof(pthread_t) <= sizeof(uint64_t), "a thread has room");

struct job {
    void (*run)(void *user);
    void *user;
};

static void *begin(void *argument)
{
    struct job job = *(struct job *)argument;
    free(argument);
    job.run(job.user);
    return NULL;
}

int thread_start(struct thread *t, void (*run)(void *user), void *user)
{
    struct job *job = mem_alloc(sizeof *job);
    *job = (struct job){run, user};
    sigset_t all, before;
    pthread_t id;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&id, NULL, begin, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code == 0)
        t->id = (uint64_t)id;
    else
        free(job);
    return code;
}

void thread_join(struct thread *t)
{
    pthread_join((pthread_t)t->id, NULL);
    t->id = 0;
}

void thread_clock_open(struct thread_clock *c)
{
    clockid_t id;
    c->known = pthread_getcpuclockid(pthread_self(), &id) == 0;
    c->id = c->known ? id : 0;
}

int64_t thread_clock_ms(const struct thread_clock *c)
{
    struct timespec t;
    if (!c->known || clock_gettime((clockid_t)c->id, &t) != 0)
        return 0;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
