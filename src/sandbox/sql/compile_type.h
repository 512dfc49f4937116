/* compile_type.h – the types of expressions, by T-SQL's rules. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_TYPE_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_TYPE_H

#include "sandbox/sql/compile.h"

/* Refuse the statement with SQL Server's number and text. The first refusal counts. */
void compile_fail(struct compiler *c, int number, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Give e and everything below it their types; columns are looked up in the scopes. */
void compile_type_expr(struct compiler *c, struct expr *e);

/* Columns of a source: of its table or its derived table. */
const struct sql_column *compile_source_columns(struct compiler *c, const struct source *s,
                                                size_t *count);

#endif
