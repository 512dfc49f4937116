/* lex.h – turns T-SQL text into tokens. */
#ifndef ENDPOINT_SANDBOX_SQL_LEX_H
#define ENDPOINT_SANDBOX_SQL_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/sql/arena.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,     /* name or keyword */
    TOKEN_QUOTED,   /* [name] or "name": never a keyword */
    TOKEN_VARIABLE, /* @name, @@name */
    TOKEN_INTEGER,
    TOKEN_DECIMAL,
    TOKEN_FLOAT,
    TOKEN_STRING,   /* 'text', N'text': text is without quotes */
    TOKEN_HEX,      /* 0x0102 */
    TOKEN_OPERATOR, /* ( ) , . ; + - * / % = < > <= >= <> != */
    TOKEN_BAD,
};

struct token {
    enum token_kind kind;
    const char *text; /* in the arena, NUL-terminated; strings unescaped */
    size_t length;
    size_t offset; /* where it begins in the batch */
    int line;
    bool national; /* N'…' */
};

/* Cut text into tokens; the last one is TOKEN_END. NULL: more tokens than the bound. */
struct token *lex_run(struct arena *arena, const char *text, size_t length, size_t *count);

#endif
