/* seed.h – the companies that a sandbox can play: schema and realistic data. */
#ifndef ENDPOINT_SANDBOX_SEED_H
#define ENDPOINT_SANDBOX_SEED_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/error.h"

struct company {
    const char *name;    /* "subiekt-gt" */
    const char *schema;  /* CREATE TABLE statements in T-SQL, separated by ';' */
    const char *indexes; /* in SQLite's SQL */
    /* Rows into the tables, in a transaction that is open. Same seed, same data. */
    enum status (*fill)(sqlite3 *db, uint64_t rows, uint64_t seed,
                        void (*progress)(uint64_t done, uint64_t of, void *user), void *user,
                        struct error *e);
};

const struct company *company_find(const char *name);

extern const char gt_schema[];
extern const char gt_indexes[];
enum status gt_fill(sqlite3 *db, uint64_t rows, uint64_t seed,
                    void (*progress)(uint64_t done, uint64_t of, void *user), void *user,
                    struct error *e);

#endif
