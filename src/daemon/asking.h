/* asking.h – those who asked something of a plugin's process and wait: kept until it is there, answered once.
 *
 * Asking itself is supervisor_run_now, supervisor_ask and supervisor_forget (daemon.h).
 */
#ifndef ENDPOINT_DAEMON_ASKING_H
#define ENDPOINT_DAEMON_ASKING_H

#include <jansson.h>

struct plugin;

/* The process has started: give it what was asked meanwhile. */
void asking_give(struct plugin *p);
/* A pass has ended (NULL: the process has, or there is none): tell who waits for one. */
void asking_waiters(struct plugin *p, const json_t *pass);
/* The process is gone: what was asked of it may or may not have been done. */
void asking_askers(struct plugin *p);
/* The process answers a request. */
void asking_answer(struct plugin *p, const json_t *event);

#endif
