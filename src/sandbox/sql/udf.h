/* udf.h – functions that are added to SQLite for T-SQL. */
#ifndef ENDPOINT_SANDBOX_SQL_UDF_H
#define ENDPOINT_SANDBOX_SQL_UDF_H

#include "sandbox/sql/type.h"

int udf_register(sqlite3 *db, struct udf_state *state);

#endif
