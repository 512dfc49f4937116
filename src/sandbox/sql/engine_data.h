/* engine_data.h – the company's databases: opened, and how they behave. */
#ifndef ENDPOINT_SANDBOX_SQL_ENGINE_DATA_H
#define ENDPOINT_SANDBOX_SQL_ENGINE_DATA_H

#include "sandbox/sql/engine.h"

/* Open (or create and fill) the data. file NULL or "": in temporary files. erp: "subiekt-gt". rows:
 * products. seed: same seed, same data. progress may be NULL. A company with several databases
 * keeps the further ones beside the file, as FILE.NAME. */
enum status engine_open(const char *file, const char *erp, uint64_t rows, uint64_t seed,
                        engine_progress *progress, void *user, struct engine **engine,
                        struct error *e);

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
