/* What a person should do next: when no daemon answers, and when the configuration is not the
 * service's. */
#include "ctl/next.h"

#include <errno.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/text.h"
#include "config/beside.h"
#include "ctl/ctl.h"
#include "ctl/words.h"
#include "link/identity.h"
#include "os/account.h"

static bool places_chosen(const struct ctl *c)
{
    return c->config_option || c->state_option || c->runtime_option;
}

const char *next_sudo(const struct ctl *c)
{
    struct beside b;
    if (account_is_root() || places_chosen(c))
        return "";
    beside_find(&c->paths, &b);
    return b.kind == BESIDE_SERVICE || beside_installed() ? "sudo " : "";
}

/* 1: registered, 0: not, -1: we have no right to know. */
static int registered(const struct ctl *c)
{
    struct identity id;
    enum status status = identity_load(c->paths.state_dir, &id, NULL);
    bool has = id.endpoint_id[0] != '\0';
    identity_wipe(&id);
    return status == STATUS_OK ? has : status == STATUS_DENIED ? -1 : 0;
}

bool next_beside_service(const struct ctl *c, struct error *e)
{
    struct beside b;
    if (places_chosen(c) || account_is_root())
        return false;
    beside_find(&c->paths, &b);
    if (b.kind != BESIDE_SERVICE)
        return false;
    error_set(
        e, STATUS_DENIED, "rights",
        "Endpoint runs on this machine as a service, and only root and its own user may use it");
    error_remedy(e, "Put sudo before it: sudo endpointctl ..., sudo endpoint-tui");
    return true;
}

/* Root asks, but the endpoint is a user's application. */
static bool application_of(const struct ctl *c, struct error *e)
{
    struct beside b;
    if (places_chosen(c) || !account_is_root())
        return false;
    beside_find(&c->paths, &b);
    if (b.kind != BESIDE_APPLICATION)
        return false;
    error_set(e, STATUS_UNREACHABLE, "another_configuration",
              "Endpoint runs as an application of %s, with %s", b.user, b.file);
    error_remedy(e, "Run as that user: sudo -u %s endpointctl ..., sudo -u %s endpoint-tui", b.user,
                 b.user);
    return true;
}

void next_no_erp(const struct ctl *c, struct error *e)
{
    error_set(e, STATUS_INVALID, "set_up", "no ERP is chosen yet");
    error_remedy(e,
                 "Run: %sendpoint-tui, or name one that endpointctl erp list shows: %sendpointctl "
                 "config set erp.type NAME",
                 next_sudo(c), next_sudo(c));
}

static const char *start_words(const struct ctl *c)
{
    if (places_chosen(c) || !file_exists("/run/systemd/system"))
        return "endpointd";
    return text_starts(c->paths.config_file, "/etc/") ? "systemctl start endpointd"
                                                      : "systemctl --user start endpointd";
}

void next_away(const struct ctl *c, int code, struct error *e)
{
    if (code == EACCES || code == EPERM) {
        error_set(e, STATUS_DENIED, "rights",
                  "endpointd runs, but only root and its own user may use it");
        error_remedy(e, "Put sudo before it: sudo endpointctl ..., sudo endpoint-tui");
        return;
    }
    if (next_beside_service(c, e) || application_of(c, e))
        return;
    int known = registered(c);
    if (known < 0) { /* the unit may wait for the registration and then not start */
        error_set(e, STATUS_UNREACHABLE, "daemon_away",
                  "endpointd does not run; only root may see whether it is set up");
        error_remedy(e, "Run: sudo endpointctl status");
        return;
    }
    if (known == 0) {
        error_set(e, STATUS_UNREACHABLE, "set_up",
                  "Endpoint is not set up yet: it is not registered, and does not run");
        error_remedy(e, "Run: %sendpoint-tui (or %sendpointctl register)", next_sudo(c),
                     next_sudo(c));
        return;
    }
    error_set(e, STATUS_UNREACHABLE, "daemon_away", "endpointd does not run: nobody answers on %s",
              c->paths.control_socket);
    error_remedy(e, "Start it: %s%s", next_sudo(c), start_words(c));
}

bool next_whose(const struct ctl *c, struct error *e)
{
    struct beside b = {0};
    if (places_chosen(c))
        return false;
    beside_find(&c->paths, &b);
    switch (b.kind) {
    case BESIDE_NONE: return false;
    case BESIDE_SERVICE:
        error_set(e, STATUS_DENIED, "another_configuration",
                  "this is %s, your own; the service that runs on this machine works with %s",
                  c->paths.config_file, b.file);
        error_remedy(e, "For the service, put sudo before it: sudo endpointctl ...");
        return true;
    case BESIDE_INSTALLED:
        error_set(e, STATUS_DENIED, "another_configuration",
                  "this is %s, your own; that of the service on this machine is %s",
                  c->paths.config_file, b.file);
        error_remedy(e, "For the service, put sudo before it: sudo endpointctl ...");
        return true;
    case BESIDE_APPLICATION:
        error_set(e, STATUS_DENIED, "another_configuration",
                  "this is %s, the service's; the application of %s that runs here works with %s",
                  c->paths.config_file, b.user, b.file);
        error_remedy(e, "For the application, as %s and without sudo: endpointctl ...", b.user);
        return true;
    }
    return false;
}

void next_warn_whose(const struct ctl *c)
{
    struct error e = {0};
    if (c->json || !next_whose(c, &e))
        return;
    fprintf(stderr, "endpointctl: %s\n  > %s\n", ctl_shown(CTL_TEXT, e.text),
            ctl_shown(CTL_TEXT, e.remedy));
}
