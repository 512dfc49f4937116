/* cast.h – CAST and CONVERT. */
#ifndef ENDPOINT_SANDBOX_SQL_CAST_H
#define ENDPOINT_SANDBOX_SQL_CAST_H

#include "sandbox/sql/type.h"

int cast_register(sqlite3 *db, struct udf_state *state); /* called by udf_register */
void cast_emit(struct buf *b, const char *inner, const struct sql_column *from,
               const struct sql_column *to, int style, enum cast_mode mode);

#endif
