/* Finds which service or application a command is about, and whose it is. */
#include "ctl/service_open.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/paths.h"
#include "ctl/service.h"
#include "ctl/service_files.h"
#include "ctl/service_host.h"
#include "ctl/service_state.h"
#include "ctl/service_steps.h"
#include "os/account.h"
#include "os/dir.h"

/* Find a user whose manager runs and has the unit enabled. Such a user has no record, because they
 * set it up by themselves. */
static bool find_running(const struct service *s, char *name, size_t size)
{
    static const char link[] = ".config/systemd/user/default.target.wants/endpointd.service";
    char run[300], path[400];
    struct file_look l;
    struct account a;
    int64_t id;
    bool found = false;
    struct dir *dir =
        service_path(s, run, sizeof run, "/run/user", NULL) == STATUS_OK ? dir_open(run) : NULL;
    const char *entry;
    while (dir && !found && (entry = dir_next(dir)) != NULL)
        found = text_to_i64(entry, &id) && id > 0 && account_by_id(id, &a) &&
                text_format(path, sizeof path, "%s/%s", a.home, link) &&
                file_look_itself(path, &l) && text_copy(name, size, a.name);
    dir_close(dir);
    return found;
}

enum status service_find_self(struct service *s, struct error *e)
{
    char found[64];
    struct account own;
    bool root = s->host.uid == 0;
    const char *name = s->c->for_user, *sudo = root ? getenv("SUDO_USER") : NULL;
    if (!name && root &&
        (service_recorded(s, found, sizeof found) || find_running(s, found, sizeof found)))
        name = found;
    if (!name && sudo && *sudo)
        name = sudo;
    if (!name)
        name = account_by_id(s->host.uid, &own) ? own.name : "";
    s->have_self = s->host.account(name, &s->self);
    if (!s->c->for_user || s->have_self)
        return STATUS_OK;
    return error_set(e, STATUS_NOT_FOUND, "account_unknown",
                     "there is no user \"%s\" on this machine", name);
}

enum status service_open(struct service *s, struct ctl *c, struct error *e)
{
    memset(s, 0, sizeof *s);
    s->c = c;
    service_host_init(&s->host);
    /* The service's places are those that the unit names, whatever the options say: endpoint-tui
     * always passes its own places, and these are an application's if an ordinary user started it. */
    bool test = *s->host.root != '\0';
    enum status status = paths_choose(
        &s->paths, test && c->config_option ? c->config_option : "/etc/endpoint/endpoint.conf",
        test && c->state_option ? c->state_option : "/var/lib/endpoint",
        test && c->runtime_option ? c->runtime_option : "/run/endpoint", e);
    return status == STATUS_OK ? service_find_self(s, e) : status;
}

bool service_start_registered(struct ctl *c, struct error *e)
{
    struct service s;
    struct paths room;
    if (service_open(&s, c, e) != STATUS_OK)
        return false;
    service_read_state(&s, false);
    const struct service_state *st = &s.state;
    bool application = st->mode == SERVICE_APPLICATION;
    const char *unit_state =
        application ? service_paths_of(&s, st->mode, &room)->state_dir : "/var/lib/endpoint";
    /* The unit does not look in places that options name, except in a test. */
    bool ours = *s.host.root || text_equal(c->paths.state_dir, unit_state);
    if (!st->systemd || !st->enabled || !ours || (!application && s.host.uid != 0))
        return false;
    return service_do(&s, application ? SERVICE_APPLICATION : SERVICE_SYSTEM, "start", e) ==
           STATUS_OK;
}
