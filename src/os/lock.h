/* lock.h – locks that end with the process that holds them. */
#ifndef ENDPOINT_OS_LOCK_H
#define ENDPOINT_OS_LOCK_H

#include "base/error.h"

/* Take an exclusive lock on path (created 0600); *fd holds it until closed (fd_close). STATUS_BUSY:
 * another process has it. No program that we start gets the descriptor. Anything at path that is
 * not a file is moved aside; a file that we may only read is locked all the same. */
enum status lock_file(const char *path, int *fd, struct error *e);

/* The same lock on a directory; it needs no file and no disk space. */
enum status lock_dir(const char *path, int *fd, struct error *e);

/* Take the lock of a file that is open, without waiting: 0, or an errno (EWOULDBLOCK: another has it); give it back. */
int lock_try(int fd);
void lock_release(int fd);

#endif
