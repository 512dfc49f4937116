#include "worker/watch.h"

#include "base/json.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/waiting.h"

static void (*leave)(int code);

static void alive(void *user, const struct waiting *wait)
{
    struct worker *w = user;
    events_alive_waiting(&w->events, wait->what, wait->waited_ms, wait->limit_ms);
}

/* Told to stop, or the daemon ended and closed the socket. The working thread reads what it wrote
 * there; SIGTERM comes with it. */
static bool unwanted(void *user)
{
    struct worker *w = user;
    return *w->stopping || fd_is_left(w->events.fd);
}

/* The working thread is stuck in a call. Nothing of it is needed: everything that must last is in
 * the ledger. */
static void lost(void *user, const struct error *e)
{
    struct worker *w = user;
    json_t *event = events_new("gave-up");
    json_object_set_new(event, "error", json_from_error(e));
    log_problem(LOG_ERROR, w->id, e);
    events_send_soon(&w->events, event);
    leave(WATCH_GAVE_UP);
}

void watch_start(struct worker *w, void (*end)(int code))
{
    leave = end;
    struct error e = {0};
    const struct waiting_watch watch = {alive, unwanted, lost, w};
    if (waiting_watch(&watch, &e) != STATUS_OK)
        log_problem(LOG_WARNING, w->id, &e);
}

void watch_stop(void)
{
    waiting_unwatch();
}
