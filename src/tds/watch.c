#include "tds/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/net.h"
#include "os/thread.h"
#include "os/waiting.h"
#include "tds/guest.h"
#include "tds/session.h"

/* ---- the driver's socket -------------------------------------------------------------------------- */

struct newcomers {
    const struct session *s;
    void (*take)(void *user, int fd);
    void *user;
};

static void take_new(void *user, int fd)
{
    const struct newcomers *n = user;
    if (fd < WATCH_FDS && !n->s->watch.before[fd])
        n->take(n->user, fd);
}

/* Visit each TCP socket of this process that did not exist before. */
static void each_new(const struct session *s, void (*take)(void *user, int fd), void *user)
{
    struct newcomers n = {s, take, user};
    net_each_connection(take_new, &n);
}

static void mark(void *user, int fd)
{
    ((struct session *)user)->watch.before[fd] = true;
}

void watch_prepare(struct session *s)
{
    memset(s->watch.before, 0, sizeof s->watch.before);
    s->watch.fd = -1;
    s->watch.connecting = true;
    thread_clock_open(&s->watch.clock);
    each_new(s, mark, s);
}

static void take_one(void *user, int fd)
{
    struct session *s = user;
    struct file_look l;
    if (file_look_open(fd, &l)) {
        s->watch.fd = fd;
        s->watch.inode = l.inode;
    }
}

void watch_connected(struct session *s)
{
    s->watch.connecting = false;
    each_new(s, take_one, s);
}

static void cut_one(void *user, int fd)
{
    *(bool *)user = true;
    net_shut(fd);
}

/* Cut the connection under the driver. False: no connection found. */
static bool cut(struct session *s)
{
    struct file_look l;
    bool any = false;
    if (s->watch.connecting) {
        each_new(s, cut_one, &any);
    } else if (s->watch.fd >= 0 && file_look_open(s->watch.fd, &l) && l.inode == s->watch.inode) {
        net_shut(s->watch.fd); /* the descriptor is still the driver's: it is inside its call */
        any = true;
    }
    return any;
}

/* ---- looking -------------------------------------------------------------------------------------- */

/* Processor time since the last byte. */
static int64_t spun_ms(struct session *s)
{
    uint64_t now = net_traffic(s->watch.fd);
    int64_t used = thread_clock_ms(&s->watch.clock);
    if (now != s->watch.traffic) {
        s->watch.traffic = now;
        s->watch.quiet_from_ms = used;
    }
    return used - s->watch.quiet_from_ms;
}

static void over_limit(const struct session *s, struct error *e)
{
    char limit[40];
    text_from_duration(limit, sizeof limit, s->watch.limit_ms);
    if (s->watch.closing) {
        error_set(e, STATUS_TIMEOUT, "erp_close",
                  "the SQL Server did not confirm within %s that it ended the statement", limit);
        error_remedy(e, "The connection was cut and is made anew.");
    } else if (s->watch.connecting) {
        error_set(e, STATUS_TIMEOUT, "erp_timeout",
                  "the SQL Server did not let us in within %s (erp.connect_timeout)", limit);
        error_remedy(e,
                     "It is tried again automatically. Is the server overloaded, or is something "
                     "else listening on that port?");
    } else {
        error_set(e, STATUS_TIMEOUT, "erp_timeout",
                  "the SQL Server did not answer within %s (erp.query_timeout), nor to our cancel",
                  limit);
        error_remedy(e,
                     "The connection was cut and is made anew. If the server is just slow, raise "
                     "erp.query_timeout.");
    }
}

static void note_end(struct session *s, const struct error *why)
{
    s->watch.why = *why;
    s->watch.cut_ms = clock_mono_ms();
    log_warning("%s: %s", s->watch.what, why->text);
    cut(s);
}

/* Does the call have to end, and why? False: not yet. */
static bool has_to_end(struct session *s, const struct waiting *w, struct error *why)
{
    int64_t spun = spun_ms(s), may_spin = s->watch.connecting ? 2 * WATCH_SPIN_MS : WATCH_SPIN_MS;
    int64_t grace = s->watch.connecting ? w->limit_ms + WATCH_LIMIT_MS : WATCH_LIMIT_MS;
    /* While it connects, or if its socket is unknown, its traffic cannot be seen; but then it needs
     * little processor time anyway. */
    if ((s->watch.fd >= 0 || s->watch.connecting) && spun > may_spin) {
        error_set(why, STATUS_UNREACHABLE, "erp_driver",
                  "the ODBC driver ran in circles (%lld s of processor time, not a byte "
                  "sent or received); its connection was cut",
                  (long long)(spun + 500) / 1000);
        error_remedy(why, "It continues by itself with a new connection. If it repeats, look for a "
                          "newer FreeTDS (package tdsodbc).");
        return true;
    }
    if (w->waited_ms > w->limit_ms + grace) {
        over_limit(s, why);
        return true;
    }
    if (w->unwanted && s->running) {
        int64_t now = clock_mono_ms();
        if (!s->watch.cancelled_ms) {
            s->watch.cancelled_ms = now;
            session_cancel(s);
        }
        if (now - s->watch.cancelled_ms > WATCH_CANCEL_MS) {
            error_set(why, STATUS_CANCELLED, "cancelled", "told to stop");
            return true;
        }
    }
    return false;
}

static bool look(void *user, const struct waiting *w, struct error *e)
{
    struct session *s = user;
    struct error why = {0};
    if (s->watch.why.status == STATUS_OK) {
        if (has_to_end(s, w, &why))
            note_end(s, &why);
        return true;
    }
    int64_t since = clock_mono_ms() - s->watch.cut_ms;
    bool seen = cut(s); /* while it connects it may try another address, with another socket */
    if (since < (seen || !s->watch.connecting ? WATCH_RETURN_MS : 10 * WATCH_RETURN_MS))
        return true;
    error_set(e, STATUS_INTERNAL, "worker_driver",
              "the ODBC driver did not return from a call after its connection had been cut (%-s; "
              "before that: %-s)",
              s->watch.what, error_said(&s->watch.why));
    error_remedy(e, "The process is restarted automatically; nothing is lost.");
    return false;
}

/* ---- an answer that is half read ------------------------------------------------------------------- */

/* Between calls the server keeps the rows that we have not fetched, and perhaps locks on them. */
static bool look_held(void *user, const struct waiting *w, struct error *e)
{
    struct session *s = user;
    struct error why = {0};
    char waited[40];
    (void)e;
    if (w->waited_ms <= w->limit_ms || s->watch.why.status != STATUS_OK)
        return true;
    text_from_duration(waited, sizeof waited, w->waited_ms);
    error_set(&why, STATUS_BUSY, "erp_let_go",
              "our own disk or machine stalled for %s while the SQL Server's answer was half "
              "read; the connection was cut, so that nobody in the ERP waits for us",
              waited);
    error_remedy(&why, "It is read again automatically; the rows already read stay. If it repeats, "
                       "check the load on the disk that holds the state directory.");
    note_end(s, &why);
    return true;
}

static void begin_holding(struct session *s)
{
    char text[WAITING_TEXT];
    said_format(text, sizeof text, "our own disk, with an answer half read: %-s", s->watch.what);
    waiting_begin(text, WATCH_HOLD_MS, look_held, s);
}

void watch_hold(struct session *s, bool open)
{
    if (open == s->watch.holding)
        return;
    s->watch.holding = open;
    if (open)
        begin_holding(s);
    else
        waiting_end();
}

/* ---- calls ---------------------------------------------------------------------------------------- */

void watch_name(struct session *s, const char *what)
{
    text_copy(s->watch.what, sizeof s->watch.what, what);
}

static void begin(struct session *s, int64_t limit_ms)
{
    char text[WAITING_TEXT];
    if (s->watch.holding)
        waiting_end();
    said_format(text, sizeof text, "the SQL Server: %-s",
                s->watch.what[0] ? s->watch.what : N_("a statement"));
    s->watch.limit_ms = limit_ms;
    s->watch.cancelled_ms = 0;
    s->watch.began_ms = clock_mono_ms();
    s->watch.traffic = 0;
    s->watch.quiet_from_ms = thread_clock_ms(&s->watch.clock);
    waiting_begin(text, limit_ms, look, s);
}

void watch_enter(struct session *s, SQLHSTMT running, int64_t limit_ms)
{
    s->running = running;
    begin(s, limit_ms);
}

void watch_leave(struct session *s)
{
    waiting_end();
    if (s->watch.holding)
        begin_holding(s);
    s->running = NULL;
    guest_waited(s, clock_mono_ms() - s->watch.began_ms);
    if (s->watch.why.status != STATUS_OK)
        s->dead = true;
}

void watch_free(struct session *s, SQLHSTMT statement)
{
    s->watch.closing = true;
    begin(s, WATCH_CLOSE_MS);
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
    watch_leave(s);
    s->watch.closing = false;
    session_note_dead(
        s); /* if the server does not confirm, the driver drops the connection without saying so */
}

enum status watch_error(struct session *s, const char *what, struct error *e)
{
    if (s->watch.why.status == STATUS_OK)
        return STATUS_OK;
    s->dead = true;
    if (e)
        *e = s->watch.why;
    error_prefix(e, "%-s", what);
    return s->watch.why.status;
}
