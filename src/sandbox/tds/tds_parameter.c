#include "sandbox/tds/tds_parameter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cp1250.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/type.h"
#include "sandbox/tds/tds_packet.h"
#include "sandbox/tds/tds_type.h"

static void keep(struct sql_parameter *p, struct buf *store, size_t start)
{
    /* Offsets until all parameters are read: the store may move. */
    p->value.integer = (int64_t)start;
    p->value.length = store->length - start;
    buf_add_byte(store, 0);
}

static int64_t in_integer(struct tds_in *in, size_t size)
{
    const uint8_t *p = tds_in_bytes(in, size);
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
    uint32_t high = tds_in32(in), low = tds_in32(in);
    return (int64_t)((uint64_t)high << 32 | low);
}

static double in_real(struct tds_in *in, size_t size)
{
    const uint8_t *p = tds_in_bytes(in, size);
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
    while (tds_days_before((int)year + 1, 1, 1) <= days)
        year++;
    int month = 1;
    while (month < 12 && tds_days_before((int)year, month + 1, 1) <= days)
        month++;
    int64_t day = days - tds_days_before((int)year, month, 1) + 1,
            seconds = ticks / 10000000 % 86400;
    if (p->type.type != SQLT_TIME)
        buf_printf(store, "%04d-%02d-%02d", (int)year, month, (int)day);
    if (p->type.type != SQLT_DATE)
        buf_printf(store, "%s%02d:%02d:%02d.%07d%s", p->type.type == SQLT_TIME ? "" : " ",
                   (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
                   (int)(ticks % 10000000), zone);
    keep(p, store, start);
}

/* A value whose type and size are known. Its texts go into store. */
typedef void read_value(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size);

static void read_bit(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size)
{
    (void)store;
    (void)size;
    p->value.integer = tds_in8(in) != 0;
}

static void read_integer(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size)
{
    (void)store;
    p->value.integer = in_integer(in, size);
}

static void read_money(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size)
{
    (void)store;
    p->value.integer = in_money(in, size);
}

static void read_real(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size)
{
    (void)store;
    p->value.real = in_real(in, size);
}

static void read_datetime(struct tds_in *in, struct sql_parameter *p, struct buf *store,
                          size_t size)
{
    int64_t days, ticks;
    if (size == 8) {
        days = (int32_t)tds_in32(in);
        ticks = (int64_t)tds_in32(in) * 100000 / 3;
        p->type.type = SQLT_DATETIME;
    } else {
        days = tds_in16(in);
        ticks = (int64_t)tds_in16(in) * 60 * 10000000;
        p->type.type = SQLT_SMALLDATETIME;
    }
    print_moment(p, store, days + tds_days_before(1900, 1, 1), ticks, "");
}

/* The offset after a DATETIMEOFFSET: its minutes, and the zone in our notation. */
static int in_offset(struct tds_in *in, char *zone, size_t size)
{
    int offset = (int16_t)tds_in16(in);
    if (offset < -840 || offset > 840)
        offset = 0;
    snprintf(zone, size, " %c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60,
             abs(offset) % 60);
    return offset;
}

#define DAY_TICKS INT64_C(864000000000)

/* The time of the day in ticks of 100 ns, whatever its scale. */
static int64_t in_time(struct tds_in *in, size_t size, int scale)
{
    const uint8_t *b = tds_in_bytes(in, size);
    int64_t ticks = 0;
    for (size_t i = size; b && i > 0; i--)
        ticks = ticks << 8 | b[i - 1];
    for (int i = scale; i < 7 && ticks < DAY_TICKS; i++)
        ticks *= 10;
    if (ticks >= DAY_TICKS)
        in->bad = true;
    return in->bad ? 0 : ticks;
}

static void read_modern_date(struct tds_in *in, struct sql_parameter *p, struct buf *store,
                             size_t size)
{
    bool has_date = p->type.type != SQLT_TIME, has_zone = p->type.type == SQLT_DATETIMEOFFSET;
    size_t tail = (has_date ? 3U : 0U) + (has_zone ? 2U : 0U);
    int64_t days = 0, ticks = in_time(in, size - tail, p->type.scale);
    char zone[16] = "";
    if (has_date) {
        const uint8_t *b = tds_in_bytes(in, 3);
        days = b ? b[0] | b[1] << 8 | b[2] << 16 : 0;
    }
    if (has_zone) { /* the wire has UTC */
        ticks += in_offset(in, zone, sizeof zone) * INT64_C(600000000);
        if (ticks < 0 || ticks >= DAY_TICKS) {
            days += ticks < 0 ? -1 : 1;
            ticks += ticks < 0 ? DAY_TICKS : -DAY_TICKS;
        }
    }
    print_moment(p, store, days, ticks, zone);
}

static void read_decimal(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size)
{
    (void)store;
    unsigned sign = tds_in8(in);
    const uint8_t *b = tds_in_bytes(in, size - 1);
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

static void read_guid(struct tds_in *in, struct sql_parameter *p, struct buf *store, size_t size)
{
    const uint8_t *b = tds_in_bytes(in, size);
    size_t start = store->length;
    if (!b)
        return;
    for (int i = 0; i < 16; i++)
        buf_printf(store, "%s%02X", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                   b[tds_guid_order[i]]);
    keep(p, store, start);
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
        unsigned length = tds_in16(in);
        if (length == 0xFFFF)
            return false;
        const uint8_t *b = tds_in_bytes(in, length);
        if (b && binary)
            buf_add(store, b, length);
        else if (b)
            add_text(store, wide, b, length);
        keep(p, store, start);
        return true;
    }
    if (tds_in64(in) == UINT64_MAX)
        return false;
    buf_init(&joined, TDS_MESSAGE_MAX);
    for (uint32_t chunk; !in->bad && (chunk = tds_in32(in)) != 0;) {
        const uint8_t *b = tds_in_bytes(in, chunk);
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

static void in_text(struct tds_in *in, struct sql_parameter *p, struct buf *store)
{
    unsigned size = tds_in16(in);
    bool plp = size == 0xFFFF;
    p->type.length = plp ? 0 : type_wide(p->type.type) ? (int)size / 2 : (int)size;
    if (!plp && p->type.length == 0)
        p->type.length = 1;
    if (!type_binary(p->type.type))
        tds_in_bytes(in, 5);
    p->value.null = !in_long(in, p, store, plp);
}

/* TEXT and NTEXT: a 32-bit length. */
static void in_old_text(struct tds_in *in, struct sql_parameter *p, struct buf *store)
{
    size_t start = store->length;
    tds_in32(in);
    tds_in_bytes(in, 5);
    uint32_t length = tds_in32(in);
    if (length == UINT32_MAX) {
        p->value.null = true;
        return;
    }
    const uint8_t *b = tds_in_bytes(in, length);
    if (b)
        add_text(store, type_wide(p->type.type), b, length);
    keep(p, store, start);
}

/* What comes between a type's id and its value. */
enum frame {
    FRAME_NULL,    /* no value at all */
    FRAME_FIXED,   /* nothing */
    FRAME_BARE,    /* the value's length, 0: NULL */
    FRAME_SIZE,    /* the declared size, then as BARE */
    FRAME_INTEGER, /* the same; the size says which integer it is */
    FRAME_SCALE,   /* the scale, then as BARE */
    FRAME_DECIMAL, /* the declared size, precision and scale, then as BARE */
    FRAME_TEXT,
    FRAME_OLD_TEXT,
};

/* Sets of sizes that a value may have, in bytes. */
#define SIZE(n)         (1U << (n))
#define SIZES(from, to) (SIZE((to) + 1) - SIZE(from))
#define INTEGER_SIZES   (SIZE(1) | SIZE(2) | SIZE(4) | SIZE(8))
#define HALF_OR_FULL    (SIZE(4) | SIZE(8))

/* The types that a parameter may have: [MS-TDS] 2.2.5.4. */
static const struct form {
    uint8_t id;
    enum frame frame;
    enum sql_type type;
    uint32_t sizes;
    read_value *read;
} forms[] = {
    {0x1F, FRAME_NULL, SQLT_INT, 0, NULL},
    {0x30, FRAME_FIXED, SQLT_TINYINT, SIZE(1), read_integer},
    {0x32, FRAME_FIXED, SQLT_BIT, SIZE(1), read_bit},
    {0x34, FRAME_FIXED, SQLT_SMALLINT, SIZE(2), read_integer},
    {0x38, FRAME_FIXED, SQLT_INT, SIZE(4), read_integer},
    {0x7F, FRAME_FIXED, SQLT_BIGINT, SIZE(8), read_integer},
    {0x3B, FRAME_FIXED, SQLT_FLOAT, SIZE(4), read_real},
    {0x3E, FRAME_FIXED, SQLT_FLOAT, SIZE(8), read_real},
    {0x3C, FRAME_FIXED, SQLT_MONEY, SIZE(8), read_money},
    {0x7A, FRAME_FIXED, SQLT_MONEY, SIZE(4), read_money},
    {0x3D, FRAME_FIXED, SQLT_DATETIME, SIZE(8), read_datetime},
    {0x3A, FRAME_FIXED, SQLT_SMALLDATETIME, SIZE(4), read_datetime},
    {0x26, FRAME_INTEGER, SQLT_INT, INTEGER_SIZES, read_integer},
    {0x68, FRAME_SIZE, SQLT_BIT, SIZE(1), read_bit},
    {0x6D, FRAME_SIZE, SQLT_FLOAT, HALF_OR_FULL, read_real},
    {0x6E, FRAME_SIZE, SQLT_MONEY, HALF_OR_FULL, read_money},
    {0x6F, FRAME_SIZE, SQLT_DATETIME, HALF_OR_FULL, read_datetime},
    {0x6A, FRAME_DECIMAL, SQLT_DECIMAL, SIZES(1, 17), read_decimal},
    {0x6C, FRAME_DECIMAL, SQLT_DECIMAL, SIZES(1, 17), read_decimal},
    {0x24, FRAME_SIZE, SQLT_UNIQUEIDENTIFIER, SIZE(16), read_guid},
    {0x28, FRAME_BARE, SQLT_DATE, SIZE(3), read_modern_date},
    {0x29, FRAME_SCALE, SQLT_TIME, SIZES(3, 5), read_modern_date},
    {0x2A, FRAME_SCALE, SQLT_DATETIME2, SIZES(6, 8), read_modern_date},
    {0x2B, FRAME_SCALE, SQLT_DATETIMEOFFSET, SIZES(8, 10), read_modern_date},
    {0xA7, FRAME_TEXT, SQLT_VARCHAR, 0, NULL},
    {0xAF, FRAME_TEXT, SQLT_VARCHAR, 0, NULL},
    {0xE7, FRAME_TEXT, SQLT_NVARCHAR, 0, NULL},
    {0xEF, FRAME_TEXT, SQLT_NVARCHAR, 0, NULL},
    {0xA5, FRAME_TEXT, SQLT_VARBINARY, 0, NULL},
    {0xAD, FRAME_TEXT, SQLT_VARBINARY, 0, NULL},
    {0x23, FRAME_OLD_TEXT, SQLT_VARCHAR, 0, NULL},
    {0x63, FRAME_OLD_TEXT, SQLT_NVARCHAR, 0, NULL},
};

static const struct form *form_find(unsigned id)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (forms[i].id == id)
            return &forms[i];
    return NULL;
}

static bool size_fits(const struct form *f, unsigned size)
{
    return size < 32 && (f->sizes & SIZE(size)) != 0;
}

static enum sql_type integer_type(size_t size)
{
    return size == 1   ? SQLT_TINYINT
           : size == 2 ? SQLT_SMALLINT
           : size == 4 ? SQLT_INT
                       : SQLT_BIGINT;
}

static unsigned only_size(const struct form *f)
{
    unsigned size = 0;
    while (f->sizes >> size > 1)
        size++;
    return size;
}

/* Precision and scale, if the type has them. declared: the byte before the value's length. */
static void in_precision(struct tds_in *in, struct sql_parameter *p, const struct form *f,
                         unsigned declared)
{
    if (f->frame == FRAME_DECIMAL) {
        p->type.precision = (int)tds_in8(in);
        p->type.scale = (int)tds_in8(in);
        if (p->type.precision < 1 || p->type.precision > 38 || p->type.scale > p->type.precision)
            in->bad = true;
    } else if (f->frame == FRAME_SCALE) {
        p->type.scale = (int)declared;
        if (declared > 7)
            in->bad = true;
    }
}

/* Types whose value follows with a length byte: INTN and the like. */
static void in_nullable(struct tds_in *in, struct sql_parameter *p, struct buf *store,
                        const struct form *f)
{
    unsigned declared = f->frame == FRAME_BARE ? 0 : tds_in8(in);
    in_precision(in, p, f, declared);
    unsigned size = tds_in8(in);
    p->value.null = size == 0;
    if (f->frame == FRAME_INTEGER) { /* a NULL has the declared width */
        unsigned shown = size ? size : declared;
        p->type.type = integer_type(shown);
        in->bad |= !size_fits(f, shown);
    }
    if (size && size_fits(f, size))
        f->read(in, p, store, size);
    else if (size)
        in->bad = true;
}

static void in_parameter(struct tds_in *in, struct sql_parameter *p, struct buf *store,
                         const struct form *f)
{
    p->type.type = f->type;
    switch (f->frame) {
    case FRAME_NULL: p->value.null = true; break;
    case FRAME_FIXED: f->read(in, p, store, only_size(f)); break;
    case FRAME_TEXT: in_text(in, p, store); break;
    case FRAME_OLD_TEXT: in_old_text(in, p, store); break;
    default: in_nullable(in, p, store, f); break;
    }
}

bool tds_read_parameter(struct tds_in *in, struct sql_parameter *p, struct buf *store)
{
    const struct form *f = form_find(tds_in8(in));
    if (!f) {
        in->bad = true;
        return false;
    }
    in_parameter(in, p, store, f);
    if (type_exact(p->type.type) && p->type.type != SQLT_DECIMAL) {
        p->type.precision = 0;
        p->type.scale = type_scale(&p->type);
    }
    return !in->bad && !store->failed;
}
