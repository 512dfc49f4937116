#include "sandbox/sql/compile_select.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/cast.h"
#include "sandbox/sql/compile.h"
#include "sandbox/sql/compile_expr.h"
#include "sandbox/sql/compile_function.h"
#include "sandbox/sql/compile_type.h"
#include "sandbox/sql/type.h"

/* ---- typing ------------------------------------------------------------------------------------ */

/* A table that may be read. */
static void find_table(struct compiler *c, const struct source *f)
{
    const struct table *t = catalog_find(c->catalog, f->schema, f->table);
    if (!t)
        compile_fail(c, 208, f->line, "Invalid object name '%.60s%s%.60s'.",
                     f->schema ? f->schema : "", f->schema ? "." : "", f->table);
    else if (t->denied)
        compile_fail(c, 229, f->line,
                     "The SELECT permission was denied on the object '%.60s', database '%.60s', "
                     "schema '%.60s'.",
                     t->name, c->facts->database, t->schema);
    else if (!t->system && c->read_count < COMPILE_READS)
        c->reads[c->read_count++] = t;
}

static void type_sources(struct compiler *c, struct select *s)
{
    for (struct source *f = s->from; f && !c->failed; f = f->next) {
        if (f->select) {
            struct scope *outer = c->scope;
            c->scope = outer->parent; /* a derived table does not see its neighbours */
            compile_type_select(c, f->select);
            c->scope = outer;
            for (size_t i = 0; !c->failed && i < f->select->column_count; i++)
                if (!f->select->columns[i].name[0])
                    compile_fail(c, 8155, f->line,
                                 "No column name was specified for column %zu of '%.60s'.", i + 1,
                                 f->alias);
        } else {
            find_table(c, f);
        }
        for (struct source *o = s->from; o != f && !c->failed; o = o->next)
            if (text_compare_nocase(o->alias, f->alias) == 0)
                compile_fail(c, 1011, f->line,
                             "The correlation name '%.60s' is specified multiple times "
                             "in a FROM clause.",
                             f->alias);
    }
    for (struct source *f = s->from; f && !c->failed; f = f->next)
        if (f->on)
            compile_type_expr(c, f->on);
}

/* * and alias.* become the columns they stand for. */
static void expand_stars(struct compiler *c, struct select *s)
{
    struct expr_list **at = &s->items;
    while (*at && !c->failed) {
        struct expr *e = (*at)->expr;
        if (e->kind != EXPR_STAR) {
            at = &(*at)->next;
            continue;
        }
        struct expr_list *rest = (*at)->next;
        size_t made = 0;
        for (struct source *f = s->from; f; f = f->next) {
            size_t count;
            const struct sql_column *columns = compile_source_columns(c, f, &count);
            if (e->qualifier && text_compare_nocase(e->qualifier, f->alias) != 0)
                continue;
            for (size_t i = 0; i < count; i++, made++) {
                struct expr_list *item = arena_alloc(c->arena, sizeof *item);
                item->expr = arena_alloc(c->arena, sizeof *item->expr);
                item->expr->kind = EXPR_COLUMN;
                item->expr->line = e->line;
                item->expr->style = -1;
                item->expr->qualifier = f->alias;
                item->expr->text = columns[i].name;
                *at = item;
                at = &item->next;
            }
        }
        if (!made)
            compile_fail(c, 107, e->line, "There is nothing that * stands for.");
        *at = rest;
    }
}

bool compile_is_aggregate(const struct expr *e)
{
    static const char *const names[] = {"COUNT", "COUNT_BIG", "SUM", "MIN", "MAX", "AVG"};
    for (size_t i = 0; e->kind == EXPR_FUNCTION && i < COUNT_OF(names); i++)
        if (strcmp(names[i], e->text) == 0)
            return true;
    return false;
}

static bool has_aggregate(const struct expr *e)
{
    if (!e)
        return false;
    if (compile_is_aggregate(e) || has_aggregate(e->a) || has_aggregate(e->b) ||
        has_aggregate(e->c))
        return true;
    for (const struct expr_list *l = e->list; l; l = l->next)
        if (has_aggregate(l->expr))
            return true;
    return false;
}

/* Every column of this SELECT outside an aggregate must be one of the group's expressions. */
static void check_grouped(struct compiler *c, const struct select *s, const struct expr *e)
{
    struct buf mine, group;
    if (!e || c->failed || compile_is_aggregate(e))
        return;
    buf_init(&mine, 1 << 20);
    buf_init(&group, 1 << 20);
    compile_emit_expr(c, &mine, e);
    for (const struct expr_list *g = s->group; g; g = g->next) {
        buf_reset(&group);
        compile_emit_expr(c, &group, g->expr);
        if (strcmp(buf_text(&mine), buf_text(&group)) == 0)
            goto out;
    }
    if (e->kind == EXPR_COLUMN && e->scope == c->scope)
        compile_fail(c, 8120, e->line,
                     "Column '%.60s%s%.60s' is invalid in the select list because it is "
                     "not contained in either an aggregate function or the GROUP BY "
                     "clause.",
                     e->qualifier ? e->qualifier : "", e->qualifier ? "." : "", e->text);
    check_grouped(c, s, e->a);
    check_grouped(c, s, e->b);
    check_grouped(c, s, e->c);
    for (const struct expr_list *l = e->list; l; l = l->next)
        check_grouped(c, s, l->expr);
out:
    buf_free(&mine);
    buf_free(&group);
}

static void name_columns(struct compiler *c, struct select *s)
{
    size_t count = 0;
    for (struct expr_list *i = s->items; i; i = i->next)
        count++;
    if (count > SQL_COLUMNS_MAX) {
        compile_fail(c, 40000, s->line, "The sandbox does not take more than %d columns",
                     SQL_COLUMNS_MAX);
        return;
    }
    s->columns = arena_alloc(c->arena, count * sizeof s->columns[0]);
    s->column_count = count;
    count = 0;
    for (struct expr_list *i = s->items; i; i = i->next, count++) {
        s->columns[count] = i->expr->type;
        s->columns[count].identity = false;
        text_copy(s->columns[count].name, SQL_NAME,
                  i->alias                       ? i->alias
                  : i->expr->kind == EXPR_COLUMN ? i->expr->type.name
                                                 : "");
    }
}

/* ORDER BY may name a column of the result. */
static bool is_result_column(const struct select *s, const struct expr *e)
{
    if (e->kind != EXPR_COLUMN || e->qualifier)
        return false;
    for (size_t i = 0; i < s->column_count; i++)
        if (text_compare_nocase(s->columns[i].name, e->text) == 0)
            return true;
    return false;
}

static void type_core(struct compiler *c, struct select *s)
{
    struct scope *scope = arena_alloc(c->arena, sizeof *scope);
    bool grouped = s->group || s->having;
    scope->sources = s->from;
    scope->parent = c->scope;
    scope->select = s;
    c->scope = scope;
    type_sources(c, s);
    expand_stars(c, s);
    for (struct expr_list *i = s->items; i && !c->failed; i = i->next) {
        compile_type_expr(c, i->expr);
        grouped |= has_aggregate(i->expr);
    }
    if (s->where)
        compile_type_expr(c, s->where);
    if (s->where && has_aggregate(s->where))
        compile_fail(c, 147, s->where->line, "An aggregate may not appear in the WHERE clause.");
    for (struct expr_list *g = s->group; g; g = g->next)
        compile_type_expr(c, g->expr);
    if (s->having)
        compile_type_expr(c, s->having);
    if (!c->failed)
        name_columns(c, s);
    for (struct expr_list *i = s->items; grouped && i && !c->failed; i = i->next)
        check_grouped(c, s, i->expr);
    for (struct expr_list *o = s->order; o && !c->failed && !s->next; o = o->next) {
        if (is_result_column(s, o->expr)) {
            o->expr->boolean = true; /* marks: a column of the result, see emit_order */
            continue;
        }
        compile_type_expr(c, o->expr);
        if (grouped)
            check_grouped(c, s, o->expr);
    }
    c->scope = scope->parent;
}

void compile_type_select(struct compiler *c, struct select *s)
{
    for (struct select *part = s; part && !c->failed; part = part->next)
        type_core(c, part);
    if (c->failed)
        return;
    for (struct select *part = s->next; part; part = part->next) {
        if (part->column_count != s->column_count) {
            compile_fail(c, 205, part->line,
                         "All queries combined using a UNION operator must have an "
                         "equal number of expressions in their target lists.");
            return;
        }
        struct expr_list *first = s->items, *mine = part->items;
        for (size_t i = 0; i < s->column_count; i++, first = first->next, mine = mine->next) {
            char name[SQL_NAME];
            memcpy(name, s->columns[i].name, sizeof name);
            if (first->expr->kind == EXPR_NULL)
                s->columns[i] = part->columns[i];
            else if (mine->expr->kind != EXPR_NULL)
                s->columns[i] = type_unify(&s->columns[i], &part->columns[i]);
            memcpy(s->columns[i].name, name, sizeof name);
        }
    }
    for (struct expr_list *o = s->order; s->next && o; o = o->next) {
        if (!is_result_column(s, o->expr))
            compile_fail(c, 104, s->line,
                         "ORDER BY items must appear in the select list if the statement "
                         "contains a UNION operator.");
        o->expr->boolean = true;
    }
    struct expr *limits[] = {s->top, s->offset, s->fetch};
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        if (limits[i])
            compile_type_expr(c, limits[i]);
}

/* ---- writing ----------------------------------------------------------------------------------- */

/* INFORMATION_SCHEMA shows only the tables on which the login has a right. */
static void emit_visible(struct compiler *c, struct buf *b, const struct table *system)
{
    const char *separator = " WHERE ";
    buf_add_text(b, "(SELECT * FROM ");
    catalog_quote_table(b, system);
    for (const struct table *t = catalog_first(c->catalog); t; t = t->next) {
        if (!t->denied || t->dropped)
            continue;
        char name[2 * SQL_NAME];
        text_format(name, sizeof name, "%s.%s", t->schema, t->name);
        buf_printf(b, "%sTABLE_SCHEMA||'.'||TABLE_NAME<>", separator);
        compile_emit_literal(b, name);
        separator = " AND ";
    }
    buf_add_byte(b, ')');
}

static void emit_source(struct compiler *c, struct buf *b, const struct source *f)
{
    static const char *const joins[] = {"", " CROSS JOIN ", " INNER JOIN ", " LEFT JOIN ",
                                        " CROSS JOIN "};
    /* With a comma or CROSS JOIN SQLite may not choose the join order; with INNER JOIN it may. */
    buf_add_text(b,
                 f->join == JOIN_COMMA || f->join == JOIN_CROSS ? " INNER JOIN " : joins[f->join]);
    if (f->select) {
        buf_add_byte(b, '(');
        compile_emit_select(c, b, f->select);
        buf_add_byte(b, ')');
    } else {
        const struct table *t = catalog_find(c->catalog, f->schema, f->table);
        if (!t)
            b->failed = true;
        else if (t->system && text_compare_nocase(t->schema, "INFORMATION_SCHEMA") == 0)
            emit_visible(c, b, t);
        else
            catalog_quote_table(b, t);
    }
    buf_add_text(b, " AS ");
    catalog_quote_name(b, f->alias);
    if (f->on) {
        buf_add_text(b, " ON ");
        compile_emit_expr(c, b, f->on);
    }
}

static void emit_collated(struct compiler *c, struct buf *b, const struct expr *e)
{
    compile_emit_expr(c, b, e);
    if (e->kind == EXPR_COLLATE && text_compare_nocase(e->text, "Latin1_General_BIN2") == 0)
        buf_add_text(b, " COLLATE BINARY");
    else if (type_text(e->type.type))
        buf_add_text(b, " COLLATE PL");
}

static void emit_order(struct compiler *c, struct buf *b, const struct select *s)
{
    for (const struct expr_list *o = s->order; o; o = o->next) {
        buf_add_text(b, o == s->order ? " ORDER BY " : ",");
        if (o->expr->boolean) {
            for (size_t i = 0; i < s->column_count; i++) {
                if (text_compare_nocase(s->columns[i].name, o->expr->text) == 0) {
                    buf_printf(b, "%zu", i + 1);
                    if (type_text(s->columns[i].type))
                        buf_add_text(b, " COLLATE PL");
                    break;
                }
            }
        } else {
            emit_collated(c, b, o->expr);
        }
        if (o->descending)
            buf_add_text(b, " DESC");
    }
}

static void emit_core(struct compiler *c, struct buf *b, const struct select *s,
                      const struct select *first)
{
    size_t column = 0;
    buf_add_text(b, s->distinct ? "SELECT DISTINCT " : "SELECT ");
    for (const struct expr_list *i = s->items; i; i = i->next, column++) {
        if (column)
            buf_add_byte(b, ',');
        compile_emit_as(c, b, i->expr, &first->columns[column], EMIT_CAST);
        if (s->distinct && type_text(i->expr->type.type))
            buf_add_text(b, " COLLATE PL");
        if (first->columns[column].name[0]) {
            buf_add_text(b, " AS ");
            catalog_quote_name(b, first->columns[column].name);
        }
    }
    for (const struct source *f = s->from; f; f = f->next) {
        if (f == s->from)
            buf_add_text(b, " FROM ");
        emit_source(c, b, f);
    }
    if (s->where) {
        buf_add_text(b, " WHERE ");
        compile_emit_expr(c, b, s->where);
    }
    for (const struct expr_list *g = s->group; g; g = g->next) {
        buf_add_text(b, g == s->group ? " GROUP BY " : ",");
        emit_collated(c, b, g->expr);
    }
    if (s->having) {
        buf_add_text(b, " HAVING ");
        compile_emit_expr(c, b, s->having);
    }
}

static void emit_limits(struct compiler *c, struct buf *b, const struct select *s)
{
    if (s->top || s->fetch) {
        buf_add_text(b, " LIMIT ");
        compile_emit_expr(c, b, s->top ? s->top : s->fetch);
    } else if (s->offset) {
        buf_add_text(b, " LIMIT -1");
    } else if (c->facts->row_limit && !c->scope) {
        buf_printf(b, " LIMIT %lld", (long long)c->facts->row_limit);
    }
    if (s->offset) {
        buf_add_text(b, " OFFSET ");
        compile_emit_expr(c, b, s->offset);
    }
}

void compile_emit_select(struct compiler *c, struct buf *b, const struct select *s)
{
    for (const struct select *part = s; part; part = part->next) {
        if (part != s)
            buf_add_text(b, part->union_all ? " UNION ALL " : " UNION ");
        if (part->top && s->next) {
            compile_fail(c, 40000, part->line, "The sandbox does not take TOP inside a UNION");
            return;
        }
        emit_core(c, b, part, s);
    }
    emit_order(c, b, s);
    emit_limits(c, b, s);
}

/* ---- INSERT, UPDATE, DELETE --------------------------------------------------------------------- */

static const struct table *target(struct compiler *c, const struct statement *s)
{
    const struct table *t = catalog_find(c->catalog, s->schema, s->table);
    if (!t)
        compile_fail(c, 208, s->line, "Invalid object name '%.60s%s%.60s'.",
                     s->schema ? s->schema : "", s->schema ? "." : "", s->table);
    else if (t->system)
        compile_fail(c, 259, s->line, "Ad hoc updates to system catalogs are not allowed.");
    else if (c->facts->read_only)
        compile_fail(c, 229, s->line,
                     "The %s permission was denied on the object '%.60s', database '%.60s', schema "
                     "'%.60s'.",
                     s->kind == STATEMENT_INSERT   ? "INSERT"
                     : s->kind == STATEMENT_UPDATE ? "UPDATE"
                                                   : "DELETE",
                     t->name, c->facts->database, t->schema);
    return c->failed ? NULL : t;
}

static const struct sql_column *column_of(struct compiler *c, const struct table *t,
                                          const char *name, int line)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (text_compare_nocase(t->columns[i].name, name) == 0)
            return &t->columns[i];
    compile_fail(c, 207, line, "Invalid column name '%.100s'.", name);
    return NULL;
}

/* The columns that an INSERT fills, in its order. */
static size_t insert_columns(struct compiler *c, const struct statement *s, const struct table *t,
                             const struct sql_column **list)
{
    size_t n = 0;
    for (const struct name_list *name = s->names; name; name = name->next) {
        if (n == SQL_COLUMNS_MAX)
            break;
        list[n] = column_of(c, t, name->name, s->line);
        if (list[n] && list[n]->rowversion)
            compile_fail(c, 273, s->line,
                         "Cannot insert an explicit value into a timestamp column.");
        if (list[n] && list[n]->identity)
            compile_fail(c, 544, s->line,
                         "Cannot insert explicit value for identity column in table '%.100s'.",
                         t->name);
        n++;
    }
    for (size_t i = 0; !s->names && i < t->column_count; i++)
        if (!t->columns[i].identity && !t->columns[i].rowversion)
            list[n++] = &t->columns[i];
    return n;
}

static void type_output(struct compiler *c, struct statement *s, const struct table *t,
                        const struct sql_column **columns, size_t *count)
{
    struct scope scope = {.target = t};
    struct sql_column *made = arena_alloc(c->arena, SQL_COLUMNS_MAX * sizeof *made);
    size_t n = 0;
    c->scope = &scope;
    for (struct expr_list *o = s->output; o && n < SQL_COLUMNS_MAX; o = o->next) {
        compile_type_expr(c, o->expr);
        made[n] = o->expr->type;
        if (o->alias)
            text_copy(made[n].name, SQL_NAME, o->alias);
        n++;
    }
    c->scope = NULL;
    *columns = made;
    *count = n;
}

static void emit_output(struct buf *b, const struct statement *s)
{
    for (const struct expr_list *o = s->output; o; o = o->next) {
        buf_add_text(b, o == s->output ? " RETURNING " : ",");
        catalog_quote_name(b, o->expr->type.name);
    }
}

static void compile_rows(struct compiler *c, struct statement *s, struct buf *b,
                         const struct sql_column *const *list, size_t n)
{
    buf_add_text(b, " VALUES ");
    for (size_t row = 0; row < s->row_count && !c->failed; row++) {
        size_t i = 0;
        buf_add_text(b, row ? ",(" : "(");
        for (struct expr_list *l = s->rows[row]; l && !c->failed; l = l->next, i++) {
            if (i == n)
                break;
            compile_type_expr(c, l->expr);
            if (i)
                buf_add_byte(b, ',');
            compile_emit_as(c, b, l->expr, list[i], EMIT_ASSIGN);
            if (l->next == NULL && i + 1 != n)
                break;
        }
        size_t given = 0;
        for (struct expr_list *l = s->rows[row]; l; l = l->next)
            given++;
        if (given != n)
            compile_fail(c, 213, s->line,
                         "Column name or number of supplied values does not match table "
                         "definition.");
        buf_add_byte(b, ')');
    }
}

static void compile_insert(struct compiler *c, struct statement *s, struct buf *b)
{
    const struct table *t = target(c, s);
    const struct sql_column **list = arena_alloc(c->arena, (SQL_COLUMNS_MAX + 1) * sizeof *list);
    if (!t)
        return;
    size_t n = insert_columns(c, s, t, list);
    if (c->failed)
        return;
    buf_add_text(b, "INSERT INTO ");
    catalog_quote_table(b, t);
    for (size_t i = 0; i < n; i++) {
        buf_add_text(b, i ? "," : "(");
        catalog_quote_name(b, list[i]->name);
    }
    buf_add_byte(b, ')');
    if (!s->select) {
        compile_rows(c, s, b, list, n);
        return;
    }
    compile_type_select(c, s->select);
    if (c->failed)
        return;
    if (s->select->column_count != n) {
        compile_fail(c, 213, s->line,
                     "Column name or number of supplied values does not match table "
                     "definition.");
        return;
    }
    buf_add_text(b, " SELECT ");
    for (size_t i = 0; i < n; i++) {
        char inner[16];
        text_format(inner, sizeof inner, "c%zu", i);
        if (i)
            buf_add_byte(b, ',');
        cast_emit(b, inner, &s->select->columns[i], list[i], -1, CAST_ASSIGN);
        text_format(s->select->columns[i].name, SQL_NAME, "c%zu", i);
    }
    buf_add_text(b, " FROM (");
    compile_emit_select(c, b, s->select);
    buf_add_text(b, ") WHERE 1");
}

static void compile_update(struct compiler *c, struct statement *s, struct buf *b)
{
    const struct table *t = target(c, s);
    struct scope scope = {.target = t};
    if (!t)
        return;
    c->scope = &scope;
    buf_add_text(b, s->kind == STATEMENT_UPDATE ? "UPDATE " : "DELETE FROM ");
    catalog_quote_table(b, t);
    for (struct name_list *n = s->names; n && !c->failed; n = n->next) {
        const struct sql_column *column = column_of(c, t, n->name, s->line);
        if (!column)
            break;
        if (column->rowversion)
            compile_fail(c, 272, s->line, "Cannot update a timestamp column.");
        if (column->identity)
            compile_fail(c, 8102, s->line, "Cannot update identity column '%.100s'.", n->name);
        compile_type_expr(c, n->value);
        buf_add_text(b, n == s->names ? " SET " : ",");
        catalog_quote_name(b, column->name);
        buf_add_byte(b, '=');
        compile_emit_as(c, b, n->value, column, EMIT_ASSIGN);
    }
    if (s->where) {
        compile_type_expr(c, s->where);
        buf_add_text(b, " WHERE ");
        compile_emit_expr(c, b, s->where);
    }
    c->scope = NULL;
}

bool compile_statement(struct compiler *c, struct statement *s, struct buf *sql,
                       const struct sql_column **columns, size_t *count)
{
    *columns = NULL;
    *count = 0;
    if (s->kind == STATEMENT_SELECT) {
        compile_type_select(c, s->select);
        if (!c->failed) {
            compile_emit_select(c, sql, s->select);
            *columns = s->select->columns;
            *count = s->select->column_count;
        }
    } else if (s->kind == STATEMENT_INSERT) {
        compile_insert(c, s, sql);
    } else {
        compile_update(c, s, sql);
    }
    if (!c->failed && s->output) {
        type_output(c, s, catalog_find(c->catalog, s->schema, s->table), columns, count);
        emit_output(sql, s);
    }
    if (!c->failed && sql->failed)
        compile_fail(c, 40000, s->line,
                     "The sandbox does not take a statement as large as this one, or a "
                     "number of more than 18 digits");
    return !c->failed;
}
