/* model: exact decimals, keys, records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/buf.h"
#include "model/decimal.h"
#include "model/key.h"
#include "model/record.h"

static struct decimal parse(const char *text)
{
    struct decimal d;
    assert_int_equal(decimal_parse(text, strlen(text), &d, NULL), STATUS_OK);
    return d;
}

static void expect(const struct decimal *d, const char *wanted)
{
    char text[DECIMAL_TEXT];
    decimal_print(d, text);
    assert_string_equal(text, wanted);
}

static void decimals_round_half_away_from_zero(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"-2.345", "-2.35"}, {"2.344", "2.34"},
                                           {"0.005", "0.01"},   {"-0.004", "0.00"},
                                           {"7", "7.00"},       {"99.995", "100.00"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct decimal d = parse(cases[i][0]), r;
        assert_int_equal(decimal_round(&d, 2, &r, NULL), STATUS_OK);
        expect(&r, cases[i][1]);
    }
}

static void decimals_hold_38_digits_and_refuse_39(void **state)
{
    (void)state;
    const char *most = "99999999999999999999999999999999999999";
    struct decimal d = parse(most), one = parse("1"), sum;
    expect(&d, most);
    assert_int_equal(decimal_add(&d, &one, &sum, NULL), STATUS_INVALID);
    assert_int_equal(decimal_parse("999999999999999999999999999999999999999", 39, &d, NULL),
                     STATUS_INVALID);
    struct decimal money = parse("922337203685477.5807"), rate = parse("1.23"), product;
    assert_int_equal(decimal_multiply(&money, &rate, 4, &product, NULL), STATUS_OK);
    expect(&product, "1134474760533137.4243");
}

static void decimals_refuse_what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "-",   ".",   "1,5",   " 1",
                                      "1 ", "1e5", "0x1", "1.2.3", "--1"};
    struct decimal d;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(decimal_parse(bad[i], strlen(bad[i]), &d, NULL), STATUS_INVALID);
}

static void decimals_compare_by_value(void **state)
{
    (void)state;
    struct decimal a = parse("1.50"), b = parse("1.5"), c = parse("-1.5"), zero = parse("-0.00");
    assert_int_equal(decimal_compare(&a, &b), 0);
    assert_int_equal(decimal_compare(&c, &a), -1);
    assert_int_equal(decimal_compare(&a, &c), 1);
    assert_false(zero.negative);
}

static void keys_sort_as_their_values(void **state)
{
    (void)state;
    static const int64_t numbers[] = {INT64_MIN, -5, -1, 0, 1, 9, 10, 100, INT64_MAX};
    struct key last = {.length = 0};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct key k = {.length = 0};
        assert_int_equal(key_add_integer(&k, numbers[i], NULL), STATUS_OK);
        assert_true(i == 0 || key_compare(last.bytes, last.length, k.bytes, k.length) < 0);
        last = k;
    }
}

static void keys_print_as_the_panel_has_them(void **state)
{
    (void)state;
    struct key k = {.length = 0};
    struct buf b;
    buf_init(&b, 100);
    key_add_integer(&k, 100123, NULL);
    key_add_text(&k, "a/b%", 4, NULL);
    assert_true(key_print(&b, k.bytes, k.length));
    assert_string_equal(buf_text(&b), "100123/a%2Fb%25");
    buf_reset(&b);
    assert_false(key_print(&b, (const uint8_t *)"x", 1));
    assert_int_equal(key_add_text(&k, "a\0b", 3, NULL), STATUS_INVALID);
    buf_free(&b);
}

static void fill(struct record *r, const char *on_hand, const char *sku)
{
    record_reset(r);
    record_set(r, 0, sku, strlen(sku), NULL);
    record_set(r, 1, "MAG", 3, NULL);
    record_set(r, 2, on_hand, strlen(on_hand), NULL);
    record_set(r, 4, "1", 1, NULL);
}

static void equal_values_have_equal_fingerprints(void **state)
{
    (void)state;
    struct record r;
    uint8_t a[16], b[16];
    record_init(&r, stream_find("stock"));
    fill(&r, "12.5000", "A-1   ");
    record_fingerprint(&r, a);
    fill(&r, "12.5", "A-1");
    record_fingerprint(&r, b);
    assert_memory_equal(a, b, 16);
    fill(&r, "12.5", "a-1");
    record_fingerprint(&r, b);
    assert_memory_not_equal(a, b, 16);
    record_free(&r);
}

/* A ledger outlives the program: the fingerprint of a record must stay what it was, however long the
 * record is and whichever way it is hashed. */
static void fingerprints_are_one_hash_over_all_fields(void **state)
{
    (void)state;
    struct record r;
    uint8_t got[16];
    char name[2000];
    memset(name, 'n', sizeof name);
    record_init(&r, stream_find("products"));
    for (size_t length = 0; length <= sizeof name; length += 1 + length / 3) {
        struct buf all;
        XXH128_canonical_t wanted;
        buf_init(&all, 8000);
        record_reset(&r);
        for (size_t i = 0; i < r.stream->field_count; i++) {
            uint32_t mark = UINT32_MAX;
            if (i < 2) {
                mark = (uint32_t)length;
                assert_int_equal(record_set(&r, i, name, length, NULL), STATUS_OK);
            }
            buf_add(&all, &mark, sizeof mark);
            if (i < 2)
                buf_add(&all, name, length);
        }
        record_fingerprint(&r, got);
        XXH128_canonicalFromHash(&wanted, XXH3_128bits(all.data, all.length));
        assert_memory_equal(got, wanted.digest, 16);
        buf_free(&all);
    }
    record_free(&r);
}

static void records_become_json(void **state)
{
    (void)state;
    struct record r;
    struct buf b;
    buf_init(&b, 1000);
    record_init(&r, stream_find("stock"));
    fill(&r, "-0.0100", "x\"\xC5\xBC\n");
    record_json(&b, &r);
    assert_string_equal(buf_text(&b),
                        "{\"sku\":\"x\\\"\xC5\xBC\\n\",\"warehouse\":\"MAG\",\"on_hand\":\"-0.01\","
                        "\"reserved\":null,\"available\":\"1\"}");
    assert_int_equal(record_set(&r, 2, "12,5", 4, NULL), STATUS_INVALID);
    buf_free(&b);
    record_free(&r);
}

static void a_floor_is_never_above(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"2.5", "2"},
        {"-0.5", "-1"},
        {"-2.000", "-2"},
        {"0.9999", "0"},
        {"7", "7"},
        {"0", "0"},
        {"99999999999999999999999999999999999.999", "99999999999999999999999999999999999"},
        {"0.00000000000000000000000000000000000001", "0"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct decimal d;
        char text[DECIMAL_TEXT];
        assert_int_equal(decimal_parse(pairs[i][0], strlen(pairs[i][0]), &d, NULL), STATUS_OK);
        decimal_floor(&d);
        decimal_print(&d, text);
        assert_string_equal(text, pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_floor_is_never_above),
        cmocka_unit_test(decimals_round_half_away_from_zero),
        cmocka_unit_test(decimals_hold_38_digits_and_refuse_39),
        cmocka_unit_test(decimals_refuse_what_is_no_number),
        cmocka_unit_test(decimals_compare_by_value),
        cmocka_unit_test(keys_sort_as_their_values),
        cmocka_unit_test(keys_print_as_the_panel_has_them),
        cmocka_unit_test(equal_values_have_equal_fingerprints),
        cmocka_unit_test(fingerprints_are_one_hash_over_all_fields),
        cmocka_unit_test(records_become_json),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
