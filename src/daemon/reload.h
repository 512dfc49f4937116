/* reload.h – takes a new configuration while running. */
#ifndef ENDPOINT_DAEMON_RELOAD_H
#define ENDPOINT_DAEMON_RELOAD_H

#include "daemon/daemon.h"

void reload_settings_taken(struct daemon *d); /* those of d->config are in force now */

/* Keep the file of d->config as the last good one; a failure is logged. */
void reload_keep_settings(struct daemon *d);

/* STATUS_REFUSED: `fresh` no longer sets something that must not disappear silently, see
 * config/good.h. */
enum status reload_refuse_lost(const struct daemon *d, const struct config *before,
                               const struct config *fresh, struct error *e);

/* Read the settings again. After a fault those in force stay; they also stay if the file no longer
 * sets the ERP, the panel or a path, unless that is accepted. Members are added to report: "file",
 * "faults" (as of `config check`), and when it succeeds "changed" and "restart" (names of settings
 * that are different; those of them that wait for a restart), "plugins" (the file's own are
 * different) and "mappings" (those of the ERPs are). */
enum status reload_settings(struct daemon *d, bool accept, json_t *report, struct error *e);

#endif
