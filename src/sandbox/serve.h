/* serve.h – the sandbox as a server: TDS, SQL Server Browser, and the operator's import directory. */
#ifndef ENDPOINT_SANDBOX_SERVE_H
#define ENDPOINT_SANDBOX_SERVE_H

#include "sandbox/options.h"

/* Serve until a signal sets *stopping. OK: it was asked to stop. */
enum status serve(const struct sandbox_options *o, struct engine *engine,
                  const volatile int *stopping, struct error *e);

#endif
