/* ast.h – the parser's output for a statement of the allowed subset. */
#ifndef ENDPOINT_SANDBOX_SQL_AST_H
#define ENDPOINT_SANDBOX_SQL_AST_H

#include "sandbox/sql/engine.h"
#include "sandbox/sql/lex.h"

enum expr_kind {
    EXPR_COLUMN, /* [qualifier.]name */
    EXPR_NUMBER,
    EXPR_STRING,
    EXPR_HEX,
    EXPR_NULL,
    EXPR_PARAMETER, /* @P1: index into the batch's parameters */
    EXPR_SYSTEM,    /* @@VERSION */
    EXPR_UNARY,     /* text: "-", "+", "NOT" */
    EXPR_BINARY,    /* text: + - * / % = <> < > <= >= AND OR */
    EXPR_FUNCTION,  /* text: name in upper case; list: arguments */
    EXPR_CASE,      /* a: operand or NULL; list: WHEN, THEN, WHEN, THEN …; b: ELSE */
    EXPR_CAST,      /* a; type; style */
    EXPR_IN,        /* a; list or select */
    EXPR_EXISTS,    /* select */
    EXPR_BETWEEN,   /* a, b, c */
    EXPR_LIKE,      /* a, b, c: escape or NULL */
    EXPR_IS_NULL,   /* a */
    EXPR_SUBQUERY,  /* select */
    EXPR_COLLATE,   /* a; text: collation */
    EXPR_STAR,      /* [qualifier.]* of a select list */
};

struct expr {
    enum expr_kind kind;
    enum token_kind literal; /* of EXPR_NUMBER */
    const char *text;
    size_t length;
    const char *qualifier; /* alias or table; NULL */
    struct expr *a, *b, *c;
    struct expr_list *list;
    struct select *select;
    bool negated;        /* NOT IN, NOT LIKE, IS NOT NULL … */
    bool star, distinct; /* COUNT(*), COUNT(DISTINCT x) */
    bool national, try;
    bool boolean; /* a condition, not a value */
    int style;    /* CONVERT's; -1: none */
    int line;
    struct sql_column type; /* by the typing pass; CAST's target from the parser */
    struct sql_column target;
    int parameter;
    int source, column; /* EXPR_COLUMN resolved: which source of which scope */
    struct scope *scope;
};

struct expr_list {
    struct expr *expr;
    const char *alias; /* select list */
    bool descending;   /* order by */
    struct expr_list *next;
};

struct source { /* a member of FROM */
    const char *schema, *table;
    struct select *select; /* derived table */
    const char *alias;
    enum { JOIN_FIRST, JOIN_COMMA, JOIN_INNER, JOIN_LEFT, JOIN_CROSS } join;
    struct expr *on;
    struct source *next;
    int line;
};

struct select {
    bool distinct;
    struct expr *top;
    struct expr_list *items;
    struct source *from;
    struct expr *where;
    struct expr_list *group;
    struct expr *having;
    struct select *next; /* UNION [ALL] */
    bool union_all;
    struct expr_list *order; /* of the whole union, on the first */
    struct expr *offset, *fetch;
    int line;
    struct sql_column *columns; /* by the typing pass */
    size_t column_count;
};

enum statement_kind {
    STATEMENT_SELECT,
    STATEMENT_INSERT,
    STATEMENT_UPDATE,
    STATEMENT_DELETE,
    STATEMENT_CREATE_TABLE,
    STATEMENT_DROP_TABLE,
    STATEMENT_SET, /* name, value as texts */
    STATEMENT_USE,
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_ROLLBACK,
    STATEMENT_EXEC,
    STATEMENT_NOTHING,
};

struct column_def {
    struct sql_column column;
    bool primary;
    struct expr *fallback;
    struct column_def *next;
};

struct name_list {
    const char *name;
    struct expr *value; /* SET column = value; EXEC @name = value */
    bool output;
    struct name_list *next;
};

struct statement {
    enum statement_kind kind;
    int line;
    size_t offset, length; /* its text in the batch, without a semicolon */
    struct select *select; /* SELECT; INSERT … SELECT */
    const char *schema, *table;
    struct name_list *names; /* INSERT's columns, UPDATE's SET, EXEC's arguments, key columns */
    struct expr_list **rows; /* INSERT … VALUES */
    size_t row_count;
    struct expr *where;
    struct expr_list *output; /* OUTPUT INSERTED.x */
    struct column_def *columns;
    bool if_exists, if_open; /* DROP … IF EXISTS; IF @@TRANCOUNT > 0 COMMIT */
    bool locks; /* WITH (UPDLOCK): the rows read do not change until the transaction's end */
    bool dirty; /* WITH (NOLOCK): it waits for nobody */
    const char *text, *value;
    struct statement *next;
};

#endif
