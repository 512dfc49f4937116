/* compile_expr.h – expressions as SQLite's SQL, with T-SQL's types. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_EXPR_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_EXPR_H

#include "sandbox/sql/compile.h"

void compile_fail(struct compiler *c, int number, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void type_expr(struct compiler *c, struct expr *e);

void emit_expr(struct compiler *c, struct buf *b, const struct expr *e);

void emit_as(struct compiler *c, struct buf *b, const struct expr *e, const struct sql_column *to,
             enum emit_mode mode);

/* Columns of a source: of its table or its derived table. */
const struct sql_column *source_columns(struct compiler *c, const struct source *s, size_t *count);

#endif
