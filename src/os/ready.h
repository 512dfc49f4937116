/* ready.h – wait for several open descriptors at once. */
#ifndef ENDPOINT_OS_READY_H
#define ENDPOINT_OS_READY_H

#include <stdbool.h>
#include <stddef.h>

struct ready {
    int fd;                 /* -1: left alone */
    bool to_read, to_write; /* what to wait for */
    /* What is possible now; also set if the other side is gone: then the call returns that. */
    bool readable, writable;
    bool gone; /* the other side is gone, or the descriptor is not open */
};

/* Wait until one can be read or written, at most so long (-1: forever). Returns how many are ready;
 * 0: none, or a signal came. */
size_t ready_wait(struct ready *list, size_t count, int timeout_ms);

#endif
