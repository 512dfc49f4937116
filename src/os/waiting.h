/* waiting.h – records what this process is waiting for, where a second thread can see it.
 *
 * One thread works. Before a call that may block, it says what it will wait for and how long that
 * may take; after the call it says that the wait is over. The watcher, if one was started, is a
 * second thread. During the wait it reports that the process is alive, and it checks the limit. So
 * a wait of minutes is not taken for a hang, nor a hang for a wait. Without a watcher all this
 * costs two uncontended locks a call.
 */
#ifndef ENDPOINT_OS_WAITING_H
#define ENDPOINT_OS_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define WAITING_TEXT     500
#define WAITING_LOOK_MS  250   /* how often a wait is checked */
#define WAITING_GRACE_MS 15000 /* how long a wait may exceed its limit */

/* A wait as the watcher sees it. */
struct waiting {
    char what[WAITING_TEXT]; /* said: "the SQL Server: stream stock (subiekt-gt.conf:12)" */
    int64_t waited_ms, limit_ms;
    bool unwanted; /* we should stop: the result is no longer wanted */
};

/* The watcher calls this during the wait (waiting_end waits until it has returned). It may end the
 * wait. False, with the reason: nothing helps, and the process must end. */
typedef bool waiting_look(void *user, const struct waiting *w, struct error *e);

/* The working thread begins to wait. Waits may be nested, to a depth of 8; the innermost counts.
 * what is a said text (base/said.h) and is copied. look may be NULL. */
void waiting_begin(const char *what, int64_t limit_ms, waiting_look *look, void *user);
void waiting_end(void);

struct waiting_watch {
    void (*alive)(void *user, const struct waiting *w); /* the wait goes on, within its limit */
    bool (*unwanted)(void *user);                       /* should we stop? */
    void (*lost)(void *user, const struct error *e);    /* report it and end the process */
    void *user;
};

/* Start the watcher, one a process. Its functions are called in its own thread and may be NULL.
 * Signals still go to the working thread. STATUS_INTERNAL: the system gives no thread; everything
 * works without one. */
enum status waiting_watch(const struct waiting_watch *w, struct error *e);
void waiting_unwatch(void);

#endif
