/* local.h – the control socket: a conversation with another program of this machine, by a path. */
#ifndef ENDPOINT_OS_LOCAL_H
#define ENDPOINT_OS_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connect to the program that listens at path; -1 with errno. never_wait: reads and writes fail
 * with EAGAIN instead of waiting. */
int local_connect(const char *path, bool never_wait);

/* Does somebody listen there? Also true if we may not talk to them. */
bool local_listens(const char *path);

/* Write a part: the number of bytes, or -1 with errno. If the other side is gone, that is an error,
 * not a signal. */
ptrdiff_t local_send(int fd, const void *data, size_t length);

/* No read waits longer than this (EAGAIN). */
void local_patience(int fd, int64_t ms);

/* Does the other side of a connection have the right to give us commands: is it our own account, or
 * the administrator? */
bool local_peer_is_ours(int fd);

#endif
