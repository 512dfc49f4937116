/* engine_internal.h – what the engine's files share. */
#ifndef ENDPOINT_SANDBOX_ENGINE_INTERNAL_H
#define ENDPOINT_SANDBOX_ENGINE_INTERNAL_H

#include <sqlite3.h>

#include "sandbox/catalog.h"
#include "sandbox/engine.h"

struct catalog *engine_catalog(struct engine *engine);
const char *engine_path(const struct engine *engine);
sqlite3 *engine_db(struct engine_session *s);
enum status engine_create_tables(struct catalog *catalog, sqlite3 *db, const char *tsql, bool system,
                                 struct error *e);

#endif
