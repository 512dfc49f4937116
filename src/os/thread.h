/* thread.h – threads. Signals go to the program's first thread, never to those started here. */
#ifndef ENDPOINT_OS_THREAD_H
#define ENDPOINT_OS_THREAD_H

#include <stdbool.h>
#include <stdint.h>

struct thread {
    uint64_t id;
};

/* Start a thread that calls run(user). 0, or an errno. thread_join waits for its end. */
int thread_start(struct thread *t, void (*run)(void *user), void *user);
void thread_join(struct thread *t);

/* The processor time of one thread, for another to read. */
struct thread_clock {
    int64_t id;
    bool known;
};
void thread_clock_open(struct thread_clock *c);        /* of the thread that calls */
int64_t thread_clock_ms(const struct thread_clock *c); /* 0: not known */

#endif
