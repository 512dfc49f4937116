#include "sandbox/sql/compile_type.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/compile_function.h"
#include "sandbox/sql/compile_select.h"
#include "sandbox/sql/message.h"
#include "sandbox/sql/parse_expr.h"
#include "sandbox/sql/type.h"

void compile_fail(struct compiler *c, int number, int line, const char *format, ...)
{
    if (c->failed)
        return;
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    c->failed = true;
    message_set(c->m, number, line, "%s", text);
}

static struct sql_column simple(enum sql_type type, int length)
{
    return (struct sql_column){.type = type, .length = length, .nullable = true};
}

const struct sql_column *compile_source_columns(struct compiler *c, const struct source *s,
                                                size_t *count)
{
    if (s->select) {
        *count = s->select->column_count;
        return s->select->columns;
    }
    const struct table *t = catalog_find(c->catalog, s->schema, s->table);
    *count = t ? t->column_count : 0;
    return t ? t->columns : NULL;
}

/* Look for the column in one scope; the number of matches. */
static int look_up(struct compiler *c, struct scope *scope, struct expr *e)
{
    int matches = 0, index = 0;
    for (const struct source *s = scope->sources; s; s = s->next, index++) {
        size_t count;
        const struct sql_column *columns = compile_source_columns(c, s, &count);
        if (e->qualifier && text_compare_nocase(e->qualifier, s->alias) != 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            if (text_compare_nocase(columns[i].name, e->text) != 0)
                continue;
            if (matches++ == 0) {
                e->source = index;
                e->column = (int)i;
                e->scope = scope;
                e->type = columns[i];
                if (s->join == JOIN_LEFT)
                    e->type.nullable = true;
            }
        }
    }
    const struct table *t = scope->target;
    for (size_t i = 0; t && matches == 0 && i < t->column_count; i++) {
        if (text_compare_nocase(t->columns[i].name, e->text) == 0 &&
            (!e->qualifier || text_compare_nocase(e->qualifier, t->name) == 0)) {
            e->source = -1;
            e->scope = scope;
            e->type = t->columns[i];
            matches = 1;
        }
    }
    return matches;
}

static void type_column(struct compiler *c, struct expr *e)
{
    bool alias_known = !e->qualifier;
    for (struct scope *s = c->scope; s; s = s->parent) {
        int matches = look_up(c, s, e);
        if (matches > 1 && !e->qualifier) {
            compile_fail(c, 209, e->line, "Ambiguous column name '%.100s'.", e->text);
            return;
        }
        if (matches > 0)
            return;
        for (const struct source *f = s->sources; f; f = f->next)
            alias_known |= e->qualifier && text_compare_nocase(f->alias, e->qualifier) == 0;
    }
    if (alias_known)
        compile_fail(c, 207, e->line, "Invalid column name '%.100s'.", e->text);
    else
        compile_fail(c, 4104, e->line,
                     "The multi-part identifier \"%.60s.%.60s\" could not be bound.", e->qualifier,
                     e->text);
}

static void type_number(struct compiler *c, struct expr *e)
{
    (void)c;
    int64_t value;
    if (e->literal == TOKEN_FLOAT) {
        e->type = simple(SQLT_FLOAT, 8);
    } else if (e->literal == TOKEN_INTEGER && text_to_i64(e->text, &value)) {
        e->type = simple(value > INT32_MAX ? SQLT_DECIMAL : SQLT_INT, 4);
        if (value > INT32_MAX)
            e->type.precision = (int)strlen(e->text);
    } else {
        const char *point = strchr(e->text, '.');
        e->type = simple(SQLT_DECIMAL, 9);
        e->type.scale = point ? (int)strlen(point + 1) : 0;
        e->type.precision = (int)strlen(e->text) - (point != NULL);
        if (e->type.precision < 1)
            e->type.precision = 1;
    }
    e->type.nullable = false;
}

static void type_system(struct compiler *c, struct expr *e)
{
    static const struct {
        const char *name;
        enum sql_type type;
        int length;
    } known[] = {{"@@VERSION", SQLT_NVARCHAR, 300},  {"@@SPID", SQLT_SMALLINT, 2},
                 {"@@TRANCOUNT", SQLT_INT, 4},       {"@@ROWCOUNT", SQLT_INT, 4},
                 {"@@IDENTITY", SQLT_BIGINT, 8},     {"@@SERVERNAME", SQLT_NVARCHAR, 128},
                 {"@@LANGUAGE", SQLT_NVARCHAR, 128}, {"@@MAX_PRECISION", SQLT_TINYINT, 1},
                 {"@@ERROR", SQLT_INT, 4},           {"@@MICROSOFTVERSION", SQLT_INT, 4},
                 {"@@DATEFIRST", SQLT_TINYINT, 1},   {"@@LOCK_TIMEOUT", SQLT_INT, 4},
                 {"@@OPTIONS", SQLT_INT, 4},         {"@@SERVICENAME", SQLT_NVARCHAR, 128},
                 {"@@DBTS", SQLT_BINARY, 8}};
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (text_compare_nocase(known[i].name, e->text) == 0) {
            e->type = simple(known[i].type, known[i].length);
            return;
        }
    }
    compile_fail(c, 137, e->line, "Must declare the scalar variable \"%.100s\".", e->text);
}

/* Result type of + - * / % on exact numbers, by the published rules for precision and scale. */
static struct sql_column arithmetic_type(const struct sql_column *a, const struct sql_column *b,
                                         char op)
{
    struct sql_column t = type_unify(a, b);
    if (type_float(t.type))
        return t;
    if (a->type <= SQLT_BIGINT && b->type <= SQLT_BIGINT) {
        if (t.type == SQLT_BIT)
            t.type = SQLT_INT;
        return t;
    }
    if (t.type == SQLT_MONEY || t.type == SQLT_SMALLMONEY)
        return t;
    int p1 = type_precision(a), s1 = type_scale(a), p2 = type_precision(b), s2 = type_scale(b);
    int p, s;
    if (op == '*') {
        p = p1 + p2 + 1;
        s = s1 + s2;
    } else if (op == '/') {
        s = s1 + p2 + 1 > 6 ? s1 + p2 + 1 : 6;
        p = p1 - s1 + s2 + s;
    } else if (op == '%') {
        s = s1 > s2 ? s1 : s2;
        p = (p1 - s1 < p2 - s2 ? p1 - s1 : p2 - s2) + s;
    } else {
        s = s1 > s2 ? s1 : s2;
        p = (p1 - s1 > p2 - s2 ? p1 - s1 : p2 - s2) + s + 1;
    }
    if (p > 38) {
        int whole = p - s, least = s < 6 ? s : 6;
        s = 38 - whole > least ? 38 - whole : least;
        p = 38;
    }
    /* Values are 64 bits wide here: a scale beyond 12 would leave no room before the point. */
    if (s > 12)
        s = 12;
    t.type = SQLT_DECIMAL;
    t.precision = p < 1 ? 1 : p;
    t.scale = s;
    return t;
}

static void type_binary_op(struct compiler *c, struct expr *e)
{
    compile_type_expr(c, e->a);
    compile_type_expr(c, e->b);
    if (c->failed || e->boolean)
        return;
    const struct sql_column *a = &e->a->type, *b = &e->b->type;
    if (e->a->kind == EXPR_NULL)
        e->a->type = *b;
    if (e->b->kind == EXPR_NULL)
        e->b->type = *a;
    if (type_text(a->type) && type_text(b->type) && e->text[0] == '+') {
        compile_fail(c, 40000, e->line,
                     "The sandbox does not take + between texts (NULL would swallow "
                     "them): write CONCAT(a, b)");
        return;
    }
    if (type_date(a->type) || type_date(b->type)) {
        compile_fail(c, 40000, e->line,
                     "The sandbox does not take arithmetic with dates: write DATEADD or DATEDIFF");
        return;
    }
    if (type_text(a->type))
        e->type = arithmetic_type(b, b, e->text[0]);
    else if (type_text(b->type))
        e->type = arithmetic_type(a, a, e->text[0]);
    else
        e->type = arithmetic_type(a, b, e->text[0]);
    if (!type_exact(e->type.type) && !type_float(e->type.type))
        compile_fail(c, 402, e->line, "The data types are incompatible in the %s operator.",
                     e->text);
    e->type.nullable = true;
    e->type.name[0] = '\0';
}

static void type_case(struct compiler *c, struct expr *e)
{
    bool first = true, is_value = false;
    if (e->a)
        compile_type_expr(c, e->a);
    for (struct expr_list *l = e->list; l; l = l->next, is_value = !is_value) {
        compile_type_expr(c, l->expr);
        if (!is_value || l->expr->kind == EXPR_NULL)
            continue;
        e->type = first ? l->expr->type : type_unify(&e->type, &l->expr->type);
        first = false;
    }
    if (e->b) {
        compile_type_expr(c, e->b);
        if (e->b->kind != EXPR_NULL)
            e->type = first ? e->b->type : type_unify(&e->type, &e->b->type);
        first = false;
    }
    if (first && !c->failed)
        compile_fail(c, 8133, e->line,
                     "At least one of the result expressions in a CASE specification "
                     "must be an expression other than the NULL constant.");
    e->type.name[0] = '\0';
    e->type.nullable = true;
}

static void type_string(struct compiler *c, struct expr *e)
{
    (void)c;
    int length = e->length > 4000 ? 0 : e->length ? (int)e->length : 1;
    e->type = simple(e->national ? SQLT_NVARCHAR : SQLT_VARCHAR, length);
    e->type.nullable = false;
}

static void type_hex(struct compiler *c, struct expr *e)
{
    (void)c;
    e->type = simple(SQLT_VARBINARY, (int)(e->length / 2));
}

static void type_null(struct compiler *c, struct expr *e)
{
    (void)c;
    e->type = simple(SQLT_INT, 4);
}

static void type_parameter(struct compiler *c, struct expr *e)
{
    (void)c; /* the parser gave it its type */
    e->type.name[0] = '\0';
}

static void type_unary(struct compiler *c, struct expr *e)
{
    compile_type_expr(c, e->a);
    e->type = e->a->type;
    e->type.name[0] = '\0';
    if (!c->failed && !e->boolean && !type_exact(e->type.type) && !type_float(e->type.type))
        compile_fail(c, 8117, e->line, "Operand data type is invalid for the %s operator.",
                     e->text);
}

static void type_cast(struct compiler *c, struct expr *e)
{
    compile_type_expr(c, e->a);
    e->type = e->target;
    e->type.nullable = true;
}

/* The operands of a condition; the condition itself needs no type. */
static void type_operands(struct compiler *c, struct expr *e)
{
    struct expr *operands[] = {e->a, e->b, e->c};
    for (size_t i = 0; i < COUNT_OF(operands); i++)
        if (operands[i])
            compile_type_expr(c, operands[i]);
}

/* A subquery in place of a value must have one column. */
static void type_one_column(struct compiler *c, struct expr *e)
{
    compile_type_select(c, e->select);
    if (!c->failed && e->select->column_count != 1)
        compile_fail(c, 116, e->line,
                     "Only one expression can be specified in the select list when the subquery "
                     "is not introduced with EXISTS.");
}

static void type_in(struct compiler *c, struct expr *e)
{
    compile_type_expr(c, e->a);
    if (e->select)
        type_one_column(c, e);
    for (struct expr_list *l = e->list; l; l = l->next)
        compile_type_expr(c, l->expr);
}

static void type_exists(struct compiler *c, struct expr *e)
{
    compile_type_select(c, e->select);
}

static void type_subquery(struct compiler *c, struct expr *e)
{
    type_one_column(c, e);
    if (!c->failed)
        e->type = e->select->columns[0];
    e->type.name[0] = '\0';
    e->type.nullable = true;
}

static bool collation_known(const char *name)
{
    static const char *const known[] = {"Polish_CI_AS", "Latin1_General_BIN2", "DATABASE_DEFAULT"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (text_compare_nocase(name, known[i]) == 0)
            return true;
    return false;
}

static void type_collate(struct compiler *c, struct expr *e)
{
    compile_type_expr(c, e->a);
    if (c->failed)
        return;
    e->type = e->a->type;
    if (!type_text(e->type.type))
        compile_fail(c, 447, e->line, "Expression type is invalid for COLLATE clause.");
    /* SQL Server would convert a varchar to that collation's code page, 1252, and lose letters. */
    if (!type_wide(e->type.type) && text_compare_nocase(e->text, "Latin1_General_BIN2") == 0)
        compile_fail(c, 40000, e->line,
                     "The sandbox does not take COLLATE Latin1_General_BIN2 on a varchar: "
                     "write CAST(... AS NVARCHAR(n)) COLLATE Latin1_General_BIN2, for "
                     "SQL Server would convert the column to code page 1252 first");
    if (!collation_known(e->text))
        compile_fail(c, 448, e->line,
                     "Invalid collation '%.60s' (the sandbox has Polish_CI_AS and "
                     "Latin1_General_BIN2).",
                     e->text);
}

static void refuse_star(struct compiler *c, struct expr *e)
{
    compile_fail(c, 102, e->line, "Incorrect syntax near '*'.");
}

void compile_type_expr(struct compiler *c, struct expr *e)
{
    static void (*const rules[])(struct compiler *, struct expr *) = {
        [EXPR_COLUMN] = type_column,
        [EXPR_NUMBER] = type_number,
        [EXPR_STRING] = type_string,
        [EXPR_HEX] = type_hex,
        [EXPR_NULL] = type_null,
        [EXPR_PARAMETER] = type_parameter,
        [EXPR_SYSTEM] = type_system,
        [EXPR_UNARY] = type_unary,
        [EXPR_BINARY] = type_binary_op,
        [EXPR_FUNCTION] = compile_type_function,
        [EXPR_CASE] = type_case,
        [EXPR_CAST] = type_cast,
        [EXPR_IN] = type_in,
        [EXPR_EXISTS] = type_exists,
        [EXPR_BETWEEN] = type_operands,
        [EXPR_LIKE] = type_operands,
        [EXPR_IS_NULL] = type_operands,
        [EXPR_SUBQUERY] = type_subquery,
        [EXPR_COLLATE] = type_collate,
        [EXPR_STAR] = refuse_star,
    };
    if (!c->failed)
        rules[e->kind](c, e);
}
