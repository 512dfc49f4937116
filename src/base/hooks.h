/* hooks.h – hooks that exist only in a build made for tests (./configure --enable-test-hooks). */
#ifndef ENDPOINT_BASE_HOOKS_H
#define ENDPOINT_BASE_HOOKS_H

#include <stdlib.h>

/* The environment variable; NULL in every other build, which does not even contain the name. */
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
