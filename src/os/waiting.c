#include "os/waiting.h"

#include <stddef.h>

#include "base/text.h"
#include "os/clock.h"
#include "os/condition.h"
#include "os/mutex.h"
#include "os/thread.h"

#define DEPTH_MAX 8
#define PARK_MS   1000 /* this long after a wait the watcher sleeps until the next one */

struct wait {
    char what[WAITING_TEXT];
    int64_t since_ms, limit_ms;
    waiting_look *look;
    void *user;
};

static struct {
    struct mutex lock;
    struct condition wake;
    struct thread thread;
    bool running, ending, parked;
    struct waiting_watch watch;
    struct wait waits[DEPTH_MAX];
    int depth;
    int64_t idle_since_ms;
} state;

void waiting_begin(const char *what, int64_t limit_ms, waiting_look *look, void *user)
{
    mutex_lock(&state.lock);
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
        condition_wake(&state.wake);
    mutex_unlock(&state.lock);
}

void waiting_end(void)
{
    mutex_lock(&state.lock);
    if (state.depth > 0)
        state.depth--;
    state.idle_since_ms = clock_mono_ms();
    mutex_unlock(&state.lock);
}

static void idle_locked(void)
{
    if (clock_mono_ms() - state.idle_since_ms < PARK_MS) {
        condition_wait_ms(&state.wake, &state.lock, WAITING_LOOK_MS);
        return;
    }
    state.parked = true;
    while (state.depth == 0 && !state.ending)
        condition_wait(&state.wake, &state.lock);
    state.parked = false;
}

/* A wait shorter than one check does not count. */
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
    mutex_unlock(&state.lock); /* the working thread need not wait for the report */
    if (!good && watch->lost)
        watch->lost(watch->user, &e);
    else if (tell && watch->alive)
        watch->alive(watch->user, &w);
    mutex_lock(&state.lock);
}

static void run(void *unused)
{
    (void)unused;
    mutex_lock(&state.lock);
    while (!state.ending) {
        if (state.depth == 0) {
            idle_locked();
        } else {
            look_locked();
            if (!state.ending)
                condition_wait_ms(&state.wake, &state.lock, WAITING_LOOK_MS);
        }
    }
    mutex_unlock(&state.lock);
}

enum status waiting_watch(const struct waiting_watch *w, struct error *e)
{
    if (state.running)
        return STATUS_OK;
    state.watch = *w;
    state.ending = false;
    condition_open(&state.wake);
    int code = thread_start(&state.thread, run, NULL);
    state.running = code == 0;
    return code == 0 ? STATUS_OK
                     : error_errno(e, code, "watcher",
                                   "a thread to watch over long waits cannot be "
                                   "started");
}

void waiting_unwatch(void)
{
    if (!state.running)
        return;
    mutex_lock(&state.lock);
    state.ending = true;
    condition_wake(&state.wake);
    mutex_unlock(&state.lock);
    thread_join(&state.thread);
    condition_close(&state.wake);
    state.running = false;
}
