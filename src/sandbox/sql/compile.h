/* compile.h – gives a parsed statement its types and writes it as SQLite's SQL. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_H

#include "sandbox/sql/ast.h"
#include "sandbox/sql/catalog.h"

struct session_facts; /* values of @@SPID and the like */

#define COMPILE_READS 32

struct compiler {
    struct catalog *catalog;
    struct arena *arena;
    struct scope *scope;
    const struct session_facts *facts;
    struct sql_message *m;
    bool failed;
    bool in_aggregate;
    const struct table
        *reads[COMPILE_READS]; /* the tables that the statement reads, the first of them */
    size_t read_count;
};

struct session_facts {
    const char *database, *user, *host, *version;
    int spid;
    int transactions;
    int64_t row_count;
    int64_t identity;  /* of the last insert; 0: none */
    int64_t row_limit; /* SET ROWCOUNT; 0: none */
    bool read_only;    /* the login may change nothing */
};

/* For compile_select.c and compile_expr.c. */
struct scope {
    struct source *sources;
    struct scope *parent;
    struct select *select;
    const struct table *target; /* of UPDATE, DELETE, OUTPUT: unqualified columns */
};

/* e as a value of another type: converted as by CAST, or as by an assignment to a column. */
enum emit_mode { EMIT_CAST, EMIT_ASSIGN };

#endif
