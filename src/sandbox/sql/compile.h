/* compile.h – types a parsed statement and writes it as SQLite's SQL. */
#ifndef ENDPOINT_SANDBOX_SQL_COMPILE_H
#define ENDPOINT_SANDBOX_SQL_COMPILE_H

#include "sandbox/sql/ast.h"
#include "sandbox/sql/catalog.h"

struct session_facts; /* what @@SPID and its kind answer */

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

/* Type the statement, then append its SQL. columns/count: of the result, when it has one. */
bool compile_statement(struct compiler *c, struct statement *s, struct buf *sql,
                       const struct sql_column **columns, size_t *count);

/* For compile_select.c and compile_expr.c. */
struct scope {
    struct source *sources;
    struct scope *parent;
    struct select *select;
    const struct table *target; /* of UPDATE, DELETE, OUTPUT: unqualified columns */
};

void compile_fail(struct compiler *c, int number, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void type_expr(struct compiler *c, struct expr *e);
void emit_expr(struct compiler *c, struct buf *b, const struct expr *e);
/* e as a value of another type: as CAST does, or as an assignment to a column does. */
enum emit_mode { EMIT_CAST, EMIT_ASSIGN };
void emit_as(struct compiler *c, struct buf *b, const struct expr *e, const struct sql_column *to,
             enum emit_mode mode);
void type_select(struct compiler *c, struct select *s);
void emit_select(struct compiler *c, struct buf *b, const struct select *s);
bool is_aggregate(const struct expr *e);
/* Columns of a source: of its table or its derived table. */
const struct sql_column *source_columns(struct compiler *c, const struct source *s, size_t *count);
bool type_function(struct compiler *c, struct expr *e);
void emit_literal(struct buf *b, const char *text); /* 'it''s' */
void emit_function(struct compiler *c, struct buf *b, const struct expr *e);

#endif
