#include "sandbox/sql/compile_function.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/compile.h"
#include "sandbox/sql/sqltype.h"
#include "sandbox/sql/compile_select.h"
#include "sandbox/sql/compile_expr.h"

enum rule {
    RULE_TEXT, /* the type of the first argument, as VARCHAR or NVARCHAR */
    RULE_FIRST,
    RULE_INT,
    RULE_BIGINT,
    RULE_NVARCHAR, /* NVARCHAR(128) */
    RULE_SPECIAL,
};

/* The functions that there are. sql: how the simple ones are written; $1 … are the arguments, texts
 * and integers as they are. */
static const struct function {
    const char *name;
    int min, max;
    enum rule rule;
    const char *sql;
} functions[] = {
    {"COUNT", 0, 1, RULE_INT, NULL},
    {"COUNT_BIG", 0, 1, RULE_BIGINT, NULL},
    {"SUM", 1, 1, RULE_SPECIAL, NULL},
    {"MIN", 1, 1, RULE_FIRST, NULL},
    {"MAX", 1, 1, RULE_FIRST, NULL},
    {"AVG", 1, 1, RULE_SPECIAL, NULL},
    {"COALESCE", 2, 60, RULE_SPECIAL, NULL},
    {"ISNULL", 2, 2, RULE_SPECIAL, NULL},
    {"NULLIF", 2, 2, RULE_FIRST, NULL},
    {"CONCAT", 2, 60, RULE_SPECIAL, NULL},
    {"LEN", 1, 1, RULE_INT, "ep_len($1)"},
    {"DATALENGTH", 1, 1, RULE_SPECIAL, NULL},
    {"LTRIM", 1, 1, RULE_TEXT, "ep_trim($1,1)"},
    {"RTRIM", 1, 1, RULE_TEXT, "ep_trim($1,0)"},
    {"UPPER", 1, 1, RULE_TEXT, "ep_case($1,1)"},
    {"LOWER", 1, 1, RULE_TEXT, "ep_case($1,0)"},
    {"SUBSTRING", 3, 3, RULE_TEXT, "ep_substring($1,$2,$3)"},
    {"LEFT", 2, 2, RULE_TEXT, "ep_substring($1,1,$2)"},
    {"RIGHT", 2, 2, RULE_TEXT, "ep_right($1,$2)"},
    {"REPLACE", 3, 3, RULE_SPECIAL, "ep_replace($1,$2,$3)"},
    {"CHARINDEX", 2, 3, RULE_INT, "ep_charindex($*)"},
    {"ABS", 1, 1, RULE_FIRST, "abs($1)"},
    {"ROUND", 2, 2, RULE_FIRST, NULL},
    {"FLOOR", 1, 1, RULE_FIRST, NULL},
    {"CEILING", 1, 1, RULE_FIRST, NULL},
    {"GETDATE", 0, 0, RULE_SPECIAL, NULL},
    {"SYSDATETIME", 0, 0, RULE_SPECIAL, NULL},
    {"GETUTCDATE", 0, 0, RULE_SPECIAL, NULL},
    {"SYSUTCDATETIME", 0, 0, RULE_SPECIAL, NULL},
    {"DATEADD", 3, 3, RULE_SPECIAL, NULL},
    {"DATEDIFF", 3, 3, RULE_SPECIAL, NULL},
    {"DB_NAME", 0, 1, RULE_NVARCHAR, NULL},
    {"DB_ID", 0, 1, RULE_INT, "5"},
    {"SCHEMA_NAME", 0, 1, RULE_NVARCHAR, "'dbo'"},
    {"OBJECT_ID", 1, 2, RULE_SPECIAL, NULL},
    {"SUSER_SNAME", 0, 1, RULE_NVARCHAR, NULL},
    {"SUSER_NAME", 0, 1, RULE_NVARCHAR, NULL},
    {"USER_NAME", 0, 1, RULE_NVARCHAR, "'dbo'"},
    {"HOST_NAME", 0, 0, RULE_NVARCHAR, NULL},
    {"SERVERPROPERTY", 1, 1, RULE_SPECIAL, NULL},
    {"DATABASEPROPERTYEX", 2, 2, RULE_SPECIAL, NULL},
    {"HAS_PERMS_BY_NAME", 3, 3, RULE_INT, NULL},
    {"IS_SRVROLEMEMBER", 1, 1, RULE_INT, NULL},
    {"IS_MEMBER", 1, 1, RULE_INT, NULL},
    {"NEWID", 0, 0, RULE_SPECIAL, "ep_newid()"},
    {"MIN_ACTIVE_ROWVERSION", 0, 0, RULE_SPECIAL,
     "(SELECT ep_rowversion(min(value+1,coalesce((SELECT min(value) FROM _held),value+1)),0) FROM "
     "_rowversion)"},
    {"SCOPE_IDENTITY", 0, 0, RULE_SPECIAL, NULL},
};

static const struct function *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

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
        if (strcasecmp(units[i], unit) == 0)
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

static void type_special(struct compiler *c, struct expr *e)
{
    struct expr *first = argument(e, 0);
    if (is(e, "SUM") || is(e, "AVG")) {
        if (!type_exact(first->type.type) && !type_float(first->type.type))
            compile_fail(c, 8117, e->line, "Operand data type is invalid for %s operator.",
                         e->text);
        e->type = sum_type(&first->type);
        if (is(e, "AVG") && e->type.type == SQLT_DECIMAL && e->type.scale < 6)
            e->type.scale = 6;
    } else if (is(e, "COALESCE") || is(e, "ISNULL")) {
        bool known = false;
        for (struct expr_list *l = e->list; l; l = l->next) {
            if (l->expr->kind == EXPR_NULL)
                continue;
            e->type = known ? type_unify(&e->type, &l->expr->type) : l->expr->type;
            known = true;
        }
        if (is(e, "ISNULL") && first->kind != EXPR_NULL)
            e->type = first->type;
        if (!known)
            e->type = make(SQLT_INT, 4);
    } else if (is(e, "CONCAT")) {
        bool wide = false;
        int length = 0;
        for (struct expr_list *l = e->list; l; l = l->next) {
            wide |= type_wide(l->expr->type.type);
            length += type_text(l->expr->type.type)
                          ? (l->expr->type.length ? l->expr->type.length : 8000)
                          : 41;
        }
        e->type =
            make(wide ? SQLT_NVARCHAR : SQLT_VARCHAR, length > (wide ? 4000 : 8000) ? 0 : length);
    } else if (is(e, "DATALENGTH")) {
        e->type = make(SQLT_INT, 4);
    } else if (is(e, "REPLACE")) {
        e->type = make(type_wide(first->type.type) ? SQLT_NVARCHAR : SQLT_VARCHAR,
                       type_wide(first->type.type) ? 4000 : 8000);
    } else if (is(e, "GETDATE") || is(e, "GETUTCDATE")) {
        e->type = make(SQLT_DATETIME, 8);
    } else if (is(e, "SYSDATETIME") || is(e, "SYSUTCDATETIME")) {
        e->type = make(SQLT_DATETIME2, 8);
        e->type.scale = 7;
    } else if (is(e, "DATEADD")) {
        struct expr *date = argument(e, 2);
        e->type = type_date(date->type.type) ? date->type : make(SQLT_DATETIME, 8);
    } else if (is(e, "MIN_ACTIVE_ROWVERSION")) {
        e->type = make(SQLT_BINARY, 8);
    } else if (is(e, "NEWID")) {
        e->type = make(SQLT_UNIQUEIDENTIFIER, 16);
    } else if (is(e, "SCOPE_IDENTITY")) {
        e->type = make(SQLT_DECIMAL, 17);
        e->type.precision = 38;
    } else if (is(e, "SERVERPROPERTY") || is(e, "DATABASEPROPERTYEX")) {
        e->type = make(SQLT_NVARCHAR, 128); /* sql_variant there */
    } else {
        e->type = make(SQLT_INT, 4);
    }
}

bool type_function(struct compiler *c, struct expr *e)
{
    const struct function *f = find(e->text);
    int count = 0;
    if (!f) {
        compile_fail(c, 195, e->line,
                     "'%.60s' is not a recognized built-in function name (of those that "
                     "the sandbox has).",
                     e->text);
        return false;
    }
    bool unit_first = is(e, "DATEADD") || is(e, "DATEDIFF");
    bool aggregate = is_aggregate(e);
    if (aggregate && c->in_aggregate)
        compile_fail(c, 130, e->line,
                     "Cannot perform an aggregate function on an expression containing "
                     "an aggregate.");
    c->in_aggregate |= aggregate;
    for (struct expr_list *l = e->list; l; l = l->next, count++)
        if (!(unit_first && count == 0))
            type_expr(c, l->expr);
    if (aggregate)
        c->in_aggregate = false;
    bool star_ok = e->star && (is(e, "COUNT") || is(e, "COUNT_BIG"));
    if ((e->star && !star_ok) || (!e->star && (count < f->min || count > f->max)) ||
        (aggregate && !e->star && count != 1))
        compile_fail(c, 174, e->line, "The %s function requires %d to %d arguments.", e->text,
                     f->min, f->max);
    if (!c->failed && unit_first && !date_unit(argument(e, 0)->text))
        compile_fail(c, 155, e->line,
                     "The first argument of %s is not a date part that the sandbox has.", e->text);
    if (c->failed)
        return false;
    const struct expr *first = argument(e, 0);
    switch (f->rule) {
    case RULE_INT: e->type = make(SQLT_INT, 4); break;
    case RULE_BIGINT: e->type = make(SQLT_BIGINT, 8); break;
    case RULE_NVARCHAR: e->type = make(SQLT_NVARCHAR, 128); break;
    case RULE_FIRST: e->type = first->type; break;
    case RULE_TEXT:
        e->type = first->type;
        if (!type_text(first->type.type))
            e->type = make(SQLT_VARCHAR, 8000);
        else if (first->type.type == SQLT_CHAR || first->type.type == SQLT_NCHAR)
            e->type.type = first->type.type == SQLT_CHAR ? SQLT_VARCHAR : SQLT_NVARCHAR;
        break;
    case RULE_SPECIAL: type_special(c, e); break;
    }
    e->type.nullable = true;
    e->type.identity = false;
    e->type.name[0] = '\0';
    return !c->failed;
}

/* ---- writing ----------------------------------------------------------------------------------- */

static void emit_text_argument(struct compiler *c, struct buf *b, const struct expr *e)
{
    struct sql_column text = make(SQLT_NVARCHAR, 0);
    if (type_text(e->type.type) || type_exact(e->type.type))
        emit_expr(c, b, e);
    else
        emit_as(c, b, e, &text, EMIT_CAST);
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
        emit_expr(c, b, x);
        buf_printf(b, "),nullif(count(%s", distinct);
        emit_expr(c, b, x);
        buf_printf(b, "),0),%d)", up);
    } else {
        static const struct {
            const char *name, *sql;
        } names[] = {{"COUNT", "count"}, {"COUNT_BIG", "count"}, {"SUM", "sum"},
                     {"MIN", "min"},     {"MAX", "max"},         {"AVG", "avg"}};
        for (size_t i = 0; i < COUNT_OF(names); i++)
            if (is(e, names[i].name))
                buf_printf(b, "%s(%s", names[i].sql, distinct);
        emit_expr(c, b, x);
        if (type_text(x->type.type))
            buf_add_text(b, " COLLATE PL");
        buf_add_byte(b, ')');
    }
}

void emit_literal(struct buf *b, const char *text)
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
        if (strcasecmp(properties[i][0], name->text) == 0) {
            emit_literal(b, properties[i][1]);
            return;
        }
    }
    (void)c;
    buf_add_text(b, "NULL");
}

/* "[dbo].[tw_Cena]" as it is meant; names with brackets or dots in them are not looked for. */
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

/* The login is an administrator and owner, or may only read. */
static void emit_member(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *role = argument(e, 0);
    bool reads = role->kind == EXPR_STRING && strcasecmp(role->text, "db_datareader") == 0;
    buf_add_text(b, reads || !c->facts->read_only ? "1" : "0");
}

static bool changes(const char *right)
{
    return strcasecmp(right, "INSERT") == 0 || strcasecmp(right, "UPDATE") == 0 ||
           strcasecmp(right, "DELETE") == 0;
}

/* Of a table: 1 or 0; NULL when there is none. Of the database, what changes its rows. Anything else is granted. */
static void emit_permission(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *kind = argument(e, 1), *right = argument(e, 2);
    if (kind->kind != EXPR_STRING || right->kind != EXPR_STRING ||
        strcasecmp(kind->text, "OBJECT") != 0) {
        bool denied = right->kind == EXPR_STRING && changes(right->text) && c->facts->read_only;
        buf_add_text(b, denied ? "0" : "1");
        return;
    }
    const struct table *t = named_table(c, e);
    bool reads = strcasecmp(right->text, "SELECT") == 0;
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

static void emit_dates(struct compiler *c, struct buf *b, const struct expr *e)
{
    if (is(e, "DATEADD")) {
        struct sql_column number = make(SQLT_BIGINT, 8);
        buf_printf(b, "ep_dateadd('%s',", argument(e, 0)->text);
        emit_as(c, b, argument(e, 1), &number, EMIT_CAST);
        buf_add_byte(b, ',');
        emit_expr(c, b, argument(e, 2));
        buf_printf(b, ",%d,%d)", (int)e->type.type, e->type.scale);
    } else if (is(e, "DATEDIFF")) {
        buf_printf(b, "ep_datediff('%s',", argument(e, 0)->text);
        emit_expr(c, b, argument(e, 1));
        buf_add_byte(b, ',');
        emit_expr(c, b, argument(e, 2));
        buf_add_byte(b, ')');
    } else {
        buf_printf(b, "ep_now(%d,%d,%d)", strstr(e->text, "UTC") != NULL, (int)e->type.type,
                   e->type.scale);
    }
}

static void emit_number_function(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct expr *x = argument(e, 0);
    bool is_float = type_float(x->type.type);
    if (is(e, "ROUND")) {
        buf_add_text(b, is_float ? "round(" : "ep_round(");
        emit_expr(c, b, x);
        if (!is_float)
            buf_printf(b, ",%d", type_scale(&x->type));
        buf_add_byte(b, ',');
        emit_expr(c, b, argument(e, 1));
        buf_add_byte(b, ')');
    } else {
        bool up = is(e, "CEILING");
        buf_add_text(b, is_float ? (up ? "ceil(" : "floor(") : "(ep_floor(");
        emit_expr(c, b, x);
        if (is_float) {
            buf_add_byte(b, ')');
            return;
        }
        int64_t unit = 1;
        for (int i = 0; i < type_scale(&x->type) && i < 18; i++)
            unit *= 10;
        buf_printf(b, ",%d,%d)*%lld)", type_scale(&x->type), up, (long long)unit);
    }
}

static void emit_choice(struct compiler *c, struct buf *b, const struct expr *e)
{
    struct sql_column text = make(SQLT_NVARCHAR, 0);
    if (is(e, "NULLIF")) {
        struct expr compare = {.kind = EXPR_BINARY,
                               .text = "=",
                               .boolean = true,
                               .a = argument(e, 0),
                               .b = argument(e, 1)};
        buf_add_text(b, "CASE WHEN ");
        emit_expr(c, b, &compare);
        buf_add_text(b, " THEN NULL ELSE ");
        emit_expr(c, b, argument(e, 0));
        buf_add_text(b, " END");
        return;
    }
    bool concat = is(e, "CONCAT");
    buf_add_text(b, concat ? "ep_concat(" : "coalesce(");
    for (const struct expr_list *l = e->list; l; l = l->next) {
        if (l != e->list)
            buf_add_byte(b, ',');
        emit_as(c, b, l->expr, concat ? &text : &e->type, EMIT_CAST);
    }
    buf_add_byte(b, ')');
}

void emit_function(struct compiler *c, struct buf *b, const struct expr *e)
{
    const struct function *f = find(e->text);
    if (is_aggregate(e)) {
        emit_aggregate(c, b, e);
    } else if (f->sql) {
        emit_template(c, b, e, f->sql);
    } else if (is(e, "COALESCE") || is(e, "ISNULL") || is(e, "CONCAT") || is(e, "NULLIF")) {
        emit_choice(c, b, e);
    } else if (is(e, "ROUND") || is(e, "FLOOR") || is(e, "CEILING")) {
        emit_number_function(c, b, e);
    } else if (is(e, "DATALENGTH")) {
        buf_add_text(b, "ep_datalength(");
        emit_expr(c, b, argument(e, 0));
        buf_printf(b, ",%d)", type_wide(argument(e, 0)->type.type));
    } else if (is(e, "DB_NAME")) {
        emit_literal(b, c->facts->database);
    } else if (is(e, "SUSER_SNAME") || is(e, "SUSER_NAME")) {
        emit_literal(b, c->facts->user);
    } else if (is(e, "HOST_NAME")) {
        emit_literal(b, c->facts->host);
    } else if (is(e, "SERVERPROPERTY") || is(e, "DATABASEPROPERTYEX")) {
        emit_property(c, b, e);
    } else if (is(e, "HAS_PERMS_BY_NAME")) {
        emit_permission(c, b, e);
    } else if (is(e, "IS_SRVROLEMEMBER") || is(e, "IS_MEMBER")) {
        emit_member(c, b, e);
    } else if (is(e, "OBJECT_ID")) {
        emit_object_id(c, b, e);
    } else if (is(e, "SCOPE_IDENTITY")) {
        if (c->facts->identity)
            buf_printf(b, "%lld", (long long)c->facts->identity);
        else
            buf_add_text(b, "NULL");
    } else {
        emit_dates(c, b, e);
    }
}
