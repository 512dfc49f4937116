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
#include "sandbox/sql/sqltype.h"

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

static void to_exact(struct cast *c, sqlite3_value *v)
{
    int scale = type_scale(&c->to);
    if (type_exact(c->from.type)) {
        __int128 x = sqlite3_value_int64(v);
        int by = scale - type_scale(&c->from);
        for (; by > 0; by--)
            x *= 10;
        if (by < 0) {
            __int128 unit = 1;
            for (; by < 0; by++)
                unit *= 10;
            /* To an integer type SQL Server cuts, to a decimal or money it rounds. */
            __int128 half =
                c->to.type <= SQLT_BIGINT && c->from.type == SQLT_DECIMAL ? 0 : unit / 2;
            x = (x < 0 ? x - half : x + half) / unit;
        }
        give_exact(c, x);
    } else if (type_float(c->from.type)) {
        double x = sqlite3_value_double(v);
        for (int i = 0; i < scale; i++)
            x *= 10;
        x = c->to.type <= SQLT_BIGINT ? trunc(x) : round(x);
        if (!(fabs(x) < 9.2e18))
            too_large(c);
        else
            give_exact(c, (__int128)x);
    } else if (type_text(c->from.type)) {
        const char *text = (const char *)sqlite3_value_text(v);
        size_t length = (size_t)sqlite3_value_bytes(v);
        int64_t x;
        if (c->to.type == SQLT_BIT &&
            (text_equal_nocase(text, "true") || text_equal_nocase(text, "false")))
            sqlite3_result_int(c->ctx, text_equal_nocase(text, "true"));
        else if (length == 0 && c->to.type != SQLT_DECIMAL)
            sqlite3_result_int(c->ctx, 0);
        else if ((c->to.type <= SQLT_BIGINT && memchr(text, '.', length)) ||
                 !scaled_parse(text, length, scale, &x))
            conversion_failed(c, text, length);
        else
            give_exact(c, x);
    } else if (type_binary(c->from.type)) {
        const uint8_t *bytes = sqlite3_value_blob(v);
        int length = sqlite3_value_bytes(v);
        int64_t x = 0;
        for (int i = length > 8 ? length - 8 : 0; i < length; i++)
            x = (int64_t)((uint64_t)x << 8 | bytes[i]);
        give_exact(c, x);
    } else {
        fail(c, 529, "Explicit conversion between these data types is not allowed.");
    }
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

struct moment {
    int year, month, day, hour, minute, second, fraction; /* fraction in 100 ns */
    int offset;                                           /* minutes */
};

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take(const char **s, int digits, int *value)
{
    int v = 0;
    for (int i = 0; i < digits; i++) {
        if ((*s)[i] < '0' || (*s)[i] > '9')
            return false;
        v = v * 10 + (*s)[i] - '0';
    }
    *s += digits;
    *value = v;
    return true;
}

/* "2026-01-31", "20260131", with " 23:59[:59[.1234567]]" or 'T' between, "+01:00" or "Z" behind; or a
 * time alone. */
static bool moment_parse(const char *s, struct moment *m)
{
    *m = (struct moment){.year = 1900, .month = 1, .day = 1};
    while (*s == ' ')
        s++;
    bool time_only = s[0] && s[1] && s[2] == ':';
    if (!time_only) {
        if (!take(&s, 4, &m->year))
            return false;
        bool dashes = *s == '-';
        s += dashes;
        if (!take(&s, 2, &m->month) || (dashes && *s != '-'))
            return false;
        s += dashes;
        if (!take(&s, 2, &m->day))
            return false;
        if (*s == 'T' || *s == ' ')
            s++;
    }
    while (*s == ' ')
        s++;
    if (*s) {
        if (!take(&s, 2, &m->hour) || *s++ != ':' || !take(&s, 2, &m->minute))
            return false;
        if (*s == ':') {
            s++;
            if (!take(&s, 2, &m->second))
                return false;
        }
        if (*s == '.') {
            int unit = 1000000;
            for (s++; *s >= '0' && *s <= '9'; s++, unit /= 10)
                m->fraction += (*s - '0') * unit;
        }
        while (*s == ' ')
            s++;
        if (*s == 'Z') {
            s++;
        } else if (*s == '+' || *s == '-') {
            int sign = *s++ == '-' ? -1 : 1, hours, minutes;
            if (!take(&s, 2, &hours) || *s++ != ':' || !take(&s, 2, &minutes) || hours > 14)
                return false;
            m->offset = sign * (hours * 60 + minutes);
        }
        while (*s == ' ')
            s++;
    }
    return *s == '\0' && m->year >= 1 && m->year <= 9999 && m->month >= 1 && m->month <= 12 &&
           m->day >= 1 && m->day <= days_in(m->year, m->month) && m->hour < 24 && m->minute < 60 &&
           m->second < 60;
}

/* Days since 0001-01-01. */
static int64_t day_number(int year, int month, int day)
{
    int64_t y = year - 1;
    int64_t days = y * 365 + y / 4 - y / 100 + y / 400;
    for (int m = 1; m < month; m++)
        days += days_in(year, m);
    return days + day - 1;
}

/* Times are kept in 100 ns since 0001-01-01. */
static int64_t ticks_of(const struct moment *m)
{
    int64_t seconds =
        day_number(m->year, m->month, m->day) * 86400 + m->hour * 3600 + m->minute * 60 + m->second;
    return seconds * 10000000 + m->fraction;
}

static bool from_ticks(int64_t ticks, struct moment *m)
{
    if (ticks < 0 || ticks >= INT64_C(3652059) * 86400 * 10000000)
        return false;
    int64_t day = ticks / (INT64_C(86400) * 10000000), rest = ticks % (INT64_C(86400) * 10000000);
    int year = (int)(day / 366) + 1;
    while (day_number(year + 1, 1, 1) <= day)
        year++;
    int month = 1;
    while (month < 12 && day_number(year, month + 1, 1) <= day)
        month++;
    m->year = year;
    m->month = month;
    m->day = (int)(day - day_number(year, month, 1)) + 1;
    m->fraction = (int)(rest % 10000000);
    rest /= 10000000;
    m->hour = (int)(rest / 3600);
    m->minute = (int)(rest / 60 % 60);
    m->second = (int)(rest % 60);
    return true;
}

/* Round to what the type holds: datetime to 1/300 s shown as .000 .003 .007, others by their scale. */
static bool moment_fit(struct moment *m, const struct sql_column *t)
{
    int64_t ticks = ticks_of(m), unit = 1;
    if (t->type == SQLT_DATETIME) {
        int64_t thirds = (m->fraction * INT64_C(3) + 50000) / 100000;
        static const int shown[] = {0, 30000, 70000};
        ticks += -m->fraction + thirds / 3 * 100000 + shown[thirds % 3];
    } else if (t->type == SQLT_SMALLDATETIME) {
        unit = INT64_C(60) * 10000000;
        ticks = (ticks + unit / 2) / unit * unit;
    } else if (t->type != SQLT_DATE) {
        for (int i = t->scale; i < 7; i++)
            unit *= 10;
        ticks = (ticks + unit / 2) / unit * unit;
    }
    return from_ticks(ticks, m);
}

static void moment_print(const struct moment *m, const struct sql_column *t, char *target,
                         size_t size)
{
    char date[16], time[32] = "", zone[16] = "";
    snprintf(date, sizeof date, "%04d-%02d-%02d", m->year, m->month, m->day);
    int scale = t->type == SQLT_DATETIME ? 3 : t->type == SQLT_SMALLDATETIME ? 0 : t->scale;
    int fraction = m->fraction;
    for (int i = scale; i < 7; i++)
        fraction /= 10;
    if (scale > 0)
        snprintf(time, sizeof time, "%02d:%02d:%02d.%0*d", m->hour, m->minute, m->second, scale,
                 fraction);
    else
        snprintf(time, sizeof time, "%02d:%02d:%02d", m->hour, m->minute, m->second);
    if (t->type == SQLT_DATETIMEOFFSET)
        snprintf(zone, sizeof zone, " %c%02d:%02d", m->offset < 0 ? '-' : '+', abs(m->offset) / 60,
                 abs(m->offset) % 60);
    if (t->type == SQLT_DATE)
        snprintf(target, size, "%s", date);
    else if (t->type == SQLT_TIME)
        snprintf(target, size, "%s", time);
    else
        snprintf(target, size, "%s %s%s", date, time, zone);
}

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

/* The text as its column keeps it: characters that cp1250 lacks become '?', length bounded. */
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
        __int128 sum = (__int128)ticks * count + ticks_of(&m);
        if (sum < 0 || sum > INT64_MAX || !from_ticks((int64_t)sum, &m)) {
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
        if (m.day > days_in(m.year, m.month))
            m.day = days_in(m.year, m.month);
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
        sqlite3_result_int64(ctx, ticks_of(&b) / ticks - ticks_of(&a) / ticks);
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
    clock_gettime(CLOCK_REALTIME, &now);
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
