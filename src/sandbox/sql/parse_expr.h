/* parse_expr.h – parses expressions, names and words, and reports faults. */
#ifndef ENDPOINT_SANDBOX_SQL_PARSE_EXPR_H
#define ENDPOINT_SANDBOX_SQL_PARSE_EXPR_H

#include "sandbox/sql/ast.h"
#include "sandbox/sql/parse.h"

bool parse_is_word(const struct token *t, const char *word);
bool parse_is_operator(const struct token *t, const char *op);
bool parse_accept_word(struct parser *p, const char *word);
bool parse_accept_operator(struct parser *p, const char *op);
bool parse_expect_word(struct parser *p, const char *word);
bool parse_expect_operator(struct parser *p, const char *op);
void *parse_fail(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void *parse_near(struct parser *p); /* 102 Incorrect syntax near '…' */
const char *parse_name(struct parser *p);
bool parse_is_reserved(const struct token *t);
struct expr *parse_value(struct parser *p); /* not a condition */
struct expr *parse_condition(struct parser *p);

#endif
