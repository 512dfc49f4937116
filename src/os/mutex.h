/* mutex.h – one thread at a time. */
#ifndef ENDPOINT_OS_MUTEX_H
#define ENDPOINT_OS_MUTEX_H

/* All zero: nobody has it. It needs no opening and no closing, and must not be copied or moved while it is in use. */
struct mutex {
    _Alignas(8) unsigned char system[64];
};

void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);

#endif
