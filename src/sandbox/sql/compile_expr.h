/* compile_expr.h – expressions as SQLite's SQL, with T-SQL's types. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_EXPR_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_EXPR_H

#include "sandbox/sql/compile.h"

void emit_expr(struct compiler *c, struct buf *b, const struct expr *e);

void emit_as(struct compiler *c, struct buf *b, const struct expr *e, const struct sql_column *to,
             enum emit_mode mode);

#endif
