#include "panel/api/watch.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/thread.h"
#include "panel/store/contact.h"
#include "panel/store/starts.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_notice.h"

#define LOOK_MS 5000 /* who is gone, and was word of a change lost? */
#define REST_MS 100  /* all polls are woken at most this often */

struct watch {
    struct store *own;   /* this thread's */
    struct store *other; /* the server's */
    struct store_notice *notice;
    struct guard *guard;
    struct polls *polls;
    struct thread thread;
    _Atomic int64_t
        awake_ms; /* it sleeps until then; INT64_MAX: it is just working out until when */
    atomic_bool stop;
};

/* Check who is gone, who is back, and which copy no longer asks. */
static void look_after(struct store *own, int64_t now)
{
    struct error e = {0};
    if (contact_tick(own, now, &e) != STATUS_OK)
        log_problem(LOG_WARNING, "endpoint-panel", &e);
    contact_watch(own, now);
    starts_tidy(own, now);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Sleep until something is due or news comes; true: news came. If something becomes due while this
 * works out when to wake, watch_by sees INT64_MAX and wakes it. */
static bool sleep_until(struct watch *w, int64_t due_ms)
{
    atomic_store(&w->awake_ms, INT64_MAX);
    int64_t until = earlier(due_ms, earlier(polls_next(w->polls), guard_next(w->guard)));
    atomic_store(&w->awake_ms, until);
    int64_t ms = until - clock_mono_ms();
    return store_notice_wait(w->notice, ms <= 0 ? 0 : ms > LOOK_MS ? LOOK_MS : (int)ms);
}

static void run(void *user)
{
    struct watch *w = user;
    int64_t seen = -1, look_ms = 0, rest_ms = 0;
    bool news = false;
    while (!atomic_load(&w->stop)) {
        news |= sleep_until(w, news ? earlier(rest_ms, look_ms) : look_ms);
        int64_t now = clock_mono_ms();
        guard_sweep(w->guard, now);
        polls_expire(w->polls, now);
        if (now >= look_ms) {
            look_after(w->own, clock_wall_ms());
            look_ms = now + LOOK_MS;
            news |= polls_next(w->polls) < INT64_MAX && store_revisions(w->own) != seen;
        }
        if (news && now >= rest_ms) {
            seen = store_revisions(w->own);
            polls_wake(w->polls);
            rest_ms = now + REST_MS;
            news = false;
        }
    }
}

enum status watch_open(const char *data_dir, struct store *store, struct guard *guard,
                       struct polls *polls, struct watch **out, struct error *e)
{
    struct watch *w = mem_alloc(sizeof *w);
    struct error deaf = {0};
    *out = NULL;
    w->guard = guard;
    w->polls = polls;
    enum status status = store_open(data_dir, &w->own, e);
    if (status != STATUS_OK) {
        free(w);
        return status;
    }
    if (store_notice_open(data_dir, &w->notice, &deaf) != STATUS_OK)
        log_problem(LOG_WARNING, "endpoint-panel", &deaf);
    store_notice_attach(w->own, w->notice);
    store_notice_attach(store, w->notice);
    w->other = store;
    int code = thread_start(&w->thread, run, w);
    if (code == 0) {
        *out = w;
        return STATUS_OK;
    }
    store_notice_attach(store, NULL);
    store_close(w->own);
    store_notice_close(w->notice);
    free(w);
    error_errno(e, code, "watcher", "a thread for news and time-outs cannot be had");
    return error_remedy(
        e, "Look at the memory and at the limits of processes (ulimit -u, TasksMax), then "
           "start it again.");
}

void watch_by(struct watch *w, int64_t at_ms)
{
    if (at_ms < atomic_load(&w->awake_ms))
        store_notice_wake(w->notice);
}

void watch_close(struct watch *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    store_notice_wake(w->notice);
    thread_join(&w->thread);
    store_close(w->own);
    store_notice_attach(w->other, NULL);
    store_notice_close(w->notice);
    free(w);
}
