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

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* The longer of two texts, of varying length. */
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

/* Room for the digits of both before and behind the point. */
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

/* Digits with at most one point to a number scaled by 10^scale, rounded half away from zero.
 * False: something else, no digit at all, or too large. */
static bool digits_parse(const char *text, size_t length, int scale, unsigned __int128 *value)
{
    bool seen = false, point = false, up = false;
    int fraction = 0; /* digits behind the point so far */
    unsigned __int128 v = 0;
    for (size_t i = 0; i < length && v <= INT64_MAX; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        seen = true;
        if (!point || fraction < scale)
            v = v * 10 + (unsigned)(text[i] - '0');
        else if (fraction == scale)
            up = text[i] >= '5';
        fraction += point;
    }
    for (; fraction < scale && v <= INT64_MAX; fraction++)
        v *= 10;
    *value = v + up;
    return seen && *value <= INT64_MAX;
}

bool scaled_parse(const char *text, size_t length, int scale, int64_t *value)
{
    unsigned __int128 v;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    bool signs = length > 0 && (*text == '-' || *text == '+');
    if (!digits_parse(text + signs, length - signs, scale, &v))
        return false;
    *value = signs && *text == '-' ? -(int64_t)v : (int64_t)v;
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
