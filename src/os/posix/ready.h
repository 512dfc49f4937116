/* ready.h – converts lists of descriptors to and from poll(2), for stop.c. */
#ifndef ENDPOINT_OS_POSIX_READY_H
#define ENDPOINT_OS_POSIX_READY_H

#include <poll.h>

#include "os/ready.h"

#define READY_MOST 64

/* Fill fds (READY_MOST entries); returns how many. Then store poll's result; any: poll found some. */
size_t ready_ask(const struct ready *list, size_t count, struct pollfd *fds);
size_t ready_answer(struct ready *list, size_t count, const struct pollfd *fds, bool any);

#endif
