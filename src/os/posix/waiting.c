#include "os/waiting.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "os/clock.h"

#define DEPTH_MAX 8
#define PARK_MS   1000 /* so long after the last wait the watcher sleeps until the next one */

struct wait {
    char what[WAITING_TEXT];
    int64_t since_ms, limit_ms;
    waiting_look *look;
    void *user;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running, ending, parked;
    struct waiting_watch watch;
    struct wait waits[DEPTH_MAX];
    int depth;
    int64_t idle_since_ms;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

void waiting_begin(const char *what, int64_t limit_ms, waiting_look *look, void *user)
{
    pthread_mutex_lock(&state.lock);
    if (state.depth < DEPTH_MAX) {
        struct wait *w = &state.waits[state.depth];
        text_copy(w->what, sizeof w->what, what);
        w->since_ms = clock_mono_ms();
        w->limit_ms = limit_ms;
        w->look = look;
        w->user = user;
    }
    state.depth++;
    if (state.parked)
        pthread_cond_signal(&state.wake);
    pthread_mutex_unlock(&state.lock);
}

void waiting_end(void)
{
    pthread_mutex_lock(&state.lock);
    if (state.depth > 0)
        state.depth--;
    state.idle_since_ms = clock_mono_ms();
    pthread_mutex_unlock(&state.lock);
}

static void sleep_locked(int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&state.wake, &state.lock, &until);
}

static void idle_locked(void)
{
    if (clock_mono_ms() - state.idle_since_ms < PARK_MS) {
        sleep_locked(WAITING_LOOK_MS);
        return;
    }
    state.parked = true;
    while (state.depth == 0 && !state.ending)
        pthread_cond_wait(&state.wake, &state.lock);
    state.parked = false;
}

/* A wait shorter than a look is none to speak of. */
static void look_locked(void)
{
    const struct waiting_watch *watch = &state.watch;
    struct wait *at = &state.waits[(state.depth < DEPTH_MAX ? state.depth : DEPTH_MAX) - 1];
    struct waiting w = {.waited_ms = clock_mono_ms() - at->since_ms, .limit_ms = at->limit_ms};
    struct error e = {0};
    text_copy(w.what, sizeof w.what, at->what);
    w.unwanted = watch->unwanted && watch->unwanted(watch->user);
    bool good = !at->look || at->look(at->user, &w, &e);
    bool tell = w.waited_ms >= WAITING_LOOK_MS && w.waited_ms <= w.limit_ms + WAITING_GRACE_MS;
    pthread_mutex_unlock(&state.lock); /* the working thread need not wait for what is told */
    if (!good && watch->lost)
        watch->lost(watch->user, &e);
    else if (tell && watch->alive)
        watch->alive(watch->user, &w);
    pthread_mutex_lock(&state.lock);
}

static void *run(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&state.lock);
    while (!state.ending) {
        if (state.depth == 0) {
            idle_locked();
        } else {
            look_locked();
            if (!state.ending)
                sleep_locked(WAITING_LOOK_MS);
        }
    }
    pthread_mutex_unlock(&state.lock);
    return NULL;
}

enum status waiting_watch(const struct waiting_watch *w, struct error *e)
{
    pthread_condattr_t monotonic;
    sigset_t all, before;
    if (state.running)
        return STATUS_OK;
    state.watch = *w;
    state.ending = false;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&state.wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&state.thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    state.running = code == 0;
    return code == 0
               ? STATUS_OK
               : error_errno(e, code, "watcher", "a thread to watch over long waits cannot be had");
}

void waiting_unwatch(void)
{
    if (!state.running)
        return;
    pthread_mutex_lock(&state.lock);
    state.ending = true;
    pthread_cond_signal(&state.wake);
    pthread_mutex_unlock(&state.lock);
    pthread_join(state.thread, NULL);
    pthread_cond_destroy(&state.wake);
    state.running = false;
}
