/* waits.h – after a pass: what it had to wait for in the ERP. */
#ifndef ENDPOINT_WORKER_WAITS_H
#define ENDPOINT_WORKER_WAITS_H

#include "worker/worker.h"

/* The checks plugin.waits and plugin.snapshot, from the pass that just ended; a pass that did not
 * reach the ERP changes nothing. When one turns amber, or green again, the journal gets an entry. */
void waits_say(struct worker *w);

#endif
