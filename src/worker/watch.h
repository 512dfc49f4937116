/* watch.h – what the worker's watcher tells the daemon from inside a long wait (os/waiting.h). */
#ifndef ENDPOINT_WORKER_WATCH_H
#define ENDPOINT_WORKER_WATCH_H

#include "worker/worker.h"

/* The exit code of a worker that gave up and has said why. */
#define WATCH_GAVE_UP 3

/* Start and stop it; leave ends the process at once, from any thread. Without a watcher (no thread
 * available) long waits look like a hang. */
void watch_start(struct worker *w, void (*leave)(int code));
void watch_stop(void);

#endif
