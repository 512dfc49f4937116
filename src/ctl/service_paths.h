/* service_paths.h – whether whoever runs endpointd can use the files and directories that settings name, and opening to a
 * hardened service the directories that it has to write to.
 */
#ifndef ENDPOINT_CTL_SERVICE_PATHS_H
#define ENDPOINT_CTL_SERVICE_PATHS_H

#include "config/config.h"
#include "config/config_save.h"
#include "ctl/ctl.h"

#define PATHS_ASKED 16

/* One setting's path as the one who will use it sees it. */
struct path_answer {
    const char *setting; /* of the table */
    char path[512];
    bool ok;
    bool opens;       /* ok once the service is let write there: service_paths_open does that */
    bool can_make;    /* a directory that does not exist and that we may make */
    struct error why; /* when not ok */
};

/* Ask for each change of a setting that is a path and not empty: the running service over its socket; else as the
 * account that it runs as; for a configuration that is no service's, the daemon that works with it, or this process. The
 * number of answers. */
size_t service_paths_ask(struct ctl *c, const struct config_change *changes, size_t count,
                         struct path_answer answers[PATHS_ASKED]);
/* The paths that are set, of these groups of settings (blank-separated; NULL: of all), as changes into config's texts. */
size_t service_paths_all(const struct config *config, const char *prefixes,
                         struct config_change list[PATHS_ASKED]);
/* Make a directory that was asked for, for whoever runs endpointd. */
enum status service_paths_make(struct ctl *c, const char *path, struct error *e);
/* Let the packaged service write to what the configuration names (ReadWritePaths= in a drop-in), start it again if it runs
 * and that is news, and ask it again. Nothing is done for a configuration that is not the service's. *restarted may be
 * NULL. */
enum status service_paths_open(struct ctl *c, bool *restarted, struct error *e);
/* `test`: one check of all paths of these groups of settings (blank-separated prefixes), when a service's rights are what
 * matters. False: there is nothing to be said. */
bool service_paths_check(struct ctl *c, const struct config *config, const char *prefixes,
                         struct check *check);
/* `service paths`. */
int service_paths_command(struct ctl *c);

struct service;
/* Write the drop-in for this configuration; *changed: systemd has to read it. */
enum status service_paths_write(struct service *s, const struct config *config, bool *changed,
                                struct error *e);

/* What the unit keeps from the service: homes, and the machine's /tmp. */
bool service_paths_hidden(const struct service *s, const char *path);

#endif
