/* waiting.h – what this process waits for, said where a second thread can see it.
 *
 * One thread works. Before a call that may block it says what it waits for and how long that may take, and
 * behind it that the wait is over. A watcher, when one was started, is a thread that tells from inside the
 * wait that it goes on, and looks after it: so a wait of minutes is no hang, and a hang is no wait.
 * Without a watcher all this costs two uncontended locks a call.
 */
#ifndef ENDPOINT_OS_WAITING_H
#define ENDPOINT_OS_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define WAITING_TEXT     500
#define WAITING_LOOK_MS  250   /* so often a wait is looked at */
#define WAITING_GRACE_MS 15000 /* so long after its limit a wait still counts as one */

/* A wait as the watcher sees it. */
struct waiting {
    char what[WAITING_TEXT]; /* said: "the SQL Server: stream stock (subiekt-gt.conf:12)" */
    int64_t waited_ms, limit_ms;
    bool unwanted; /* what is waited for is not wanted any more: we are to stop */
};

/* Called by the watcher while the wait lasts (waiting_end waits until it has returned). It may bring the wait to
 * an end. False, with why: nothing helps, the process has to end. */
typedef bool waiting_look(void *user, const struct waiting *w, struct error *e);

/* The working thread begins to wait; waits may lie in one another, to a depth of 8, and the innermost counts.
 * what is a said text (base/said.h) and copied. look may be NULL. */
void waiting_begin(const char *what, int64_t limit_ms, waiting_look *look, void *user);
void waiting_end(void);

struct waiting_watch {
    void (*alive)(void *user, const struct waiting *w); /* the wait goes on, within its limit */
    bool (*unwanted)(void *user);                       /* are we to stop? */
    void (*lost)(void *user, const struct error *e);    /* say it and end the process */
    void *user;
};

/* Start the watcher, one in a process; its functions are called in its thread and may be NULL. Signals go on to
 * the working thread. STATUS_INTERNAL: there is no thread to be had; all works without. */
enum status waiting_watch(const struct waiting_watch *w, struct error *e);
void waiting_unwatch(void);

#endif
