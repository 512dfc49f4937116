/* asking.h – requests to a plugin's process: kept until the process is there, and answered once.
 */
#ifndef ENDPOINT_DAEMON_ASKING_H
#define ENDPOINT_DAEMON_ASKING_H

#include <jansson.h>

#include "daemon/daemon.h"

/* The process has started: give it the requests that came in the meantime. */
void asking_give(struct plugin *p);
/* A pass has ended (NULL: the process has, or there is none): tell those who wait for one. */
void asking_waiters(struct plugin *p, const json_t *pass);
/* The process is gone: its requests may or may not have been done. */
void asking_askers(struct plugin *p);
/* The process answers a request. */
void asking_answer(struct plugin *p, const json_t *event);

/* Ask for a pass. False: the plugin does not run (then done is not called). */
bool asking_run_now(struct plugin *p, bool accept_deletions,
                    void (*done)(void *user, const char *plugin, const json_t *pass), void *user);

/* Give the plugin's worker a request ({"do": …}); done is called once, with its answer or, if it
 * ends before, with an error. STATUS_REFUSED: it does not run (done is not called). */
enum status asking_ask(struct plugin *p, const json_t *request,
                       void (*done)(void *user, const json_t *answer), void *user, struct error *e);

void asking_forget(struct daemon *d, void *user); /* the waiter went away */

#endif
