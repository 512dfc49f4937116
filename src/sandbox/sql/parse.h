/* parse.h – the parser's own state, shared by its two files. */
#ifndef ENDPOINT_SANDBOX_SQL_PARSE_H
#define ENDPOINT_SANDBOX_SQL_PARSE_H

#include "sandbox/sql/ast.h"

#define PARSE_DEPTH 60

struct parser {
    struct arena *arena;
    struct token *at;
    const struct sql_parameter *parameters;
    size_t parameter_count;
    int depth;
    bool failed;
    bool locks; /* a table hint of the statement asks for a lock */
    struct sql_message *m;
    bool dirty; /* a table hint says that uncommitted data may be read */
};

#endif
