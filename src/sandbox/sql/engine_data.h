/* engine_data.h – the company's databases: opened, and how they behave. */
#ifndef ENDPOINT_SANDBOX_SQL_ENGINE_DATA_H
#define ENDPOINT_SANDBOX_SQL_ENGINE_DATA_H

#include "sandbox/sql/engine.h"

/* How a company is filled. */
struct engine_filling {
    uint64_t rows;             /* products */
    uint64_t seed;             /* same seed, same data */
    engine_progress *progress; /* may be NULL */
    void *user;
};

/* Open (or create and fill) the data. file NULL or "": in temporary files. erp: "subiekt-gt". A company with several databases
 * keeps the further ones beside the file, as FILE.NAME. */
enum status engine_open(const char *file, const char *erp, const struct engine_filling *filling,
                        struct engine **engine, struct error *e);

void engine_close(struct engine *engine);

/* The database of this name as it is written ("" and "master": the company's, "FIRMA"); NULL: there
 * is none. */
const char *engine_database(const struct engine *engine, const char *name);

/* Take away the login's right to read a table, "dbo.tw_Cena". Call it before any session. */
enum status engine_deny(struct engine *engine, const char *table, struct error *e);

/* Make the server's clock wrong by this many seconds. Call it before any session. */
void engine_set_clock(struct engine *engine, int64_t ahead);

/* Switch ALLOW_SNAPSHOT_ISOLATION on in all databases. Call it before any session. */
void engine_allow_snapshot(struct engine *engine);

/* The login may only read. */
void engine_set_read_only(struct engine *engine);

#endif
