/* Conversions between types, and the arithmetic of dates. */
#include "sandbox/sql/cast.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/moment.h"
#include "sandbox/sql/type.h"
#include "sandbox/sql/scaled.h"

struct cast {
    sqlite3_context *ctx;
    struct udf_state *state;
    struct sql_column from, to;
    int style;
    enum cast_mode mode;
};

static void fail(struct cast *c, int number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fail(struct cast *c, int number, const char *format, ...)
{
    if (c->mode == CAST_TRY) {
        sqlite3_result_null(c->ctx);
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(c->state->text, sizeof c->state->text, format, args);
    va_end(args);
    c->state->number = number;
    sqlite3_result_error(c->ctx, c->state->text, -1);
}

static void conversion_failed(struct cast *c, const char *text, size_t length)
{
    char name[40];
    type_name(&c->to, name, sizeof name);
    int shown = length > 60 ? 60 : (int)length;
    fail(c, type_date(c->to.type) ? 241 : 245,
         "Conversion failed when converting the value '%.*s' to data type %s.", shown, text, name);
}

static void too_large(struct cast *c)
{
    char name[40];
    type_name(&c->to, name, sizeof name);
    fail(c, 8115, "Arithmetic overflow error converting expression to data type %s.", name);
}

static int64_t limit_of(const struct sql_column *t)
{
    switch (t->type) {
    case SQLT_BIT: return 1;
    case SQLT_TINYINT: return 255;
    case SQLT_SMALLINT: return 32767;
    case SQLT_INT: return 2147483647;
    case SQLT_SMALLMONEY: return 2147483647;
    case SQLT_DECIMAL: {
        int64_t limit = 1;
        if (t->precision >= 19)
            return INT64_MAX;
        for (int i = 0; i < t->precision; i++)
            limit *= 10;
        return limit - 1;
    }
    default: return INT64_MAX;
    }
}

static void give_exact(struct cast *c, __int128 v)
{
    if (c->to.type == SQLT_BIT) {
        sqlite3_result_int(c->ctx, v != 0);
        return;
    }
    int64_t limit = limit_of(&c->to);
    bool below =
        c->to.type == SQLT_TINYINT ? v < 0 : v < -(__int128)limit - (c->to.type <= SQLT_BIGINT);
    if (v > limit || below)
        too_large(c);
    else
        sqlite3_result_int64(c->ctx, (int64_t)v);
}

/* To another scale. SQL Server truncates to an integer type and rounds to decimal or money. */
static void exact_from_exact(struct cast *c, sqlite3_value *v)
{
    __int128 x = sqlite3_value_int64(v), unit = 1;
    int by = type_scale(&c->to) - type_scale(&c->from);
    for (; by > 0; by--)
        x *= 10;
    for (; by < 0; by++)
        unit *= 10;
    bool cuts = c->to.type <= SQLT_BIGINT && c->from.type == SQLT_DECIMAL;
    __int128 half = cuts ? 0 : unit / 2;
    give_exact(c, (x < 0 ? x - half : x + half) / unit);
}

static void exact_from_float(struct cast *c, sqlite3_value *v)
{
    double x = sqlite3_value_double(v);
    for (int i = type_scale(&c->to); i > 0; i--)
        x *= 10;
    x = c->to.type <= SQLT_BIGINT ? trunc(x) : round(x);
    if (!(fabs(x) < 9.2e18))
        too_large(c);
    else
        give_exact(c, (__int128)x);
}

/* "true" and "false", for BIT. */
static bool truth_word(const char *text, bool *truth)
{
    *truth = text_equal_nocase(text, "true");
    return *truth || text_equal_nocase(text, "false");
}

static void exact_from_text(struct cast *c, sqlite3_value *v)
{
    const char *text = (const char *)sqlite3_value_text(v);
    size_t length = (size_t)sqlite3_value_bytes(v);
    bool truth, integer = c->to.type <= SQLT_BIGINT;
    int64_t x;
    if (c->to.type == SQLT_BIT && truth_word(text, &truth))
        sqlite3_result_int(c->ctx, truth);
    else if (length == 0 && c->to.type != SQLT_DECIMAL)
        sqlite3_result_int(c->ctx, 0);
    else if ((integer && memchr(text, '.', length)) ||
             !scaled_parse(text, length, type_scale(&c->to), &x))
        conversion_failed(c, text, length);
    else
        give_exact(c, x);
}

/* The last eight bytes, big-endian. */
static void exact_from_binary(struct cast *c, sqlite3_value *v)
{
    const uint8_t *bytes = sqlite3_value_blob(v);
    int length = sqlite3_value_bytes(v);
    int64_t x = 0;
    for (int i = length > 8 ? length - 8 : 0; i < length; i++)
        x = (int64_t)((uint64_t)x << 8 | bytes[i]);
    give_exact(c, x);
}

static void to_exact(struct cast *c, sqlite3_value *v)
{
    if (type_exact(c->from.type))
        exact_from_exact(c, v);
    else if (type_float(c->from.type))
        exact_from_float(c, v);
    else if (type_text(c->from.type))
        exact_from_text(c, v);
    else if (type_binary(c->from.type))
        exact_from_binary(c, v);
    else
        fail(c, 529, "Explicit conversion between these data types is not allowed.");
}

static void to_float(struct cast *c, sqlite3_value *v)
{
    if (type_exact(c->from.type)) {
        double x = (double)sqlite3_value_int64(v);
        for (int i = type_scale(&c->from); i > 0; i--)
            x /= 10;
        sqlite3_result_double(c->ctx, x);
    } else if (type_text(c->from.type)) {
        const char *text = (const char *)sqlite3_value_text(v);
        char *end;
        double x = strtod(text, &end);
        while (*end == ' ')
            end++;
        if (*end)
            fail(c, 8114, "Error converting data type varchar to float.");
        else
            sqlite3_result_double(c->ctx, x);
    } else {
        sqlite3_result_value(c->ctx, v);
    }
}

/* ---- dates ------------------------------------------------------------------------------------ */

static void give_moment(struct cast *c, struct moment *m)
{
    char text[64];
    if (!moment_fit(m, &c->to) || (c->to.type == SQLT_DATETIME && m->year < 1753)) {
        fail(c, 242, "The conversion resulted in an out-of-range value.");
        return;
    }
    moment_print(m, &c->to, text, sizeof text);
    sqlite3_result_text(c->ctx, text, -1, SQLITE_TRANSIENT);
}

static void to_date(struct cast *c, sqlite3_value *v)
{
    struct moment m;
    if (!type_date(c->from.type) && !type_text(c->from.type)) {
        fail(c, 529, "Explicit conversion between these data types is not allowed.");
        return;
    }
    const char *text = (const char *)sqlite3_value_text(v);
    if (!moment_parse(text, &m))
        conversion_failed(c, text, strlen(text));
    else
        give_moment(c, &m);
}

/* ---- texts ------------------------------------------------------------------------------------ */

static void style_date(struct cast *c, const char *text, char *out, size_t size)
{
    struct moment m;
    if (!moment_parse(text, &m)) {
        text_copy(out, size, text);
    } else if (c->style == 112) {
        snprintf(out, size, "%04d%02d%02d", m.year, m.month, m.day);
    } else if (c->style == 120) {
        snprintf(out, size, "%04d-%02d-%02d %02d:%02d:%02d", m.year, m.month, m.day, m.hour,
                 m.minute, m.second);
    } else {
        moment_print(&m, &c->from, out, size);
        char *blank = strchr(out, ' ');
        if (c->style == 126 && blank)
            *blank = 'T';
    }
}

/* The text as its column stores it: characters that cp1250 lacks become '?', and the length is
 * bounded. */
static void give_text(struct cast *c, const char *text, size_t length)
{
    struct buf b;
    bool wide = type_wide(c->to.type);
    size_t units = 0, limit = c->to.length > 0 ? (size_t)c->to.length : SIZE_MAX;
    buf_init(&b, length * 4 + 8000);
    if (c->to.type == SQLT_TEXT || c->to.type == SQLT_NTEXT)
        limit = SIZE_MAX;
    for (size_t i = 0, used; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        size_t takes = wide && point > 0xFFFF ? 2 : 1;
        if (units + takes > limit) {
            bool blanks = strspn(text + i, " ") >= length - i;
            if (c->mode == CAST_ASSIGN && !blanks) {
                buf_free(&b);
                fail(c, 2628,
                     "String or binary data would be truncated in column '%.100s'. Truncated "
                     "value: '%.60s'.",
                     c->to.name, text);
                return;
            }
            break;
        }
        units += takes;
        if (!wide && (point < 0 || cp1250_byte((uint32_t)point) < 0))
            buf_add_byte(&b, '?');
        else if (point < 0)
            buf_add(&b, "\xEF\xBF\xBD", 3);
        else
            buf_add(&b, text + i, used);
    }
    if (c->to.type == SQLT_CHAR || c->to.type == SQLT_NCHAR)
        for (; units < limit && units < 8000; units++)
            buf_add_byte(&b, ' ');
    sqlite3_result_text64(c->ctx, buf_text(&b), b.length, SQLITE_TRANSIENT, SQLITE_UTF8);
    buf_free(&b);
}

static void to_text(struct cast *c, sqlite3_value *v)
{
    char text[64];
    if (type_exact(c->from.type)) {
        int scale = type_scale(&c->from);
        int64_t x = sqlite3_value_int64(v);
        if (c->from.type == SQLT_MONEY || c->from.type == SQLT_SMALLMONEY) {
            /* CAST of money shows two digits. */
            x = (x < 0 ? x - 50 : x + 50) / 100;
            scale = 2;
        }
        size_t length = scaled_print(x, scale, text);
        if (c->to.length > 0 && length > (size_t)c->to.length)
            too_large(c);
        else
            give_text(c, text, length);
    } else if (type_float(c->from.type)) {
        snprintf(text, sizeof text, "%.6g", sqlite3_value_double(v));
        give_text(c, text, strlen(text));
    } else if (type_date(c->from.type)) {
        style_date(c, (const char *)sqlite3_value_text(v), text, sizeof text);
        give_text(c, text, strlen(text));
    } else {
        const char *s = (const char *)sqlite3_value_text(v);
        give_text(c, s ? s : "", (size_t)sqlite3_value_bytes(v));
    }
}

/* An integer's own bytes, big-endian; the target cuts on the left or fills with zeros there. */
static void exact_to_binary(struct cast *c, int64_t value)
{
    static const int sizes[] = {1, 1, 2, 4, 8};
    int own = sizes[c->from.type],
        length = c->to.type == SQLT_BINARY && c->to.length ? c->to.length : own;
    uint8_t bytes[64] = {0};
    if (length > (int)sizeof bytes)
        length = sizeof bytes;
    for (int i = 0; i < length && i < own; i++)
        bytes[length - 1 - i] = (uint8_t)(value >> 8 * i);
    sqlite3_result_blob(c->ctx, bytes, length, SQLITE_TRANSIENT);
}

static void to_binary(struct cast *c, sqlite3_value *v)
{
    int length = sqlite3_value_bytes(v);
    if (c->from.type <= SQLT_BIGINT) {
        exact_to_binary(c, sqlite3_value_int64(v));
        return;
    }
    if (!type_binary(c->from.type) && !type_text(c->from.type)) {
        fail(c, 529, "Explicit conversion between these data types is not allowed.");
        return;
    }
    if (c->to.length > 0 && length > c->to.length) {
        if (c->mode == CAST_ASSIGN) {
            fail(c, 2628, "String or binary data would be truncated in column '%.100s'.",
                 c->to.name);
            return;
        }
        length = c->to.length;
    }
    sqlite3_result_blob(c->ctx, sqlite3_value_blob(v), length, SQLITE_TRANSIENT);
}

static bool guid_ok(const char *s)
{
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s[i] != '-' : !strchr("0123456789ABCDEFabcdef", s[i]) || !s[i])
            return false;
    }
    return s[36] == '\0';
}

static void to_guid(struct cast *c, sqlite3_value *v)
{
    const char *s = (const char *)sqlite3_value_text(v);
    char text[37];
    if (!s || strlen(s) != 36 || !guid_ok(s)) {
        fail(c, 8169,
             "Conversion failed when converting from a character string to uniqueidentifier.");
        return;
    }
    for (int i = 0; i < 37; i++)
        text[i] = s[i] >= 'a' && s[i] <= 'f' ? (char)(s[i] - 32) : s[i];
    sqlite3_result_text(c->ctx, text, 36, SQLITE_TRANSIENT);
}

/* ep_cast(value, from type, from precision, from scale, to type, length, precision, scale, style,
 * mode, column name) */
static void ep_cast(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    struct cast c = {.ctx = ctx, .state = sqlite3_user_data(ctx)};
    if (n != 11 || sqlite3_value_type(v[0]) == SQLITE_NULL) {
        sqlite3_result_null(ctx);
        return;
    }
    c.from.type = (enum sql_type)sqlite3_value_int(v[1]);
    c.from.precision = sqlite3_value_int(v[2]);
    c.from.scale = sqlite3_value_int(v[3]);
    c.to.type = (enum sql_type)sqlite3_value_int(v[4]);
    c.to.length = sqlite3_value_int(v[5]);
    c.to.precision = sqlite3_value_int(v[6]);
    c.to.scale = sqlite3_value_int(v[7]);
    c.style = sqlite3_value_int(v[8]);
    c.mode = (enum cast_mode)sqlite3_value_int(v[9]);
    text_copy(c.to.name, sizeof c.to.name, (const char *)sqlite3_value_text(v[10]));
    if (type_exact(c.to.type))
        to_exact(&c, v[0]);
    else if (type_float(c.to.type))
        to_float(&c, v[0]);
    else if (type_text(c.to.type))
        to_text(&c, v[0]);
    else if (type_date(c.to.type))
        to_date(&c, v[0]);
    else if (type_binary(c.to.type))
        to_binary(&c, v[0]);
    else
        to_guid(&c, v[0]);
}

void cast_emit(struct buf *b, const char *inner, const struct sql_column *from,
               const struct sql_column *to, int style, enum cast_mode mode)
{
    buf_printf(b, "ep_cast(%s,%d,%d,%d,%d,%d,%d,%d,%d,%d,'", inner, (int)from->type,
               from->precision, from->scale, (int)to->type, to->length, to->precision, to->scale,
               style, (int)mode);
    for (const char *s = to->name; *s; s++)
        buf_printf(b, *s == '\'' ? "''" : "%c", *s);
    buf_add_text(b, "')");
}

static bool unit_ticks(const char *unit, int64_t *ticks)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"DAY", 86400}, {"DD", 86400},  {"D", 86400}, {"WEEK", 604800}, {"HOUR", 3600},
                 {"HH", 3600},   {"MINUTE", 60}, {"MI", 60},   {"SECOND", 1},    {"SS", 1}};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (text_equal_nocase(units[i].name, unit)) {
            *ticks = units[i].seconds * 10000000;
            return true;
        }
    }
    return false;
}

static int month_unit(const char *unit)
{
    if (text_equal_nocase(unit, "YEAR") || text_equal_nocase(unit, "YY"))
        return 12;
    return text_equal_nocase(unit, "MONTH") || text_equal_nocase(unit, "MM") ? 1 : 0;
}

/* ep_dateadd(unit, count, date, type, scale) */
static void ep_dateadd(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    struct cast c = {.ctx = ctx, .state = sqlite3_user_data(ctx)};
    struct moment m;
    int64_t ticks;
    (void)n;
    if (sqlite3_value_type(v[1]) == SQLITE_NULL || sqlite3_value_type(v[2]) == SQLITE_NULL) {
        sqlite3_result_null(ctx);
        return;
    }
    const char *unit = (const char *)sqlite3_value_text(v[0]);
    int64_t count = sqlite3_value_int64(v[1]);
    c.to.type = (enum sql_type)sqlite3_value_int(v[3]);
    c.to.scale = sqlite3_value_int(v[4]);
    if (count > 4000000000 || count < -4000000000 ||
        !moment_parse((const char *)sqlite3_value_text(v[2]), &m)) {
        fail(&c, 517, "Adding a value to a date column caused an overflow.");
        return;
    }
    if (unit_ticks(unit, &ticks)) {
        __int128 sum = (__int128)ticks * count + moment_ticks(&m);
        if (sum < 0 || sum > INT64_MAX || !moment_from_ticks((int64_t)sum, &m)) {
            fail(&c, 517, "Adding a value to a date column caused an overflow.");
            return;
        }
    } else {
        int64_t months = m.year * INT64_C(12) + m.month - 1 + count * month_unit(unit);
        if (months < 12 || months >= 120000) {
            fail(&c, 517, "Adding a value to a date column caused an overflow.");
            return;
        }
        m.year = (int)(months / 12);
        m.month = (int)(months % 12) + 1;
        if (m.day > moment_days_in(m.year, m.month))
            m.day = moment_days_in(m.year, m.month);
    }
    give_moment(&c, &m);
}

/* ep_datediff(unit, from, to): boundaries crossed, as SQL Server counts. */
static void ep_datediff(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    struct cast c = {.ctx = ctx, .state = sqlite3_user_data(ctx)};
    struct moment a, b;
    int64_t ticks;
    (void)n;
    if (sqlite3_value_type(v[1]) == SQLITE_NULL || sqlite3_value_type(v[2]) == SQLITE_NULL) {
        sqlite3_result_null(ctx);
        return;
    }
    const char *unit = (const char *)sqlite3_value_text(v[0]);
    if (!moment_parse((const char *)sqlite3_value_text(v[1]), &a) ||
        !moment_parse((const char *)sqlite3_value_text(v[2]), &b)) {
        fail(&c, 241, "Conversion failed when converting date and/or time from character string.");
        return;
    }
    if (unit_ticks(unit, &ticks)) {
        sqlite3_result_int64(ctx, moment_ticks(&b) / ticks - moment_ticks(&a) / ticks);
    } else {
        int64_t months = (b.year - a.year) * INT64_C(12) + b.month - a.month;
        sqlite3_result_int64(ctx, month_unit(unit) == 12 ? b.year - a.year : months);
    }
}

/* ep_now(utc, type, scale) */
static void ep_now(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    struct cast c = {.ctx = ctx, .state = sqlite3_user_data(ctx)};
    struct timespec now;
    struct tm tm;
    (void)n;
    timespec_get(&now, TIME_UTC);
    now.tv_sec += c.state->clock_ahead;
    if (sqlite3_value_int(v[0]))
        gmtime_r(&now.tv_sec, &tm);
    else
        localtime_r(&now.tv_sec, &tm);
    struct moment m = {tm.tm_year + 1900,
                       tm.tm_mon + 1,
                       tm.tm_mday,
                       tm.tm_hour,
                       tm.tm_min,
                       tm.tm_sec > 59 ? 59 : tm.tm_sec,
                       (int)(now.tv_nsec / 100),
                       0};
    c.to.type = (enum sql_type)sqlite3_value_int(v[1]);
    c.to.scale = sqlite3_value_int(v[2]);
    give_moment(&c, &m);
}

int cast_register(sqlite3 *db, struct udf_state *state)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    int code =
        sqlite3_create_function_v2(db, "ep_cast", 11, flags, state, ep_cast, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "ep_dateadd", 5, flags, state, ep_dateadd, NULL, NULL,
                                          NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "ep_datediff", 3, flags, state, ep_datediff, NULL,
                                          NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "ep_now", 3, SQLITE_UTF8, state, ep_now, NULL, NULL,
                                          NULL);
    return code;
}
