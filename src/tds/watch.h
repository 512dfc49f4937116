/* watch.h – calls into the driver, each said to the process's watcher (os/waiting.h), which looks after them.
 *
 * FreeTDS bounds most of its waits, but not all: it takes its time-out twice over when a server does not confirm a
 * cancel, has none at all against a server that sends a byte now and then, and was seen to spin inside a call at the
 * whole of a core. So the watcher looks at each call's time, at the processor time of the working thread and at
 * what the connection's socket takes and gives. A call that is over its limit, spins, or is not wanted any more loses
 * its connection (shutdown(2): the driver's own words end the call); when even that does not end it, the process
 * ends with a last word.
 */
#ifndef ENDPOINT_TDS_WATCH_H
#define ENDPOINT_TDS_WATCH_H

#include <time.h>

#include "tds/session.h"

#define WATCH_LIMIT_MS \
    3000 /* beyond its limit a call loses its connection: the driver had its turn */
#define WATCH_SPIN_MS   1000 /* of processor time with nothing sent or received */
#define WATCH_CANCEL_MS 2000 /* so long a server has to confirm a cancel */
#define WATCH_RETURN_MS 4000 /* so long the driver has to return once its connection was ended */
#define WATCH_HOLD_MS   1000 /* so long an answer may lie half read while we do something else */
#define WATCH_CLOSE_MS  2000 /* closing a result or a connection */

/* Before connecting: which sockets there are, so that the driver's can be told apart. */
void watch_prepare(struct session *s);
/* The driver's socket, once it is connected; without /proc it stays unknown, and only limits are kept. */
void watch_connected(struct session *s);

/* Around each call into the driver that may talk to the server. running: the statement that may be cancelled when
 * we are to stop; NULL: this call has to come to its end. */
void watch_enter(struct session *s, SQLHSTMT running, int64_t limit_ms);
void watch_leave(struct session *s);

/* A result is open, of which more will be fetched; false: it is not any more. Between calls no more than
 * WATCH_HOLD_MS may pass meanwhile: a disk that keeps us longer costs the connection, and watch_error says so
 * (STATUS_BUSY, erp_let_go). */
void watch_hold(struct session *s, bool open);

/* What a session does, for messages: "stream stock (subiekt-gt.conf:12)". */
void watch_name(struct session *s, const char *what);

/* When the watcher ended the call: why, with what was tried before it; the session is dead then. Else
 * STATUS_OK. */
enum status watch_error(struct session *s, const char *what, struct error *e);

/* Free a statement handle. The driver cancels what is still open of its result and waits for the server to
 * confirm it. */
void watch_free(struct session *s, SQLHSTMT statement);

#endif
