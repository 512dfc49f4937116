/* stream.h – JSON lines that arrive while the keys keep working: from the control socket, or from a
 * child process (endpointctl). Nothing here waits.
 */
#ifndef ENDPOINT_TUI_STREAM_H
#define ENDPOINT_TUI_STREAM_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "os/ready.h"

struct streams; /* all that are open */
struct stream;

struct stream_handlers {
    /* One line; borrowed. May close any stream, even its own. */
    void (*line)(void *user, const json_t *value);
    /* The stream has ended and is gone. code: a child's exit code, -1 if it was killed; 0 for a
     * socket. said: the child's output on stderr, cleaned and cut. */
    void (*ended)(void *user, int code, const char *said);
    void *user;
    void (*release)(void *user); /* it is gone, for any reason: free user's data; may be NULL */
};

struct streams *stream_all_open(void);
void stream_all_close(struct streams *all); /* ends the children, calls no handler */

/* Ask the daemon; steals request. NULL and e: no daemon answers. */
struct stream *stream_ask(struct streams *all, const char *socket_path, json_t *request,
                          const struct stream_handlers *handlers, struct error *e);

/* Start a program with argv (NULL-terminated); input (may be NULL) is written to its stdin and
 * wiped. The child ends with us. */
struct stream *stream_run(struct streams *all, const char *const *argv, const char *input,
                          const struct stream_handlers *handlers, struct error *e);

/* Stop listening; a child is told to end. ended() is not called. NULL is fine. */
void stream_close(struct stream *s);

/* For the program's ready_wait: fill in at most room descriptors; after the wait pass them back. */
size_t stream_all_poll(const struct streams *all, struct ready *fds, size_t room);
/* True: a handler was called. */
bool stream_all_dispatch(struct streams *all, const struct ready *fds, size_t count);

#endif
