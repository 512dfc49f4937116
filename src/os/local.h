/* local.h – the control socket: a conversation with another program of this machine, by a path. */
#ifndef ENDPOINT_OS_LOCAL_H
#define ENDPOINT_OS_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connect to who listens at path; -1 with errno. never_wait: reads and writes fail with EAGAIN instead of waiting. */
int local_connect(const char *path, bool never_wait);

/* Does somebody listen there? Also true when we may not talk to them. */
bool local_listens(const char *path);

/* Write some: the number of bytes, or -1 with errno. Who is gone is an error and no signal. */
ptrdiff_t local_send(int fd, const void *data, size_t length);

/* No read waits for longer than this (EAGAIN). */
void local_patience(int fd, int64_t ms);

/* Is the other side of a connection an account that may tell us what to do: our own, or the administrator? */
bool local_peer_is_ours(int fd);

#endif
