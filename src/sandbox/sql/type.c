#include "sandbox/sql/type.h"

#include <stdio.h>

bool type_exact(enum sql_type t)
{
    return t <= SQLT_BIGINT || t == SQLT_MONEY || t == SQLT_SMALLMONEY || t == SQLT_DECIMAL;
}

bool type_float(enum sql_type t)
{
    return t == SQLT_FLOAT || t == SQLT_REAL;
}

bool type_text(enum sql_type t)
{
    return t >= SQLT_CHAR && t <= SQLT_NTEXT;
}

bool type_wide(enum sql_type t)
{
    return t == SQLT_NCHAR || t == SQLT_NVARCHAR || t == SQLT_NTEXT;
}

bool type_date(enum sql_type t)
{
    return t >= SQLT_DATE && t <= SQLT_DATETIMEOFFSET;
}

bool type_binary(enum sql_type t)
{
    return t == SQLT_BINARY || t == SQLT_VARBINARY;
}

int type_precision(const struct sql_column *t)
{
    switch (t->type) {
    case SQLT_BIT: return 1;
    case SQLT_TINYINT: return 3;
    case SQLT_SMALLINT: return 5;
    case SQLT_INT: return 10;
    case SQLT_BIGINT: return 19;
    case SQLT_MONEY: return 19;
    case SQLT_SMALLMONEY: return 10;
    default: return t->precision;
    }
}

int type_scale(const struct sql_column *t)
{
    if (t->type == SQLT_MONEY || t->type == SQLT_SMALLMONEY)
        return 4;
    return t->type == SQLT_DECIMAL ? t->scale : 0;
}

/* The higher rank wins, by SQL Server's data type precedence. */
static int rank(enum sql_type t)
{
    static const enum sql_type order[] = {
        SQLT_BINARY,   SQLT_VARBINARY,        SQLT_CHAR,     SQLT_VARCHAR,   SQLT_NCHAR,
        SQLT_NVARCHAR, SQLT_UNIQUEIDENTIFIER, SQLT_TEXT,     SQLT_NTEXT,     SQLT_BIT,
        SQLT_TINYINT,  SQLT_SMALLINT,         SQLT_INT,      SQLT_BIGINT,    SQLT_SMALLMONEY,
        SQLT_MONEY,    SQLT_DECIMAL,          SQLT_REAL,     SQLT_FLOAT,     SQLT_TIME,
        SQLT_DATE,     SQLT_SMALLDATETIME,    SQLT_DATETIME, SQLT_DATETIME2, SQLT_DATETIMEOFFSET};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (order[i] == t)
            return (int)i;
    return 0;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* The longer of two texts; the result has variable length. */
static void unify_texts(struct sql_column *high, const struct sql_column *low)
{
    if (high->length == 0 || low->length == 0)
        high->length = 0;
    else
        high->length = larger(high->length, low->length);
    if (type_wide(high->type) && high->length > 4000)
        high->length = 4000;
    if (high->type == SQLT_CHAR)
        high->type = SQLT_VARCHAR;
    else if (high->type == SQLT_NCHAR)
        high->type = SQLT_NVARCHAR;
}

/* Room for the digits of both, before and after the point. */
static void unify_decimals(struct sql_column *high, const struct sql_column *low)
{
    int scale = larger(high->scale, type_scale(low));
    int whole = larger(high->precision - high->scale, type_precision(low) - type_scale(low));
    high->precision = whole + scale > 38 ? 38 : whole + scale;
    high->scale = scale;
}

struct sql_column type_unify(const struct sql_column *a, const struct sql_column *b)
{
    bool first = rank(a->type) >= rank(b->type);
    struct sql_column high = first ? *a : *b;
    const struct sql_column *low = first ? b : a;
    high.nullable = a->nullable || b->nullable;
    high.identity = false;
    if (type_text(high.type) && type_text(low->type))
        unify_texts(&high, low);
    else if (high.type == SQLT_DECIMAL && type_exact(low->type))
        unify_decimals(&high, low);
    else if ((type_date(high.type) || type_binary(high.type)) && low->type == high.type)
        high.scale = larger(high.scale, low->scale);
    return high;
}

void type_name(const struct sql_column *t, char *target, size_t size)
{
    static const char *const names[] = {"bit",
                                        "tinyint",
                                        "smallint",
                                        "int",
                                        "bigint",
                                        "float",
                                        "real",
                                        "money",
                                        "smallmoney",
                                        "decimal",
                                        "char",
                                        "varchar",
                                        "nchar",
                                        "nvarchar",
                                        "text",
                                        "ntext",
                                        "binary",
                                        "varbinary",
                                        "date",
                                        "time",
                                        "datetime",
                                        "smalldatetime",
                                        "datetime2",
                                        "datetimeoffset",
                                        "uniqueidentifier"};
    const char *name = names[t->type];
    if (t->type == SQLT_DECIMAL)
        snprintf(target, size, "%s(%d,%d)", name, t->precision, t->scale);
    else if ((t->type >= SQLT_CHAR && t->type <= SQLT_NVARCHAR) || type_binary(t->type)) {
        if (t->length == 0)
            snprintf(target, size, "%s(max)", name);
        else
            snprintf(target, size, "%s(%d)", name, t->length);
    } else if (t->type == SQLT_TIME || t->type == SQLT_DATETIME2 || t->type == SQLT_DATETIMEOFFSET)
        snprintf(target, size, "%s(%d)", name, t->scale);
    else
        snprintf(target, size, "%s", name);
}
