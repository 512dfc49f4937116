/* condition.h – a thread waits until another says that something has changed. */
#ifndef ENDPOINT_OS_CONDITION_H
#define ENDPOINT_OS_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "os/mutex.h"

struct condition {
    _Alignas(8) unsigned char system[64];
};

void condition_open(struct condition *c);
void condition_close(struct condition *c); /* nobody may be waiting */

/* Release the mutex, wait, lock it again. It may return without a wake-up: check the condition. */
void condition_wait(struct condition *c, struct mutex *m);
/* The same for at most ms milliseconds. False: time is over. */
bool condition_wait_ms(struct condition *c, struct mutex *m, int64_t ms);

void condition_wake(struct condition *c);     /* one that waits */
void condition_wake_all(struct condition *c); /* all that wait */

#endif
