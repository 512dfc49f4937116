/* Parameters as clients send them, and as no client may ([MS-TDS] 2.2.5.4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/type.h"
#include "sandbox/tds/tds_parameter.h"

struct sample {
    const char *bytes;
    size_t length;
    enum sql_type type;
    const char *value; /* a number or a text; "NULL"; NULL: it is refused */
};

#define BYTES(text) text, sizeof(text) - 1

static void shows(const struct sample *s, const struct sql_parameter *p, const struct buf *store)
{
    char text[80];
    if (p->value.null)
        text_copy(text, sizeof text, "NULL");
    else if (type_exact(p->type.type))
        text_format(text, sizeof text, "%lld", (long long)p->value.integer);
    else if (type_float(p->type.type))
        text_format(text, sizeof text, "%g", p->value.real);
    else
        text_format(text, sizeof text, "%.*s", (int)p->value.length,
                    buf_text(store) + p->value.integer);
    assert_string_equal(text, s->value);
    assert_int_equal(p->type.type, s->type);
}

static void all_show(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sample *s = &samples[i];
        const uint8_t *bytes = (const uint8_t *)s->bytes;
        struct tds_in in = {.at = bytes, .end = bytes + s->length};
        struct sql_parameter p = {.name = ""};
        struct buf store;
        buf_init(&store, 4096);
        bool good = tds_read_parameter(&in, &p, &store);
        if (good != (s->value != NULL))
            fail_msg("sample %zu of type 0x%02X: %s", i, bytes[0], good ? "taken" : "refused");
        if (good) {
            assert_ptr_equal(in.at, in.end);
            shows(s, &p, &store);
        }
        buf_free(&store);
    }
}

static void values_of_each_type_are_read(void **state)
{
    static const struct sample samples[] = {
        {BYTES("\x1F"), SQLT_INT, "NULL"},
        {BYTES("\x30\xFF"), SQLT_TINYINT, "255"},
        {BYTES("\x34\xFF\xFF"), SQLT_SMALLINT, "-1"},
        {BYTES("\x26\x04\x04\x2A\0\0\0"), SQLT_INT, "42"},
        {BYTES("\x26\x08\x00"), SQLT_BIGINT, "NULL"},
        {BYTES("\x68\x01\x01\x07"), SQLT_BIT, "1"},
        {BYTES("\x6D\x08\x08\0\0\0\0\0\0\xF8\x3F"), SQLT_FLOAT, "1.5"},
        {BYTES("\x6E\x08\x08\0\0\0\0\x48\xE8\x01\0"), SQLT_MONEY, "125000"},
        {BYTES("\x6C\x05\x09\x04\x05\x00\x48\xE8\x01\0"), SQLT_DECIMAL, "-125000"},
        {BYTES("\x24\x10\x10\x03\x02\x01\x00\x05\x04\x07\x06\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F"),
         SQLT_UNIQUEIDENTIFIER, "00010203-0405-0607-0809-0A0B0C0D0E0F"},
        {BYTES("\xE7\x08\x00\0\0\0\0\0\x04\x00\x61\x00\x79\x01"), SQLT_NVARCHAR, "aŹ"},
        {BYTES("\xA5\x08\x00\x02\x00xy"), SQLT_VARBINARY, "xy"},
        {BYTES("\xA7\x08\x00\0\0\0\0\0\xFF\xFF"), SQLT_VARCHAR, "NULL"}};
    (void)state;
    all_show(samples, COUNT_OF(samples));
}

static void dates_and_times_are_read(void **state)
{
    static const struct sample samples[] = {
        {BYTES("\x28\x03\x00\x00\x00"), SQLT_DATE, "0001-01-01"},
        {BYTES("\x28\x00"), SQLT_DATE, "NULL"},
        {BYTES("\x29\x00\x03\x7F\x51\x01"), SQLT_TIME, "23:59:59.0000000"},
        {BYTES("\x2A\x07\x08\0\0\0\0\0\x01\x00\x00"), SQLT_DATETIME2,
         "0001-01-02 00:00:00.0000000"},
        /* 23:30 UTC is the next day at +01:00 */
        {BYTES("\x2B\x00\x08\x78\x4A\x01\x00\x00\x00\x3C\x00"), SQLT_DATETIMEOFFSET,
         "0001-01-02 00:30:00.0000000 +01:00"},
        {BYTES("\x6F\x08\x08\0\0\0\0\x2C\x01\0\0"), SQLT_DATETIME, "1900-01-01 00:00:01.0000000"},
        {BYTES("\x3A\x01\x00\x3C\x00"), SQLT_SMALLDATETIME, "1900-01-02 01:00:00.0000000"}};
    (void)state;
    all_show(samples, COUNT_OF(samples));
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct sample samples[] = {
        {BYTES("\x00"), SQLT_BIT, NULL},                              /* no such type */
        {BYTES("\x26\x03\x03\0\0\0"), SQLT_INT, NULL},                /* an integer of 3 bytes */
        {BYTES("\x26\x04\x04\x01"), SQLT_INT, NULL},                  /* it ends too early */
        {BYTES("\x6A\x05\x27\x00\x00"), SQLT_DECIMAL, NULL},          /* 39 digits */
        {BYTES("\x6A\x05\x04\x05\x00"), SQLT_DECIMAL, NULL},          /* scale above precision */
        {BYTES("\x24\x10\x02\0\0"), SQLT_UNIQUEIDENTIFIER, NULL},     /* a GUID of 2 bytes */
        {BYTES("\x29\x08\x00"), SQLT_TIME, NULL},                     /* scale 8 */
        {BYTES("\x29\x00\x03\x80\x51\x01"), SQLT_TIME, NULL},         /* 24:00 */
        {BYTES("\x29\x00\x05\xFF\xFF\xFF\xFF\xFF"), SQLT_TIME, NULL}, /* thousands of years */
        {BYTES("\x28\x04\0\0\0\0"), SQLT_DATE, NULL},                 /* a date of 4 bytes */
        {BYTES("\xE7\x08\x00\0\0\0\0\0\x04\x00\x61"), SQLT_NVARCHAR, NULL}};
    (void)state;
    all_show(samples, COUNT_OF(samples));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_each_type_are_read),
        cmocka_unit_test(dates_and_times_are_read),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
