#include "daemon/places.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/supervisor.h"

#define TENURE_MS 2000 /* how long a plugin keeps its place at least */
#define LOOK_MS   1000 /* between looks while some are queued */

static int64_t limit(const struct daemon *d)
{
    return config_integer(d->config, "limits.workers");
}

static int64_t running(const struct daemon *d)
{
    int64_t n = 0;
    for (const struct plugin *p = d->plugins; p; p = p->next)
        n += p->process != NULL;
    return n;
}

static bool due(const struct plugin *p)
{
    return p->state == PLUGIN_QUEUED && clock_mono(p->daemon->clock) >= p->due_mono;
}

/* The one that has been due for the longest time; NULL: none is due. */
static struct plugin *next_due(struct daemon *d)
{
    struct plugin *next = NULL;
    for (struct plugin *p = d->plugins; p; p = p->next)
        if (due(p) && (!next || p->due_mono < next->due_mono))
            next = p;
    return next;
}

/* Make the plugin that has had its place for the longest time, and only waits, give it up. One at a
 * time. */
static void make_room(struct daemon *d)
{
    struct plugin *longest = NULL;
    int64_t now = clock_mono(d->clock);
    for (struct plugin *p = d->plugins; p; p = p->next) {
        if (p->parked)
            return;
        if (p->state == PLUGIN_WAITING && p->process && !p->waiters && !p->askers &&
            now - p->started_mono >= TENURE_MS &&
            (!longest || p->started_mono < longest->started_mono))
            longest = p;
    }
    if (longest)
        supervisor_park(longest);
}

static void on_look(void *plugin)
{
    struct plugin *p = plugin;
    supervisor_timer(p, on_look, LOOK_MS);
    places_turn(p->daemon);
}

/* due_mono stays, so the order of the queue does not change. */
static void queue(struct plugin *p)
{
    supervisor_timer(p, on_look, LOOK_MS);
    p->state = PLUGIN_QUEUED;
    daemon_changed(p->daemon);
}

bool places_take(struct plugin *p)
{
    if (running(p->daemon) < limit(p->daemon))
        return true;
    int64_t now = clock_mono(p->daemon->clock);
    if (p->state != PLUGIN_QUEUED || p->due_mono > now)
        p->due_mono = now;
    json_object_del(p->facts, "next_run");
    queue(p);
    make_room(p->daemon);
    return false;
}

void places_parked(struct plugin *p)
{
    int64_t now = clock_mono(p->daemon->clock);
    p->parked = false;
    /* Without a next run only people start it: never by itself. */
    p->due_mono = p->next_mono > now ? p->next_mono : now;
    if (p->waiters || p->askers)
        p->due_mono = 0;
    queue(p);
}

void places_turn(struct daemon *d)
{
    struct plugin *p;
    while (!d->stopping && (p = next_due(d)) != NULL) {
        if (running(d) >= limit(d)) {
            make_room(d);
            return;
        }
        supervisor_start(p);
        if (!p->process) /* it has said why, and backs off */
            return;
    }
}

void places_hurry(struct plugin *p)
{
    if (p->state != PLUGIN_QUEUED)
        return;
    p->due_mono = 0;
    places_turn(p->daemon);
}

json_t *places_to_json(const struct daemon *d)
{
    struct check c = {.duration_ms = -1};
    int64_t queued = 0, waits = 0, all = 0;
    text_copy(c.code, sizeof c.code, "endpoint.workers");
    text_copy(c.title, sizeof c.title, "Plugins at once");
    for (const struct plugin *p = d->plugins; p; p = p->next) {
        queued += p->state == PLUGIN_QUEUED;
        waits += due(p);
        all += p->state != PLUGIN_DISABLED;
    }
    if (queued) {
        c.result =
            check_answer(&c, CHECK_WARN,
                         "%lld plugins share %lld places (limits.workers): %lld are queued, "
                         "%lld of them are due now",
                         (long long)all, (long long)limit(d), (long long)queued, (long long)waits);
        check_remedy(&c, "They take turns, so each may run late. Raise limits.workers if this "
                         "machine has the memory, or disable plugins that nobody needs.");
    } else {
        c.result = check_answer(&c, CHECK_OK, "%lld plugins, %lld places", (long long)all,
                                (long long)limit(d));
    }
    return check_to_json(&c);
}
