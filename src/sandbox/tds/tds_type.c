#include "sandbox/tds/tds_type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/type.h"
#include "sandbox/tds/tds.h"
#include "sandbox/tds/units.h"
#include "sandbox/tds/tds_packet.h"

/* Polish_CI_AS: LCID 0x0415, ignoring case, width and kana; no sort id. */
static const uint8_t collation[5] = {0x15, 0x04, 0xD0, 0x00, 0x00};

void tds_put_name(struct tds *t, const char *utf8)
{
    struct buf b;
    buf_init(&b, 4096);
    text_to_utf16(&b, utf8, strlen(utf8));
    size_t units = b.length / 2 < 255 ? b.length / 2 : 255;
    tds_put8(t, (unsigned)units);
    tds_put(t, buf_text(&b), units * 2);
    buf_free(&b);
}

static bool is_max(const struct sql_column *c)
{
    return c->type == SQLT_TEXT || c->type == SQLT_NTEXT ||
           ((c->type == SQLT_VARCHAR || c->type == SQLT_NVARCHAR || c->type == SQLT_VARBINARY) &&
            c->length == 0);
}

static unsigned decimal_size(int precision)
{
    return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
}

static unsigned time_size(int scale)
{
    return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}

static void put_text_type(struct tds *t, const struct sql_column *c)
{
    bool wide = type_wide(c->type);
    static const uint8_t ids[][2] = {{0xAF, 0xEF}, {0xA7, 0xE7}};
    bool variable = c->type != SQLT_CHAR && c->type != SQLT_NCHAR;
    tds_put8(t, ids[variable][wide]);
    if (is_max(c))
        tds_put16(t, 0xFFFF);
    else
        tds_put16(t, (unsigned)(wide ? 2 * c->length : c->length));
    tds_put(t, collation, sizeof collation);
}

void tds_put_type(struct tds *t, const struct sql_column *c)
{
    static const struct {
        enum sql_type type;
        uint8_t id, size;
    } simple[] = {
        {SQLT_BIT, 0x68, 1},      {SQLT_TINYINT, 0x26, 1},       {SQLT_SMALLINT, 0x26, 2},
        {SQLT_INT, 0x26, 4},      {SQLT_BIGINT, 0x26, 8},        {SQLT_FLOAT, 0x6D, 8},
        {SQLT_REAL, 0x6D, 4},     {SQLT_MONEY, 0x6E, 8},         {SQLT_SMALLMONEY, 0x6E, 4},
        {SQLT_DATETIME, 0x6F, 8}, {SQLT_SMALLDATETIME, 0x6F, 4}, {SQLT_UNIQUEIDENTIFIER, 0x24, 16}};
    for (size_t i = 0; i < COUNT_OF(simple); i++) {
        if (simple[i].type == c->type) {
            tds_put8(t, simple[i].id);
            tds_put8(t, simple[i].size);
            return;
        }
    }
    if (c->type == SQLT_DECIMAL) {
        tds_put8(t, 0x6A);
        tds_put8(t, decimal_size(c->precision));
        tds_put8(t, (unsigned)c->precision);
        tds_put8(t, (unsigned)c->scale);
    } else if (type_text(c->type)) {
        put_text_type(t, c);
    } else if (type_binary(c->type)) {
        tds_put8(t, c->type == SQLT_BINARY ? 0xAD : 0xA5);
        tds_put16(t, c->length == 0 ? 0xFFFF : (unsigned)c->length);
    } else if (c->type == SQLT_DATE) {
        tds_put8(t, 0x28);
    } else {
        tds_put8(t, c->type == SQLT_TIME ? 0x29 : c->type == SQLT_DATETIME2 ? 0x2A : 0x2B);
        tds_put8(t, (unsigned)c->scale);
    }
}

void tds_put_columns(struct tds *t, const struct sql_column *columns, size_t count)
{
    tds_put8(t, 0x81);
    tds_put16(t, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        tds_put32(t, 0);
        tds_put16(t, (columns[i].nullable ? 1U : 0U) | 8U | (columns[i].identity ? 0x10U : 0U));
        tds_put_type(t, &columns[i]);
        tds_put_name(t, columns[i].name);
    }
}

/* ---- values out -------------------------------------------------------------------------------- */

static void put_integer(struct tds *t, unsigned size, int64_t v)
{
    uint8_t b[9];
    b[0] = (uint8_t)size;
    for (unsigned i = 0; i < size; i++)
        b[1 + i] = (uint8_t)((uint64_t)v >> (8 * i));
    tds_put(t, b, size + 1);
}

static void put_money(struct tds *t, bool small, int64_t v)
{
    tds_put8(t, small ? 4 : 8);
    if (!small)
        tds_put32(t, (uint32_t)((uint64_t)v >> 32));
    tds_put32(t, (uint32_t)v);
}

static void put_decimal(struct tds *t, const struct sql_column *c, int64_t v)
{
    unsigned size = decimal_size(c->precision);
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    uint8_t b[18] = {0};
    b[0] = (uint8_t)size;
    b[1] = v >= 0;
    for (unsigned i = 0; i < 8 && i + 1 < size; i++)
        b[2 + i] = (uint8_t)(rest >> (8 * i));
    tds_put(t, b, size + 1);
}

static void put_real(struct tds *t, bool single, double v)
{
    tds_put8(t, single ? 4 : 8);
    if (single) {
        float f = (float)v;
        tds_put(t, &f, 4);
    } else {
        tds_put(t, &v, 8);
    }
}

static void put_sized(struct tds *t, const struct sql_column *c, const char *bytes, size_t length)
{
    if (is_max(c)) {
        tds_put64(t, length);
        if (length) {
            tds_put32(t, (uint32_t)length);
            tds_put(t, bytes, length);
        }
        tds_put32(t, 0);
    } else {
        size_t most = (size_t)(type_wide(c->type) ? 2 * c->length : c->length);
        if (length > most)
            length = most;
        tds_put16(t, (unsigned)length);
        tds_put(t, bytes, length);
    }
}

static void put_text(struct tds *t, const struct sql_column *c, const struct sql_value *v)
{
    buf_reset(&t->scratch);
    if (type_wide(c->type)) {
        units_put(&t->scratch, v->bytes, v->length);
    } else {
        char *room = buf_reserve(&t->scratch, v->length);
        size_t made = 0;
        for (size_t i = 0, used; room && i < v->length; i += used) {
            used = 1;
            if ((unsigned char)v->bytes[i] < 0x80) {
                room[made++] = v->bytes[i];
                continue;
            }
            int32_t point = text_decode(v->bytes + i, v->length - i, &used);
            int byte = point < 0 ? -1 : cp1250_byte((uint32_t)point);
            room[made++] = (char)(byte < 0 ? '?' : byte);
        }
        if (room)
            buf_commit(&t->scratch, made);
    }
    put_sized(t, c, buf_text(&t->scratch), t->scratch.length);
}

static int number(const char *s, int digits)
{
    int v = 0;
    for (int i = 0; i < digits; i++)
        v = v * 10 + (s[i] - '0');
    return v;
}

int64_t tds_days_before(int year, int month, int day)
{
    static const int sums[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t y = year - 1;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12)
        month = 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + sums[month - 1] + (leap && month > 2) + day - 1;
}

/* A date and time as the wire counts them. */
struct instant {
    int64_t days;              /* since 0001-01-01 */
    int64_t seconds, fraction; /* of the day; fraction in 100 ns */
    int offset;                /* minutes from UTC */
};

/* "23:59:59.1234567" */
static void read_time(struct instant *at, const char *s)
{
    int64_t unit = 1000000;
    at->seconds = number(s, 2) * 3600 + number(s + 3, 2) * 60 + number(s + 6, 2);
    s += 8;
    if (*s == '.')
        s++;
    for (; *s >= '0' && *s <= '9'; s++) {
        at->fraction += (*s - '0') * unit;
        unit /= 10;
    }
}

/* The minutes of " +01:00" at the end of a text; 0 when there is none. */
static int read_offset(const char *text)
{
    const char *zone = strrchr(text, ' ');
    if (!zone || (zone[1] != '+' && zone[1] != '-'))
        return 0;
    int minutes = number(zone + 2, 2) * 60 + number(zone + 5, 2);
    return zone[1] == '-' ? -minutes : minutes;
}

/* Local time to UTC, which may be another day. */
static void to_utc(struct instant *at)
{
    at->seconds -= at->offset * 60;
    if (at->seconds < 0) {
        at->seconds += 86400;
        at->days--;
    } else if (at->seconds >= 86400) {
        at->seconds -= 86400;
        at->days++;
    }
}

/* The stored notation is always well-formed, because cast.c made it. */
static struct instant read_instant(const struct sql_column *c, const struct sql_value *v)
{
    struct instant at = {0};
    char text[48] = {0};
    memcpy(text, v->bytes, v->length < 47 ? v->length : 47);
    size_t time = c->type == SQLT_TIME ? 0 : 11; /* where the time begins */
    if (c->type != SQLT_TIME && v->length >= 10)
        at.days = tds_days_before(number(text, 4), number(text + 5, 2), number(text + 8, 2));
    if (c->type != SQLT_DATE && strlen(text) >= time + 8)
        read_time(&at, text + time);
    if (c->type == SQLT_DATETIMEOFFSET) {
        at.offset = read_offset(text);
        to_utc(&at);
    }
    return at;
}

static void put_datetime(struct tds *t, const struct instant *at)
{
    tds_put8(t, 8);
    tds_put32(t, (uint32_t)(at->days - tds_days_before(1900, 1, 1)));
    tds_put32(t, (uint32_t)(at->seconds * 300 + (at->fraction * 3 + 50000) / 100000));
}

static void put_smalldatetime(struct tds *t, const struct instant *at)
{
    tds_put8(t, 4);
    tds_put16(t, (unsigned)(at->days - tds_days_before(1900, 1, 1)));
    tds_put16(t, (unsigned)(at->seconds / 60));
}

static void put_little_endian(struct tds *t, int64_t v, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        tds_put8(t, (unsigned)(v >> (8 * i)) & 0xFF);
}

/* DATE, TIME, DATETIME2 and DATETIMEOFFSET: time, days and offset, those that the type has. */
static void put_modern_date(struct tds *t, const struct sql_column *c, const struct instant *at)
{
    unsigned time = c->type == SQLT_DATE ? 0 : time_size(c->scale);
    unsigned date = c->type == SQLT_TIME ? 0 : 3;
    unsigned offset = c->type == SQLT_DATETIMEOFFSET ? 2 : 0;
    int64_t ticks = at->seconds * 10000000 + at->fraction;
    for (int i = c->scale; i < 7; i++)
        ticks /= 10;
    tds_put8(t, time + date + offset);
    put_little_endian(t, ticks, time);
    put_little_endian(t, at->days, date);
    put_little_endian(t, at->offset, offset);
}

static void put_date(struct tds *t, const struct sql_column *c, const struct sql_value *v)
{
    struct instant at = read_instant(c, v);
    if (c->type == SQLT_DATETIME)
        put_datetime(t, &at);
    else if (c->type == SQLT_SMALLDATETIME)
        put_smalldatetime(t, &at);
    else
        put_modern_date(t, c, &at);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : 0;
}

const uint8_t tds_guid_order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

static void put_guid(struct tds *t, const struct sql_value *v)
{
    uint8_t plain[16] = {0};
    size_t n = 0;
    for (size_t i = 0; i + 1 < v->length && n < 16; i++) {
        if (v->bytes[i] == '-')
            continue;
        plain[n++] = (uint8_t)(hex_digit(v->bytes[i]) << 4 | hex_digit(v->bytes[i + 1]));
        i++;
    }
    tds_put8(t, 16);
    for (int i = 0; i < 16; i++)
        tds_put8(t, plain[tds_guid_order[i]]);
}

static void put_null(struct tds *t, const struct sql_column *c)
{
    if (is_max(c))
        tds_put64(t, UINT64_MAX);
    else if (type_text(c->type) || type_binary(c->type))
        tds_put16(t, 0xFFFF);
    else
        tds_put8(t, 0);
}

void tds_put_value(struct tds *t, const struct sql_column *c, const struct sql_value *v)
{
    if (v->null) {
        put_null(t, c);
        return;
    }
    switch (c->type) {
    case SQLT_BIT:
    case SQLT_TINYINT: put_integer(t, 1, v->integer); break;
    case SQLT_SMALLINT: put_integer(t, 2, v->integer); break;
    case SQLT_INT: put_integer(t, 4, v->integer); break;
    case SQLT_BIGINT: put_integer(t, 8, v->integer); break;
    case SQLT_FLOAT:
    case SQLT_REAL: put_real(t, c->type == SQLT_REAL, v->real); break;
    case SQLT_MONEY:
    case SQLT_SMALLMONEY: put_money(t, c->type == SQLT_SMALLMONEY, v->integer); break;
    case SQLT_DECIMAL: put_decimal(t, c, v->integer); break;
    case SQLT_BINARY:
    case SQLT_VARBINARY: put_sized(t, c, v->bytes, v->length); break;
    case SQLT_UNIQUEIDENTIFIER: put_guid(t, v); break;
    default:
        if (type_text(c->type))
            put_text(t, c, v);
        else
            put_date(t, c, v);
        break;
    }
}
