#include "sandbox/sql/compile_expr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sandbox/sql/compile.h"
#include "sandbox/sql/sqltype.h"
#include "sandbox/sql/parse_expr.h"
#include "sandbox/sql/compile_select.h"
#include "sandbox/sql/compile_function.h"
#include "sandbox/sql/cast.h"

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

const struct sql_column *source_columns(struct compiler *c, const struct source *s, size_t *count)
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
        const struct sql_column *columns = source_columns(c, s, &count);
        if (e->qualifier && strcasecmp(e->qualifier, s->alias) != 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            if (strcasecmp(columns[i].name, e->text) != 0)
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
        if (strcasecmp(t->columns[i].name, e->text) == 0 &&
            (!e->qualifier || strcasecmp(e->qualifier, t->name) == 0)) {
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
            alias_known |= e->qualifier && strcasecmp(f->alias, e->qualifier) == 0;
    }
    if (alias_known)
        compile_fail(c, 207, e->line, "Invalid column name '%.100s'.", e->text);
    else
        compile_fail(c, 4104, e->line,
                     "The multi-part identifier \"%.60s.%.60s\" could not be bound.", e->qualifier,
                     e->text);
}

static void type_number(struct expr *e)
{
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
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcasecmp(known[i].name, e->text) == 0) {
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
    type_expr(c, e->a);
    type_expr(c, e->b);
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
        type_expr(c, e->a);
    for (struct expr_list *l = e->list; l; l = l->next, is_value = !is_value) {
        type_expr(c, l->expr);
        if (!is_value || l->expr->kind == EXPR_NULL)
            continue;
        e->type = first ? l->expr->type : type_unify(&e->type, &l->expr->type);
        first = false;
    }
    if (e->b) {
        type_expr(c, e->b);
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

void type_expr(struct compiler *c, struct expr *e)
{
    if (c->failed)
        return;
    switch (e->kind) {
    case EXPR_COLUMN: type_column(c, e); break;
    case EXPR_NUMBER: type_number(e); break;
    case EXPR_STRING:
        e->type = simple(e->national ? SQLT_NVARCHAR : SQLT_VARCHAR, e->length > 4000 ? 0
                                                                     : e->length ? (int)e->length
                                                                                 : 1);
        e->type.nullable = false;
        break;
    case EXPR_HEX: e->type = simple(SQLT_VARBINARY, (int)(e->length / 2)); break;
    case EXPR_NULL: e->type = simple(SQLT_INT, 4); break;
    case EXPR_PARAMETER: e->type.name[0] = '\0'; break;
    case EXPR_SYSTEM: type_system(c, e); break;
    case EXPR_UNARY:
        type_expr(c, e->a);
        e->type = e->a->type;
        e->type.name[0] = '\0';
        if (!c->failed && !e->boolean && !type_exact(e->type.type) && !type_float(e->type.type))
            compile_fail(c, 8117, e->line, "Operand data type is invalid for the %s operator.",
                         e->text);
        break;
    case EXPR_BINARY: type_binary_op(c, e); break;
    case EXPR_FUNCTION: type_function(c, e); break;
    case EXPR_CASE: type_case(c, e); break;
    case EXPR_CAST:
        type_expr(c, e->a);
        e->type = e->target;
        e->type.nullable = true;
        break;
    case EXPR_IN:
        type_expr(c, e->a);
        if (e->select) {
            type_select(c, e->select);
            if (!c->failed && e->select->column_count != 1)
                compile_fail(c, 116, e->line,
                             "Only one expression can be specified in the select list "
                             "when the subquery is not introduced with EXISTS.");
        }
        for (struct expr_list *l = e->list; l; l = l->next)
            type_expr(c, l->expr);
        break;
    case EXPR_EXISTS: type_select(c, e->select); break;
    case EXPR_BETWEEN:
        type_expr(c, e->a);
        type_expr(c, e->b);
        type_expr(c, e->c);
        break;
    case EXPR_LIKE:
        type_expr(c, e->a);
        type_expr(c, e->b);
        if (e->c)
            type_expr(c, e->c);
        break;
    case EXPR_IS_NULL: type_expr(c, e->a); break;
    case EXPR_SUBQUERY:
        type_select(c, e->select);
        if (!c->failed && e->select->column_count != 1)
            compile_fail(c, 116, e->line,
                         "Only one expression can be specified in the select list when "
                         "the subquery is not introduced with EXISTS.");
        if (!c->failed)
            e->type = e->select->columns[0];
        e->type.name[0] = '\0';
        e->type.nullable = true;
        break;
    case EXPR_COLLATE:
        type_expr(c, e->a);
        e->type = e->a->type;
        if (!c->failed && !type_text(e->type.type))
            compile_fail(c, 447, e->line, "Expression type is invalid for COLLATE clause.");
        /* SQL Server would convert a varchar to that collation's code page, 1252, and lose letters. */
        if (!c->failed && !type_wide(e->type.type) &&
            strcasecmp(e->text, "Latin1_General_BIN2") == 0)
            compile_fail(c, 40000, e->line,
                         "The sandbox does not take COLLATE Latin1_General_BIN2 on a varchar: "
                         "write CAST(... AS NVARCHAR(n)) COLLATE Latin1_General_BIN2, for "
                         "SQL Server would convert the column to code page 1252 first");
        if (!c->failed && strcasecmp(e->text, "Polish_CI_AS") != 0 &&
            strcasecmp(e->text, "Latin1_General_BIN2") != 0 &&
            strcasecmp(e->text, "DATABASE_DEFAULT") != 0)
            compile_fail(c, 448, e->line,
                         "Invalid collation '%.60s' (the sandbox has Polish_CI_AS and "
                         "Latin1_General_BIN2).",
                         e->text);
        break;
    case EXPR_STAR: compile_fail(c, 102, e->line, "Incorrect syntax near '*'."); break;
    }
}

/* ---- writing ----------------------------------------------------------------------------------- */

static void emit_string(struct buf *b, const char *text, size_t length)
{
    /* A NUL would end SQLite's literal; as a blob cast to text it passes. */
    if (memchr(text, '\0', length)) {
        buf_add_text(b, "CAST(X'");
        for (size_t i = 0; i < length; i++)
            buf_printf(b, "%02X", (unsigned char)text[i]);
        buf_add_text(b, "' AS TEXT)");
        return;
    }
    buf_add_byte(b, '\'');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\'')
            buf_add_byte(b, '\'');
        buf_add_byte(b, text[i]);
    }
    buf_add_byte(b, '\'');
}

void emit_as(struct compiler *c, struct buf *b, const struct expr *e, const struct sql_column *to,
             enum emit_mode mode)
{
    const struct sql_column *from = &e->type;
    bool same_text = type_text(from->type) && type_text(to->type) && mode == EMIT_CAST;
    if (e->kind == EXPR_NULL) {
        buf_add_text(b, "NULL");
    } else if (same_text ||
               (mode == EMIT_CAST && from->type == to->type && from->scale == to->scale)) {
        emit_expr(c, b, e);
    } else if (mode == EMIT_CAST && type_exact(from->type) && type_exact(to->type) &&
               type_scale(from) <= type_scale(to)) {
        int by = type_scale(to) - type_scale(from);
        if (by == 0) {
            emit_expr(c, b, e);
        } else {
            buf_add_text(b, "ep_scale(");
            emit_expr(c, b, e);
            buf_printf(b, ",%d,%d)", type_scale(from), type_scale(to));
        }
    } else {
        struct buf inner;
        buf_init(&inner, b->maximum);
        emit_expr(c, &inner, e);
        cast_emit(b, buf_text(&inner), from, to, -1,
                  mode == EMIT_ASSIGN ? CAST_ASSIGN : CAST_PLAIN);
        b->failed |= inner.failed;
        buf_free(&inner);
    }
}

/* The type in which two values are compared. Dates are compared at the finest resolution. */
static struct sql_column comparison_type(const struct expr *a, const struct expr *b)
{
    struct sql_column t = a->kind == EXPR_NULL   ? b->type
                          : b->kind == EXPR_NULL ? a->type
                                                 : type_unify(&a->type, &b->type);
    if (type_exact(t.type) && type_exact(a->type.type) && type_exact(b->type.type)) {
        int scale = type_scale(&a->type) > type_scale(&b->type) ? type_scale(&a->type)
                                                                : type_scale(&b->type);
        t.type = scale ? SQLT_DECIMAL : SQLT_BIGINT;
        t.scale = scale;
        t.precision = 38;
    }
    if (type_date(t.type) && a->type.type != b->type.type && t.type != SQLT_TIME) {
        t.type = SQLT_DATETIME2;
        t.scale = 7;
    }
    return t;
}

static const char *collation_of(const struct expr *a, const struct expr *b)
{
    const struct expr *sides[] = {a, b};
    for (int i = 0; i < 2; i++)
        if (sides[i] && sides[i]->kind == EXPR_COLLATE)
            return strcasecmp(sides[i]->text, "Latin1_General_BIN2") == 0 ? " COLLATE BINARY"
                                                                          : " COLLATE PL";
    return " COLLATE PL";
}

static void emit_comparison(struct compiler *c, struct buf *b, const struct expr *a, const char *op,
                            const struct expr *with)
{
    struct sql_column t = comparison_type(a, with);
    buf_add_byte(b, '(');
    emit_as(c, b, a, &t, EMIT_CAST);
    if (type_text(t.type))
        buf_add_text(b, collation_of(a, with));
    buf_printf(b, " %s ", op);
    emit_as(c, b, with, &t, EMIT_CAST);
    buf_add_byte(b, ')');
}

static void emit_arithmetic(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct sql_column *t = &e->type;
    char op = e->text[0];
    if (type_float(t->type)) {
        buf_add_byte(b, '(');
        emit_as(c, b, e->a, t, EMIT_CAST);
        buf_printf(b, " %c ", op);
        emit_as(c, b, e->b, t, EMIT_CAST);
        buf_add_byte(b, ')');
        return;
    }
    /* A text operand takes the type of the other. */
    struct sql_column ta = type_text(e->a->type.type) ? e->b->type : e->a->type;
    struct sql_column tb = type_text(e->b->type.type) ? e->a->type : e->b->type;
    if (op == '+' || op == '-' || op == '%') {
        struct sql_column common = *t;
        buf_add_text(b, op == '%' ? "ep_mod(" : "(");
        emit_as(c, b, e->a, &common, EMIT_CAST);
        buf_add_text(b, op == '%' ? "," : op == '+' ? " + " : " - ");
        emit_as(c, b, e->b, &common, EMIT_CAST);
        buf_add_byte(b, ')');
        return;
    }
    int sa = type_scale(&ta), sb = type_scale(&tb), sr = type_scale(t);
    buf_add_text(b, op == '*' ? "ep_mul(" : "ep_div(");
    emit_as(c, b, e->a, &ta, EMIT_CAST);
    buf_add_byte(b, ',');
    emit_as(c, b, e->b, &tb, EMIT_CAST);
    buf_printf(b, ",%d)", op == '*' ? sa + sb - sr : sr - sa + sb);
}

static void emit_case(struct compiler *c, struct buf *b, const struct expr *e)
{
    bool is_value = false;
    buf_add_text(b, "CASE");
    for (const struct expr_list *l = e->list; l; l = l->next, is_value = !is_value) {
        buf_add_text(b, is_value ? " THEN " : " WHEN ");
        if (is_value)
            emit_as(c, b, l->expr, &e->type, EMIT_CAST);
        else if (e->a)
            emit_comparison(c, b, e->a, "=", l->expr);
        else
            emit_expr(c, b, l->expr);
    }
    if (e->b) {
        buf_add_text(b, " ELSE ");
        emit_as(c, b, e->b, &e->type, EMIT_CAST);
    }
    buf_add_text(b, " END");
}

static void emit_in(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_text(b, e->negated ? "NOT (" : "(");
    if (e->select) {
        struct expr column = {.kind = EXPR_COLUMN, .type = e->select->columns[0]};
        struct sql_column t = comparison_type(e->a, &column);
        emit_as(c, b, e->a, &t, EMIT_CAST);
        if (type_text(t.type))
            buf_add_text(b, " COLLATE PL");
        buf_add_text(b, " IN (");
        if (!type_text(t.type) && type_scale(&t) != type_scale(&column.type))
            compile_fail(c, 40000, e->line,
                         "The sandbox does not take IN over values of different "
                         "types: CAST one of them");
        emit_select(c, b, e->select);
        buf_add_byte(b, ')');
    } else {
        for (const struct expr_list *l = e->list; l; l = l->next) {
            if (l != e->list)
                buf_add_text(b, " OR ");
            emit_comparison(c, b, e->a, "=", l->expr);
        }
    }
    buf_add_byte(b, ')');
}

static void emit_system(struct compiler *c, struct buf *b, const char *name)
{
    const struct session_facts *f = c->facts;
    if (strcasecmp(name, "@@VERSION") == 0)
        emit_string(b, f->version, strlen(f->version));
    else if (strcasecmp(name, "@@SERVERNAME") == 0)
        emit_string(b, f->host, strlen(f->host));
    else if (strcasecmp(name, "@@SERVICENAME") == 0)
        buf_add_text(b, "'INSERTGT'");
    else if (strcasecmp(name, "@@LANGUAGE") == 0)
        buf_add_text(b, "'us_english'");
    else if (strcasecmp(name, "@@SPID") == 0)
        buf_printf(b, "%d", f->spid);
    else if (strcasecmp(name, "@@DBTS") == 0)
        buf_add_text(b, "(SELECT ep_rowversion(value,0) FROM _rowversion)");
    else if (strcasecmp(name, "@@TRANCOUNT") == 0)
        buf_printf(b, "%d", f->transactions);
    else if (strcasecmp(name, "@@ROWCOUNT") == 0)
        buf_printf(b, "%lld", (long long)f->row_count);
    else if (strcasecmp(name, "@@IDENTITY") == 0 && f->identity)
        buf_printf(b, "%lld", (long long)f->identity);
    else if (strcasecmp(name, "@@IDENTITY") == 0)
        buf_add_text(b, "NULL");
    else if (strcasecmp(name, "@@MAX_PRECISION") == 0)
        buf_add_text(b, "38");
    else if (strcasecmp(name, "@@DATEFIRST") == 0)
        buf_add_text(b, "7");
    else if (strcasecmp(name, "@@MICROSOFTVERSION") == 0)
        buf_add_text(b, "251658240");
    else if (strcasecmp(name, "@@LOCK_TIMEOUT") == 0)
        buf_add_text(b, "-1");
    else
        buf_add_text(b, "0");
}

static void emit_column(struct buf *b, const struct expr *e)
{
    if (e->source >= 0 && e->scope) {
        const struct source *s = e->scope->sources;
        for (int i = 0; i < e->source; i++)
            s = s->next;
        quote_name(b, s->alias);
        buf_add_byte(b, '.');
    }
    quote_name(b, e->type.name);
}

static void emit_number(struct buf *b, const struct expr *e)
{
    int64_t scaled;
    if (e->literal == TOKEN_FLOAT)
        buf_printf(b, "(%s+0.0)", e->text);
    else if (scaled_parse(e->text, e->length, type_scale(&e->type), &scaled))
        buf_printf(b, "%lld", (long long)scaled);
    else
        b->failed = true;
}

static void emit_cast(struct compiler *c, struct buf *b, const struct expr *e)
{
    struct buf inner;
    const struct sql_column *from = &e->a->type, *to = &e->type;
    /* The commonest casts of mappings change nothing: money to DECIMAL(19,4), a number to a wider one. */
    bool widens = type_exact(from->type) && type_exact(to->type) &&
                  type_scale(from) == type_scale(to) && type_precision(to) >= type_precision(from);
    if (e->a->kind == EXPR_NULL || widens) {
        emit_expr(c, b, e->a);
        return;
    }
    buf_init(&inner, b->maximum);
    emit_expr(c, &inner, e->a);
    cast_emit(b, buf_text(&inner), from, to, e->style, e->try ? CAST_TRY : CAST_PLAIN);
    b->failed |= inner.failed;
    buf_free(&inner);
}

void emit_expr(struct compiler *c, struct buf *b, const struct expr *e)
{
    if (c->failed || b->failed)
        return;
    switch (e->kind) {
    case EXPR_COLUMN: emit_column(b, e); break;
    case EXPR_NUMBER: emit_number(b, e); break;
    case EXPR_STRING: emit_string(b, e->text, e->length); break;
    case EXPR_HEX: buf_printf(b, "X'%s%s'", e->length % 2 ? "0" : "", e->text + 2); break;
    case EXPR_NULL: buf_add_text(b, "NULL"); break;
    case EXPR_PARAMETER: buf_printf(b, "?%d", e->parameter + 1); break;
    case EXPR_SYSTEM: emit_system(c, b, e->text); break;
    case EXPR_UNARY:
        buf_printf(b, "(%s ", e->text);
        emit_expr(c, b, e->a);
        buf_add_byte(b, ')');
        break;
    case EXPR_BINARY:
        if (!e->boolean) {
            emit_arithmetic(c, b, e);
        } else if (e->a->boolean) {
            buf_add_byte(b, '(');
            emit_expr(c, b, e->a);
            buf_printf(b, " %s ", e->text);
            emit_expr(c, b, e->b);
            buf_add_byte(b, ')');
        } else {
            emit_comparison(c, b, e->a, e->text, e->b);
        }
        break;
    case EXPR_FUNCTION: emit_function(c, b, e); break;
    case EXPR_CASE: emit_case(c, b, e); break;
    case EXPR_CAST: emit_cast(c, b, e); break;
    case EXPR_IN: emit_in(c, b, e); break;
    case EXPR_EXISTS:
        buf_add_text(b, "EXISTS (");
        emit_select(c, b, e->select);
        buf_add_byte(b, ')');
        break;
    case EXPR_BETWEEN:
        buf_add_text(b, e->negated ? "NOT (" : "(");
        emit_comparison(c, b, e->a, ">=", e->b);
        buf_add_text(b, " AND ");
        emit_comparison(c, b, e->a, "<=", e->c);
        buf_add_byte(b, ')');
        break;
    case EXPR_LIKE:
        buf_add_text(b, e->negated ? "NOT ep_like(" : "ep_like(");
        emit_expr(c, b, e->a);
        buf_add_byte(b, ',');
        emit_expr(c, b, e->b);
        if (e->c) {
            buf_add_byte(b, ',');
            emit_expr(c, b, e->c);
        }
        buf_add_byte(b, ')');
        break;
    case EXPR_IS_NULL:
        buf_add_byte(b, '(');
        emit_expr(c, b, e->a);
        buf_add_text(b, e->negated ? " IS NOT NULL)" : " IS NULL)");
        break;
    case EXPR_SUBQUERY:
        buf_add_byte(b, '(');
        emit_select(c, b, e->select);
        buf_add_byte(b, ')');
        break;
    case EXPR_COLLATE: emit_expr(c, b, e->a); break;
    case EXPR_STAR: break;
    }
}
