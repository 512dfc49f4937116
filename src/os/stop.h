/* stop.h – signals to a program: requests to end, and others that would end it by default. */
#ifndef ENDPOINT_OS_STOP_H
#define ENDPOINT_OS_STOP_H

#include <stdbool.h>

#include "os/ready.h"

/* A write fails with an error, instead of ending us, if the pipe's or connection's reader is gone
 * or the file has reached its size limit. */
void stop_never_for_writes(void);

/* The same for a library call that writes by itself: it holds between the two calls, for one thread
 * of the process at a time. */
struct stop_quiet {
    _Alignas(8) unsigned char system[192];
};
void stop_quiet_begin(struct stop_quiet *q);
void stop_quiet_end(const struct stop_quiet *q);

/* Let us end when our reader is gone, like every program in a pipeline. */
void stop_with_reader(void);

/* From here on a request to end (SIGTERM, Ctrl-C, the end of the session) is only noted, and
 * interrupts a call that waits. */
void stop_listen(void);
/* The same for a program with a screen, which also ends with its terminal. A request to end, or a
 * change of the screen's size, arrives only while stop_ready_wait waits, so that none is missed
 * between checking and waiting. */
void stop_listen_waiting(void);
/* Like ready_wait, but those signals arrive during it. False: it cannot wait at all. */
bool stop_ready_wait(struct ready *list, size_t count, int timeout_ms);

/* The same for a program of threads: the wish comes to nobody but who waits for it in stop_wait. Called before the first
 * thread is started. */
void stop_listen_alone(void);
/* Wait until it is wished. */
void stop_wait(void);

/* Has somebody requested the end? */
bool stop_wanted(void);
/* The flag itself, for those who check it directly; not 0: the end was requested. */
volatile int *stop_flag(void);

/* End at once, as in a power failure: nothing more is written. */
_Noreturn void stop_at_once(void);

#endif
