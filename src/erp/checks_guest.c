/* What a good guest reports: what it had to wait for in the ERP, and whether it may read without
 * locks. */

#include "erp/checks_guest.h"

#include "base/i18n.h"
#include "base/text.h"
#include "erp/checks_internal.h"
#include "tds/session.h"
#include "erp/checks.h"
#include "tds/guest.h"

enum check_result checks_waits(const struct guest_waits *waits, struct check *c)
{
    char longest[40];
    if (waits->count + waits->locked + waits->deadlocks == 0)
        return check_answer(c, CHECK_OK, "no waits for the ERP");
    check_remedy(
        c, "If it repeats, a document or a job is open in the ERP: while it waits, the column "
           "BlkBy of sp_who2 on the server shows whose it is. If the column is empty, the "
           "server is slow.");
    text_from_duration(longest, sizeof longest, waits->longest_ms);
    if (waits->count == 0)
        return check_answer(
            c, CHECK_WARN,
            "waited for the ERP; lock time-outs: %u, deadlocks in which we gave way: %u",
            waits->locked, waits->deadlocks);
    return check_answer(
        c, CHECK_WARN,
        "waited for the ERP, long waits: %u, the longest %s for %-s; lock time-outs: %u, "
        "deadlocks in which we gave way: %u",
        waits->count, longest, waits->longest[0] ? waits->longest : N_("a statement"),
        waits->locked, waits->deadlocks);
}

/* A name in brackets, as SQL Server requires. */
static void bracket(char *quoted, size_t size, const char *name)
{
    size_t n = 0;
    quoted[n++] = '[';
    for (; *name && n + 4 < size; name++) {
        if (*name == ']')
            quoted[n++] = ']';
        quoted[n++] = *name;
    }
    quoted[n++] = ']';
    quoted[n] = '\0';
}

enum check_result checks_snapshot(enum guest_snapshot snapshot, const char *database,
                                  struct check *c)
{
    char quoted[420];
    if (snapshot == GUEST_SNAPSHOT_ON)
        return check_answer(c, CHECK_OK, "the ERP is read without waiting for locks");
    if (snapshot != GUEST_SNAPSHOT_REFUSED)
        return check_answer(c, CHECK_OK, "not set (erp.snapshot)");
    bracket(quoted, sizeof quoted, database);
    check_remedy(
        c,
        "The SQL Server's administrator can allow it: ALTER DATABASE %s SET "
        "ALLOW_SNAPSHOT_ISOLATION ON. It takes space in tempdb. Otherwise set erp.snapshot "
        "= false.",
        quoted);
    return check_answer(
        c, CHECK_WARN,
        "erp.snapshot is set, but the database %s does not allow it: the ERP is read as "
        "usual",
        database);
}

enum check_result check_snapshot(void *context, struct check *c)
{
    struct erp_checks *x = context;
    const struct session *s = x->session;
    return checks_snapshot(s->snapshot           ? GUEST_SNAPSHOT_ON
                           : s->snapshot_refused ? GUEST_SNAPSHOT_REFUSED
                                                 : GUEST_SNAPSHOT_OFF,
                           s->database, c);
}
