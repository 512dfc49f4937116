#include "daemon/ending.h"

#include "base/i18n.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "daemon/supervisor.h"
#include "os/log.h"

#define AGAIN N_("It is started again by itself; nothing is lost.")

void ending_hung(struct plugin *p, int64_t silent_ms)
{
    static const char remedy[] =
        N_("It is started again by itself. If it repeats, look into the log.");
    char what[SAID_MAX];
    said_get(json_object_get(p->facts, "waiting"), "for", what, sizeof what);
    if (*what)
        supervisor_fault(
            p, "worker_hung", remedy,
            "the plugin's process hung: it reported nothing for %lld s and was killed; the last thing that it waited for was %-s",
            (long long)silent_ms / 1000, what);
    else
        supervisor_fault(p, "worker_hung", remedy,
                         "the plugin's process hung: it reported nothing for %lld s and was "
                         "killed",
                         (long long)silent_ms / 1000);
    p->told = true;
}

void ending_gave_up(struct plugin *p, const json_t *event)
{
    struct error e;
    json_to_error(json_object_get(event, "error"), &e);
    supervisor_fault(p, e.code[0] ? e.code : "worker_gave_up",
                     e.remedy[0] ? error_advice_said(&e) : AGAIN, "%-s",
                     e.text[0] ? error_said(&e) : N_("the plugin's process gave up"));
    p->told = true;
}

bool ending_seen(struct plugin *p, int code, int number)
{
    bool configuration = code == 2 && !number;
    if (configuration) /* it has reported why, as a check */
        log_event(LOG_WARNING, p->id, NULL, "plugin.config",
                  "%s: its configuration cannot work; it is tried again later", p->id);
    else if (p->told)
        log_event(LOG_INFO, p->id, NULL, "worker_ended", "%s: the process is gone", p->id);
    else if (number == SIGKILL)
        supervisor_fault(p, "worker_died",
                         N_("It is restarted automatically; nothing is lost. If nobody did it, the "
                            "system's journal says whether memory ran out."),
                         "the plugin's process was killed (signal %d), not by this service",
                         number);
    else if (number)
        supervisor_fault(p, "worker_died", AGAIN, "the plugin's process was ended by signal %d",
                         number);
    else
        supervisor_fault(p, "worker_died", AGAIN, "the plugin's process ended with code %d", code);
    p->told = false;
    return configuration;
}
