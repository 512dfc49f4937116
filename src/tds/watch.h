/* watch.h – calls into the driver, each announced to the process's watcher (os/waiting.h), which
 * supervises them.
 *
 * FreeTDS bounds most of its waits, but not all: it waits twice its time-out when a server does not
 * confirm a cancel, has no time-out at all against a server that sends a byte now and then, and was
 * seen spinning inside a call, using a whole core. So the watcher checks each call's duration, the
 * processor time of the working thread and the traffic on the connection's socket. A call that is
 * over its limit, spins, or is no longer wanted loses its connection (shutdown(2): then the driver
 * returns an error). If even that does not end it, the process sends a last word and exits.
 */
#ifndef ENDPOINT_TDS_WATCH_H
#define ENDPOINT_TDS_WATCH_H

#include <time.h>

#include "tds/session.h"

#define WATCH_LIMIT_MS  3000 /* when a call over its limit loses its connection */
#define WATCH_SPIN_MS   1000 /* of processor time with nothing sent or received */
#define WATCH_CANCEL_MS 2000 /* how long a server may take to confirm a cancel */
#define WATCH_RETURN_MS 4000 /* how long the driver may take after its connection was cut */
#define WATCH_HOLD_MS   1000 /* how long an answer may stay half read while we do something else */
#define WATCH_CLOSE_MS  2000 /* closing a result or a connection */

/* Before connecting: remember the existing sockets, so that the driver's can be recognised. */
void watch_prepare(struct session *s);
/* After connecting: find the driver's socket. Without /proc it stays unknown, and only time limits
 * are enforced. */
void watch_connected(struct session *s);

/* Called around each call into the driver that may talk to the server. running: the statement that
 * may be cancelled when we should stop; NULL: this call has to finish. */
void watch_enter(struct session *s, SQLHSTMT running, int64_t limit_ms);
void watch_leave(struct session *s);

/* A result is open and more of it will be fetched; false: it is closed. While it is open, at most
 * WATCH_HOLD_MS may pass between calls: if a disk keeps us longer, the connection is cut, and
 * watch_error says so (STATUS_BUSY, erp_let_go). */
void watch_hold(struct session *s, bool open);

/* What a session does, for messages: "stream stock (subiekt-gt.conf:12)". */
void watch_name(struct session *s, const char *what);

/* If the watcher ended the call: why, with what was tried before it; the session is dead then.
 * Otherwise STATUS_OK. */
enum status watch_error(struct session *s, const char *what, struct error *e);

/* Free a statement handle. The driver cancels the open rest of its result and waits for the server
 * to confirm. */
void watch_free(struct session *s, SQLHSTMT statement);

#endif
