/* supervisor.h – runs plugins as processes: starts, watches, stops and restarts them. */
#ifndef ENDPOINT_DAEMON_SUPERVISOR_H
#define ENDPOINT_DAEMON_SUPERVISOR_H

#include "daemon/daemon.h"

/* Bring the plugins in line with file and panel: start, stop and restart the changed ones. */
void supervisor_apply(struct daemon *d);

void supervisor_stop(struct daemon *d);

bool supervisor_idle(const struct daemon *d); /* no process left */

/* True: every enabled plugin works, waits for its turn, or is being dealt with in time. False: why
 * not. systemd's watchdog depends on this. */
bool supervisor_progress(const struct daemon *d, char *why, size_t size);

void supervisor_free(struct daemon *d);

struct plugin *supervisor_find(struct daemon *d, const char *name); /* id, name or kind */

/* Something happened to the plugin's process: status, journal and log. */
void supervisor_fault(struct plugin *p, const char *code, const char *remedy, const char *format,
                      ...) __attribute__((format(printf, 4, 5)));

json_t *supervisor_plugin_json(const struct plugin *p);

/* A process that does one thing: mode "simulate", "lookup", "test". */
enum status supervisor_one_shot(struct daemon *d, const char *mode, const json_t *plugin,
                                const json_t *with, const struct process_handlers *handlers,
                                struct process **process, struct error *e);

/* For places.c: start a plugin's process; have it stop and queue; its one timer. */
void supervisor_start(struct plugin *p);

void supervisor_park(struct plugin *p);

void supervisor_timer(struct plugin *p, void (*then)(void *plugin), int64_t ms);

/* A plugin's check, from its worker ({"check"}) or from us. */
void supervisor_check(struct plugin *p, const json_t *event);

#endif
