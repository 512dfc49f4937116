/* Types and SELECT. */
#include "sandbox/sql/parse_select.h"

#include "sandbox/sql/parse.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/message.h"
#include "sandbox/sql/parse_expr.h"
#include "sandbox/sql/type.h"

/* ---- types ------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    enum sql_type type;
    int length;  /* without parentheses */
    int numbers; /* how many may follow in parentheses */
} type_names[] = {
    {"bit", SQLT_BIT, 1, 0},
    {"tinyint", SQLT_TINYINT, 1, 0},
    {"smallint", SQLT_SMALLINT, 2, 0},
    {"int", SQLT_INT, 4, 0},
    {"integer", SQLT_INT, 4, 0},
    {"bigint", SQLT_BIGINT, 8, 0},
    {"float", SQLT_FLOAT, 8, 1},
    {"real", SQLT_REAL, 4, 0},
    {"money", SQLT_MONEY, 8, 0},
    {"smallmoney", SQLT_SMALLMONEY, 4, 0},
    {"decimal", SQLT_DECIMAL, 9, 2},
    {"numeric", SQLT_DECIMAL, 9, 2},
    {"char", SQLT_CHAR, 1, 1},
    {"varchar", SQLT_VARCHAR, 1, 1},
    {"nchar", SQLT_NCHAR, 1, 1},
    {"nvarchar", SQLT_NVARCHAR, 1, 1},
    {"text", SQLT_TEXT, 0, 0},
    {"ntext", SQLT_NTEXT, 0, 0},
    {"binary", SQLT_BINARY, 1, 1},
    {"varbinary", SQLT_VARBINARY, 1, 1},
    {"image", SQLT_VARBINARY, 0, 0},
    {"rowversion", SQLT_BINARY, 8, 0},
    {"timestamp", SQLT_BINARY, 8, 0},
    {"date", SQLT_DATE, 3, 0},
    {"time", SQLT_TIME, 5, 1},
    {"datetime", SQLT_DATETIME, 8, 0},
    {"smalldatetime", SQLT_SMALLDATETIME, 4, 0},
    {"datetime2", SQLT_DATETIME2, 8, 1},
    {"datetimeoffset", SQLT_DATETIMEOFFSET, 10, 1},
    {"uniqueidentifier", SQLT_UNIQUEIDENTIFIER, 16, 0},
};

static bool bad_type(struct token *t, struct sql_message *m)
{
    message_set(m, 2715, t->line, "Cannot find data type %.100s, or its size is not one.", t->text);
    return false;
}

static bool apply_precision(struct sql_column *c, const long numbers[2], int count)
{
    c->precision = count > 0 ? (int)numbers[0] : 18;
    c->scale = count > 1 ? (int)numbers[1] : 0;
    return c->precision >= 1 && c->precision <= 38 && c->scale >= 0 && c->scale <= c->precision;
}

static bool apply_length(struct sql_column *c, long length)
{
    c->length = (int)length;
    return length >= 0 && length <= (type_wide(c->type) ? 4000 : 8000);
}

static bool apply_numbers(struct sql_column *c, const long numbers[2], int count)
{
    switch (c->type) {
    case SQLT_DECIMAL: return apply_precision(c, numbers, count);
    case SQLT_CHAR:
    case SQLT_VARCHAR:
    case SQLT_NCHAR:
    case SQLT_NVARCHAR:
    case SQLT_BINARY:
    case SQLT_VARBINARY: return count == 0 || apply_length(c, numbers[0]);
    case SQLT_TIME:
    case SQLT_DATETIME2:
    case SQLT_DATETIMEOFFSET:
        c->scale = count > 0 ? (int)numbers[0] : 7;
        return c->scale >= 0 && c->scale <= 7;
    case SQLT_MONEY:
    case SQLT_SMALLMONEY:
        c->precision = type_precision(c);
        c->scale = 4;
        return true;
    default: return true;
    }
}

bool parse_type(struct token **at, struct sql_column *type, struct sql_message *m)
{
    struct token *t = *at;
    memset(type, 0, sizeof *type);
    size_t i = 0;
    while (i < COUNT_OF(type_names) && ((t->kind != TOKEN_WORD && t->kind != TOKEN_QUOTED) ||
                                        text_compare_nocase(t->text, type_names[i].name) != 0))
        i++;
    if (i == COUNT_OF(type_names))
        return bad_type(t, m);
    type->type = type_names[i].type;
    type->length = type_names[i].length;
    type->nullable = true;
    type->rowversion =
        text_equal(type_names[i].name, "rowversion") || text_equal(type_names[i].name, "timestamp");
    struct token *next = t + 1;
    long numbers[2] = {0, 0};
    int count = 0;
    if (type_names[i].numbers > 0 && parse_is_operator(next, "(")) {
        next++;
        if (parse_is_word(next, "max") && type->length == 1) {
            count = 1;
            next++;
        } else {
            while (count < type_names[i].numbers && next->kind == TOKEN_INTEGER) {
                if (!text_to_long(next->text, 0, 100000, &numbers[count]))
                    return bad_type(t, m);
                if (numbers[count] == 0 && count == 0 && type->length == 1)
                    return bad_type(t, m);
                count++;
                next++;
                if (parse_is_operator(next, ","))
                    next++;
            }
        }
        if (!parse_is_operator(next, ")"))
            return bad_type(t, m);
        next++;
    }
    if (!apply_numbers(type, numbers, count))
        return bad_type(t, m);
    *at = next;
    return true;
}

/* ---- SELECT ------------------------------------------------------------------------------------ */

bool parse_table(struct parser *p, const char **schema, const char **table)
{
    const char *parts[3];
    size_t n = 0;
    do {
        if (n == 3 || !(parts[n] = parse_name(p))) {
            parse_near(p);
            return false;
        }
        n++;
    } while (parse_accept_operator(p, "."));
    *table = parts[n - 1];
    *schema = n > 1 ? parts[n - 2] : NULL;
    return true;
}

/* WITH (NOLOCK) and the like; all hints are ignored except UPDLOCK. */
static void skip_hints(struct parser *p)
{
    static const char *const hints[] = {"NOLOCK",  "READUNCOMMITTED", "READCOMMITTED", "READPAST",
                                        "ROWLOCK", "HOLDLOCK",        "UPDLOCK",       "TABLOCK"};
    if (!parse_is_word(p->at, "WITH") || !parse_is_operator(p->at + 1, "("))
        return;
    p->at += 2;
    do {
        size_t i = 0;
        while (i < COUNT_OF(hints) && !parse_is_word(p->at, hints[i]))
            i++;
        if (i == COUNT_OF(hints)) {
            parse_fail(p, "the table hint %.60s", p->at->text);
            return;
        }
        p->locks |= parse_is_word(p->at, "UPDLOCK");
        p->dirty |= parse_is_word(p->at, "NOLOCK") || parse_is_word(p->at, "READUNCOMMITTED");
        p->at++;
    } while (parse_accept_operator(p, ","));
    parse_expect_operator(p, ")");
}

static struct source *parse_source(struct parser *p)
{
    struct source *s = arena_alloc(p->arena, sizeof *s);
    s->line = p->at->line;
    if (parse_accept_operator(p, "(")) {
        if (!parse_is_word(p->at, "SELECT"))
            return parse_fail(p, "joins in parentheses and VALUES as a table");
        s->select = parse_select(p);
        if (!parse_expect_operator(p, ")"))
            return NULL;
        parse_accept_word(p, "AS");
        s->alias = parse_name(p);
        return p->failed ? NULL : s;
    }
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    if (parse_is_operator(p->at, "("))
        return parse_fail(p, "functions as tables");
    s->alias = s->table;
    if (parse_accept_word(p, "AS") ||
        ((p->at->kind == TOKEN_WORD || p->at->kind == TOKEN_QUOTED) && !parse_is_reserved(p->at)))
        s->alias = parse_name(p);
    skip_hints(p);
    return p->failed ? NULL : s;
}

static bool parse_join(struct parser *p, int *join)
{
    if (parse_accept_operator(p, ",")) {
        *join = JOIN_COMMA;
    } else if (parse_accept_word(p, "JOIN")) {
        *join = JOIN_INNER;
    } else if (parse_is_word(p->at, "INNER")) {
        p->at++;
        *join = JOIN_INNER;
        return parse_expect_word(p, "JOIN");
    } else if (parse_is_word(p->at, "LEFT")) {
        p->at++;
        parse_accept_word(p, "OUTER");
        *join = JOIN_LEFT;
        return parse_expect_word(p, "JOIN");
    } else if (parse_is_word(p->at, "CROSS")) {
        p->at++;
        if (parse_is_word(p->at, "APPLY"))
            return parse_fail(p, "CROSS APPLY"), false;
        *join = JOIN_CROSS;
        return parse_expect_word(p, "JOIN");
    } else if (parse_is_word(p->at, "RIGHT") || parse_is_word(p->at, "FULL") ||
               parse_is_word(p->at, "OUTER")) {
        return parse_fail(p, "RIGHT, FULL and OUTER APPLY joins"), false;
    } else {
        return false;
    }
    return true;
}

static void parse_from(struct parser *p, struct select *s)
{
    struct source **tail = &s->from;
    int join = JOIN_FIRST;
    size_t count = 0;
    do {
        if (++count > 40) {
            parse_fail(p, "more than 40 tables in one SELECT");
            return;
        }
        struct source *source = parse_source(p);
        if (!source)
            return;
        source->join = join;
        *tail = source;
        tail = &source->next;
        if (join == JOIN_INNER || join == JOIN_LEFT) {
            if (!parse_expect_word(p, "ON"))
                return;
            source->on = parse_condition(p);
        }
    } while (!p->failed && parse_join(p, &join));
    if (parse_is_word(p->at, "PIVOT") || parse_is_word(p->at, "UNPIVOT"))
        parse_fail(p, "PIVOT");
}

struct expr_list *parse_select_items(struct parser *p)
{
    struct expr_list *first = NULL, **tail = &first;
    size_t count = 0;
    do {
        struct expr_list *item = arena_alloc(p->arena, sizeof *item);
        if (++count > SQL_COLUMNS_MAX)
            return parse_fail(p, "more than %d columns", SQL_COLUMNS_MAX);
        if (parse_accept_operator(p, "*")) {
            item->expr = arena_alloc(p->arena, sizeof *item->expr);
            item->expr->kind = EXPR_STAR;
            item->expr->line = p->at->line;
        } else {
            item->expr = parse_value(p);
        }
        if (p->failed)
            return NULL;
        if (parse_accept_word(p, "AS")) {
            if (p->at->kind == TOKEN_STRING && p->at->length < SQL_NAME)
                item->alias = (p->at++)->text;
            else
                item->alias = parse_name(p);
        } else if ((p->at->kind == TOKEN_WORD && !parse_is_reserved(p->at)) ||
                   p->at->kind == TOKEN_QUOTED) {
            item->alias = parse_name(p);
        }
        *tail = item;
        tail = &item->next;
    } while (!p->failed && parse_accept_operator(p, ","));
    return p->failed ? NULL : first;
}

static void parse_order(struct parser *p, struct select *s)
{
    struct expr_list **tail = &s->order;
    if (!parse_accept_word(p, "ORDER"))
        return;
    if (!parse_expect_word(p, "BY"))
        return;
    do {
        struct expr_list *item = arena_alloc(p->arena, sizeof *item);
        if (p->at->kind == TOKEN_INTEGER) {
            parse_fail(p, "ordinals in ORDER BY: name the column");
            return;
        }
        item->expr = parse_value(p);
        if (parse_accept_word(p, "DESC"))
            item->descending = true;
        else
            parse_accept_word(p, "ASC");
        *tail = item;
        tail = &item->next;
    } while (!p->failed && parse_accept_operator(p, ","));
    if (parse_accept_word(p, "OFFSET")) {
        s->offset = parse_value(p);
        if (!parse_accept_word(p, "ROWS"))
            parse_expect_word(p, "ROW");
        if (parse_accept_word(p, "FETCH")) {
            if (!parse_accept_word(p, "NEXT"))
                parse_expect_word(p, "FIRST");
            s->fetch = parse_value(p);
            if (!parse_accept_word(p, "ROWS"))
                parse_expect_word(p, "ROW");
            parse_expect_word(p, "ONLY");
        }
    }
}

static struct select *parse_core(struct parser *p)
{
    struct select *s = arena_alloc(p->arena, sizeof *s);
    s->line = p->at->line;
    if (!parse_expect_word(p, "SELECT"))
        return NULL;
    s->distinct = parse_accept_word(p, "DISTINCT");
    if (!s->distinct)
        parse_accept_word(p, "ALL");
    if (parse_accept_word(p, "TOP")) {
        bool parenthesis = parse_accept_operator(p, "(");
        if (parenthesis) {
            s->top = parse_value(p);
            parse_expect_operator(p, ")");
        } else if (p->at->kind == TOKEN_INTEGER) {
            s->top = arena_alloc(p->arena, sizeof *s->top);
            s->top->kind = EXPR_NUMBER;
            s->top->literal = TOKEN_INTEGER;
            s->top->style = -1;
            s->top->line = p->at->line;
            s->top->length = p->at->length;
            s->top->text = (p->at++)->text;
        } else {
            return parse_near(p);
        }
        if (parse_is_word(p->at, "PERCENT"))
            return parse_fail(p, "TOP … PERCENT");
    }
    if (p->failed || !(s->items = parse_select_items(p)))
        return NULL;
    if (parse_is_word(p->at, "INTO"))
        return parse_fail(p, "SELECT … INTO");
    if (parse_accept_word(p, "FROM"))
        parse_from(p, s);
    if (!p->failed && parse_accept_word(p, "WHERE"))
        s->where = parse_condition(p);
    if (!p->failed && parse_accept_word(p, "GROUP")) {
        struct expr_list **tail = &s->group;
        parse_expect_word(p, "BY");
        do {
            *tail = arena_alloc(p->arena, sizeof **tail);
            (*tail)->expr = parse_value(p);
            tail = &(*tail)->next;
        } while (!p->failed && parse_accept_operator(p, ","));
    }
    if (!p->failed && parse_accept_word(p, "HAVING"))
        s->having = parse_condition(p);
    return p->failed ? NULL : s;
}

struct select *parse_select(struct parser *p)
{
    if (++p->depth > PARSE_DEPTH)
        return parse_fail(p, "a statement nested as deeply as this one");
    struct select *first = parse_core(p), *last = first;
    size_t count = 1;
    while (!p->failed && parse_accept_word(p, "UNION")) {
        if (++count > 100)
            return parse_fail(p, "more than 100 parts of a UNION");
        bool all = parse_accept_word(p, "ALL");
        last->next = parse_core(p);
        if (!last->next)
            return NULL;
        last = last->next;
        last->union_all = all;
    }
    if (!p->failed && (parse_is_word(p->at, "EXCEPT") || parse_is_word(p->at, "INTERSECT")))
        return parse_fail(p, "%s", p->at->text);
    if (!p->failed)
        parse_order(p, first);
    if (!p->failed && parse_is_word(p->at, "FOR"))
        return parse_fail(p, "FOR XML, FOR JSON and FOR BROWSE");
    if (!p->failed && parse_is_word(p->at, "OPTION"))
        return parse_fail(p, "OPTION");
    p->depth--;
    return p->failed ? NULL : first;
}
