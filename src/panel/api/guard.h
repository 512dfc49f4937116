/* guard.h – who may hold a connection to the panel.
 *
 * A stranger is a connection that has not yet made a request with a valid signature. Strangers have
 * seconds to begin, share a limit per address, and make room for newer ones. A known endpoint with
 * a request or a poll under way is never ended for a stranger. To end a connection its socket is
 * shut down (shutdown(2)): the server notices and closes it.
 */
#ifndef ENDPOINT_PANEL_API_GUARD_H
#define ENDPOINT_PANEL_API_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "os/net.h"

struct guard_limits {
    int connections; /* of all */
    int strangers;   /* from one address */
    int begin_ms;    /* to the end of the first headers; also how long it may be idle */
    int request_ms;  /* a stranger's body */
    int idle_ms;     /* between requests of a known endpoint */
};

#define GUARD_ADDRESS NET_TEXT

struct guard;
struct guest;

struct guard *guard_open(const struct guard_limits *limits);
void guard_close(struct guard *g);

/* A connection has begun; if there is no room its socket is shut down at once. All these functions
 * may be called from any thread. */
struct guest *guard_enter(struct guard *g, int fd, const struct net_address *address,
                          int64_t now_ms);
void guard_begins(struct guard *g, struct guest *who,
                  int64_t now_ms);                    /* a request's headers are here */
void guard_knows(struct guard *g, struct guest *who); /* and its signature is valid */
void guard_rests(struct guard *g, struct guest *who, int64_t now_ms); /* it is answered */
void guard_leaves(struct guard *g, struct guest *who); /* before the socket is closed */

/* End the connections whose time is over, and log now and then how many were ended or turned away. */
void guard_sweep(struct guard *g, int64_t now_ms);

/* When guard_sweep has something to do next, if nothing happens before; INT64_MAX: never. */
int64_t guard_next(struct guard *g);

/* An address as text; IPv6 by its network (/64), because whoever has one address there has all of
 * them. */
void guard_address(const struct net_address *address, char target[GUARD_ADDRESS]);

#endif
