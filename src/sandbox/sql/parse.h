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
    bool dirty; /* a table hint says that what is not committed may be read */
};

bool is_word(const struct token *t, const char *word);
bool is_operator(const struct token *t, const char *op);
bool accept_word(struct parser *p, const char *word);
bool accept_operator(struct parser *p, const char *op);
bool expect_word(struct parser *p, const char *word);
bool expect_operator(struct parser *p, const char *op);
void *parse_fail(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void *parse_near(struct parser *p); /* 102 Incorrect syntax near '…' */
const char *parse_name(struct parser *p);
/* [db.][schema.]table; schema NULL when not given. */
bool parse_table(struct parser *p, const char **schema, const char **table);
bool is_reserved(const struct token *t);

struct expr *parse_value(struct parser *p); /* not a condition */
struct expr *parse_condition(struct parser *p);
struct select *parse_select(struct parser *p); /* with unions and ORDER BY */
struct expr_list *parse_select_items(struct parser *p);

#endif
