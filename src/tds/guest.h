/* guest.h – a good guest on the ERP's server: what a session declares at its start, so that it
 * gives way to others, and what it had to wait for.
 */
#ifndef ENDPOINT_TDS_GUEST_H
#define ENDPOINT_TDS_GUEST_H

#include "tds/session.h"

/* After the login: this session becomes the victim of a deadlock (DEADLOCK_PRIORITY LOW), it waits
 * for locks no longer than erp.lock_timeout, and with erp.snapshot, if the database allows it, it
 * takes no locks that others wait for. If a server does not know one of these, it is read without
 * it. */
enum status guest_begin(struct session *s, const struct session_options *o, struct error *e);
/* Restore the lock time-out of guest_begin, for callers that changed it. */
enum status guest_lock_timeout(struct session *s, struct error *e);

/* Record that a call waited this long, or that the server sent this error number. */
void guest_waited(const struct session *s, int64_t ms);
void guest_refused(int native);
/* Error 1222 in the server's words, with a clear explanation after them. */
enum status guest_locked(const struct session *s, struct error *e);

/* erp.snapshot, and whether the database allows it. */
enum guest_snapshot {
    GUEST_SNAPSHOT_UNKNOWN, /* no session has begun */
    GUEST_SNAPSHOT_OFF,     /* not set */
    GUEST_SNAPSHOT_ON,
    GUEST_SNAPSHOT_REFUSED /* the database does not allow it */
};
/* What this process's sessions had to wait for since the last question. A call counts as a wait if
 * it takes a third of erp.lock_timeout or more. */
struct guest_waits {
    unsigned count;     /* of long calls */
    int64_t longest_ms; /* one call */
    char longest[160];  /* what for: "stream stock (subiekt-gt.conf:12)" */
    unsigned locked;    /* lock time-outs */
    unsigned deadlocks; /* those in which we were the victim */
    enum guest_snapshot snapshot;
    char database[200];
};
void guest_waits_take(struct guest_waits *taken);

/* For a session that writes: erp.snapshot is only for reading; a write in it fails if another was
 * quicker. */
enum status guest_session_for_writing(struct session *s, struct error *e);

#endif
