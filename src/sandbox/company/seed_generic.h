/* seed_generic.h – a company of an unknown ERP. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SEED_GENERIC_H
#define ENDPOINT_SANDBOX_COMPANY_SEED_GENERIC_H

#include "sandbox/company/seed.h"

enum status seed_generic(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                         void *user, struct error *e);

extern const char generic_schema[], generic_indexes[];

#endif
