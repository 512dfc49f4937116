#include "sandbox/sql/parse_expr.h"

#include "sandbox/sql/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/message.h"
#include "sandbox/sql/parse_select.h"

bool parse_is_word(const struct token *t, const char *word)
{
    return t->kind == TOKEN_WORD && text_compare_nocase(t->text, word) == 0;
}

bool parse_is_operator(const struct token *t, const char *op)
{
    return t->kind == TOKEN_OPERATOR && strcmp(t->text, op) == 0;
}

bool parse_accept_word(struct parser *p, const char *word)
{
    if (!parse_is_word(p->at, word))
        return false;
    p->at++;
    return true;
}

bool parse_accept_operator(struct parser *p, const char *op)
{
    if (!parse_is_operator(p->at, op))
        return false;
    p->at++;
    return true;
}

void *parse_fail(struct parser *p, const char *format, ...)
{
    if (p->failed)
        return NULL;
    p->failed = true;
    va_list args;
    char text[900];
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    message_set(p->m, 40000, p->at->line, "The sandbox does not take %s", text);
    return NULL;
}

void *parse_near(struct parser *p)
{
    if (p->failed)
        return NULL;
    p->failed = true;
    message_set(p->m, 102, p->at->line, "Incorrect syntax near '%.100s'.",
                p->at->kind == TOKEN_END ? "end of batch" : p->at->text);
    return NULL;
}

bool parse_expect_word(struct parser *p, const char *word)
{
    if (parse_accept_word(p, word))
        return true;
    parse_near(p);
    return false;
}

bool parse_expect_operator(struct parser *p, const char *op)
{
    if (parse_accept_operator(p, op))
        return true;
    parse_near(p);
    return false;
}

/* Words that cannot be a bare name or alias. */
bool parse_is_reserved(const struct token *t)
{
    static const char *const words[] = {
        "ALL",     "AND",       "AS",     "ASC",     "BEGIN",    "BETWEEN", "BY",       "CASE",
        "COLLATE", "COMMIT",    "CREATE", "CROSS",   "DELETE",   "DESC",    "DISTINCT", "DROP",
        "ELSE",    "END",       "ESCAPE", "EXCEPT",  "EXEC",     "EXECUTE", "EXISTS",   "FETCH",
        "FOR",     "FROM",      "FULL",   "GROUP",   "HAVING",   "IF",      "IN",       "INNER",
        "INSERT",  "INTERSECT", "INTO",   "IS",      "JOIN",     "LEFT",    "LIKE",     "MERGE",
        "NOT",     "NULL",      "OFFSET", "ON",      "OPTION",   "OR",      "ORDER",    "OUTER",
        "OUTPUT",  "OVER",      "PIVOT",  "RIGHT",   "ROLLBACK", "SELECT",  "SET",      "THEN",
        "TOP",     "TRUNCATE",  "UNION",  "UPDATE",  "USE",      "VALUES",  "WHEN",     "WHERE",
        "WHILE",   "WITH",      "GO",     "DECLARE", "PRINT",    "UNPIVOT", "APPLY",    "RETURN",
    };
    if (t->kind != TOKEN_WORD)
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_compare_nocase(t->text, words[i]) == 0)
            return true;
    return false;
}

const char *parse_name(struct parser *p)
{
    if ((p->at->kind != TOKEN_WORD && p->at->kind != TOKEN_QUOTED) || parse_is_reserved(p->at) ||
        p->at->length == 0 || p->at->length >= SQL_NAME)
        return parse_near(p);
    return (p->at++)->text;
}

static struct expr *node(struct parser *p, enum expr_kind kind)
{
    struct expr *e = arena_alloc(p->arena, sizeof *e);
    e->kind = kind;
    e->line = p->at->line;
    e->style = -1;
    return e;
}

static bool enter(struct parser *p)
{
    if (++p->depth > PARSE_DEPTH || arena_full(p->arena)) {
        parse_fail(p, "a statement nested or as large as this one");
        return false;
    }
    return true;
}

static struct expr *parse_or(struct parser *p);

static struct expr *must_be(struct parser *p, struct expr *e, bool boolean)
{
    if (e && !p->failed && e->boolean != boolean) {
        p->failed = true;
        message_set(p->m, boolean ? 4145 : 102, e->line,
                    boolean ? "An expression of non-boolean type specified in a context where a "
                              "condition is expected, near '%.100s'."
                            : "Incorrect syntax near '%.100s': a condition stands where a value is "
                              "expected.",
                    p->at->text);
        return NULL;
    }
    return p->failed ? NULL : e;
}

struct expr *parse_value(struct parser *p)
{
    return must_be(p, parse_or(p), false);
}

struct expr *parse_condition(struct parser *p)
{
    return must_be(p, parse_or(p), true);
}

static struct expr_list *value_list(struct parser *p)
{
    struct expr_list *first = NULL, **tail = &first;
    do {
        *tail = arena_alloc(p->arena, sizeof **tail);
        (*tail)->expr = parse_value(p);
        tail = &(*tail)->next;
    } while (!p->failed && parse_accept_operator(p, ","));
    return first;
}

static struct expr *parse_case(struct parser *p)
{
    struct expr *e = node(p, EXPR_CASE);
    struct expr_list **tail = &e->list;
    if (!parse_is_word(p->at, "WHEN"))
        e->a = parse_value(p);
    while (!p->failed && parse_accept_word(p, "WHEN")) {
        for (int i = 0; i < 2 && !p->failed; i++) {
            if (i == 1 && !parse_expect_word(p, "THEN"))
                return NULL;
            *tail = arena_alloc(p->arena, sizeof **tail);
            (*tail)->expr = i == 0 && !e->a ? parse_condition(p) : parse_value(p);
            tail = &(*tail)->next;
        }
    }
    if (!e->list)
        return parse_near(p);
    if (parse_accept_word(p, "ELSE"))
        e->b = parse_value(p);
    return parse_expect_word(p, "END") ? e : NULL;
}

static struct expr *parse_cast(struct parser *p, bool convert, bool try)
{
    struct expr *e = node(p, EXPR_CAST);
    e->try = try;
    if (!parse_expect_operator(p, "("))
        return NULL;
    if (convert) {
        if (!parse_type(&p->at, &e->target, p->m) || !parse_expect_operator(p, ",")) {
            p->failed = true;
            return NULL;
        }
        e->a = parse_value(p);
        if (parse_accept_operator(p, ",")) {
            long style;
            if (p->at->kind != TOKEN_INTEGER || !text_to_long(p->at->text, 0, 200, &style))
                return parse_near(p);
            if (style != 112 && style != 120 && style != 121 && style != 126)
                return parse_fail(p, "CONVERT style %ld (112, 120, 121 and 126 are allowed)",
                                  style);
            e->style = (int)style;
            p->at++;
        }
    } else {
        e->a = parse_value(p);
        if (!parse_expect_word(p, "AS"))
            return NULL;
        if (!parse_type(&p->at, &e->target, p->m)) {
            p->failed = true;
            return NULL;
        }
    }
    return parse_expect_operator(p, ")") ? e : NULL;
}

static struct expr *parse_function(struct parser *p)
{
    struct expr *e = node(p, EXPR_FUNCTION);
    char *name = arena_text(p->arena, p->at->text, p->at->length);
    for (char *c = name; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    e->text = name;
    p->at += 2; /* name and parenthesis */
    if (parse_accept_operator(p, "*")) {
        e->star = true;
    } else if (!parse_is_operator(p->at, ")")) {
        e->distinct = parse_accept_word(p, "DISTINCT");
        e->list = value_list(p);
    }
    if (!parse_expect_operator(p, ")"))
        return NULL;
    if (parse_is_word(p->at, "OVER"))
        return parse_fail(p, "window functions (OVER)");
    return e;
}

static struct expr *parse_column(struct parser *p)
{
    const char *parts[4];
    size_t n = 0;
    struct expr *e = node(p, EXPR_COLUMN);
    do {
        if (n > 0 && parse_accept_operator(p, "*")) {
            e->kind = EXPR_STAR;
            e->qualifier = parts[n - 1];
            return e;
        }
        if (n == 4 || !(parts[n] = parse_name(p)))
            return parse_near(p);
        n++;
    } while (parse_accept_operator(p, "."));
    e->text = parts[n - 1];
    e->qualifier = n > 1 ? parts[n - 2] : NULL;
    return e;
}

static struct expr *parse_parameter(struct parser *p)
{
    struct expr *e = node(p, EXPR_PARAMETER);
    if (p->at->text[1] == '@') {
        e->kind = EXPR_SYSTEM;
        e->text = (p->at++)->text;
        return e;
    }
    for (size_t i = 0; i < p->parameter_count; i++) {
        if (text_compare_nocase(p->parameters[i].name, p->at->text) == 0) {
            e->parameter = (int)i;
            e->type = p->parameters[i].type;
            p->at++;
            return e;
        }
    }
    p->failed = true;
    message_set(p->m, 137, p->at->line, "Must declare the scalar variable \"%.100s\".",
                p->at->text);
    return NULL;
}

static struct expr *parse_parenthesis(struct parser *p)
{
    struct expr *e;
    if (parse_is_word(p->at, "SELECT")) {
        e = node(p, EXPR_SUBQUERY);
        e->select = parse_select(p);
    } else {
        e = parse_or(p);
    }
    return parse_expect_operator(p, ")") ? e : NULL;
}

static struct expr *literal(struct parser *p, enum expr_kind kind)
{
    struct expr *e = node(p, kind);
    e->literal = p->at->kind;
    e->text = p->at->text;
    e->length = p->at->length;
    e->national = p->at->national;
    p->at++;
    return e;
}

static struct expr *parse_exists(struct parser *p)
{
    struct expr *e = node(p, EXPR_EXISTS);
    p->at += 2; /* EXISTS and its parenthesis */
    e->boolean = true;
    e->select = parse_select(p);
    return parse_expect_operator(p, ")") ? e : NULL;
}

/* A word and a parenthesis: a cast or a function. NULL without a failure: neither. */
static struct expr *parse_call(struct parser *p)
{
    static const struct {
        const char *name;
        bool convert, try;
    } casts[] = {{"CAST", false, false},
                 {"TRY_CAST", false, true},
                 {"CONVERT", true, false},
                 {"TRY_CONVERT", true, true}};
    for (size_t i = 0; i < COUNT_OF(casts); i++)
        if (parse_accept_word(p, casts[i].name))
            return parse_cast(p, casts[i].convert, casts[i].try);
    if (!parse_is_reserved(p->at) || parse_is_word(p->at, "LEFT") || parse_is_word(p->at, "RIGHT"))
        return parse_function(p);
    return NULL;
}

/* Functions that are called without parentheses. NULL: none of them. */
static struct expr *parse_bare_function(struct parser *p)
{
    static const char *const names[][2] = {{"CURRENT_TIMESTAMP", "GETDATE"},
                                           {"SYSTEM_USER", "SUSER_SNAME"},
                                           {"CURRENT_USER", "SUSER_SNAME"}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (parse_is_word(p->at, names[i][0])) {
            struct expr *e = node(p, EXPR_FUNCTION);
            e->text = names[i][1];
            p->at++;
            return e;
        }
    }
    return NULL;
}

static struct expr *parse_word(struct parser *p)
{
    if (parse_accept_word(p, "NULL"))
        return node(p, EXPR_NULL);
    if (parse_accept_word(p, "CASE"))
        return parse_case(p);
    bool call = parse_is_operator(p->at + 1, "(");
    if (call && parse_is_word(p->at, "EXISTS"))
        return parse_exists(p);
    struct expr *e = call ? parse_call(p) : NULL;
    if (!e && !p->failed)
        e = parse_bare_function(p);
    return e || p->failed ? e : parse_column(p);
}

static struct expr *parse_primary(struct parser *p)
{
    switch (p->at->kind) {
    case TOKEN_INTEGER:
    case TOKEN_DECIMAL:
    case TOKEN_FLOAT: return literal(p, EXPR_NUMBER);
    case TOKEN_STRING: return literal(p, EXPR_STRING);
    case TOKEN_HEX: return literal(p, EXPR_HEX);
    case TOKEN_VARIABLE: return parse_parameter(p);
    case TOKEN_OPERATOR:
        return parse_accept_operator(p, "(") ? parse_parenthesis(p) : parse_near(p);
    case TOKEN_QUOTED: return parse_column(p);
    case TOKEN_WORD: return parse_word(p);
    default: return parse_near(p);
    }
}

static struct expr *parse_unary(struct parser *p)
{
    struct expr *e;
    if (!enter(p))
        return NULL;
    if (parse_is_operator(p->at, "-") || parse_is_operator(p->at, "+")) {
        e = node(p, EXPR_UNARY);
        e->text = (p->at++)->text;
        e->a = must_be(p, parse_unary(p), false);
    } else {
        e = parse_primary(p);
    }
    while (!p->failed && parse_accept_word(p, "COLLATE")) {
        struct expr *c = node(p, EXPR_COLLATE);
        c->a = must_be(p, e, false);
        c->text = parse_name(p);
        e = c;
    }
    p->depth--;
    return p->failed ? NULL : e;
}

static struct expr *binary(struct parser *p, struct expr *a, const char *op,
                           struct expr *(*parse)(struct parser *))
{
    struct expr *e = node(p, EXPR_BINARY);
    e->text = op;
    e->a = must_be(p, a, false);
    e->b = must_be(p, parse(p), false);
    return e;
}

static struct expr *parse_product(struct parser *p)
{
    struct expr *e = parse_unary(p);
    while (!p->failed && (parse_is_operator(p->at, "*") || parse_is_operator(p->at, "/") ||
                          parse_is_operator(p->at, "%"))) {
        const char *op = (p->at++)->text;
        e = binary(p, e, op, parse_unary);
    }
    return e;
}

static struct expr *parse_sum(struct parser *p)
{
    struct expr *e = parse_product(p);
    while (!p->failed && (parse_is_operator(p->at, "+") || parse_is_operator(p->at, "-"))) {
        const char *op = (p->at++)->text;
        e = binary(p, e, op, parse_product);
    }
    return e;
}

static struct expr *parse_in(struct parser *p, struct expr *e)
{
    e->kind = EXPR_IN;
    if (!parse_expect_operator(p, "("))
        return NULL;
    if (parse_is_word(p->at, "SELECT"))
        e->select = parse_select(p);
    else
        e->list = value_list(p);
    return parse_expect_operator(p, ")") ? e : NULL;
}

static struct expr *parse_comparison(struct parser *p)
{
    static const char *const operators[] = {"=", "<>", "!=", "<", ">", "<=", ">="};
    struct expr *a = parse_sum(p);
    if (p->failed)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        if (parse_accept_operator(p, operators[i])) {
            struct expr *e = binary(p, a, i == 2 ? "<>" : operators[i], parse_sum);
            e->boolean = true;
            return p->failed ? NULL : e;
        }
    }
    struct token *start = p->at;
    bool negated = parse_accept_word(p, "NOT");
    struct expr *e = node(p, EXPR_IN);
    e->negated = negated;
    e->boolean = true;
    e->a = a;
    if (parse_accept_word(p, "IN")) {
        e = parse_in(p, e);
    } else if (parse_accept_word(p, "BETWEEN")) {
        e->kind = EXPR_BETWEEN;
        e->b = must_be(p, parse_sum(p), false);
        if (!parse_expect_word(p, "AND"))
            return NULL;
        e->c = must_be(p, parse_sum(p), false);
    } else if (parse_accept_word(p, "LIKE")) {
        e->kind = EXPR_LIKE;
        e->b = must_be(p, parse_sum(p), false);
        if (parse_accept_word(p, "ESCAPE"))
            e->c = must_be(p, parse_sum(p), false);
    } else if (!negated && parse_accept_word(p, "IS")) {
        e->kind = EXPR_IS_NULL;
        e->negated = parse_accept_word(p, "NOT");
        if (!parse_expect_word(p, "NULL"))
            return NULL;
    } else {
        p->at = start;
        return a;
    }
    must_be(p, a, false);
    return p->failed ? NULL : e;
}

static struct expr *parse_not(struct parser *p)
{
    if (!parse_accept_word(p, "NOT"))
        return parse_comparison(p);
    struct expr *e = node(p, EXPR_UNARY);
    if (!enter(p))
        return NULL;
    e->text = "NOT";
    e->boolean = true;
    e->a = must_be(p, parse_not(p), true);
    p->depth--;
    return p->failed ? NULL : e;
}

static struct expr *logical(struct parser *p, struct expr *a, const char *op,
                            struct expr *(*parse)(struct parser *))
{
    struct expr *e = node(p, EXPR_BINARY);
    e->text = op;
    e->boolean = true;
    e->a = must_be(p, a, true);
    e->b = must_be(p, parse(p), true);
    return p->failed ? NULL : e;
}

static struct expr *parse_and(struct parser *p)
{
    struct expr *e = parse_not(p);
    while (!p->failed && parse_accept_word(p, "AND"))
        e = logical(p, e, "AND", parse_not);
    return e;
}

static struct expr *parse_or(struct parser *p)
{
    if (!enter(p))
        return NULL;
    struct expr *e = parse_and(p);
    while (!p->failed && parse_accept_word(p, "OR"))
        e = logical(p, e, "OR", parse_and);
    p->depth--;
    return p->failed ? NULL : e;
}
