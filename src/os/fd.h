/* fd.h – open things: pipes, standard input and output, files. They are numbers, as in C's own
 * library; -1: nothing. */
#ifndef ENDPOINT_OS_FD_H
#define ENDPOINT_OS_FD_H

#include <stdbool.h>
#include <stddef.h>

enum { FD_INPUT, FD_OUTPUT, FD_ERRORS }; /* standard input, output and error */

/* Write until all is written, through interruptions. False with errno. */
bool fd_write_all(int fd, const void *data, size_t length);

/* Read once, through interruptions: number of bytes, 0 at the end, -1 with errno. */
ptrdiff_t fd_read(int fd, void *data, size_t size);

/* Write once, through interruptions: number of bytes, or -1 with errno. */
ptrdiff_t fd_write(int fd, const void *data, size_t length);

/* Close *fd if something is open and set it to -1. False with errno: the system says that data was
 * lost. */
bool fd_close(int *fd);

/* Is it a terminal? */
bool fd_is_terminal(int fd);
/* Is it open at all? */
bool fd_is_open(int fd);

/* From here on nothing waits: a read or write that would have to wait fails with EAGAIN. */
void fd_never_wait(int fd);

/* Wait until there is something to read (or the end), for at most timeout_ms; -1: for ever. False:
 * nothing came, or a signal did. */
bool fd_wait(int fd, int timeout_ms);

/* For a pipe or a socket: is the other side gone, so that nothing more can come? Data that it sent
 * earlier may still be readable. */
bool fd_is_left(int fd);

#endif
