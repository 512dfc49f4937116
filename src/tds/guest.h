/* guest.h – a good guest on the ERP's server: what a session says of itself at its start, so that it is the one that
 * gives way, and what it had to wait for.
 */
#ifndef ENDPOINT_TDS_GUEST_H
#define ENDPOINT_TDS_GUEST_H

#include "tds/session.h"

/* Behind the login: the victim of a deadlock is this session (DEADLOCK_PRIORITY LOW), it waits for locks no longer
 * than erp.lock_timeout, and with erp.snapshot, where the database allows it, it takes none that others wait for. A
 * server that does not know one of these is read without it. */
enum status guest_begin(struct session *s, const struct session_options *o, struct error *e);
/* The lock time-out as guest_begin set it, for who set another one meanwhile. */
enum status guest_lock_timeout(struct session *s, struct error *e);

/* A call waited so long; the server said this number. */
void guest_waited(const struct session *s, int64_t ms);
void guest_refused(int native);
/* Error 1222, as the server says it, with clear words behind. */
enum status guest_locked(const struct session *s, struct error *e);

/* erp.snapshot, and what the database says to it. */
enum guest_snapshot {
    GUEST_SNAPSHOT_UNKNOWN, /* no session has begun */
    GUEST_SNAPSHOT_OFF,     /* it is not set */
    GUEST_SNAPSHOT_ON,
    GUEST_SNAPSHOT_REFUSED /* the database does not allow it */
};
/* What this process's sessions had to wait for since it was asked last. A call is a wait when it takes a third of
 * erp.lock_timeout, or more. */
struct guest_waits {
    unsigned count;     /* of long calls */
    int64_t longest_ms; /* one call */
    char longest[160];  /* what for: "stream stock (subiekt-gt.conf:12)" */
    unsigned locked;    /* lock time-outs */
    unsigned deadlocks; /* in which we were the victim */
    enum guest_snapshot snapshot;
    char database[200];
};
void guest_waits_take(struct guest_waits *taken);

/* For a session that writes: erp.snapshot is for reading, a write in it fails when another was quicker. */
enum status guest_session_for_writing(struct session *s, struct error *e);

#endif
