/* stop.h – what the system says to a program: to end, or something that would end it by default. */
#ifndef ENDPOINT_OS_STOP_H
#define ENDPOINT_OS_STOP_H

#include <stdbool.h>

#include "os/ready.h"

/* A pipe or connection whose reader is gone, and a file at its limit of size, are errors of the write and not the end
 * of us. */
void stop_never_for_writes(void);

/* For a call of a library that writes by itself: the same between the two, on one thread of the process at a time. */
struct stop_quiet {
    _Alignas(8) unsigned char system[192];
};
void stop_quiet_begin(struct stop_quiet *q);
void stop_quiet_end(const struct stop_quiet *q);

/* Where a reader who has had enough shall be the end of us, as of every program in a pipeline. */
void stop_with_reader(void);

/* From here on a wish that we end (SIGTERM, Ctrl-C, the end of the session) is only noted, and ends the call that
 * waits. */
void stop_listen(void);
/* The same for a program with a screen, which also ends with its terminal: a wish to end, and a change of the screen's
 * size, come only while stop_ready_wait waits, so that none is missed between looking and waiting. */
void stop_listen_waiting(void);
/* ready_wait, into which those come. False: it cannot wait at all. */
bool stop_ready_wait(struct ready *list, size_t count, int timeout_ms);

/* The same for a program of threads: the wish comes to nobody but who waits for it in stop_wait. Called before the first
 * thread is started. */
void stop_listen_alone(void);
/* Wait until it is wished. */
void stop_wait(void);

/* Was it wished? */
bool stop_wanted(void);
/* Where that stands, for those who look at it themselves; not 0: it was wished. */
volatile int *stop_flag(void);

/* End here and now, as if the power had failed: nothing is written any more. */
_Noreturn void stop_at_once(void);

#endif
