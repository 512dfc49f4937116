/* parse_stmt.h – statements of the grammar that the sandbox allows. */
#ifndef ENDPOINT_SANDBOX_SQL_PARSE_STMT_H
#define ENDPOINT_SANDBOX_SQL_PARSE_STMT_H

#include "sandbox/sql/ast.h"

/* Parse a whole batch. On failure NULL and *m says why (102, or what the subset does not take). */
struct statement *parse_batch(struct arena *arena, const char *text, size_t length,
                              const struct sql_parameter *parameters, size_t count,
                              struct sql_message *m);

#endif
