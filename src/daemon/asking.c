/* Requests from people and the panel to a plugin's process: a pass now, an answer about an order. */
#include "daemon/asking.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/places.h"
#include "daemon/supervisor.h"

/* Pass on the requests that came while the plugin had no process. */
void asking_give(struct plugin *p)
{
    for (struct asker *a = p->askers; a; a = a->next) {
        if (a->request)
            process_order(p->process, a->request);
        json_decref(a->request);
        a->request = NULL;
    }
    json_t *order = json_pack("{s:s}", "do", "run-now");
    if (p->waiters)
        process_order(p->process, order);
    json_decref(order);
}

void asking_waiters(struct plugin *p, const json_t *pass)
{
    struct waiter *list = p->waiters;
    p->waiters = NULL;
    while (list) {
        struct waiter *next = list->next;
        list->done(list->user, p->id, pass);
        free(list);
        list = next;
    }
}

static void answer_asker(struct plugin *p, struct asker **at, const json_t *answer)
{
    struct asker *a = *at;
    (void)p;
    *at = a->next;
    a->done(a->user, answer);
    json_decref(a->request);
    free(a);
}

/* The process is gone: its requests may or may not have been done. */
void asking_askers(struct plugin *p)
{
    struct error e = {0};
    error_set(&e, STATUS_UNREACHABLE, "worker_died",
              "the plugin's process ended before it answered");
    error_remedy(&e, "Look at the order, and ask again if nothing has changed.");
    json_t *answer = json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(&e));
    while (p->askers)
        answer_asker(p, &p->askers, answer);
    json_decref(answer);
}

void asking_answer(struct plugin *p, const json_t *event)
{
    int64_t id = json_number(event, "id", 0);
    for (struct asker **at = &p->askers; *at; at = &(*at)->next) {
        if ((*at)->id == id) {
            answer_asker(p, at, json_object_get(event, "data"));
            return;
        }
    }
}

bool asking_run_now(struct plugin *p, bool accept_deletions,
                    void (*done)(void *user, const char *plugin, const json_t *pass), void *user)
{
    if (p->state == PLUGIN_BACKING_OFF) { /* a person asked: do not make them wait */
        timer_stop(&p->daemon->timers, &p->timer);
        supervisor_start(p);
    }
    bool queued = p->state == PLUGIN_QUEUED || p->parked;
    if (!queued && (!p->process || p->state == PLUGIN_STOPPING))
        return false;
    struct waiter *w = mem_alloc(sizeof *w);
    *w = (struct waiter){done, user, p->waiters};
    p->waiters = w;
    if (queued) {
        places_hurry(p);
        return true;
    }
    json_t *order = json_pack("{s:s,s:b}", "do", "run-now", "accept_deletions", accept_deletions);
    process_order(p->process, order);
    json_decref(order);
    return true;
}

enum status asking_ask(struct plugin *p, const json_t *request,
                       void (*done)(void *user, const json_t *answer), void *user, struct error *e)
{
    static int64_t last;
    if (p->state == PLUGIN_BACKING_OFF) {
        timer_stop(&p->daemon->timers, &p->timer);
        supervisor_start(p);
    }
    bool queued = p->state == PLUGIN_QUEUED || p->parked;
    if (!queued && (!p->process || p->state == PLUGIN_STOPPING)) {
        error_set(e, STATUS_REFUSED, "not_running", "plugin %s is not running", p->id);
        return error_remedy(
            e, "Enable it in the panel, or look at its state with endpointctl plugins.");
    }
    struct asker *a = mem_alloc(sizeof *a);
    *a = (struct asker){++last, done, user, p->askers, json_deep_copy(request)};
    p->askers = a;
    json_set_number(a->request, "id", a->id);
    if (queued) {
        places_hurry(p);
        return STATUS_OK;
    }
    process_order(p->process, a->request);
    json_decref(a->request);
    a->request = NULL;
    return STATUS_OK;
}

void asking_forget(struct daemon *d, void *user)
{
    for (struct plugin *p = d->plugins; p; p = p->next) {
        for (struct asker **at = &p->askers; *at;) {
            struct asker *a = *at;
            if (a->user == user) {
                *at = a->next;
                json_decref(a->request);
                free(a);
            } else {
                at = &a->next;
            }
        }
        for (struct waiter **at = &p->waiters; *at;) {
            struct waiter *w = *at;
            if (w->user == user) {
                *at = w->next;
                free(w);
            } else {
                at = &w->next;
            }
        }
    }
}
