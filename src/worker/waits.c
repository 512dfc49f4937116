#include "worker/waits.h"

#include "base/text.h"
#include "erp/checks.h"
#include "erp/checks_guest.h"
#include "os/log.h"
#include "tds/guest.h"

/* Report amber each time, because its numbers change; green only once. */
static void say(struct worker *w, bool *amber, const char *code, const struct check *c)
{
    bool is = c->result == CHECK_WARN, before = *amber;
    *amber = is;
    if (is || before || !w->waits_told)
        events_check(&w->events, c);
    if (is == before)
        return;
    if (is)
        log_warning("%s: %s", w->id, c->text);
    events_journal(&w->events, is ? "warning" : "info", is ? code : "recovered", c->text_said);
}

void waits_say(struct worker *w)
{
    struct guest_waits waits;
    struct check held_up = {.code = "plugin.waits", .title = "ERP: waits"};
    struct check snapshot = {.code = "plugin.snapshot", .title = "ERP: snapshot"};
    guest_waits_take(&waits);
    if (waits.snapshot == GUEST_SNAPSHOT_UNKNOWN)
        return;
    held_up.result = checks_waits(&waits, &held_up);
    snapshot.result = checks_snapshot(waits.snapshot, waits.database, &snapshot);
    say(w, &w->waits_said[0], "erp_waits", &held_up);
    say(w, &w->waits_said[1], "erp_snapshot", &snapshot);
    w->waits_told = true;
}
