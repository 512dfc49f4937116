#include "sandbox/parse.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"

#define COLUMNS_OF_TABLE 400
#define ROWS_OF_INSERT   1000 /* as SQL Server has it */

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

static bool apply_numbers(struct sql_column *c, const long numbers[2], int count)
{
    bool is_text = c->type == SQLT_CHAR || c->type == SQLT_VARCHAR || c->type == SQLT_NCHAR ||
                   c->type == SQLT_NVARCHAR || c->type == SQLT_BINARY || c->type == SQLT_VARBINARY;
    if (c->type == SQLT_DECIMAL) {
        c->precision = count > 0 ? (int)numbers[0] : 18;
        c->scale = count > 1 ? (int)numbers[1] : 0;
        return c->precision >= 1 && c->precision <= 38 && c->scale >= 0 && c->scale <= c->precision;
    }
    if (is_text && count > 0) {
        bool wide = c->type == SQLT_NCHAR || c->type == SQLT_NVARCHAR;
        c->length = (int)numbers[0];
        return numbers[0] >= 0 && numbers[0] <= (wide ? 4000 : 8000);
    }
    if (c->type == SQLT_TIME || c->type == SQLT_DATETIME2 || c->type == SQLT_DATETIMEOFFSET) {
        c->scale = count > 0 ? (int)numbers[0] : 7;
        return c->scale >= 0 && c->scale <= 7;
    }
    if (c->type == SQLT_MONEY || c->type == SQLT_SMALLMONEY) {
        c->precision = c->type == SQLT_MONEY ? 19 : 10;
        c->scale = 4;
    }
    return true;
}

bool parse_type(struct token **at, struct sql_column *type, struct sql_message *m)
{
    struct token *t = *at;
    memset(type, 0, sizeof *type);
    size_t i = 0;
    while (i < COUNT_OF(type_names) && ((t->kind != TOKEN_WORD && t->kind != TOKEN_QUOTED) ||
                                        strcasecmp(t->text, type_names[i].name) != 0))
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
    if (type_names[i].numbers > 0 && is_operator(next, "(")) {
        next++;
        if (is_word(next, "max") && type->length == 1) {
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
                if (is_operator(next, ","))
                    next++;
            }
        }
        if (!is_operator(next, ")"))
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
    } while (accept_operator(p, "."));
    *table = parts[n - 1];
    *schema = n > 1 ? parts[n - 2] : NULL;
    return true;
}

/* WITH (NOLOCK) and its kind, dropped. */
static void skip_hints(struct parser *p)
{
    static const char *const hints[] = {"NOLOCK",  "READUNCOMMITTED", "READCOMMITTED", "READPAST",
                                        "ROWLOCK", "HOLDLOCK",        "UPDLOCK",       "TABLOCK"};
    if (!is_word(p->at, "WITH") || !is_operator(p->at + 1, "("))
        return;
    p->at += 2;
    do {
        size_t i = 0;
        while (i < COUNT_OF(hints) && !is_word(p->at, hints[i]))
            i++;
        if (i == COUNT_OF(hints)) {
            parse_fail(p, "the table hint %.60s", p->at->text);
            return;
        }
        p->at++;
    } while (accept_operator(p, ","));
    expect_operator(p, ")");
}

static struct source *parse_source(struct parser *p)
{
    struct source *s = arena_alloc(p->arena, sizeof *s);
    s->line = p->at->line;
    if (accept_operator(p, "(")) {
        if (!is_word(p->at, "SELECT"))
            return parse_fail(p, "joins in parentheses and VALUES as a table");
        s->select = parse_select(p);
        if (!expect_operator(p, ")"))
            return NULL;
        accept_word(p, "AS");
        s->alias = parse_name(p);
        return p->failed ? NULL : s;
    }
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    if (is_operator(p->at, "("))
        return parse_fail(p, "functions as tables");
    s->alias = s->table;
    if (accept_word(p, "AS") ||
        ((p->at->kind == TOKEN_WORD || p->at->kind == TOKEN_QUOTED) && !is_reserved(p->at)))
        s->alias = parse_name(p);
    skip_hints(p);
    return p->failed ? NULL : s;
}

static bool parse_join(struct parser *p, int *join)
{
    if (accept_operator(p, ",")) {
        *join = JOIN_COMMA;
    } else if (accept_word(p, "JOIN")) {
        *join = JOIN_INNER;
    } else if (is_word(p->at, "INNER")) {
        p->at++;
        *join = JOIN_INNER;
        return expect_word(p, "JOIN");
    } else if (is_word(p->at, "LEFT")) {
        p->at++;
        accept_word(p, "OUTER");
        *join = JOIN_LEFT;
        return expect_word(p, "JOIN");
    } else if (is_word(p->at, "CROSS")) {
        p->at++;
        if (is_word(p->at, "APPLY"))
            return parse_fail(p, "CROSS APPLY"), false;
        *join = JOIN_CROSS;
        return expect_word(p, "JOIN");
    } else if (is_word(p->at, "RIGHT") || is_word(p->at, "FULL") || is_word(p->at, "OUTER")) {
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
            if (!expect_word(p, "ON"))
                return;
            source->on = parse_condition(p);
        }
    } while (!p->failed && parse_join(p, &join));
    if (is_word(p->at, "PIVOT") || is_word(p->at, "UNPIVOT"))
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
        if (accept_operator(p, "*")) {
            item->expr = arena_alloc(p->arena, sizeof *item->expr);
            item->expr->kind = EXPR_STAR;
            item->expr->line = p->at->line;
        } else {
            item->expr = parse_value(p);
        }
        if (p->failed)
            return NULL;
        if (accept_word(p, "AS")) {
            if (p->at->kind == TOKEN_STRING && p->at->length < SQL_NAME)
                item->alias = (p->at++)->text;
            else
                item->alias = parse_name(p);
        } else if ((p->at->kind == TOKEN_WORD && !is_reserved(p->at)) ||
                   p->at->kind == TOKEN_QUOTED) {
            item->alias = parse_name(p);
        }
        *tail = item;
        tail = &item->next;
    } while (!p->failed && accept_operator(p, ","));
    return p->failed ? NULL : first;
}

static void parse_order(struct parser *p, struct select *s)
{
    struct expr_list **tail = &s->order;
    if (!accept_word(p, "ORDER"))
        return;
    if (!expect_word(p, "BY"))
        return;
    do {
        struct expr_list *item = arena_alloc(p->arena, sizeof *item);
        if (p->at->kind == TOKEN_INTEGER) {
            parse_fail(p, "ordinals in ORDER BY: name the column");
            return;
        }
        item->expr = parse_value(p);
        if (accept_word(p, "DESC"))
            item->descending = true;
        else
            accept_word(p, "ASC");
        *tail = item;
        tail = &item->next;
    } while (!p->failed && accept_operator(p, ","));
    if (accept_word(p, "OFFSET")) {
        s->offset = parse_value(p);
        if (!accept_word(p, "ROWS"))
            expect_word(p, "ROW");
        if (accept_word(p, "FETCH")) {
            if (!accept_word(p, "NEXT"))
                expect_word(p, "FIRST");
            s->fetch = parse_value(p);
            if (!accept_word(p, "ROWS"))
                expect_word(p, "ROW");
            expect_word(p, "ONLY");
        }
    }
}

static struct select *parse_core(struct parser *p)
{
    struct select *s = arena_alloc(p->arena, sizeof *s);
    s->line = p->at->line;
    if (!expect_word(p, "SELECT"))
        return NULL;
    s->distinct = accept_word(p, "DISTINCT");
    if (!s->distinct)
        accept_word(p, "ALL");
    if (accept_word(p, "TOP")) {
        bool parenthesis = accept_operator(p, "(");
        if (parenthesis) {
            s->top = parse_value(p);
            expect_operator(p, ")");
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
        if (is_word(p->at, "PERCENT"))
            return parse_fail(p, "TOP … PERCENT");
    }
    if (p->failed || !(s->items = parse_select_items(p)))
        return NULL;
    if (is_word(p->at, "INTO"))
        return parse_fail(p, "SELECT … INTO");
    if (accept_word(p, "FROM"))
        parse_from(p, s);
    if (!p->failed && accept_word(p, "WHERE"))
        s->where = parse_condition(p);
    if (!p->failed && accept_word(p, "GROUP")) {
        struct expr_list **tail = &s->group;
        expect_word(p, "BY");
        do {
            *tail = arena_alloc(p->arena, sizeof **tail);
            (*tail)->expr = parse_value(p);
            tail = &(*tail)->next;
        } while (!p->failed && accept_operator(p, ","));
    }
    if (!p->failed && accept_word(p, "HAVING"))
        s->having = parse_condition(p);
    return p->failed ? NULL : s;
}

struct select *parse_select(struct parser *p)
{
    if (++p->depth > PARSE_DEPTH)
        return parse_fail(p, "a statement nested as deeply as this one");
    struct select *first = parse_core(p), *last = first;
    size_t count = 1;
    while (!p->failed && accept_word(p, "UNION")) {
        if (++count > 100)
            return parse_fail(p, "more than 100 parts of a UNION");
        bool all = accept_word(p, "ALL");
        last->next = parse_core(p);
        if (!last->next)
            return NULL;
        last = last->next;
        last->union_all = all;
    }
    if (!p->failed && (is_word(p->at, "EXCEPT") || is_word(p->at, "INTERSECT")))
        return parse_fail(p, "%s", p->at->text);
    if (!p->failed)
        parse_order(p, first);
    if (!p->failed && is_word(p->at, "FOR"))
        return parse_fail(p, "FOR XML, FOR JSON and FOR BROWSE");
    if (!p->failed && is_word(p->at, "OPTION"))
        return parse_fail(p, "OPTION");
    p->depth--;
    return p->failed ? NULL : first;
}

/* ---- other statements -------------------------------------------------------------------------- */

static struct statement *statement_new(struct parser *p, enum statement_kind kind)
{
    struct statement *s = arena_alloc(p->arena, sizeof *s);
    s->kind = kind;
    s->line = p->at->line;
    return s;
}

/* OUTPUT INSERTED.a [AS x], INSERTED.b */
static void parse_output(struct parser *p, struct statement *s)
{
    struct expr_list **tail = &s->output;
    if (!accept_word(p, "OUTPUT"))
        return;
    do {
        struct expr_list *item = arena_alloc(p->arena, sizeof *item);
        if (!accept_word(p, "INSERTED") || !accept_operator(p, ".")) {
            parse_fail(p, "OUTPUT of anything but INSERTED.column");
            return;
        }
        item->expr = arena_alloc(p->arena, sizeof *item->expr);
        item->expr->kind = EXPR_COLUMN;
        item->expr->style = -1;
        item->expr->line = p->at->line;
        item->expr->text = parse_name(p);
        if (accept_word(p, "AS"))
            item->alias = parse_name(p);
        *tail = item;
        tail = &item->next;
    } while (!p->failed && accept_operator(p, ","));
    if (is_word(p->at, "INTO"))
        parse_fail(p, "OUTPUT … INTO");
}

static void parse_values(struct parser *p, struct statement *s)
{
    s->rows = arena_alloc(p->arena, ROWS_OF_INSERT * sizeof s->rows[0]);
    do {
        if (s->row_count == ROWS_OF_INSERT) {
            p->failed = true;
            message_set(p->m, 10738, p->at->line,
                        "The number of row value expressions in the INSERT "
                        "statement exceeds the maximum of 1000.");
            return;
        }
        if (!expect_operator(p, "("))
            return;
        struct expr_list **tail = &s->rows[s->row_count++];
        do {
            *tail = arena_alloc(p->arena, sizeof **tail);
            (*tail)->expr = parse_value(p);
            tail = &(*tail)->next;
        } while (!p->failed && accept_operator(p, ","));
        if (!expect_operator(p, ")"))
            return;
    } while (accept_operator(p, ","));
}

static struct statement *parse_insert(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_INSERT);
    accept_word(p, "INTO");
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    if (accept_operator(p, "(")) {
        struct name_list **tail = &s->names;
        do {
            *tail = arena_alloc(p->arena, sizeof **tail);
            (*tail)->name = parse_name(p);
            tail = &(*tail)->next;
        } while (!p->failed && accept_operator(p, ","));
        expect_operator(p, ")");
    }
    parse_output(p, s);
    if (p->failed)
        return NULL;
    if (accept_word(p, "VALUES"))
        parse_values(p, s);
    else if (is_word(p->at, "SELECT"))
        s->select = parse_select(p);
    else
        return parse_near(p);
    return p->failed ? NULL : s;
}

static struct statement *parse_update(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_UPDATE);
    struct name_list **tail = &s->names;
    if (is_word(p->at, "TOP"))
        return parse_fail(p, "UPDATE TOP");
    if (!parse_table(p, &s->schema, &s->table) || !expect_word(p, "SET"))
        return NULL;
    do {
        *tail = arena_alloc(p->arena, sizeof **tail);
        (*tail)->name = parse_name(p);
        if (!expect_operator(p, "="))
            return NULL;
        (*tail)->value = parse_value(p);
        tail = &(*tail)->next;
    } while (!p->failed && accept_operator(p, ","));
    if (!p->failed && is_word(p->at, "FROM"))
        return parse_fail(p, "UPDATE … FROM: name the rows in WHERE");
    parse_output(p, s);
    if (!p->failed && accept_word(p, "WHERE"))
        s->where = parse_condition(p);
    return p->failed ? NULL : s;
}

static struct statement *parse_delete(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_DELETE);
    accept_word(p, "FROM");
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    if (accept_word(p, "WHERE"))
        s->where = parse_condition(p);
    return p->failed ? NULL : s;
}

static void parse_key(struct parser *p, struct statement *s)
{
    struct name_list **tail = &s->names;
    if (!accept_word(p, "CLUSTERED"))
        accept_word(p, "NONCLUSTERED");
    expect_operator(p, "(");
    do {
        *tail = arena_alloc(p->arena, sizeof **tail);
        (*tail)->name = parse_name(p);
        accept_word(p, "ASC");
        tail = &(*tail)->next;
    } while (!p->failed && accept_operator(p, ","));
    expect_operator(p, ")");
}

static void parse_column_def(struct parser *p, struct column_def *c)
{
    const char *name = parse_name(p);
    if (!name)
        return;
    if (!parse_type(&p->at, &c->column, p->m)) {
        p->failed = true;
        return;
    }
    text_copy(c->column.name, sizeof c->column.name, name);
    while (!p->failed) {
        if (accept_word(p, "NULL")) {
            c->column.nullable = true;
        } else if (accept_word(p, "NOT")) {
            expect_word(p, "NULL");
            c->column.nullable = false;
        } else if (accept_word(p, "IDENTITY")) {
            c->column.identity = true;
            c->column.nullable = false;
            if (accept_operator(p, "(")) {
                while (p->at->kind == TOKEN_INTEGER || is_operator(p->at, ","))
                    p->at++;
                expect_operator(p, ")");
            }
        } else if (accept_word(p, "PRIMARY")) {
            expect_word(p, "KEY");
            if (!accept_word(p, "CLUSTERED"))
                accept_word(p, "NONCLUSTERED");
            c->primary = true;
            c->column.nullable = false;
        } else if (accept_word(p, "CONSTRAINT")) {
            parse_name(p);
        } else if (accept_word(p, "DEFAULT")) {
            c->fallback = parse_value(p);
        } else if (accept_word(p, "COLLATE")) {
            parse_name(p);
        } else {
            return;
        }
    }
}

static struct statement *parse_create(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_CREATE_TABLE);
    struct column_def **tail = &s->columns;
    size_t count = 0;
    if (!accept_word(p, "TABLE"))
        return parse_fail(p, "CREATE %.60s (only CREATE TABLE)", p->at->text);
    if (!parse_table(p, &s->schema, &s->table) || !expect_operator(p, "("))
        return NULL;
    do {
        if (++count > COLUMNS_OF_TABLE)
            return parse_fail(p, "a table of more than %d columns", COLUMNS_OF_TABLE);
        if (accept_word(p, "CONSTRAINT"))
            parse_name(p);
        if (accept_word(p, "PRIMARY")) {
            expect_word(p, "KEY");
            parse_key(p, s);
            continue;
        }
        if (is_word(p->at, "UNIQUE") || is_word(p->at, "FOREIGN") || is_word(p->at, "CHECK"))
            return parse_fail(p, "%s constraints", p->at->text);
        *tail = arena_alloc(p->arena, sizeof **tail);
        parse_column_def(p, *tail);
        tail = &(*tail)->next;
    } while (!p->failed && accept_operator(p, ","));
    return p->failed || !expect_operator(p, ")") ? NULL : s;
}

static struct statement *parse_drop(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_DROP_TABLE);
    if (!accept_word(p, "TABLE"))
        return parse_fail(p, "DROP %.60s (only DROP TABLE)", p->at->text);
    if (accept_word(p, "IF")) {
        expect_word(p, "EXISTS");
        s->if_exists = true;
    }
    return parse_table(p, &s->schema, &s->table) ? s : NULL;
}

/* SET options that clients send at login. What they change is nothing here, but ROWCOUNT, NOCOUNT and
 * FMTONLY, which the engine looks at. */
static struct statement *parse_set(struct parser *p)
{
    static const char *const options[] = {"ANSI_DEFAULTS",
                                          "ANSI_NULLS",
                                          "ANSI_NULL_DFLT_ON",
                                          "ANSI_NULL_DFLT_OFF",
                                          "ANSI_PADDING",
                                          "ANSI_WARNINGS",
                                          "ARITHABORT",
                                          "ARITHIGNORE",
                                          "CONCAT_NULL_YIELDS_NULL",
                                          "CURSOR_CLOSE_ON_COMMIT",
                                          "DATEFIRST",
                                          "DATEFORMAT",
                                          "DEADLOCK_PRIORITY",
                                          "FMTONLY",
                                          "IMPLICIT_TRANSACTIONS",
                                          "LANGUAGE",
                                          "LOCK_TIMEOUT",
                                          "NOCOUNT",
                                          "NUMERIC_ROUNDABORT",
                                          "QUOTED_IDENTIFIER",
                                          "ROWCOUNT",
                                          "TEXTSIZE",
                                          "XACT_ABORT"};
    struct statement *s = statement_new(p, STATEMENT_SET);
    if (accept_word(p, "TRANSACTION")) {
        s->text = "ISOLATION";
        s->value = "";
        if (!expect_word(p, "ISOLATION") || !expect_word(p, "LEVEL"))
            return NULL;
        while (is_word(p->at, "READ") || is_word(p->at, "UNCOMMITTED") ||
               is_word(p->at, "COMMITTED") || is_word(p->at, "REPEATABLE") ||
               is_word(p->at, "SERIALIZABLE") || is_word(p->at, "SNAPSHOT"))
            p->at++;
        return s;
    }
    size_t i = 0;
    while (i < COUNT_OF(options) && !is_word(p->at, options[i]))
        i++;
    if (i == COUNT_OF(options))
        return parse_fail(p, "SET %.60s", p->at->text);
    s->text = options[i];
    p->at++;
    accept_operator(p, "-");
    if (p->at->kind == TOKEN_END)
        return parse_near(p);
    s->value = (p->at++)->text;
    return s;
}

static struct statement *parse_transaction(struct parser *p, enum statement_kind kind)
{
    struct statement *s = statement_new(p, kind);
    if (!accept_word(p, "TRANSACTION") && !accept_word(p, "TRAN") && !accept_word(p, "WORK") &&
        kind == STATEMENT_BEGIN)
        return parse_fail(p, "BEGIN … END blocks");
    if ((p->at->kind == TOKEN_WORD && !is_reserved(p->at)) || p->at->kind == TOKEN_QUOTED)
        p->at++; /* a transaction's name */
    return s;
}

/* IF @@TRANCOUNT > 0 COMMIT: what client libraries send. Every other IF is refused. */
static struct statement *parse_if(struct parser *p)
{
    if (p->at->kind == TOKEN_VARIABLE && strcasecmp(p->at->text, "@@TRANCOUNT") == 0 &&
        is_operator(p->at + 1, ">") && p->at[2].kind == TOKEN_INTEGER) {
        p->at += 3;
        struct statement *s = NULL;
        if (accept_word(p, "COMMIT"))
            s = parse_transaction(p, STATEMENT_COMMIT);
        else if (accept_word(p, "ROLLBACK"))
            s = parse_transaction(p, STATEMENT_ROLLBACK);
        if (s) {
            s->if_open = true;
            return s;
        }
    }
    return parse_fail(p, "IF (control of flow is not part of the subset)");
}

static struct statement *parse_exec(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_EXEC);
    struct name_list **tail = &s->names;
    if (is_operator(p->at, "("))
        return parse_fail(p, "EXEC of a text");
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    while (p->at->kind != TOKEN_END && !is_operator(p->at, ";")) {
        *tail = arena_alloc(p->arena, sizeof **tail);
        (*tail)->name = "";
        if (p->at->kind == TOKEN_VARIABLE && is_operator(p->at + 1, "=")) {
            (*tail)->name = p->at->text;
            p->at += 2;
        }
        (*tail)->value = parse_value(p);
        if (p->failed)
            return NULL;
        tail = &(*tail)->next;
        if (!accept_operator(p, ","))
            break;
    }
    return s;
}

static struct statement *parse_statement(struct parser *p)
{
    struct statement *s;
    if (is_word(p->at, "SELECT")) {
        s = statement_new(p, STATEMENT_SELECT);
        s->select = parse_select(p);
        return p->failed ? NULL : s;
    }
    static const struct {
        const char *word;
        struct statement *(*parse)(struct parser *);
    } table[] = {{"INSERT", parse_insert}, {"UPDATE", parse_update}, {"DELETE", parse_delete},
                 {"CREATE", parse_create}, {"DROP", parse_drop},     {"SET", parse_set},
                 {"IF", parse_if},         {"EXEC", parse_exec},     {"EXECUTE", parse_exec}};
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (accept_word(p, table[i].word))
            return table[i].parse(p);
    if (accept_word(p, "BEGIN"))
        return parse_transaction(p, STATEMENT_BEGIN);
    if (accept_word(p, "COMMIT"))
        return parse_transaction(p, STATEMENT_COMMIT);
    if (accept_word(p, "ROLLBACK"))
        return parse_transaction(p, STATEMENT_ROLLBACK);
    if (accept_word(p, "TRUNCATE")) {
        s = statement_new(p, STATEMENT_DELETE);
        return expect_word(p, "TABLE") && parse_table(p, &s->schema, &s->table) ? s : NULL;
    }
    if (accept_word(p, "USE")) {
        s = statement_new(p, STATEMENT_USE);
        s->text = parse_name(p);
        return p->failed ? NULL : s;
    }
    static const char *const refused[] = {
        "MERGE",  "WITH",   "DECLARE",  "WHILE",   "PRINT",     "ALTER",      "GRANT", "DENY",
        "REVOKE", "BACKUP", "RESTORE",  "WAITFOR", "RAISERROR", "THROW",      "GOTO",  "RETURN",
        "DBCC",   "KILL",   "SHUTDOWN", "OPEN",    "CLOSE",     "DEALLOCATE", "FETCH"};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (is_word(p->at, refused[i]))
            return parse_fail(p,
                              "%s (allowed: SELECT, INSERT, UPDATE, DELETE, CREATE TABLE, DROP "
                              "TABLE, SET, transactions)",
                              refused[i]);
    return parse_near(p);
}

struct statement *parse_batch(struct arena *arena, const char *text, size_t length,
                              const struct sql_parameter *parameters, size_t count,
                              struct sql_message *m)
{
    size_t token_count;
    struct parser p = {
        arena, lex_run(arena, text, length, &token_count), parameters, count, 0, false, m};
    struct statement *first = NULL, **tail = &first;
    if (!p.at) {
        message_set(m, 40000, 1, "The sandbox does not take a batch as long as this one");
        return NULL;
    }
    while (accept_operator(&p, ";")) {
    }
    while (p.at->kind != TOKEN_END) {
        size_t offset = p.at->offset;
        *tail = parse_statement(&p);
        if (p.failed || !*tail)
            return parse_near(&p);
        (*tail)->offset = offset;
        (*tail)->length = p.at->offset - offset;
        tail = &(*tail)->next;
        while (accept_operator(&p, ";")) {
        }
    }
    if (!first) {
        first = arena_alloc(arena, sizeof *first);
        first->kind = STATEMENT_NOTHING;
        first->line = 1;
    }
    return first;
}
