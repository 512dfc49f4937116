/* unit.h – what the unit tests share. */
#ifndef ENDPOINT_TESTS_UNIT_H
#define ENDPOINT_TESTS_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A new directory (0700) for one test, in memory where the machine has such a place: tests fsync a lot. The
 * test removes it. */
static inline void unit_directory(char *path, size_t size)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, size, "%s/endpoint-unit.XXXXXX", base);
    if (!mkdtemp(path))
        abort();
}

#endif
