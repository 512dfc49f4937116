/* health.h – endpointd's own checks: what is wrong on this machine rather than in a plugin. Status,
 * the screens and the panel show them; the journal records each change.
 */
#ifndef ENDPOINT_DAEMON_HEALTH_H
#define ENDPOINT_DAEMON_HEALTH_H

#include "check/check.h"
#include "daemon/daemon.h"

void health_open(struct daemon *d);
void health_close(struct daemon *d);
/* Check again, every few seconds, whatever may have changed by itself. Needs the loop. */
void health_watch(struct daemon *d);
void health_unwatch(struct daemon *d);
void health_look(struct daemon *d); /* now */

/* Make the check `code` red (amber) because of e, or green with a said text. Reported once for each
 * error code. */
void health_fail(struct daemon *d, const char *code, const char *title, const struct error *e);
void health_warn(struct daemon *d, const char *code, const char *title, const struct error *e);
void health_good(struct daemon *d, const char *code, const char *title, const char *said);
bool health_is_red(const struct daemon *d, const char *code);

void health_to_json(const struct daemon *d, json_t *checks); /* appended */

#endif
