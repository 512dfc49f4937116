#include "daemon/timers.h"

#include <stddef.h>

#define STOOD_MS 1000 /* later than this is more than just a busy loop */

void timers_open(struct timers *t, const struct clock *clock, void (*changed)(void *user),
                 void *user)
{
    *t = (struct timers){.clock = clock, .changed = changed, .user = user};
}

static void tell(struct timers *t)
{
    if (t->changed)
        t->changed(t->user);
}

static void take_out(struct timers *t, struct timer *timer)
{
    for (struct timer **at = &t->first; *at; at = &(*at)->next) {
        if (*at == timer) {
            *at = timer->next;
            break;
        }
    }
    timer->next = NULL;
    timer->set = false;
}

void timer_set(struct timers *t, struct timer *timer, int64_t ms, void (*due)(void *user),
               void *user)
{
    struct timer **at = &t->first;
    bool first = t->first == timer;
    if (timer->set)
        take_out(t, timer);
    timer->at_ms = clock_mono(t->clock) + (ms > 0 ? ms : 0);
    timer->stood_ms = t->stood_ms;
    timer->number = ++t->number;
    timer->due = due;
    timer->user = user;
    timer->set = true;
    while (*at && (*at)->at_ms <= timer->at_ms)
        at = &(*at)->next;
    timer->next = *at;
    *at = timer;
    if (first || t->first == timer)
        tell(t);
}

void timer_stop(struct timers *t, struct timer *timer)
{
    bool first = t->first == timer;
    if (!timer->set)
        return;
    take_out(t, timer);
    if (first)
        tell(t);
}

int64_t timer_left(const struct timers *t, const struct timer *timer)
{
    int64_t now = clock_mono(t->clock);
    if (!timer->set)
        return -1;
    return timer->at_ms > now ? timer->at_ms - now : 0;
}

int64_t timer_late(const struct timers *t, const struct timer *timer)
{
    return clock_mono(t->clock) - timer->at_ms - (t->stood_ms - timer->stood_ms);
}

int64_t timers_left(const struct timers *t)
{
    return t->first ? timer_left(t, t->first) : -1;
}

/* The first timer that is due and was set before this run; those set since are skipped. */
static struct timer *next_due(const struct timers *t, int64_t now, uint64_t newest)
{
    struct timer *timer = t->first;
    while (timer && timer->at_ms <= now && timer->number > newest)
        timer = timer->next;
    return timer && timer->at_ms <= now ? timer : NULL;
}

void timers_run(struct timers *t)
{
    int64_t now = clock_mono(t->clock);
    uint64_t newest = t->number;
    struct timer *timer;
    if (t->first && now - t->first->at_ms > STOOD_MS)
        t->stood_ms += now - t->first->at_ms;
    /* Start from the beginning each time: a callback may stop other timers, and free their owners. */
    while ((timer = next_due(t, now, newest)) != NULL) {
        take_out(t, timer);
        timer->due(timer->user);
    }
    tell(t);
}
