/* session.h – one TDS connection, used by one thread: verified, bounded in time, with a text for
 * each fault. */
#ifndef ENDPOINT_TDS_SESSION_H
#define ENDPOINT_TDS_SESSION_H

#include <sql.h>
#include <sqlext.h>

#include "tds/connect_string.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "os/thread.h"
#include "tds/options.h"

#include <time.h>

/* What the process's watcher knows about a session's call into the driver, see tds/watch.h. The
 * working thread sets it while no call is under way, the watcher during a call. */
#define WATCH_FDS 1024
struct watch {
    char what[160];         /* what the session does, for messages */
    bool connecting;        /* the driver's socket is not known yet */
    bool closing;           /* a result is being closed */
    bool holding;           /* a result is open and half read, see watch_hold */
    bool before[WATCH_FDS]; /* TCP sockets that are not the driver's */
    int fd;                 /* the driver's; -1: not known */
    uint64_t inode;
    struct thread_clock clock; /* processor time of the working thread */
    int64_t began_ms, limit_ms, cancelled_ms, cut_ms;
    uint64_t traffic;
    int64_t quiet_from_ms; /* processor time at the last byte */
    struct error why;      /* why the watcher ended the connection; STATUS_OK: it did not */
};

struct session {
    SQLHENV env;
    SQLHDBC dbc;
    volatile SQLHSTMT running; /* for session_cancel */
    int64_t query_timeout_ms, connect_timeout_ms, lock_timeout_ms;
    bool snapshot, snapshot_refused; /* erp.snapshot is in force; the database refuses it */
    bool keep;        /* do not cancel the statement when we should stop: it changes something */
    char server[300]; /* for messages */
    char database[400], user[400]; /* 128 characters each */
    enum braces braces;            /* how the driver reads them, when that matters */
    bool connected;                /* logged in once */
    bool dead;
    struct error broke;        /* why it broke */
    void (*alive)(void *user); /* before each statement; may be NULL */
    void *alive_user;
    struct watch watch;
};

/* The diagnostics of a handle as an error: what was tried, the server's words, a remedy. */
enum status session_error(struct session *s, SQLSMALLINT type, SQLHANDLE handle, const char *what,
                          struct error *e);

/* Has the driver noticed that the connection is dead? */
void session_note_dead(struct session *s);

/* Run a statement given in UTF-8, and describe a column of its result. The driver manager would
 * take bytes for Latin-1, so SQL texts go to it and come from it as UTF-16. */
SQLRETURN session_execute(struct session *s, SQLHSTMT statement, const char *sql);
SQLRETURN session_describe(SQLHSTMT statement, SQLUSMALLINT number, char *name, size_t name_size,
                           SQLSMALLINT *type, SQLULEN *size, SQLSMALLINT *digits);

/* Fetch the next row or block. SQL_NO_DATA only if the server ended the result: the driver also
 * says it for a connection that died of bytes that were not an answer. */
SQLRETURN session_fetch(struct session *s, SQLHSTMT statement);

/* A statement handle with the session's time-out; watch_free it. */
enum status session_statement(struct session *s, SQLHSTMT *statement, struct error *e);

/* The machine, without its instance. */
enum status session_host(const struct session_options *o, char *host, size_t size, struct error *e);

/* Machine and TCP port from the options; for a named instance without a port, SQL Server Browser is
 * asked (codes erp_browser, erp_instance). */
enum status session_address(const struct session_options *o, char *host, size_t size, int *port,
                            struct error *e);
/* The instances of the machine that the options name: [{"id":"host\\NAME","name","version","port"}]. */
enum status session_instances(const struct session_options *o, json_t **rows, struct error *e);

/* Connect and log in: verified TLS as the options say, TDS 7.4, UTF-8, time-outs.
 * UNREACHABLE and TIMEOUT pass by themselves; DENIED and INVALID need a person (codes:
 * tds/messages.h, and tls_* if the certificate's verification failed). */
enum status session_open(const struct session_options *o, struct session **s, struct error *e);
void session_close(struct session *s);
/* The program name that this process's sessions show on the server from now on ("endpoint stock"),
 * for an administrator who looks. Initially "endpoint". */
void session_name(const char *name);
/* Has the connection died? Then only session_close helps. */
bool session_dead(const struct session *s);
/* From now on call alive before each statement: a transaction with many may take long. NULL: stop. */
void session_on_alive(struct session *s, void (*alive)(void *user), void *user);
/* End a running statement, from a signal handler or another thread. */
void session_cancel(struct session *s);

#endif
