/* compile_select.h – SELECT as SQLite's SQL. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_SELECT_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_SELECT_H

#include "sandbox/sql/compile.h"

/* Give the statement its types, then append its SQL. columns, count: the result's, if it has one. */
bool compile_statement(struct compiler *c, struct statement *s, struct buf *sql,
                       const struct sql_column **columns, size_t *count);

void compile_type_select(struct compiler *c, struct select *s);

void compile_emit_select(struct compiler *c, struct buf *b, const struct select *s);

bool compile_is_aggregate(const struct expr *e);

#endif
