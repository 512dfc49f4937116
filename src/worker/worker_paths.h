/* worker_paths.h – can this service use the files and directories that settings name? Checked on
 * behalf of endpointctl, which runs as another user and sees another file system. */
#ifndef ENDPOINT_WORKER_WORKER_PATHS_H
#define ENDPOINT_WORKER_WORKER_PATHS_H

#include "worker/worker.h"

/* Answer a command whose `with` is {"paths":{SETTING:PATH,…}}. Returns the worker's exit code. */
int worker_paths(struct worker *w);

#endif
