/* pass.h – one pass over the ERP. */
#ifndef ENDPOINT_WORKER_PASS_H
#define ENDPOINT_WORKER_PASS_H

#include "worker/worker.h"

/* Read a pass from the ERP with f. everything: a person asked for it, do not rely on stamps alone. */
enum status pass_read(struct worker *w, struct flow *f, bool everything, struct flow_result *result,
                      struct error *e);

/* Tell the daemon whose database this is and which version; once, in mode "run". */
void pass_say_erp(struct worker *w, struct session *session);

#endif
