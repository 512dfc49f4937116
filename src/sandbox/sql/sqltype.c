#include "sandbox/sql/sqltype.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

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

/* Higher wins, as SQL Server's data type precedence has it. */
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

struct sql_column type_unify(const struct sql_column *a, const struct sql_column *b)
{
    struct sql_column high = rank(a->type) >= rank(b->type) ? *a : *b;
    const struct sql_column *low = rank(a->type) >= rank(b->type) ? b : a;
    high.nullable = a->nullable || b->nullable;
    high.identity = false;
    if (type_text(high.type) && type_text(low->type)) {
        if (high.length == 0 || low->length == 0)
            high.length = 0;
        else if (low->length > high.length)
            high.length = low->length;
        if (type_wide(high.type) && high.length > 4000)
            high.length = 4000;
        if (high.type == SQLT_CHAR || high.type == SQLT_NCHAR)
            high.type = high.type == SQLT_CHAR ? SQLT_VARCHAR : SQLT_NVARCHAR;
    } else if (high.type == SQLT_DECIMAL && type_exact(low->type)) {
        int scale = type_scale(a) > type_scale(b) ? type_scale(a) : type_scale(b);
        int whole_a = type_precision(a) - type_scale(a),
            whole_b = type_precision(b) - type_scale(b);
        int whole = whole_a > whole_b ? whole_a : whole_b;
        high.precision = whole + scale > 38 ? 38 : whole + scale;
        high.scale = scale;
    } else if ((type_date(high.type) || type_binary(high.type)) && low->scale > high.scale &&
               low->type == high.type) {
        high.scale = low->scale;
    }
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

size_t scaled_print(int64_t value, int scale, char *target)
{
    char digits[24];
    size_t n = 0, made = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest && n < sizeof digits);
    while (n <= (size_t)scale && n < sizeof digits)
        digits[n++] = '0';
    if (value < 0)
        target[made++] = '-';
    while (n > 0) {
        if ((int)n == scale)
            target[made++] = '.';
        target[made++] = digits[--n];
    }
    target[made] = '\0';
    return made;
}

bool scaled_parse(const char *text, size_t length, int scale, int64_t *value)
{
    size_t i = 0;
    bool negative = false, seen = false, point = false;
    int fraction = 0;
    unsigned __int128 v = 0;
    int rounding = 0;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    while (i < length && text[i] == ' ')
        i++;
    if (i < length && (text[i] == '-' || text[i] == '+'))
        negative = text[i++] == '-';
    for (; i < length; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        seen = true;
        if (point && fraction >= scale) {
            if (fraction++ == scale)
                rounding = text[i] >= '5';
            continue;
        }
        fraction += point;
        v = v * 10 + (unsigned)(text[i] - '0');
        if (v > INT64_MAX)
            return false;
    }
    for (; fraction < scale; fraction++) {
        v *= 10;
        if (v > INT64_MAX)
            return false;
    }
    v += (unsigned)rounding;
    if (!seen || v > INT64_MAX)
        return false;
    *value = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

/* Lower case and order of a code point: letters with marks sort behind their base letter. */
static uint32_t weight(uint32_t point)
{
    static const struct {
        uint16_t upper, lower;
        char base;
    } polish[] = {{0x104, 0x105, 'a'}, {0x106, 0x107, 'c'}, {0x118, 0x119, 'e'},
                  {0x141, 0x142, 'l'}, {0x143, 0x144, 'n'}, {0x0D3, 0x0F3, 'o'},
                  {0x15A, 0x15B, 's'}, {0x179, 0x17A, 'z'}, {0x17B, 0x17C, 'z'}};
    if (point < 0x80)
        return (point >= 'A' && point <= 'Z' ? point + 32 : point) * 16;
    for (uint32_t i = 0; i < sizeof polish / sizeof polish[0]; i++)
        if (polish[i].upper == point || polish[i].lower == point)
            return (uint32_t)polish[i].base * 16 + 1 + (i == 8);
    return 0x10000 + point;
}

int collate_polish(const char *a, size_t a_length, const char *b, size_t b_length)
{
    while (a_length > 0 && a[a_length - 1] == ' ')
        a_length--;
    while (b_length > 0 && b[b_length - 1] == ' ')
        b_length--;
    size_t i = 0, j = 0;
    while (i < a_length && j < b_length) {
        size_t used_a, used_b;
        int32_t x = text_decode(a + i, a_length - i, &used_a);
        int32_t y = text_decode(b + j, b_length - j, &used_b);
        uint32_t wx = weight(x < 0 ? 0xFFFD : (uint32_t)x),
                 wy = weight(y < 0 ? 0xFFFD : (uint32_t)y);
        if (wx != wy)
            return wx < wy ? -1 : 1;
        i += used_a;
        j += used_b;
    }
    return i < a_length ? 1 : j < b_length ? -1 : 0;
}
