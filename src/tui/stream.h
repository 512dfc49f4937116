/* stream.h – JSON lines that come while the keys go on: from the control socket, or from a child
 * process (endpointctl). Nothing here waits.
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
    /* One line; borrowed. May close any stream, also its own. */
    void (*line)(void *user, const json_t *value);
    /* It has ended and is gone. code: of a child, -1 when it was killed; of a socket 0. said: what a
     * child wrote to stderr, cleaned and cut. */
    void (*ended)(void *user, int code, const char *said);
    void *user;
    void (*release)(void *user); /* it is gone, however it went: free what is user's; may be NULL */
};

struct streams *stream_all_open(void);
void stream_all_close(struct streams *all); /* ends the children, calls nobody */

/* Ask the daemon; steals request. NULL and e: no daemon. */
struct stream *stream_ask(struct streams *all, const char *socket_path, json_t *request,
                          const struct stream_handlers *handlers, struct error *e);

/* Start a program with argv (NULL-terminated); input (may be NULL) is written to its stdin and wiped. The
 * child ends when we do. */
struct stream *stream_run(struct streams *all, const char *const *argv, const char *input,
                          const struct stream_handlers *handlers, struct error *e);

/* Stop listening; a child is told to end. ended() is not called. NULL is fine. */
void stream_close(struct stream *s);

/* For the program's ready_wait: fill up to room descriptors; then hand them back behind it. */
size_t stream_all_poll(const struct streams *all, struct ready *fds, size_t room);
/* True when a handler was called. */
bool stream_all_dispatch(struct streams *all, const struct ready *fds, size_t count);

#endif
