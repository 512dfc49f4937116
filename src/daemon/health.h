/* health.h – endpointd's own checks: what is wrong on this machine rather than in a plugin. They stand in status,
 * on the screens and in the panel; each change of one is told in the journal.
 */
#ifndef ENDPOINT_DAEMON_HEALTH_H
#define ENDPOINT_DAEMON_HEALTH_H

#include "check/check.h"
#include "daemon/daemon.h"

void health_open(struct daemon *d);
void health_close(struct daemon *d);
/* Look again at what may have changed by itself, every few seconds. Needs the loop. */
void health_watch(struct daemon *d);
void health_unwatch(struct daemon *d);
void health_look(struct daemon *d); /* now */

/* The check `code` is red (amber) because of e, or green with a text. Told once for each error code. */
void health_fail(struct daemon *d, const char *code, const char *title, const struct error *e);
void health_warn(struct daemon *d, const char *code, const char *title, const struct error *e);
void health_good(struct daemon *d, const char *code, const char *title, const char *text);
bool health_is_red(const struct daemon *d, const char *code);

void health_to_json(const struct daemon *d, json_t *checks); /* appended */

#endif
