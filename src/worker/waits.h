/* waits.h – after a pass: for what the ERP let it wait. */
#ifndef ENDPOINT_WORKER_WAITS_H
#define ENDPOINT_WORKER_WAITS_H

#include "worker/worker.h"

/* The checks plugin.waits and plugin.snapshot, as the pass that ended saw the ERP; a pass that did not reach it
 * changes nothing. What turns amber, or green again, goes to the journal. */
void waits_say(struct worker *w);

#endif
