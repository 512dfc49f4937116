/* loop.h – what the loops of all kinds of plugins do alike. */
#ifndef ENDPOINT_WORKER_LOOP_H
#define ENDPOINT_WORKER_LOOP_H

#include "base/backoff.h"
#include "worker/worker.h"

/* A side's state as a check: red with the error, or green; a change of it goes to the journal. said:
 * the code that is red and was journalled. */
void loop_say(struct worker *w, char said[48], const char *code, const char *title,
              const struct error *e);

/* How long to wait after a failure; what needs a person is asked less often. asked_ms: what the other
 * side asked for; < 0: nothing. */
int64_t loop_wait_after(struct backoff *b, enum status s, int64_t asked_ms);

/* When a pass began. */
struct loop_start {
    struct moment at;
    bool ever;
};
void loop_started(const struct worker *w, struct loop_start *s);
/* How long ago that was; -1: never. A machine that slept, or whose clock was set ahead, counts what is longer. */
int64_t loop_since(const struct worker *w, const struct loop_start *s);

/* Wait until `until` (mono; < 0: for an order), saying alive now and then. It ends sooner when the clock is set or the
 * machine slept: then the schedule has to be asked again. */
void loop_idle(struct worker *w, int64_t until);
void loop_announce_idle(struct worker *w, int64_t wait_ms); /* < 0: until told */

/* Answer all requests with an error. */
void loop_refuse_requests(struct worker *w, const struct error *e);

/* A disk that is full at start is waited for, here, where it can be seen. False: told to stop. */
bool loop_wait_for_ledger(struct worker *w, char said[48]);

/* A damaged ledger of a stream is moved aside, and a new one is opened; the ledger of orders must not be forgotten
 * without a person. Nothing happens when `why` is no damage. False: told to stop. */
bool loop_renew_ledger(struct worker *w, char said[48], const struct error *why);

#endif
