#include "config/paths.h"

#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/account.h"

#ifndef ENDPOINT_DATADIR
#define ENDPOINT_DATADIR "/usr/share/endpoint"
#endif

/* Where the user's own services run: under `sudo -u` and su the variable is missing, but the
 * directory exists. */
static bool session_dir(char *target, size_t size)
{
    char dir[64];
    return !getenv("XDG_RUNTIME_DIR") &&
           text_format(dir, sizeof dir, "/run/user/%ld", (long)account_own_id()) &&
           file_may(dir, FILE_WRITE | FILE_RUN) && text_format(target, size, "%s/endpoint", dir);
}

/* $NAME/endpoint, or $HOME/REST/endpoint. */
static bool user_dir(char *target, size_t size, const char *variable, const char *rest)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base && base[0] == '/')
        return text_format(target, size, "%s/endpoint", base);
    return home && home[0] == '/' && text_format(target, size, "%s/%s/endpoint", home, rest);
}

static bool choose(char *target, size_t size, const char *given, bool system,
                   const char *system_path, const char *variable, const char *rest)
{
    if (given)
        return text_copy(target, size, given);
    if (system)
        return text_copy(target, size, system_path);
    return user_dir(target, size, variable, rest);
}

enum status paths_choose(struct paths *p, const char *config_file, const char *state_dir,
                         const char *runtime_dir, struct error *e)
{
    bool system = account_is_root() || file_may_read("/etc/endpoint/endpoint.conf");
    memset(p, 0, sizeof *p);
    bool ok = true;
    if (config_file) {
        ok = text_copy(p->config_file, sizeof p->config_file, config_file);
    } else if (system) {
        ok = text_copy(p->config_file, sizeof p->config_file, "/etc/endpoint/endpoint.conf");
    } else {
        char dir[400];
        ok = user_dir(dir, sizeof dir, "XDG_CONFIG_HOME", ".config") &&
             text_format(p->config_file, sizeof p->config_file, "%s/endpoint.conf", dir);
    }
    text_copy(p->config_dir, sizeof p->config_dir, p->config_file);
    char *slash = strrchr(p->config_dir, '/');
    if (slash && slash != p->config_dir)
        *slash = '\0';
    else
        text_copy(p->config_dir, sizeof p->config_dir, slash ? "/" : ".");
    ok = ok && choose(p->state_dir, sizeof p->state_dir, state_dir, system, "/var/lib/endpoint",
                      "XDG_STATE_HOME", ".local/state");
    if (runtime_dir || system || !session_dir(p->runtime_dir, sizeof p->runtime_dir))
        ok = ok && choose(p->runtime_dir, sizeof p->runtime_dir, runtime_dir, system,
                          "/run/endpoint", "XDG_RUNTIME_DIR", ".local/state/run");
    ok = ok && text_format(p->control_socket, sizeof p->control_socket, "%s/control.sock",
                           p->runtime_dir);
    const char *erp_dir = getenv("ENDPOINT_ERP_DIR");
    ok =
        ok && text_copy(p->erp_dir, sizeof p->erp_dir, erp_dir ? erp_dir : ENDPOINT_DATADIR "/erp");
    if (!ok) {
        error_set(e, STATUS_INVALID, "paths",
                  "the directories cannot be chosen: a path is too long, or neither the XDG "
                  "variables nor HOME are set");
        return error_remedy(e, "Give them with --config, --state-dir and --runtime-dir.");
    }
    return STATUS_OK;
}
