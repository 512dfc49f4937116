/* parse_stmt.h – parses the statements that the sandbox allows. */
#ifndef ENDPOINT_SANDBOX_SQL_PARSE_STMT_H
#define ENDPOINT_SANDBOX_SQL_PARSE_STMT_H

#include "sandbox/sql/ast.h"

/* Parse a whole batch. NULL: failed, and *m says why (102, or something outside the subset). */
struct statement *parse_batch(struct arena *arena, const char *text, size_t length,
                              const struct sql_parameter *parameters, size_t count,
                              struct sql_message *m);

#endif
