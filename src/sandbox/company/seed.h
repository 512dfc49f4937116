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
    /* Rows into the tables, in a transaction that is open. Same seed, same data. */
    enum status (*fill)(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                        void *user, struct error *e);
    const char *procedures; /* T-SQL that a real server needs beside the tables; NULL: none */
};

struct company {
    const char *name;                                     /* "subiekt-gt" */
    struct company_database databases[COMPANY_DATABASES]; /* the company's own first */
    size_t database_count;
    /* What an operator's import of an EDI++ file does in the company's own database, in a
     * transaction that is open; NULL when this ERP takes no such files. made: a line with the number
     * of each new document. STATUS_REFUSED: faults has a line for each; roll back. */
    enum status (*import)(sqlite3 *db, const struct epp_file *file, struct buf *faults,
                          struct buf *made, struct error *e);
};

const struct company *company_find(const char *name);
const struct company *company_at(size_t index); /* NULL after the last */

/* ---- seed_common.c: what every company is made with ---- */

struct filler {
    sqlite3 *db;
    uint64_t seed; /* the dice's state */
    struct error *e;
    enum status status; /* of the first failure; nothing is done after it */
};

void seed_prepare(struct filler *f, const char *sql, sqlite3_stmt **s);
void seed_exec(struct filler *f, const char *sql);
void seed_run(struct filler *f, sqlite3_stmt *s);
void seed_text(sqlite3_stmt *s, int i, const char *value); /* NULL binds NULL */

/* A number below n. SplitMix64: small, and the same everywhere. */
uint64_t seed_below(struct filler *f, uint64_t n);
const char *seed_pick(struct filler *f, const char *const *list, size_t count);

#define SEED_PICK(f, list) seed_pick(f, list, sizeof(list) / sizeof(list)[0])

extern const char *const seed_cities[12];
extern const char *const seed_streets[10];

/* Name of product number `index`: at most `width` characters; some stand at full width with every
 * Polish letter, quotes and cp1250's odd characters. */
void seed_product_name(struct filler *f, uint64_t index, uint64_t id, size_t width, char *target,
                       size_t size);
/* EAN-13 with its check digit, in GS1's Polish range. */
void seed_ean13(uint64_t number, char target[16]);
/* NIP with its check digit; with dashes when asked. */
void seed_nip(struct filler *f, int dashes, char target[20]);

/* ---- the companies ---- */
extern const char gt_schema[], gt_indexes[], gt_procedures[];
enum status gt_fill(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                    void *user, struct error *e);
enum status gt_import(sqlite3 *db, const struct epp_file *file, struct buf *faults,
                      struct buf *made, struct error *e);

extern const char optima_schema[], optima_indexes[], optima_config_schema[],
    optima_config_indexes[];
enum status optima_fill(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                        void *user, struct error *e);
enum status optima_config_fill(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                               void *user, struct error *e);
extern const char nexo_schema[], nexo_indexes[];
enum status nexo_fill(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                      void *user, struct error *e);
extern const char generic_schema[], generic_indexes[];
enum status generic_fill(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                         void *user, struct error *e);

#endif
