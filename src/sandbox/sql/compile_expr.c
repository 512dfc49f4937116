#include "sandbox/sql/compile_expr.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "sandbox/sql/cast.h"
#include "sandbox/sql/compile_function.h"
#include "sandbox/sql/compile_select.h"
#include "sandbox/sql/compile_type.h"
#include "sandbox/sql/scaled.h"
#include "sandbox/sql/type.h"

static void emit_string(struct buf *b, const char *text, size_t length)
{
    /* A NUL would end SQLite's literal; a blob cast to text may contain it. */
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

void compile_emit_as(struct compiler *c, struct buf *b, const struct expr *e,
                     const struct sql_column *to, enum emit_mode mode)
{
    const struct sql_column *from = &e->type;
    bool same_text = type_text(from->type) && type_text(to->type) && mode == EMIT_CAST;
    if (e->kind == EXPR_NULL) {
        buf_add_text(b, "NULL");
    } else if (same_text ||
               (mode == EMIT_CAST && from->type == to->type && from->scale == to->scale)) {
        compile_emit_expr(c, b, e);
    } else if (mode == EMIT_CAST && type_exact(from->type) && type_exact(to->type) &&
               type_scale(from) <= type_scale(to)) {
        int by = type_scale(to) - type_scale(from);
        if (by == 0) {
            compile_emit_expr(c, b, e);
        } else {
            buf_add_text(b, "ep_scale(");
            compile_emit_expr(c, b, e);
            buf_printf(b, ",%d,%d)", type_scale(from), type_scale(to));
        }
    } else {
        struct buf inner;
        buf_init(&inner, b->maximum);
        compile_emit_expr(c, &inner, e);
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
            return text_compare_nocase(sides[i]->text, "Latin1_General_BIN2") == 0
                       ? " COLLATE BINARY"
                       : " COLLATE PL";
    return " COLLATE PL";
}

static void emit_comparison(struct compiler *c, struct buf *b, const struct expr *a, const char *op,
                            const struct expr *with)
{
    struct sql_column t = comparison_type(a, with);
    buf_add_byte(b, '(');
    compile_emit_as(c, b, a, &t, EMIT_CAST);
    if (type_text(t.type))
        buf_add_text(b, collation_of(a, with));
    buf_printf(b, " %s ", op);
    compile_emit_as(c, b, with, &t, EMIT_CAST);
    buf_add_byte(b, ')');
}

static void emit_arithmetic(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct sql_column *t = &e->type;
    char op = e->text[0];
    if (type_float(t->type)) {
        buf_add_byte(b, '(');
        compile_emit_as(c, b, e->a, t, EMIT_CAST);
        buf_printf(b, " %c ", op);
        compile_emit_as(c, b, e->b, t, EMIT_CAST);
        buf_add_byte(b, ')');
        return;
    }
    /* A text operand takes the type of the other. */
    struct sql_column ta = type_text(e->a->type.type) ? e->b->type : e->a->type;
    struct sql_column tb = type_text(e->b->type.type) ? e->a->type : e->b->type;
    if (op == '+' || op == '-' || op == '%') {
        struct sql_column common = *t;
        buf_add_text(b, op == '%' ? "ep_mod(" : "(");
        compile_emit_as(c, b, e->a, &common, EMIT_CAST);
        buf_add_text(b, op == '%' ? "," : op == '+' ? " + " : " - ");
        compile_emit_as(c, b, e->b, &common, EMIT_CAST);
        buf_add_byte(b, ')');
        return;
    }
    int sa = type_scale(&ta), sb = type_scale(&tb), sr = type_scale(t);
    buf_add_text(b, op == '*' ? "ep_mul(" : "ep_div(");
    compile_emit_as(c, b, e->a, &ta, EMIT_CAST);
    buf_add_byte(b, ',');
    compile_emit_as(c, b, e->b, &tb, EMIT_CAST);
    buf_printf(b, ",%d)", op == '*' ? sa + sb - sr : sr - sa + sb);
}

static void emit_case(struct compiler *c, struct buf *b, const struct expr *e)
{
    bool is_value = false;
    buf_add_text(b, "CASE");
    for (const struct expr_list *l = e->list; l; l = l->next, is_value = !is_value) {
        buf_add_text(b, is_value ? " THEN " : " WHEN ");
        if (is_value)
            compile_emit_as(c, b, l->expr, &e->type, EMIT_CAST);
        else if (e->a)
            emit_comparison(c, b, e->a, "=", l->expr);
        else
            compile_emit_expr(c, b, l->expr);
    }
    if (e->b) {
        buf_add_text(b, " ELSE ");
        compile_emit_as(c, b, e->b, &e->type, EMIT_CAST);
    }
    buf_add_text(b, " END");
}

static void emit_in(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_text(b, e->negated ? "NOT (" : "(");
    if (e->select) {
        struct expr column = {.kind = EXPR_COLUMN, .type = e->select->columns[0]};
        struct sql_column t = comparison_type(e->a, &column);
        compile_emit_as(c, b, e->a, &t, EMIT_CAST);
        if (type_text(t.type))
            buf_add_text(b, " COLLATE PL");
        buf_add_text(b, " IN (");
        if (!type_text(t.type) && type_scale(&t) != type_scale(&column.type))
            compile_fail(c, 40000, e->line,
                         "The sandbox does not take IN over values of different "
                         "types: CAST one of them");
        compile_emit_select(c, b, e->select);
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

static void emit_system(struct compiler *c, struct buf *b, const struct expr *e)
{
    const char *name = e->text;
    const struct session_facts *f = c->facts;
    if (text_compare_nocase(name, "@@VERSION") == 0)
        emit_string(b, f->version, strlen(f->version));
    else if (text_compare_nocase(name, "@@SERVERNAME") == 0)
        emit_string(b, f->host, strlen(f->host));
    else if (text_compare_nocase(name, "@@SERVICENAME") == 0)
        buf_add_text(b, "'INSERTGT'");
    else if (text_compare_nocase(name, "@@LANGUAGE") == 0)
        buf_add_text(b, "'us_english'");
    else if (text_compare_nocase(name, "@@SPID") == 0)
        buf_printf(b, "%d", f->spid);
    else if (text_compare_nocase(name, "@@DBTS") == 0)
        buf_add_text(b, "(SELECT ep_rowversion(value,0) FROM _rowversion)");
    else if (text_compare_nocase(name, "@@TRANCOUNT") == 0)
        buf_printf(b, "%d", f->transactions);
    else if (text_compare_nocase(name, "@@ROWCOUNT") == 0)
        buf_printf(b, "%lld", (long long)f->row_count);
    else if (text_compare_nocase(name, "@@IDENTITY") == 0 && f->identity)
        buf_printf(b, "%lld", (long long)f->identity);
    else if (text_compare_nocase(name, "@@IDENTITY") == 0)
        buf_add_text(b, "NULL");
    else if (text_compare_nocase(name, "@@MAX_PRECISION") == 0)
        buf_add_text(b, "38");
    else if (text_compare_nocase(name, "@@DATEFIRST") == 0)
        buf_add_text(b, "7");
    else if (text_compare_nocase(name, "@@MICROSOFTVERSION") == 0)
        buf_add_text(b, "251658240");
    else if (text_compare_nocase(name, "@@LOCK_TIMEOUT") == 0)
        buf_add_text(b, "-1");
    else
        buf_add_text(b, "0");
}

static void emit_column(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)c;
    if (e->source >= 0 && e->scope) {
        const struct source *s = e->scope->sources;
        for (int i = 0; i < e->source; i++)
            s = s->next;
        catalog_quote_name(b, s->alias);
        buf_add_byte(b, '.');
    }
    catalog_quote_name(b, e->type.name);
}

static void emit_number(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)c;
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
    /* The most common casts in mappings change nothing: money to DECIMAL(19,4), a number to a wider
     * one. */
    bool widens = type_exact(from->type) && type_exact(to->type) &&
                  type_scale(from) == type_scale(to) && type_precision(to) >= type_precision(from);
    if (e->a->kind == EXPR_NULL || widens) {
        compile_emit_expr(c, b, e->a);
        return;
    }
    buf_init(&inner, b->maximum);
    compile_emit_expr(c, &inner, e->a);
    cast_emit(b, buf_text(&inner), from, to, e->style, e->try ? CAST_TRY : CAST_PLAIN);
    b->failed |= inner.failed;
    buf_free(&inner);
}

static void emit_text(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)c;
    emit_string(b, e->text, e->length);
}

static void emit_hex(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)c;
    buf_printf(b, "X'%s%s'", e->length % 2 ? "0" : "", e->text + 2);
}

static void emit_null(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)c;
    (void)e;
    buf_add_text(b, "NULL");
}

static void emit_parameter(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)c;
    buf_printf(b, "?%d", e->parameter + 1);
}

static void emit_unary(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_printf(b, "(%s ", e->text);
    compile_emit_expr(c, b, e->a);
    buf_add_byte(b, ')');
}

static void emit_binary(struct compiler *c, struct buf *b, const struct expr *e)
{
    if (!e->boolean) {
        emit_arithmetic(c, b, e);
    } else if (e->a->boolean) {
        buf_add_byte(b, '(');
        compile_emit_expr(c, b, e->a);
        buf_printf(b, " %s ", e->text);
        compile_emit_expr(c, b, e->b);
        buf_add_byte(b, ')');
    } else {
        emit_comparison(c, b, e->a, e->text, e->b);
    }
}

static void emit_exists(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_text(b, "EXISTS (");
    compile_emit_select(c, b, e->select);
    buf_add_byte(b, ')');
}

static void emit_between(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_text(b, e->negated ? "NOT (" : "(");
    emit_comparison(c, b, e->a, ">=", e->b);
    buf_add_text(b, " AND ");
    emit_comparison(c, b, e->a, "<=", e->c);
    buf_add_byte(b, ')');
}

static void emit_like(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_text(b, e->negated ? "NOT ep_like(" : "ep_like(");
    compile_emit_expr(c, b, e->a);
    buf_add_byte(b, ',');
    compile_emit_expr(c, b, e->b);
    if (e->c) {
        buf_add_byte(b, ',');
        compile_emit_expr(c, b, e->c);
    }
    buf_add_byte(b, ')');
}

static void emit_is_null(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_byte(b, '(');
    compile_emit_expr(c, b, e->a);
    buf_add_text(b, e->negated ? " IS NOT NULL)" : " IS NULL)");
}

static void emit_subquery(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_byte(b, '(');
    compile_emit_select(c, b, e->select);
    buf_add_byte(b, ')');
}

/* The surrounding comparison decides how texts are compared (collation_of). */
static void emit_collate(struct compiler *c, struct buf *b, const struct expr *e)
{
    compile_emit_expr(c, b, e->a);
}

void compile_emit_expr(struct compiler *c, struct buf *b, const struct expr *e)
{
    static void (*const rules[])(struct compiler *, struct buf *, const struct expr *) = {
        [EXPR_COLUMN] = emit_column,   [EXPR_NUMBER] = emit_number,
        [EXPR_STRING] = emit_text,     [EXPR_HEX] = emit_hex,
        [EXPR_NULL] = emit_null,       [EXPR_PARAMETER] = emit_parameter,
        [EXPR_SYSTEM] = emit_system,   [EXPR_UNARY] = emit_unary,
        [EXPR_BINARY] = emit_binary,   [EXPR_FUNCTION] = compile_emit_function,
        [EXPR_CASE] = emit_case,       [EXPR_CAST] = emit_cast,
        [EXPR_IN] = emit_in,           [EXPR_EXISTS] = emit_exists,
        [EXPR_BETWEEN] = emit_between, [EXPR_LIKE] = emit_like,
        [EXPR_IS_NULL] = emit_is_null, [EXPR_SUBQUERY] = emit_subquery,
        [EXPR_COLLATE] = emit_collate, [EXPR_STAR] = NULL,
    };
    if (!c->failed && !b->failed && rules[e->kind])
        rules[e->kind](c, b, e);
}
