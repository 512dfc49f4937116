/* Finds passes that do not come. A plugin itself decides when it runs next; this checks whether it
 * does, with a clock that nobody sets and without asking the plugin. */
#include "daemon/overdue.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "config/plugin.h"
#include "config/schedule.h"
#include "daemon/daemon.h"
#include "daemon/supervisor.h"
#include "os/clock.h"

#define INTERVALS 3
#define LEAST_MS  10000 /* how late a short interval may be on a busy machine */
#define STEP_MS   15000 /* a longer gap between checks: the machine stood still */

static const char code[] = "plugin.overdue";

static void say(struct plugin *p, enum check_result result, const char *said, const char *remedy)
{
    struct check c = {0};
    text_copy(c.code, sizeof c.code, code);
    text_copy(c.title, sizeof c.title, "The plugin's passes");
    c.result = check_say(&c, result, said);
    check_remedy(&c, "%-s", remedy);
    json_t *event = json_object();
    json_object_set_new(event, "check", check_to_json(&c));
    supervisor_check(p, event);
    json_decref(event);
    daemon_tell(p->daemon, result == CHECK_FAIL ? "error" : "info", p->id, NULL, NULL,
                result == CHECK_FAIL ? "plugin_overdue" : "recovered", said);
}

static bool is_red(const struct plugin *p)
{
    return text_equal(json_text(json_object_get(p->checks, code), "result", ""), "fail");
}

/* It waits although its schedule lets it run. A plugin that is already red has its reason, and its
 * own time to try again. */
static bool could_run(const struct plugin *p)
{
    int64_t now = clock_wall(p->daemon->clock), at = 0;
    return p->process && p->state == PLUGIN_WAITING && (!p->error || is_red(p)) &&
           schedule_next(json_object_get(p->definition, "schedule"), -1, now, &at) && at <= now;
}

static void look(struct plugin *p, int64_t step)
{
    char said[200], late[40], each[40];
    int64_t every = schedule_every(json_object_get(p->definition, "schedule"));
    int64_t most = INTERVALS * every > LEAST_MS ? INTERVALS * every : LEAST_MS;
    p->due_ms = every && could_run(p) ? p->due_ms + step : 0;
    if (p->due_ms <= most || is_red(p))
        return;
    text_from_duration(late, sizeof late, p->due_ms / 1000 * 1000);
    text_from_duration(each, sizeof each, every);
    said_format(said, sizeof said, "no pass for %s, though one is due every %s", late, each);
    say(p, CHECK_FAIL, said,
        N_("It was told to run now. If this comes again: restart endpointd (systemctl restart endpointd), and send the "
           "support bundle (endpointctl bundle)."));
    json_t *order = json_pack("{s:s}", "do", "run-now");
    process_order(p->process, order);
    json_decref(order);
}

void overdue_look(struct daemon *d)
{
    int64_t now = clock_mono(d->clock), step = now - d->looked_mono;
    if (!d->looked_mono || step > STEP_MS)
        step = 0;
    d->looked_mono = now;
    for (struct plugin *p = d->plugins; p; p = p->next)
        look(p, step);
}

void overdue_moved(struct plugin *p)
{
    p->due_ms = 0;
    if (is_red(p))
        say(p, CHECK_OK, N_("a pass came again"), "");
}
