#include "tds/guest.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "os/log.h"
#include "tds/session.h"
#include "tds/session_query.h"
#include "tds/watch.h"

/* Numbers: SQL Server's documentation of errors. */
enum { DEADLOCK_VICTIM = 1205, LOCK_TIMEOUT = 1222 };

#define WAIT_SHARE 3 /* a call that takes this part of the lock time-out counts as a wait */

static struct guest_waits waits; /* one for the process: only one thread reads */

/* The ERP can be read without this, unless the connection broke. */
static enum status try(struct session *s, const char *sql, struct error *e)
{
    struct error own = {0};
    enum status status = session_change(s, sql, NULL, 0, &own);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (s->dead || status == STATUS_CANCELLED || status == STATUS_TIMEOUT) {
        if (e)
            *e = own;
        return status;
    }
    log_info("the SQL Server does not take \"%s\": %s", sql, own.text);
    return STATUS_OK;
}

enum status guest_lock_timeout(struct session *s, struct error *e)
{
    char sql[60];
    text_format(sql, sizeof sql, "SET LOCK_TIMEOUT %lld", (long long)s->lock_timeout_ms);
    return try(s, sql, e);
}

static enum status take_state(void *user, size_t columns, const char *const *names,
                              const char *const *values, struct error *e)
{
    (void)names;
    (void)e;
    *(bool *)user = columns == 1 && values[0] && text_equal(values[0], "1");
    return STATUS_OK;
}

/* If the database does not allow it, only the first read would fail, so ask beforehand. */
static enum status begin_snapshot(struct session *s, struct error *e)
{
    struct error own = {0};
    bool allowed = false;
    const char *const name[] = {s->database};
    enum status status =
        session_query(s,
                      "SELECT d.snapshot_isolation_state AS state FROM sys.databases AS d "
                      "WHERE d.name = ?",
                      name, 1, take_state, &allowed, &own);
    if (s->dead || status == STATUS_CANCELLED) {
        if (e)
            *e = own;
        return status;
    }
    s->snapshot_refused = status != STATUS_OK || !allowed;
    s->snapshot = !s->snapshot_refused;
    waits.snapshot = s->snapshot ? GUEST_SNAPSHOT_ON : GUEST_SNAPSHOT_REFUSED;
    text_copy(waits.database, sizeof waits.database, s->database);
    return s->snapshot ? try(s, "SET TRANSACTION ISOLATION LEVEL SNAPSHOT", e) : STATUS_OK;
}

enum status guest_session_for_writing(struct session *s, struct error *e)
{
    bool before = s->snapshot;
    s->snapshot = s->snapshot_refused = false;
    return before ? try(s, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", e) : STATUS_OK;
}

enum status guest_begin(struct session *s, const struct session_options *o, struct error *e)
{
    s->lock_timeout_ms = o->lock_timeout_ms;
    watch_name(s, N_("beginning a session"));
    enum status status = try(s, "SET DEADLOCK_PRIORITY LOW", e);
    if (status == STATUS_OK)
        status = guest_lock_timeout(s, e);
    if (status == STATUS_OK && o->snapshot)
        status = begin_snapshot(s, e);
    else if (status == STATUS_OK)
        waits.snapshot = GUEST_SNAPSHOT_OFF;
    watch_name(s, "");
    return status;
}

/* ---- what it had to wait for ----------------------------------------------------------------------- */

void guest_waited(const struct session *s, int64_t ms)
{
    if (s->lock_timeout_ms == 0 || ms < s->lock_timeout_ms / WAIT_SHARE) /* not connecting */
        return;
    waits.count++;
    if (ms <= waits.longest_ms)
        return;
    waits.longest_ms = ms;
    text_copy(waits.longest, sizeof waits.longest, s->watch.what);
}

void guest_refused(int native)
{
    waits.locked += native == LOCK_TIMEOUT;
    waits.deadlocks += native == DEADLOCK_VICTIM;
}

void guest_waits_take(struct guest_waits *taken)
{
    *taken = waits;
    memset(&waits, 0, sizeof waits);
}

enum status guest_locked(const struct session *s, struct error *e)
{
    char waited[40];
    const struct error before = *e;
    text_from_duration(waited, sizeof waited, s->lock_timeout_ms);
    error_set(
        e, STATUS_BUSY, "erp_locked",
        "%-s: somebody in the ERP holds a lock on this data; waited for %s (erp.lock_timeout)",
        error_said(&before), waited);
    return error_remedy(
        e, "It is tried again automatically. If it repeats, a document or a job is open in the "
           "ERP: while it waits, the column BlkBy of sp_who2 on the server shows whose it is.");
}
