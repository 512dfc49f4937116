/* talk.h – the control socket, asked. */
#ifndef ENDPOINT_CTL_TALK_H
#define ENDPOINT_CTL_TALK_H

#include "ctl/ctl.h"

/* NULL: no daemon, or we may not talk to it; e says what to do (next_away). */
struct talk *talk_open(const struct ctl *c, struct error *e);

void talk_close(struct talk *t);

/* Send a request; steals it. Then read lines: events first, the last has "ok". NULL: the daemon is gone. */
bool talk_send(struct talk *t, json_t *request);

json_t *talk_read(struct talk *t);

/* One request, its last answer; events are dropped. NULL: no daemon, it is gone, or it has no time (code "clients")
 * after several tries: that is no answer to what was asked. */
json_t *talk_ask(const struct ctl *c, json_t *request, struct error *e);

/* The daemon reads the identity again; false: there is none running. */
bool talk_identity(struct ctl *c);

#endif
