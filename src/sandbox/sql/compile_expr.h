/* compile_expr.h – writes expressions as SQLite's SQL, with T-SQL's types. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_EXPR_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_EXPR_H

#include "sandbox/sql/compile.h"

void compile_emit_expr(struct compiler *c, struct buf *b, const struct expr *e);

void compile_emit_as(struct compiler *c, struct buf *b, const struct expr *e,
                     const struct sql_column *to, enum emit_mode mode);

#endif
