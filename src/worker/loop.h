/* loop.h – what the loops of all kinds of plugins have in common. */
#ifndef ENDPOINT_WORKER_LOOP_H
#define ENDPOINT_WORKER_LOOP_H

#include "base/backoff.h"
#include "worker/worker.h"

/* Report a side's state as a check: red with the error, or green; a change goes to the journal.
 * said: the code that is red and was journalled. */
void loop_say(struct worker *w, char said[48], const char *code, const char *title,
              const struct error *e);

/* How long to wait after a failure; longer if a person has to act. asked_ms: the pause that the
 * other side asked for; < 0: none. A turn among plugins that share calls (why: budget_spent) is no
 * failure: it is waited for exactly. why may be NULL. */
int64_t loop_wait_after(struct backoff *b, enum status s, int64_t asked_ms,
                        const struct error *why);

/* When a pass began. */
struct loop_start {
    struct moment at;
    bool ever;
};
void loop_started(const struct worker *w, struct loop_start *s);
/* How long ago that was; -1: never. If the machine slept, or its clock was set ahead, the longer
 * time counts. */
int64_t loop_since(const struct worker *w, const struct loop_start *s);

/* Wait until `until` (mono; < 0: until a command comes), saying alive now and then. It ends sooner
 * if the clock is set or the machine slept: then the schedule has to be checked again. */
void loop_idle(struct worker *w, int64_t until);
void loop_announce_idle(struct worker *w, int64_t wait_ms); /* < 0: until told */

/* Answer all requests with an error. */
void loop_refuse_requests(struct worker *w, const struct error *e);

/* If the disk is full at start, wait here, where people can see it. False: told to stop. */
bool loop_wait_for_ledger(struct worker *w, char said[48]);

/* Move a damaged ledger of a stream aside and open a new one; only a person may discard a ledger of
 * orders. Does nothing if `why` is not damage. False: told to stop. */
bool loop_renew_ledger(struct worker *w, char said[48], const struct error *why);

#endif
