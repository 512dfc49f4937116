/* mutex.h – one thread at a time. */
#ifndef ENDPOINT_OS_MUTEX_H
#define ENDPOINT_OS_MUTEX_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: nobody has it. It needs no init and no cleanup, and must not be copied or moved while
 * it is in use. */
struct mutex {
    _Alignas(8) unsigned char system[64];
};

void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);

/* Take it if nobody has it, or if it becomes free within so many milliseconds. */
bool mutex_try(struct mutex *m);
bool mutex_lock_within(struct mutex *m, int64_t ms);

#endif
