/* compile_function.h – writes T-SQL's functions as SQLite's SQL. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_FUNCTION_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_FUNCTION_H

#include "sandbox/sql/compile.h"

/* Give a call its type, after its arguments have theirs. */
void compile_type_function(struct compiler *c, struct expr *e);
void compile_emit_literal(struct buf *b, const char *text); /* 'it''s' */
void compile_emit_function(struct compiler *c, struct buf *b, const struct expr *e);

#endif
