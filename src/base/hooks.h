/* hooks.h – what only a build made for tests listens to (./configure --enable-test-hooks). */
#ifndef ENDPOINT_BASE_HOOKS_H
#define ENDPOINT_BASE_HOOKS_H

#include <stdlib.h>

/* The environment variable; NULL in every other build, in which the name does not even stand. */
static inline const char *hooks_value(const char *name)
{
#ifdef ENDPOINT_TEST_HOOKS
    return getenv(name);
#else
    (void)name;
    return NULL;
#endif
}

#endif
