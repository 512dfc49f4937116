/* lex.h – T-SQL text to tokens. */
#ifndef ENDPOINT_SANDBOX_SQL_LEX_H
#define ENDPOINT_SANDBOX_SQL_LEX_H

#include <stdbool.h>
#include <stddef.h>

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

struct arena;

/* Cut text into tokens, the last one TOKEN_END. NULL when there are more than the bound. */
struct token *lex_run(struct arena *arena, const char *text, size_t length, size_t *count);

/* Memory of one batch, freed at once. Bounded: NULL beyond. */
struct arena *arena_new(size_t maximum);
void *arena_alloc(struct arena *arena, size_t size); /* zeroed; never NULL (see arena_full) */
bool arena_full(const struct arena *arena);          /* something did not fit: give up */
char *arena_text(struct arena *arena, const char *text, size_t length);
void arena_free(struct arena *arena);

#endif
