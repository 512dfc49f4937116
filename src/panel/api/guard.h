/* guard.h – who may hold a connection to the panel.
 *
 * A stranger is a connection that has not yet made a request with a good signature. Strangers have seconds to
 * begin, share a limit for each address, and make room for newer ones; who is known is never ended for a stranger while
 * it asks or waits. Ending is shutdown(2) of the socket: the server notices and closes it.
 */
#ifndef ENDPOINT_PANEL_API_GUARD_H
#define ENDPOINT_PANEL_API_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct guard_limits {
    int connections; /* of all */
    int strangers;   /* from one address */
    int begin_ms; /* from the connection's begin to the end of its first request's headers; also how long a
                        stranger may be idle */
    int request_ms; /* a stranger's body */
    int idle_ms;    /* between requests of who is known */
};

#define GUARD_ADDRESS 48

struct guard;
struct guest;

struct guard *guard_open(const struct guard_limits *limits);
void guard_close(struct guard *g);

/* A connection has begun; when there is no room its socket is shut down at once. All may be called from any thread. */
struct guest *guard_enter(struct guard *g, int fd, const struct sockaddr *address, int64_t now_ms);
void guard_begins(struct guard *g, struct guest *who,
                  int64_t now_ms);                    /* a request's headers are here */
void guard_knows(struct guard *g, struct guest *who); /* and its signature is good */
void guard_rests(struct guard *g, struct guest *who, int64_t now_ms); /* it is answered */
void guard_leaves(struct guard *g, struct guest *who); /* before the socket is closed */

/* End those whose time is over, and log at times how many were ended or turned away. */
void guard_sweep(struct guard *g, int64_t now_ms);

/* When guard_sweep has something to do next, if nobody does anything before; INT64_MAX: never. */
int64_t guard_next(struct guard *g);

/* An address as text; IPv6 by its network (/64), as who has one address there has them all. */
void guard_address(const struct sockaddr *address, char target[GUARD_ADDRESS]);

#endif
