#include "sandbox/sql/compile_function.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/compile.h"
#include "sandbox/sql/compile_expr.h"
#include "sandbox/sql/compile_select.h"
#include "sandbox/sql/compile_type.h"
#include "sandbox/sql/type.h"

static struct expr *argument(const struct expr *e, int n)
{
    struct expr_list *l = e->list;
    while (l && n-- > 0)
        l = l->next;
    return l ? l->expr : NULL;
}

static struct sql_column make(enum sql_type type, int length)
{
    return (struct sql_column){.type = type, .length = length, .nullable = true};
}

static bool is(const struct expr *e, const char *name)
{
    return strcmp(e->text, name) == 0;
}

static bool date_unit(const char *unit)
{
    static const char *const units[] = {"DAY", "DD",     "D",  "WEEK",  "HOUR", "HH",   "MINUTE",
                                        "MI",  "SECOND", "SS", "MONTH", "MM",   "YEAR", "YY"};
    for (size_t i = 0; unit && i < COUNT_OF(units); i++)
        if (text_compare_nocase(units[i], unit) == 0)
            return true;
    return false;
}

static struct sql_column sum_type(const struct sql_column *t)
{
    struct sql_column made = *t;
    if (t->type <= SQLT_INT)
        made.type = SQLT_INT;
    if (t->type == SQLT_SMALLMONEY)
        made.type = SQLT_MONEY;
    if (t->type == SQLT_DECIMAL)
        made.precision = 38;
    return made;
}

static void type_sum(struct compiler *c, struct expr *e)
{
    const struct expr *first = argument(e, 0);
    if (!type_exact(first->type.type) && !type_float(first->type.type))
        compile_fail(c, 8117, e->line, "Operand data type is invalid for %s operator.", e->text);
    e->type = sum_type(&first->type);
}

static void type_average(struct compiler *c, struct expr *e)
{
    type_sum(c, e);
    if (e->type.type == SQLT_DECIMAL && e->type.scale < 6)
        e->type.scale = 6;
}

static void type_first(struct compiler *c, struct expr *e)
{
    (void)c;
    e->type = argument(e, 0)->type;
}

/* The type of the first argument, as VARCHAR or NVARCHAR. */
static void type_first_text(struct compiler *c, struct expr *e)
{
    type_first(c, e);
    if (!type_text(e->type.type))
        e->type = make(SQLT_VARCHAR, 8000);
    else if (e->type.type == SQLT_CHAR)
        e->type.type = SQLT_VARCHAR;
    else if (e->type.type == SQLT_NCHAR)
        e->type.type = SQLT_NVARCHAR;
}

static void type_coalesce(struct compiler *c, struct expr *e)
{
    bool known = false;
    (void)c;
    for (struct expr_list *l = e->list; l; l = l->next) {
        if (l->expr->kind == EXPR_NULL)
            continue;
        e->type = known ? type_unify(&e->type, &l->expr->type) : l->expr->type;
        known = true;
    }
    if (!known)
        e->type = make(SQLT_INT, 4);
}

static void type_isnull(struct compiler *c, struct expr *e)
{
    if (argument(e, 0)->kind == EXPR_NULL)
        type_coalesce(c, e);
    else
        type_first(c, e);
}

static void type_concat(struct compiler *c, struct expr *e)
{
    bool wide = false;
    int length = 0;
    (void)c;
    for (struct expr_list *l = e->list; l; l = l->next) {
        const struct sql_column *t = &l->expr->type;
        wide |= type_wide(t->type);
        length += !type_text(t->type) ? 41 : t->length ? t->length : 8000;
    }
    int most = wide ? 4000 : 8000;
    e->type = make(wide ? SQLT_NVARCHAR : SQLT_VARCHAR, length > most ? 0 : length);
}

static void type_replace(struct compiler *c, struct expr *e)
{
    (void)c;
    bool wide = type_wide(argument(e, 0)->type.type);
    e->type = wide ? make(SQLT_NVARCHAR, 4000) : make(SQLT_VARCHAR, 8000);
}

static void type_dateadd(struct compiler *c, struct expr *e)
{
    const struct expr *date = argument(e, 2);
    (void)c;
    e->type = type_date(date->type.type) ? date->type : make(SQLT_DATETIME, 8);
}

/* ---- writing ----------------------------------------------------------------------------------- */

static void emit_text_argument(struct compiler *c, struct buf *b, const struct expr *e)
{
    struct sql_column text = make(SQLT_NVARCHAR, 0);
    if (type_text(e->type.type) || type_exact(e->type.type))
        compile_emit_expr(c, b, e);
    else
        compile_emit_as(c, b, e, &text, EMIT_CAST);
}

static void emit_template(struct compiler *c, struct buf *b, const struct expr *e, const char *sql)
{
    for (; *sql; sql++) {
        if (*sql != '$') {
            buf_add_byte(b, *sql);
        } else if (*++sql == '*') {
            for (const struct expr_list *l = e->list; l; l = l->next) {
                if (l != e->list)
                    buf_add_byte(b, ',');
                emit_text_argument(c, b, l->expr);
            }
        } else {
            emit_text_argument(c, b, argument(e, *sql - '1'));
        }
    }
}

static void emit_aggregate(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *x = argument(e, 0);
    const char *distinct = e->distinct ? "DISTINCT " : "";
    if (e->star) {
        buf_add_text(b, "count(*)");
    } else if (is(e, "AVG") && type_exact(e->type.type)) {
        int up = type_scale(&e->type) - type_scale(&x->type);
        buf_printf(b, "ep_div(sum(%s", distinct);
        compile_emit_expr(c, b, x);
        buf_printf(b, "),nullif(count(%s", distinct);
        compile_emit_expr(c, b, x);
        buf_printf(b, "),0),%d)", up);
    } else {
        static const struct {
            const char *name, *sql;
        } names[] = {{"COUNT", "count"}, {"COUNT_BIG", "count"}, {"SUM", "sum"},
                     {"MIN", "min"},     {"MAX", "max"},         {"AVG", "avg"}};
        for (size_t i = 0; i < COUNT_OF(names); i++)
            if (is(e, names[i].name))
                buf_printf(b, "%s(%s", names[i].sql, distinct);
        compile_emit_expr(c, b, x);
        if (type_text(x->type.type))
            buf_add_text(b, " COLLATE PL");
        buf_add_byte(b, ')');
    }
}

void compile_emit_literal(struct buf *b, const char *text)
{
    buf_add_byte(b, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buf_add_byte(b, '\'');
        buf_add_byte(b, *text);
    }
    buf_add_byte(b, '\'');
}

static void emit_property(struct compiler *c, struct buf *b, const struct expr *e)
{
    static const char *const properties[][2] = {{"ProductVersion", "15.0.2000.5"},
                                                {"Collation", "Polish_CI_AS"},
                                                {"Edition", "Express Edition (64-bit)"},
                                                {"ProductLevel", "RTM"},
                                                {"EngineEdition", "4"},
                                                {"ServerName", "SANDBOX"},
                                                {"MachineName", "SANDBOX"},
                                                {"InstanceName", "INSERTGT"},
                                                {"IsIntegratedSecurityOnly", "0"},
                                                {"Status", "ONLINE"},
                                                {"Updateability", "READ_WRITE"}};
    const struct expr *name = argument(e, is(e, "SERVERPROPERTY") ? 0 : 1);
    for (size_t i = 0; name->kind == EXPR_STRING && i < COUNT_OF(properties); i++) {
        if (text_compare_nocase(properties[i][0], name->text) == 0) {
            compile_emit_literal(b, properties[i][1]);
            return;
        }
    }
    (void)c;
    buf_add_text(b, "NULL");
}

/* "[dbo].[tw_Cena]" without brackets; names that contain brackets or dots are not supported. */
static void without_brackets(char *text)
{
    char *to = text;
    for (; *text; text++)
        if (*text != '[' && *text != ']')
            *to++ = *text;
    *to = '\0';
}

/* The table that a function's first argument names as a literal; NULL: there is none. */
static const struct table *named_table(struct compiler *c, const struct expr *e)
{
    const struct expr *name = argument(e, 0);
    char text[2 * SQL_NAME];
    if (name->kind != EXPR_STRING || !text_copy(text, sizeof text, name->text))
        return NULL;
    without_brackets(text);
    char *dot = strrchr(text, '.');
    const char *schema = NULL, *table = text;
    if (dot) {
        *dot = '\0';
        schema = strrchr(text, '.') ? strrchr(text, '.') + 1 : text;
        table = dot + 1;
    }
    return catalog_find(c->catalog, schema, table);
}

/* The login is either an administrator and owner, or may only read. */
static void emit_member(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *role = argument(e, 0);
    bool reads = role->kind == EXPR_STRING && text_compare_nocase(role->text, "db_datareader") == 0;
    buf_add_text(b, reads || !c->facts->read_only ? "1" : "0");
}

static bool changes(const char *right)
{
    return text_compare_nocase(right, "INSERT") == 0 || text_compare_nocase(right, "UPDATE") == 0 ||
           text_compare_nocase(right, "DELETE") == 0;
}

/* For a table: 1 or 0; NULL if there is no such table. For the database: rights to change rows
 * depend on the login. Anything else is granted. */
static void emit_permission(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *kind = argument(e, 1), *right = argument(e, 2);
    if (kind->kind != EXPR_STRING || right->kind != EXPR_STRING ||
        text_compare_nocase(kind->text, "OBJECT") != 0) {
        bool denied = right->kind == EXPR_STRING && changes(right->text) && c->facts->read_only;
        buf_add_text(b, denied ? "0" : "1");
        return;
    }
    const struct table *t = named_table(c, e);
    bool reads = text_compare_nocase(right->text, "SELECT") == 0;
    buf_add_text(b, !t ? "NULL" : (reads ? t->denied : c->facts->read_only) ? "0" : "1");
}

static void emit_object_id(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct table *t = named_table(c, e);
    if (t)
        buf_printf(b, "%d", catalog_object_id(c->catalog, t));
    else
        buf_add_text(b, "NULL");
}

static void emit_dateadd(struct compiler *c, struct buf *b, const struct expr *e)
{
    struct sql_column number = make(SQLT_BIGINT, 8);
    buf_printf(b, "ep_dateadd('%s',", argument(e, 0)->text);
    compile_emit_as(c, b, argument(e, 1), &number, EMIT_CAST);
    buf_add_byte(b, ',');
    compile_emit_expr(c, b, argument(e, 2));
    buf_printf(b, ",%d,%d)", (int)e->type.type, e->type.scale);
}

static void emit_datediff(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_printf(b, "ep_datediff('%s',", argument(e, 0)->text);
    compile_emit_expr(c, b, argument(e, 1));
    buf_add_byte(b, ',');
    compile_emit_expr(c, b, argument(e, 2));
    buf_add_byte(b, ')');
}

static void emit_now(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)c;
    buf_printf(b, "ep_now(%d,%d,%d)", strstr(e->text, "UTC") != NULL, (int)e->type.type,
               e->type.scale);
}

static void emit_round(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *x = argument(e, 0);
    bool is_float = type_float(x->type.type);
    buf_add_text(b, is_float ? "round(" : "ep_round(");
    compile_emit_expr(c, b, x);
    if (!is_float)
        buf_printf(b, ",%d", type_scale(&x->type));
    buf_add_byte(b, ',');
    compile_emit_expr(c, b, argument(e, 1));
    buf_add_byte(b, ')');
}

/* FLOOR and CEILING. */
static void emit_floor(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *x = argument(e, 0);
    bool is_float = type_float(x->type.type), up = is(e, "CEILING");
    buf_add_text(b, is_float ? (up ? "ceil(" : "floor(") : "(ep_floor(");
    compile_emit_expr(c, b, x);
    if (is_float) {
        buf_add_byte(b, ')');
        return;
    }
    int64_t unit = 1;
    for (int i = 0; i < type_scale(&x->type) && i < 18; i++)
        unit *= 10;
    buf_printf(b, ",%d,%d)*%lld)", type_scale(&x->type), up, (long long)unit);
}

static void emit_nullif(struct compiler *c, struct buf *b, const struct expr *e)
{
    struct expr compare = {.kind = EXPR_BINARY,
                           .text = "=",
                           .boolean = true,
                           .a = argument(e, 0),
                           .b = argument(e, 1)};
    buf_add_text(b, "CASE WHEN ");
    compile_emit_expr(c, b, &compare);
    buf_add_text(b, " THEN NULL ELSE ");
    compile_emit_expr(c, b, argument(e, 0));
    buf_add_text(b, " END");
}

/* A call with all arguments as values of one type. */
static void emit_unified(struct compiler *c, struct buf *b, const struct expr *e, const char *name,
                         const struct sql_column *type)
{
    buf_printf(b, "%s(", name);
    for (const struct expr_list *l = e->list; l; l = l->next) {
        if (l != e->list)
            buf_add_byte(b, ',');
        compile_emit_as(c, b, l->expr, type, EMIT_CAST);
    }
    buf_add_byte(b, ')');
}

static void emit_coalesce(struct compiler *c, struct buf *b, const struct expr *e)
{
    emit_unified(c, b, e, "coalesce", &e->type);
}

static void emit_concat(struct compiler *c, struct buf *b, const struct expr *e)
{
    struct sql_column text = make(SQLT_NVARCHAR, 0);
    emit_unified(c, b, e, "ep_concat", &text);
}

static void emit_datalength(struct compiler *c, struct buf *b, const struct expr *e)
{
    buf_add_text(b, "ep_datalength(");
    compile_emit_expr(c, b, argument(e, 0));
    buf_printf(b, ",%d)", type_wide(argument(e, 0)->type.type));
}

static void emit_database(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)e;
    compile_emit_literal(b, c->facts->database);
}

static void emit_user(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)e;
    compile_emit_literal(b, c->facts->user);
}

static void emit_host(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)e;
    compile_emit_literal(b, c->facts->host);
}

static void emit_identity(struct compiler *c, struct buf *b, const struct expr *e)
{
    (void)e;
    if (c->facts->identity)
        buf_printf(b, "%lld", (long long)c->facts->identity);
    else
        buf_add_text(b, "NULL");
}

/* ---- the supported functions ------------------------------------------------------------------- */

static const struct sql_column an_int = {.type = SQLT_INT, .length = 4},
                               a_bigint = {.type = SQLT_BIGINT, .length = 8},
                               a_name = {.type = SQLT_NVARCHAR, .length = 128},
                               a_datetime = {.type = SQLT_DATETIME, .length = 8},
                               a_datetime2 = {.type = SQLT_DATETIME2, .length = 8, .scale = 7},
                               a_rowversion = {.type = SQLT_BINARY, .length = 8},
                               a_guid = {.type = SQLT_UNIQUEIDENTIFIER, .length = 16},
                               an_identity = {.type = SQLT_DECIMAL, .length = 17, .precision = 38};

/* Each function has a fixed type, or a rule that derives the type from its arguments. A template
 * writes the simple ones ($1 … are the arguments, texts and integers unchanged), a function the
 * others. On a real server SERVERPROPERTY and the like return sql_variant. */
static const struct function {
    const char *name;
    int min, max; /* arguments */
    const struct sql_column *fixed;
    void (*type)(struct compiler *c, struct expr *e);                      /* NULL: fixed */
    void (*emit)(struct compiler *c, struct buf *b, const struct expr *e); /* NULL: by sql */
    const char *sql;
} functions[] = {
    {"COUNT", 0, 1, &an_int, NULL, emit_aggregate, NULL},
    {"COUNT_BIG", 0, 1, &a_bigint, NULL, emit_aggregate, NULL},
    {"SUM", 1, 1, NULL, type_sum, emit_aggregate, NULL},
    {"MIN", 1, 1, NULL, type_first, emit_aggregate, NULL},
    {"MAX", 1, 1, NULL, type_first, emit_aggregate, NULL},
    {"AVG", 1, 1, NULL, type_average, emit_aggregate, NULL},
    {"COALESCE", 2, 60, NULL, type_coalesce, emit_coalesce, NULL},
    {"ISNULL", 2, 2, NULL, type_isnull, emit_coalesce, NULL},
    {"NULLIF", 2, 2, NULL, type_first, emit_nullif, NULL},
    {"CONCAT", 2, 60, NULL, type_concat, emit_concat, NULL},
    {"LEN", 1, 1, &an_int, NULL, NULL, "ep_len($1)"},
    {"DATALENGTH", 1, 1, &an_int, NULL, emit_datalength, NULL},
    {"LTRIM", 1, 1, NULL, type_first_text, NULL, "ep_trim($1,1)"},
    {"RTRIM", 1, 1, NULL, type_first_text, NULL, "ep_trim($1,0)"},
    {"UPPER", 1, 1, NULL, type_first_text, NULL, "ep_case($1,1)"},
    {"LOWER", 1, 1, NULL, type_first_text, NULL, "ep_case($1,0)"},
    {"SUBSTRING", 3, 3, NULL, type_first_text, NULL, "ep_substring($1,$2,$3)"},
    {"LEFT", 2, 2, NULL, type_first_text, NULL, "ep_substring($1,1,$2)"},
    {"RIGHT", 2, 2, NULL, type_first_text, NULL, "ep_right($1,$2)"},
    {"REPLACE", 3, 3, NULL, type_replace, NULL, "ep_replace($1,$2,$3)"},
    {"CHARINDEX", 2, 3, &an_int, NULL, NULL, "ep_charindex($*)"},
    {"ABS", 1, 1, NULL, type_first, NULL, "abs($1)"},
    {"ROUND", 2, 2, NULL, type_first, emit_round, NULL},
    {"FLOOR", 1, 1, NULL, type_first, emit_floor, NULL},
    {"CEILING", 1, 1, NULL, type_first, emit_floor, NULL},
    {"GETDATE", 0, 0, &a_datetime, NULL, emit_now, NULL},
    {"SYSDATETIME", 0, 0, &a_datetime2, NULL, emit_now, NULL},
    {"GETUTCDATE", 0, 0, &a_datetime, NULL, emit_now, NULL},
    {"SYSUTCDATETIME", 0, 0, &a_datetime2, NULL, emit_now, NULL},
    {"DATEADD", 3, 3, NULL, type_dateadd, emit_dateadd, NULL},
    {"DATEDIFF", 3, 3, &an_int, NULL, emit_datediff, NULL},
    {"DB_NAME", 0, 1, &a_name, NULL, emit_database, NULL},
    {"DB_ID", 0, 1, &an_int, NULL, NULL, "5"},
    {"SCHEMA_NAME", 0, 1, &a_name, NULL, NULL, "'dbo'"},
    {"OBJECT_ID", 1, 2, &an_int, NULL, emit_object_id, NULL},
    {"SUSER_SNAME", 0, 1, &a_name, NULL, emit_user, NULL},
    {"SUSER_NAME", 0, 1, &a_name, NULL, emit_user, NULL},
    {"USER_NAME", 0, 1, &a_name, NULL, NULL, "'dbo'"},
    {"HOST_NAME", 0, 0, &a_name, NULL, emit_host, NULL},
    {"SERVERPROPERTY", 1, 1, &a_name, NULL, emit_property, NULL},
    {"DATABASEPROPERTYEX", 2, 2, &a_name, NULL, emit_property, NULL},
    {"HAS_PERMS_BY_NAME", 3, 3, &an_int, NULL, emit_permission, NULL},
    {"IS_SRVROLEMEMBER", 1, 1, &an_int, NULL, emit_member, NULL},
    {"IS_MEMBER", 1, 1, &an_int, NULL, emit_member, NULL},
    {"NEWID", 0, 0, &a_guid, NULL, NULL, "ep_newid()"},
    {"MIN_ACTIVE_ROWVERSION", 0, 0, &a_rowversion, NULL, NULL,
     "(SELECT ep_rowversion(min(value+1,coalesce((SELECT min(value) FROM _held),value+1)),0) FROM "
     "_rowversion)"},
    {"SCOPE_IDENTITY", 0, 0, &an_identity, NULL, emit_identity, NULL},
};

static const struct function *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

/* Give the arguments their types; the first one of DATEADD and DATEDIFF is a word. Returns how many
 * there are. */
static int type_arguments(struct compiler *c, struct expr *e, bool unit_first)
{
    bool aggregate = compile_is_aggregate(e);
    int count = 0;
    if (aggregate && c->in_aggregate)
        compile_fail(c, 130, e->line,
                     "Cannot perform an aggregate function on an expression containing "
                     "an aggregate.");
    c->in_aggregate |= aggregate;
    for (struct expr_list *l = e->list; l; l = l->next, count++)
        if (!(unit_first && count == 0))
            compile_type_expr(c, l->expr);
    if (aggregate)
        c->in_aggregate = false;
    return count;
}

static bool arguments_fit(const struct function *f, const struct expr *e, int count)
{
    if (e->star)
        return is(e, "COUNT") || is(e, "COUNT_BIG");
    if (compile_is_aggregate(e))
        return count == 1;
    return count >= f->min && count <= f->max;
}

void compile_type_function(struct compiler *c, struct expr *e)
{
    const struct function *f = find(e->text);
    if (!f) {
        compile_fail(c, 195, e->line,
                     "'%.60s' is not a recognized built-in function name (of those that "
                     "the sandbox has).",
                     e->text);
        return;
    }
    bool unit_first = is(e, "DATEADD") || is(e, "DATEDIFF");
    int count = type_arguments(c, e, unit_first);
    if (!arguments_fit(f, e, count))
        compile_fail(c, 174, e->line, "The %s function requires %d to %d arguments.", e->text,
                     f->min, f->max);
    if (!c->failed && unit_first && !date_unit(argument(e, 0)->text))
        compile_fail(c, 155, e->line,
                     "The first argument of %s is not a date part that the sandbox has.", e->text);
    if (c->failed)
        return;
    if (f->type)
        f->type(c, e);
    else
        e->type = *f->fixed;
    e->type.nullable = true;
    e->type.identity = false;
    e->type.name[0] = '\0';
}

void compile_emit_function(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct function *f = find(e->text);
    if (f->sql)
        emit_template(c, b, e, f->sql);
    else
        f->emit(c, b, e);
}
