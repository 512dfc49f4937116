/* engine_internal.h – shared by the engine's files. */
#ifndef ENDPOINT_SANDBOX_SQL_ENGINE_INTERNAL_H
#define ENDPOINT_SANDBOX_SQL_ENGINE_INTERNAL_H

#include <sqlite3.h>

#include "sandbox/sql/catalog.h"
#include "sandbox/sql/engine.h"

/* One database: a SQLite file and what is known about its tables. */
struct database {
    const char *name;
    char *path;
    struct catalog *catalog;
};

/* The company's own database comes first; NULL after the last. */
const struct database *engine_database_at(const struct engine *engine, size_t index);
/* By name, without regard to case; "" and "master" are the company's. NULL: there is none. */
const struct database *engine_database_find(const struct engine *engine, const char *name);
struct company;
const struct company *engine_company(const struct engine *engine);
struct locks;
struct locks *engine_locks(struct engine *engine);
bool engine_snapshot_allowed(const struct engine *engine);
bool engine_read_only(const struct engine *engine);
int64_t engine_clock(const struct engine *engine); /* seconds ahead */
int engine_next_session(struct engine *engine);    /* 0, 1, 2 … */
sqlite3 *engine_db(struct engine_session *s);
struct udf_state *engine_udf_state(struct engine_session *s);
enum status engine_create_tables(struct catalog *catalog, sqlite3 *db, const char *tsql,
                                 bool system, struct error *e);

#endif
