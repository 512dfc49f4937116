/* service_paths.h – can endpointd's user use the files and directories that the settings name? Also
 * opens to the hardened service the directories that it must write to.
 */
#ifndef ENDPOINT_CTL_SERVICE_PATHS_H
#define ENDPOINT_CTL_SERVICE_PATHS_H

#include "config/config.h"
#include "config/config_save.h"
#include "ctl/ctl.h"

#define PATHS_ASKED 16

/* One setting's path, as its future user sees it. */
struct path_answer {
    const char *setting; /* of the table */
    char path[512];
    bool ok;
    bool opens;       /* ok once service_paths_open has given the service write access */
    bool can_make;    /* a directory that does not exist, and we may make it */
    struct error why; /* when not ok */
};

/* Check each change of a setting that is a path and not empty. The running service is asked over
 * its socket; if it does not run, we check as its account. For a configuration that is not the
 * service's, the daemon that works with it is asked, or this process checks. Returns the number of
 * answers. */
size_t service_paths_ask(struct ctl *c, const struct config_change *changes, size_t count,
                         struct path_answer answers[PATHS_ASKED]);
/* The paths set in these groups of settings (blank-separated; NULL: all groups), as changes that
 * point into config's texts. */
size_t service_paths_all(const struct config *config, const char *prefixes,
                         struct config_change list[PATHS_ASKED]);
/* Make a directory that was asked for, owned by endpointd's user. */
enum status service_paths_make(struct ctl *c, const char *path, struct error *e);
/* Let the packaged service write to the directories that the configuration names (ReadWritePaths=
 * in a drop-in). If that changed something and the service runs, restart it and ask it again. Does
 * nothing for a configuration that is not the service's. *restarted may be NULL. */
enum status service_paths_open(struct ctl *c, bool *restarted, struct error *e);
/* For `test`: one check of all paths in these groups of settings (blank-separated prefixes), if the
 * rights of a service matter. False: there is nothing to report. */
bool service_paths_check(struct ctl *c, const struct config *config, const char *prefixes,
                         struct check *check);
/* `service paths`. */
int service_paths_command(struct ctl *c);

struct service;
/* Write the drop-in for this configuration; *changed: systemd must read it. */
enum status service_paths_write(struct service *s, const struct config *config, bool *changed,
                                struct error *e);

/* Does the unit hide this path from the service? It hides homes and the machine's /tmp. */
bool service_paths_hidden(const struct service *s, const char *path);

#endif
