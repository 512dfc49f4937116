/* run.h – the loop of a plugin of a stream. */
#ifndef ENDPOINT_WORKER_RUN_H
#define ENDPOINT_WORKER_RUN_H

#include "worker/worker.h"

/* The modes: run until stopped; or do one thing. The exit code. */
int run_plugin(struct worker *w);

#endif
