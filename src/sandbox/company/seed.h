/* seed.h – the companies that a sandbox can play: schema and realistic data. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SEED_H
#define ENDPOINT_SANDBOX_COMPANY_SEED_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "sandbox/sql/engine.h"

struct epp_file;

#define COMPANY_DATABASES 4

/* One database of a company. */
struct company_database {
    const char *name;    /* "FIRMA" */
    const char *schema;  /* CREATE TABLE statements in T-SQL, separated by ';' */
    const char *indexes; /* in SQLite's SQL */
    /* Fill the tables, inside an open transaction. Same seed, same data. */
    enum status (*fill)(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                        void *user, struct error *e);
    const char *procedures; /* further T-SQL for a real server; NULL: none */
};

struct company {
    const char *name;                                     /* "subiekt-gt" */
    struct company_database databases[COMPANY_DATABASES]; /* the company's own first */
    size_t database_count;
    /* What an operator's import of an EDI++ file does in the company's own database, inside an open
     * transaction; NULL: this ERP takes no such files. made: one line per new document, its number.
     * STATUS_REFUSED: faults has one line per fault; roll back. */
    enum status (*import)(sqlite3 *db, const struct epp_file *file, struct buf *faults,
                          struct buf *made, struct error *e);
};

/* ---- seed_common.c: shared by all companies ---- */

struct filler {
    sqlite3 *db;
    uint64_t seed; /* state of the random generator */
    struct error *e;
    enum status status; /* the first failure; after it nothing is done */
};

#define SEED_PICK(f, list) seed_pick(f, list, sizeof(list) / sizeof(list)[0])

extern const char *const seed_cities[12];
extern const char *const seed_streets[10];

#endif
