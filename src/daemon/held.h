/* held.h – held rows, from a plugin's ledger and its worker. */
#ifndef ENDPOINT_DAEMON_HELD_H
#define ENDPOINT_DAEMON_HELD_H

#include "daemon/daemon.h"

/* {"do":"held","plugin"?,"limit"?}: as in store/held.h. */
enum status held_answer(struct daemon *d, const json_t *request, json_t **answer, struct error *e);

/* {"do":"held-retry","plugin","key"?} for the plugin's worker; see asking_ask. */
enum status held_ask(struct daemon *d, const json_t *request,
                     void (*done)(void *user, const json_t *answer), void *user, struct error *e);

#endif
