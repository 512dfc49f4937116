/* ready.h – wait for several things that are open at once. */
#ifndef ENDPOINT_OS_READY_H
#define ENDPOINT_OS_READY_H

#include <stdbool.h>
#include <stddef.h>

struct ready {
    int fd;                 /* -1: left alone */
    bool to_read, to_write; /* what is waited for */
    /* What may be done now; also when the other side is gone, and that is what it will say. */
    bool readable, writable;
    bool gone; /* the other side is, or it is not open at all */
};

/* Wait until one may be read or written, at most so long; -1: for ever. How many are ready; 0: none, or a signal came. */
size_t ready_wait(struct ready *list, size_t count, int timeout_ms);

#endif
