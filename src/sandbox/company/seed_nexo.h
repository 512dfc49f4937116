/* seed_nexo.h – the company of Subiekt nexo PRO. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SEED_NEXO_H
#define ENDPOINT_SANDBOX_COMPANY_SEED_NEXO_H

#include "sandbox/company/seed.h"

enum status seed_nexo(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                      void *user, struct error *e);

#endif
