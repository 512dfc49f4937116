/* process.h – one worker process inside the loop: started with its job on descriptor 3, talking JSON lines
 * on descriptor 4 (doc/contracts.md).
 */
#ifndef ENDPOINT_DAEMON_PROCESS_H
#define ENDPOINT_DAEMON_PROCESS_H

#include <jansson.h>
#include <uv.h>

#include "base/error.h"

struct process;

struct process_handlers {
    void (*event)(void *user, const json_t *event);  /* each event that is well-formed */
    void (*ended)(void *user, int code, int signal); /* once; the process is freed after it */
    void *user;
};

/* job is not taken over; its written form is wiped. */
enum status process_start(uv_loop_t *loop, const char *program, const json_t *job,
                          const struct process_handlers *handlers, struct process **process,
                          struct error *e);
int process_pid(const struct process *p);
void process_order(struct process *p, const json_t *order);
void process_signal(struct process *p, int number);
/* From now on the handlers are not called; the process is told to stop and freed when it ends. */
void process_abandon(struct process *p);

#endif
