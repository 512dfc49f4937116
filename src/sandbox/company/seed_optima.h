/* seed_optima.h – the company of Comarch ERP Optima. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SEED_OPTIMA_H
#define ENDPOINT_SANDBOX_COMPANY_SEED_OPTIMA_H

#include "sandbox/company/seed.h"

enum status seed_optima(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                        void *user, struct error *e);
enum status seed_optima_config(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                               void *user, struct error *e);

#endif
