/* guest.h – a good guest on the ERP's server: what a session says of itself at its start, so that it is the one that
 * gives way, and what it had to wait for.
 */
#ifndef ENDPOINT_ERP_GUEST_H
#define ENDPOINT_ERP_GUEST_H

#include "erp/session.h"

/* Behind the login: the victim of a deadlock is this session (DEADLOCK_PRIORITY LOW), it waits for locks no longer
 * than erp.lock_timeout, and with erp.snapshot, where the database allows it, it takes none that others wait for. A
 * server that does not know one of these is read without it. */
enum status guest_begin(struct session *s, const struct config *c, struct error *e);
/* The lock time-out as guest_begin set it, for who set another one meanwhile. */
enum status guest_lock_timeout(struct session *s, struct error *e);

/* A call waited so long; the server said this number. */
void guest_waited(const struct session *s, int64_t ms);
void guest_refused(int native);
/* Error 1222, as the server says it, with clear words behind. */
enum status guest_locked(const struct session *s, struct error *e);

#endif
