/* seed_gt.h – the company of Subiekt GT and Navireo. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SEED_GT_H
#define ENDPOINT_SANDBOX_COMPANY_SEED_GT_H

#include "sandbox/company/seed.h"

enum status seed_gt(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                    void *user, struct error *e);

#endif
