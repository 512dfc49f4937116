/* claim.h – may this start of endpointd speak for its endpoint? The panel says (link/incarnation.h).
 *
 *     asking ──▶ go (a number: every call carries it)          ──▶ held, when another start took our place
 *            ──▶ free (a panel that does not know the question)
 *            ──▶ held (we are a copy of one that runs: a person decides)
 *
 * No plugin starts before the panel was asked once; if it cannot be asked they start, but write no
 * new order. While we are held nothing runs and nothing is sent. Orders have a lease: new documents
 * are written only for the time that the panel's last answer allowed, so that whoever takes our
 * place knows when we have stopped.
 */
#ifndef ENDPOINT_DAEMON_CLAIM_H
#define ENDPOINT_DAEMON_CLAIM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

struct daemon;
struct claim;

struct claim *claim_open(struct daemon *d);
/* Tell the panel that we stop, so that the next start need not wait. Blocks for a moment. */
void claim_end(struct daemon *d);
void claim_close(struct claim *c);
/* Identity or settings may have changed. */
void claim_reload(struct daemon *d);

bool claim_may_call(const struct daemon *d);  /* the panel, but for asking it */
bool claim_may_run(const struct daemon *d);   /* plugins */
int64_t claim_number(const struct daemon *d); /* for link.incarnation */
int64_t claim_poll_s(const struct daemon *d,
                     int64_t usual_s); /* the lease wants an answer in time */

/* A call that was sent then was answered well. */
void claim_heard(struct daemon *d, const struct moment *sent);
/* True: the panel refused a call because of our incarnation, and this module deals with it. */
bool claim_refused(struct daemon *d, const struct error *e);
/* What the configuration says about a copy; NULL: there is none. */
void claim_twin(struct daemon *d, const json_t *twin);
/* A person decides that this one goes on. STATUS_REFUSED: it is not held. */
enum status claim_take_over(struct daemon *d, struct error *e);

/* What a worker has to know: {"incarnation","free","orders_ms","error"}; orders_ms -1: no limit. */
json_t *claim_for_worker(const struct daemon *d);
/* Why nothing runs; NULL: things run. A new reference. */
json_t *claim_error(const struct daemon *d);
/* Add the check of copies to the endpoint's checks. */
void claim_add_check(const struct daemon *d, json_t *checks);
const char *claim_state(const struct daemon *d);

#endif
