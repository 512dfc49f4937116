#include "sandbox/tds/tds_type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/sqltype.h"
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

static int64_t days_before(int year, int month, int day)
{
    static const int sums[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t y = year - 1;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12)
        month = 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + sums[month - 1] + (leap && month > 2) + day - 1;
}

/* The stored notation (always well-formed, cast.c made it) to what the wire has. */
static void put_date(struct tds *t, const struct sql_column *c, const struct sql_value *v)
{
    char text[48] = {0};
    memcpy(text, v->bytes, v->length < 47 ? v->length : 47);
    const char *time = c->type == SQLT_TIME ? text : text + 11;
    int64_t days = c->type == SQLT_TIME || v->length < 10
                       ? 0
                       : days_before(number(text, 4), number(text + 5, 2), number(text + 8, 2));
    int64_t seconds = 0, fraction = 0; /* fraction in 100 ns */
    if (c->type != SQLT_DATE && strlen(text) >= (size_t)(time - text) + 8) {
        seconds = number(time, 2) * 3600 + number(time + 3, 2) * 60 + number(time + 6, 2);
        int64_t unit = 1000000;
        for (const char *s = time + 8; *s == '.' || (*s >= '0' && *s <= '9'); s++) {
            if (*s != '.') {
                fraction += (*s - '0') * unit;
                unit /= 10;
            }
        }
    }
    if (c->type == SQLT_DATETIME) {
        tds_put8(t, 8);
        tds_put32(t, (uint32_t)(days - days_before(1900, 1, 1)));
        tds_put32(t, (uint32_t)(seconds * 300 + (fraction * 3 + 50000) / 100000));
    } else if (c->type == SQLT_SMALLDATETIME) {
        tds_put8(t, 4);
        tds_put16(t, (unsigned)(days - days_before(1900, 1, 1)));
        tds_put16(t, (unsigned)(seconds / 60));
    } else {
        int offset = 0;
        if (c->type == SQLT_DATETIMEOFFSET) {
            const char *zone = strrchr(text, ' ');
            if (zone && (zone[1] == '+' || zone[1] == '-'))
                offset =
                    (zone[1] == '-' ? -1 : 1) * (number(zone + 2, 2) * 60 + number(zone + 5, 2));
            seconds -= offset * 60; /* the wire has UTC */
            if (seconds < 0 || seconds >= 86400) {
                days += seconds < 0 ? -1 : 1;
                seconds += seconds < 0 ? 86400 : -86400;
            }
        }
        unsigned size = c->type == SQLT_DATE ? 0 : time_size(c->scale);
        int64_t ticks = seconds * 10000000 + fraction;
        for (int i = c->scale; i < 7; i++)
            ticks /= 10;
        tds_put8(t,
                 size + (c->type == SQLT_TIME ? 0 : 3) + (c->type == SQLT_DATETIMEOFFSET ? 2 : 0));
        for (unsigned i = 0; i < size; i++)
            tds_put8(t, (unsigned)(ticks >> (8 * i)) & 0xFF);
        for (unsigned i = 0; c->type != SQLT_TIME && i < 3; i++)
            tds_put8(t, (unsigned)(days >> (8 * i)) & 0xFF);
        if (c->type == SQLT_DATETIMEOFFSET)
            tds_put16(t, (unsigned)offset & 0xFFFF);
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : 0;
}

/* GUIDs travel with their first three groups little-endian. */
static const uint8_t guid_order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

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
        tds_put8(t, plain[guid_order[i]]);
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

/* ---- values in --------------------------------------------------------------------------------- */

static void keep(struct sql_parameter *p, struct buf *store, size_t start)
{
    /* Offsets until all parameters are read: the store may move. */
    p->value.integer = (int64_t)start;
    p->value.length = store->length - start;
    buf_add_byte(store, 0);
}

static int64_t in_integer(struct tds_in *in, size_t size)
{
    const uint8_t *p = in_bytes(in, size);
    uint64_t v = 0;
    for (size_t i = size; p && i > 0; i--)
        v = v << 8 | p[i - 1];
    if (size == 1)
        return (int64_t)v;
    return size == 2 ? (int16_t)v : size == 4 ? (int32_t)v : (int64_t)v;
}

static int64_t in_money(struct tds_in *in, size_t size)
{
    if (size == 4)
        return in_integer(in, 4);
    uint32_t high = in32(in), low = in32(in);
    return (int64_t)((uint64_t)high << 32 | low);
}

static double in_real(struct tds_in *in, size_t size)
{
    const uint8_t *p = in_bytes(in, size);
    double d = 0;
    float f = 0;
    if (p && size == 8)
        memcpy(&d, p, 8);
    else if (p)
        memcpy(&f, p, 4);
    return size == 8 ? d : (double)f;
}

static void print_moment(struct sql_parameter *p, struct buf *store, int64_t days, int64_t ticks,
                         const char *zone)
{
    size_t start = store->length;
    if (days < 0 || days > 3652058)
        days = 0;
    int64_t year = days / 366 + 1;
    while (days_before((int)year + 1, 1, 1) <= days)
        year++;
    int month = 1;
    while (month < 12 && days_before((int)year, month + 1, 1) <= days)
        month++;
    int64_t day = days - days_before((int)year, month, 1) + 1, seconds = ticks / 10000000 % 86400;
    if (p->type.type != SQLT_TIME)
        buf_printf(store, "%04d-%02d-%02d", (int)year, month, (int)day);
    if (p->type.type != SQLT_DATE)
        buf_printf(store, "%s%02d:%02d:%02d.%07d%s", p->type.type == SQLT_TIME ? "" : " ",
                   (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
                   (int)(ticks % 10000000), zone);
    keep(p, store, start);
}

static void in_datetime(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size)
{
    int64_t days, ticks;
    if (size == 8) {
        days = (int32_t)in32(in);
        ticks = (int64_t)in32(in) * 100000 / 3;
        p->type.type = SQLT_DATETIME;
    } else {
        days = in16(in);
        ticks = (int64_t)in16(in) * 60 * 10000000;
        p->type.type = SQLT_SMALLDATETIME;
    }
    print_moment(p, store, days + days_before(1900, 1, 1), ticks, "");
}

static void in_modern_date(struct tds_in *in, struct sql_parameter *p, struct buf *store,
                           unsigned id, size_t size)
{
    size_t tail = (id == 0x29 ? 0U : 3U) + (id == 0x2B ? 2U : 0U);
    int64_t ticks = 0, days = 0;
    char zone[16] = "";
    if (size < tail || size - tail > 5) {
        in->bad = true;
        return;
    }
    const uint8_t *b = in_bytes(in, size - tail);
    for (size_t i = size - tail; b && i > 0; i--)
        ticks = ticks << 8 | b[i - 1];
    for (int i = p->type.scale; i < 7 && id != 0x28; i++)
        ticks *= 10;
    if (id != 0x29) {
        b = in_bytes(in, 3);
        days = b ? b[0] | b[1] << 8 | b[2] << 16 : 0;
    }
    if (id == 0x2B) {
        int offset = (int16_t)in16(in);
        if (offset < -840 || offset > 840)
            offset = 0;
        ticks += offset * INT64_C(600000000);
        if (ticks < 0 || ticks >= INT64_C(864000000000)) {
            days += ticks < 0 ? -1 : 1;
            ticks += ticks < 0 ? INT64_C(864000000000) : -INT64_C(864000000000);
        }
        snprintf(zone, sizeof zone, " %c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60,
                 abs(offset) % 60);
    }
    print_moment(p, store, days, ticks, zone);
}

static void in_decimal(struct tds_in *in, struct sql_parameter *p, size_t size)
{
    unsigned sign = in8(in);
    const uint8_t *b = in_bytes(in, size - 1);
    uint64_t v = 0;
    for (size_t i = size - 1; b && i > 0; i--) {
        if (i > 8 && b[i - 1])
            in->bad = true; /* more than the sandbox's 18 digits */
        if (i <= 8)
            v = v << 8 | b[i - 1];
    }
    if (v > INT64_MAX)
        in->bad = true;
    p->value.integer = sign ? (int64_t)v : -(int64_t)(v & INT64_MAX);
}

static void add_text(struct buf *store, bool wide, const uint8_t *bytes, size_t length)
{
    if (wide) {
        text_from_utf16(store, bytes, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        char utf8[4];
        buf_add(store, utf8, text_encode(utf8, cp1250_point(bytes[i])));
    }
}

/* Length-prefixed or partially length-prefixed bytes. False: NULL. */
static bool in_long(struct tds_in *in, struct sql_parameter *p, struct buf *store, bool plp)
{
    bool wide = type_wide(p->type.type), binary = type_binary(p->type.type);
    size_t start = store->length;
    struct buf joined;
    if (!plp) {
        unsigned length = in16(in);
        if (length == 0xFFFF)
            return false;
        const uint8_t *b = in_bytes(in, length);
        if (b && binary)
            buf_add(store, b, length);
        else if (b)
            add_text(store, wide, b, length);
        keep(p, store, start);
        return true;
    }
    if (in64(in) == UINT64_MAX)
        return false;
    buf_init(&joined, TDS_MESSAGE_MAX);
    for (uint32_t chunk; !in->bad && (chunk = in32(in)) != 0;) {
        const uint8_t *b = in_bytes(in, chunk);
        if (b)
            buf_add(&joined, b, chunk);
    }
    if (binary)
        buf_add(store, buf_text(&joined), joined.length);
    else
        add_text(store, wide, (const uint8_t *)buf_text(&joined), joined.length);
    buf_free(&joined);
    keep(p, store, start);
    return true;
}

static void in_text_parameter(struct tds_in *in, struct sql_parameter *p, struct buf *store,
                              unsigned id)
{
    unsigned size = in16(in);
    bool plp = size == 0xFFFF;
    p->type.type = id == 0xE7 || id == 0xEF   ? SQLT_NVARCHAR
                   : id == 0xA5 || id == 0xAD ? SQLT_VARBINARY
                                              : SQLT_VARCHAR;
    p->type.length = plp ? 0 : type_wide(p->type.type) ? (int)size / 2 : (int)size;
    if (!plp && p->type.length == 0)
        p->type.length = 1;
    if (!type_binary(p->type.type))
        in_bytes(in, 5);
    p->value.null = !in_long(in, p, store, plp);
}

/* TEXT and NTEXT: a 32-bit length. */
static void in_old_text(struct tds_in *in, struct sql_parameter *p, struct buf *store, unsigned id)
{
    size_t start = store->length;
    p->type.type = id == 0x63 ? SQLT_NVARCHAR : SQLT_VARCHAR;
    in32(in);
    in_bytes(in, 5);
    uint32_t length = in32(in);
    if (length == UINT32_MAX) {
        p->value.null = true;
        return;
    }
    const uint8_t *b = in_bytes(in, length);
    if (b)
        add_text(store, id == 0x63, b, length);
    keep(p, store, start);
}

static enum sql_type integer_type(size_t size)
{
    return size == 1   ? SQLT_TINYINT
           : size == 2 ? SQLT_SMALLINT
           : size == 4 ? SQLT_INT
                       : SQLT_BIGINT;
}

/* Types whose value follows with a length byte: INTN and its kind. */
static void in_nullable(struct tds_in *in, struct sql_parameter *p, struct buf *store, unsigned id)
{
    unsigned declared = id == 0x28 ? 3 : in8(in);
    if (id == 0x6A || id == 0x6C) {
        p->type.precision = (int)in8(in);
        p->type.scale = (int)in8(in);
        if (p->type.precision < 1 || p->type.precision > 38 || p->type.scale > p->type.precision)
            in->bad = true;
    } else if (id == 0x29 || id == 0x2A || id == 0x2B) {
        p->type.scale = (int)declared; /* it was the scale */
        if (declared > 7)
            in->bad = true;
    }
    unsigned size = in8(in);
    p->value.null = size == 0;
    unsigned shown = size ? size : declared;
    bool ok = true;
    switch (id) {
    case 0x26:
        ok = shown == 1 || shown == 2 || shown == 4 || shown == 8;
        p->type.type = integer_type(shown);
        if (size && ok)
            p->value.integer = in_integer(in, size);
        break;
    case 0x68:
        p->type.type = SQLT_BIT;
        ok = size <= 1;
        if (size && ok)
            p->value.integer = in8(in) != 0;
        break;
    case 0x6D:
        p->type.type = SQLT_FLOAT;
        ok = !size || size == 4 || size == 8;
        if (size && ok)
            p->value.real = in_real(in, size);
        break;
    case 0x6E:
        p->type.type = SQLT_MONEY;
        ok = !size || size == 4 || size == 8;
        if (size && ok)
            p->value.integer = in_money(in, size);
        break;
    case 0x6F:
        p->type.type = SQLT_DATETIME;
        ok = !size || size == 4 || size == 8;
        if (size && ok)
            in_datetime(in, p, store, size);
        break;
    case 0x6A:
    case 0x6C:
        p->type.type = SQLT_DECIMAL;
        ok = size <= 17;
        if (size && ok)
            in_decimal(in, p, size);
        break;
    case 0x24: {
        p->type.type = SQLT_UNIQUEIDENTIFIER;
        ok = !size || size == 16;
        const uint8_t *b = size && ok ? in_bytes(in, 16) : NULL;
        size_t start = store->length;
        for (int i = 0; b && i < 16; i++)
            buf_printf(store, "%s%02X", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                       b[guid_order[i]]);
        if (b)
            keep(p, store, start);
        break;
    }
    default:
        p->type.type = id == 0x28   ? SQLT_DATE
                       : id == 0x29 ? SQLT_TIME
                       : id == 0x2A ? SQLT_DATETIME2
                                    : SQLT_DATETIMEOFFSET;
        if (size)
            in_modern_date(in, p, store, id, size);
        break;
    }
    if (!ok)
        in->bad = true;
}

bool tds_read_parameter(struct tds_in *in, struct sql_parameter *p, struct buf *store)
{
    unsigned id = in8(in);
    switch (id) {
    case 0x1F:
        p->type.type = SQLT_INT;
        p->value.null = true;
        break;
    case 0x30:
        p->type.type = SQLT_TINYINT;
        p->value.integer = in_integer(in, 1);
        break;
    case 0x32:
        p->type.type = SQLT_BIT;
        p->value.integer = in8(in) != 0;
        break;
    case 0x34:
        p->type.type = SQLT_SMALLINT;
        p->value.integer = in_integer(in, 2);
        break;
    case 0x38:
        p->type.type = SQLT_INT;
        p->value.integer = in_integer(in, 4);
        break;
    case 0x7F:
        p->type.type = SQLT_BIGINT;
        p->value.integer = in_integer(in, 8);
        break;
    case 0x3B:
        p->type.type = SQLT_FLOAT;
        p->value.real = in_real(in, 4);
        break;
    case 0x3E:
        p->type.type = SQLT_FLOAT;
        p->value.real = in_real(in, 8);
        break;
    case 0x3C:
        p->type.type = SQLT_MONEY;
        p->value.integer = in_money(in, 8);
        break;
    case 0x7A:
        p->type.type = SQLT_MONEY;
        p->value.integer = in_money(in, 4);
        break;
    case 0x3D: in_datetime(in, p, store, 8); break;
    case 0x3A: in_datetime(in, p, store, 4); break;
    case 0xA7:
    case 0xAF:
    case 0xE7:
    case 0xEF:
    case 0xA5:
    case 0xAD: in_text_parameter(in, p, store, id); break;
    case 0x23:
    case 0x63: in_old_text(in, p, store, id); break;
    case 0x24:
    case 0x26:
    case 0x28:
    case 0x29:
    case 0x2A:
    case 0x2B:
    case 0x68:
    case 0x6A:
    case 0x6C:
    case 0x6D:
    case 0x6E:
    case 0x6F: in_nullable(in, p, store, id); break;
    default: in->bad = true; break;
    }
    if (type_exact(p->type.type) && p->type.type != SQLT_DECIMAL) {
        p->type.precision = 0;
        p->type.scale = type_scale(&p->type);
    }
    return !in->bad && !store->failed;
}
