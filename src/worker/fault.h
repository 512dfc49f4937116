/* fault.h – faults that tests ask for. */
#ifndef ENDPOINT_WORKER_FAULT_H
#define ENDPOINT_WORKER_FAULT_H

#include "worker/worker.h"

/* A point at which a test wants the process to die: ENDPOINT_FAULT, see doc/contracts.md. */
void fault_point(const char *name);

#endif
