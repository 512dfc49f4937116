#include "sandbox/sql/lex.h"

#include <string.h>

#include "base/memory.h"

#define TOKENS_MAX 200000

struct lexer {
    const char *text;
    size_t length, at;
    int line;
    struct arena *arena;
};

static char at(const struct lexer *l, size_t ahead)
{
    return l->at + ahead < l->length ? l->text[l->at + ahead] : '\0';
}

static void skip_blanks(struct lexer *l)
{
    while (l->at < l->length) {
        char c = at(l, 0);
        if (c == '\n') {
            l->line++;
            l->at++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            l->at++;
        } else if (c == '-' && at(l, 1) == '-') {
            while (l->at < l->length && at(l, 0) != '\n')
                l->at++;
        } else if (c == '/' && at(l, 1) == '*') {
            int depth = 0; /* comments nest in T-SQL */
            do {
                if (at(l, 0) == '/' && at(l, 1) == '*') {
                    depth++;
                    l->at += 2;
                } else if (at(l, 0) == '*' && at(l, 1) == '/') {
                    depth--;
                    l->at += 2;
                } else {
                    l->line += at(l, 0) == '\n';
                    l->at++;
                }
            } while (depth > 0 && l->at < l->length);
        } else {
            return;
        }
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '#' ||
           (unsigned char)c >= 0x80;
}

/* Text up to a closing quote; the quote doubled stands for itself. */
static void quoted(struct lexer *l, struct token *t, char close, enum token_kind kind)
{
    size_t start = ++l->at, made = 0;
    while (l->at < l->length && !(at(l, 0) == close && at(l, 1) != close)) {
        if (at(l, 0) == close)
            l->at++;
        l->line += at(l, 0) == '\n';
        l->at++;
    }
    size_t end = l->at < l->length ? l->at : l->length;
    bool closed = l->at < l->length;
    if (closed)
        l->at++;
    else
        l->at = l->length;
    char *copy = arena_alloc(l->arena, end - start + 1);
    for (size_t i = start; i < end; i++) {
        copy[made++] = l->text[i];
        if (l->text[i] == close)
            i++;
    }
    t->kind = closed ? kind : TOKEN_BAD;
    t->text = copy;
    t->length = made;
}

static void number(struct lexer *l, struct token *t)
{
    size_t start = l->at;
    t->kind = TOKEN_INTEGER;
    while (is_digit(at(l, 0)))
        l->at++;
    if (at(l, 0) == '.') {
        t->kind = TOKEN_DECIMAL;
        l->at++;
        while (is_digit(at(l, 0)))
            l->at++;
    }
    if (at(l, 0) == 'e' || at(l, 0) == 'E') {
        size_t sign = at(l, 1) == '+' || at(l, 1) == '-';
        if (is_digit(at(l, 1 + sign))) {
            t->kind = TOKEN_FLOAT;
            l->at += 1 + sign;
            while (is_digit(at(l, 0)))
                l->at++;
        }
    }
    t->length = l->at - start;
    t->text = arena_text(l->arena, l->text + start, t->length);
}

static void plain(struct lexer *l, struct token *t, size_t length, enum token_kind kind)
{
    t->kind = kind;
    t->length = length;
    t->text = arena_text(l->arena, l->text + l->at, length);
    l->at += length;
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* 'text', N'text', [name], "name" */
static bool take_quoted(struct lexer *l, struct token *t)
{
    char c = at(l, 0);
    if ((c == 'N' || c == 'n') && at(l, 1) == '\'') {
        l->at++;
        t->national = true;
        quoted(l, t, '\'', TOKEN_STRING);
    } else if (c == '\'') {
        quoted(l, t, '\'', TOKEN_STRING);
    } else if (c == '[') {
        quoted(l, t, ']', TOKEN_QUOTED);
    } else if (c == '"') {
        quoted(l, t, '"', TOKEN_QUOTED);
    } else {
        return false;
    }
    return true;
}

/* 0x0102, 12, 12.5, .5, 1e3 */
static bool take_number(struct lexer *l, struct token *t)
{
    char c = at(l, 0);
    if (c == '0' && (at(l, 1) == 'x' || at(l, 1) == 'X')) {
        size_t n = 2;
        while (is_hex(at(l, n)))
            n++;
        plain(l, t, n, TOKEN_HEX);
        return true;
    }
    if (!is_digit(c) && !(c == '.' && is_digit(at(l, 1))))
        return false;
    number(l, t);
    return true;
}

/* name, @name, @@name */
static bool take_word(struct lexer *l, struct token *t)
{
    char c = at(l, 0);
    if (c != '@' && !is_name(c))
        return false;
    size_t n = 1;
    while (is_name(at(l, n)) || is_digit(at(l, n)) || at(l, n) == '@' || at(l, n) == '$')
        n++;
    plain(l, t, n, c == '@' ? TOKEN_VARIABLE : TOKEN_WORD);
    return true;
}

static void take_operator(struct lexer *l, struct token *t)
{
    static const char *const pairs[] = {"<=", "<>", ">=", "!="};
    char c = at(l, 0);
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (c == pairs[i][0] && at(l, 1) == pairs[i][1]) {
            plain(l, t, 2, TOKEN_OPERATOR);
            return;
        }
    }
    bool known = c != '\0' && strchr("(),.;+-*/%=<>", c);
    plain(l, t, 1, known ? TOKEN_OPERATOR : TOKEN_BAD);
}

static void next(struct lexer *l, struct token *t)
{
    skip_blanks(l);
    t->offset = l->at;
    t->line = l->line;
    if (l->at >= l->length) {
        t->kind = TOKEN_END;
        t->text = "";
        return;
    }
    if (!take_quoted(l, t) && !take_number(l, t) && !take_word(l, t))
        take_operator(l, t);
}

struct token *lex_run(struct arena *arena, const char *text, size_t length, size_t *count)
{
    struct lexer l = {text, length, 0, 1, arena};
    size_t room = 256, n = 0;
    struct token *tokens = arena_alloc(arena, room * sizeof *tokens);
    for (;;) {
        if (n == room) {
            if (room >= TOKENS_MAX || arena_full(arena))
                return NULL;
            struct token *more = arena_alloc(arena, 2 * room * sizeof *tokens);
            memcpy(more, tokens, n * sizeof *tokens);
            tokens = more;
            room *= 2;
        }
        next(&l, &tokens[n]);
        if (tokens[n++].kind == TOKEN_END)
            break;
    }
    *count = n;
    return tokens;
}
