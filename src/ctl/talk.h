/* talk.h – requests over the control socket. */
#ifndef ENDPOINT_CTL_TALK_H
#define ENDPOINT_CTL_TALK_H

#include "ctl/ctl.h"

/* NULL: no daemon runs, or we may not talk to it; e says what to do (next_away). */
struct talk *talk_open(const struct ctl *c, struct error *e);

void talk_close(struct talk *t);

/* Send a request; steals it. Then read lines: events come first, the last one has "ok". NULL: the
 * daemon is gone. */
bool talk_send(struct talk *t, json_t *request);

json_t *talk_read(struct talk *t);

/* Send one request and return its last answer; events are dropped. NULL: no daemon runs, it is
 * gone, or it was too busy at every try (code "clients"), which is not an answer to the request. */
json_t *talk_ask(const struct ctl *c, json_t *request, struct error *e);

/* Tell the daemon to read the identity again; false: no daemon runs. */
bool talk_identity(struct ctl *c);

#endif
