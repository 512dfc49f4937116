#include "tds/watch.h"

#include <dirent.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/waiting.h"
#include "tds/guest.h"
#include "tds/session.h"

/* ---- the driver's socket -------------------------------------------------------------------------- */

static bool is_connection(int fd)
{
    int type = 0;
    socklen_t length = sizeof type;
    struct sockaddr_storage own;
    socklen_t own_length = sizeof own;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM &&
           getsockname(fd, (struct sockaddr *)&own, &own_length) == 0 &&
           (own.ss_family == AF_INET || own.ss_family == AF_INET6);
}

/* Each TCP socket of this process that was not there before. */
static void each_new(const struct session *s, void (*take)(void *user, int fd), void *user)
{
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        long fd;
        if (text_to_long(entry->d_name, 0, WATCH_FDS - 1, &fd) && !s->watch.before[fd] &&
            is_connection((int)fd))
            take(user, (int)fd);
    }
    if (dir)
        closedir(dir);
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
    s->watch.has_clock = pthread_getcpuclockid(pthread_self(), &s->watch.clock) == 0;
    each_new(s, mark, s);
}

static void take_one(void *user, int fd)
{
    struct session *s = user;
    struct stat st;
    if (fstat(fd, &st) == 0) {
        s->watch.fd = fd;
        s->watch.inode = st.st_ino;
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
    shutdown(fd, SHUT_RDWR);
}

/* End the connection under the driver. False: there is none to be seen. */
static bool cut(struct session *s)
{
    struct stat st;
    bool any = false;
    if (s->watch.connecting) {
        each_new(s, cut_one, &any);
    } else if (s->watch.fd >= 0 && fstat(s->watch.fd, &st) == 0 && st.st_ino == s->watch.inode) {
        shutdown(s->watch.fd,
                 SHUT_RDWR); /* the number is still the driver's: it is inside its call */
        any = true;
    }
    return any;
}

/* ---- looking -------------------------------------------------------------------------------------- */

static int64_t processor_ms(const struct session *s)
{
    struct timespec t;
    if (!s->watch.has_clock || clock_gettime(s->watch.clock, &t) != 0)
        return 0;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A number that changes whenever the connection takes or gives a byte, or the driver reads one. */
static uint64_t traffic(const struct session *s)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    int unread = 0, unsent = 0;
    if (s->watch.fd < 0 || getsockopt(s->watch.fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return 0;
    ioctl(s->watch.fd, FIONREAD, &unread);
    ioctl(s->watch.fd, TIOCOUTQ, &unsent);
    return info.tcpi_bytes_received * 3 + info.tcpi_bytes_acked * 5 + (uint64_t)unread * 7 +
           (uint64_t)unsent * 11;
}

/* Processor time since the last byte. */
static int64_t spun_ms(struct session *s)
{
    uint64_t now = traffic(s);
    int64_t used = processor_ms(s);
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
                  _("the SQL Server did not confirm within %s that it ended the statement"), limit);
        error_remedy(e, _("The connection was ended and is made anew."));
    } else if (s->watch.connecting) {
        error_set(e, STATUS_TIMEOUT, "erp_timeout",
                  _("the SQL Server did not let us in within %s (erp.connect_timeout)"), limit);
        error_remedy(
            e, _("It is tried again by itself. Is the server overloaded, or is something else "
                 "listening on that port?"));
    } else {
        error_set(
            e, STATUS_TIMEOUT, "erp_timeout",
            _("the SQL Server did not answer within %s (erp.query_timeout), nor to our cancel"),
            limit);
        error_remedy(
            e, _("The connection was ended and is made anew. If the server is only slow, raise "
                 "erp.query_timeout."));
    }
}

static void note_end(struct session *s, const struct error *why)
{
    s->watch.why = *why;
    s->watch.cut_ms = clock_mono_ms();
    log_warning("%s: %s", s->watch.what, why->text);
    cut(s);
}

/* The call has to end: why. False: not yet. */
static bool has_to_end(struct session *s, const struct waiting *w, struct error *why)
{
    int64_t spun = spun_ms(s), may_spin = s->watch.connecting ? 2 * WATCH_SPIN_MS : WATCH_SPIN_MS;
    int64_t grace = s->watch.connecting ? w->limit_ms + WATCH_LIMIT_MS : WATCH_LIMIT_MS;
    /* While it connects, and where its socket is not known, what it sends is not seen: nor needs it so much. */
    if ((s->watch.fd >= 0 || s->watch.connecting) && spun > may_spin) {
        error_set(why, STATUS_UNREACHABLE, "erp_driver",
                  _("the ODBC driver ran in circles (%lld s of processor time, not a byte sent or "
                    "received); its connection was ended"),
                  (long long)(spun + 500) / 1000);
        error_remedy(
            why, _("It goes on by itself with a new connection. If it repeats, look for a newer "
                   "FreeTDS (package tdsodbc)."));
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
    bool seen = cut(s); /* while it connects there may be another address, and so another socket */
    if (since < (seen || !s->watch.connecting ? WATCH_RETURN_MS : 10 * WATCH_RETURN_MS))
        return true;
    error_set(
        e, STATUS_INTERNAL, "worker_driver",
        _("the ODBC driver did not come back from a call after its connection had been ended (%s; before "
          "that: %s)"),
        s->watch.what, s->watch.why.text);
    error_remedy(e, _("The process is started again by itself; nothing is lost."));
    return false;
}

/* ---- an answer that is half read ------------------------------------------------------------------- */

/* Between calls: the server keeps what we have not fetched, and perhaps locks with it. */
static bool look_held(void *user, const struct waiting *w, struct error *e)
{
    struct session *s = user;
    struct error why = {0};
    char waited[40];
    (void)e;
    if (w->waited_ms <= w->limit_ms || s->watch.why.status != STATUS_OK)
        return true;
    text_from_duration(waited, sizeof waited, w->waited_ms);
    error_set(
        &why, STATUS_BUSY, "erp_let_go",
        _("we were kept for %s by our own disk or machine while the SQL Server's answer was half "
          "read; the connection was ended, so that nobody in the ERP waits for us"),
        waited);
    error_remedy(
        &why, _("It is read anew by itself; what was read stays. If it repeats, look at the load "
                "of the disk that holds the state directory."));
    note_end(s, &why);
    return true;
}

static void begin_holding(struct session *s)
{
    char text[WAITING_TEXT];
    text_format(text, sizeof text, _("our own disk, with an answer half read: %s"), s->watch.what);
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
    text_format(text, sizeof text, _("the SQL Server: %s"),
                s->watch.what[0] ? s->watch.what : _("a statement"));
    s->watch.limit_ms = limit_ms;
    s->watch.cancelled_ms = 0;
    s->watch.began_ms = clock_mono_ms();
    s->watch.traffic = 0;
    s->watch.quiet_from_ms = processor_ms(s);
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
        s); /* the driver ends a connection whose server does not confirm, and does not say so */
}

enum status watch_error(struct session *s, const char *what, struct error *e)
{
    if (s->watch.why.status == STATUS_OK)
        return STATUS_OK;
    s->dead = true;
    if (e)
        *e = s->watch.why;
    error_prefix(e, "%s", what);
    return s->watch.why.status;
}
