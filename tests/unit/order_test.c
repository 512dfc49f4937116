/* Orders: parsing with every fault, the key and its marker, VAT and NIP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/cp1250.h"
#include "base/json.h"
#include "base/said.h"
#include "model/vat.h"
#include "model/order.h"
#include "model/tax_id.h"

static const char whole[] =
    "{\"id\":\"A/7\",\"number\":\"100234\",\"revision\":3,\"placed_at\":\"2026-03-01T10:00:00Z\","
    "\"confirmed_at\":\"2026-03-01T12:00:00+01:00\",\"source\":\"shop\",\"buyer\":{\"name\":"
    "\"Żaneta\","
    "\"email\":\"z@example.com\"},\"invoice\":{\"wanted\":true,\"tax_id\":\"525-000-00-08\"},"
    "\"delivery\":"
    "{\"method\":\"courier\",\"price_gross\":\"12.30\",\"point_id\":\"WAW01\"},\"lines\":[{\"id\":"
    "\"l1\",\"sku\":"
    "\"A-1\",\"quantity\":\"2\",\"price_gross\":\"10.00\",\"vat_rate\":\"23\",\"discount_percent\":"
    "\"10\"},"
    "{\"id\":\"l2\",\"ean\":\"5901234123457\",\"quantity\":\"1.5\",\"price_gross\":\"0\"}],"
    "\"currency\":\"PLN\","
    "\"total_gross\":\"30.30\",\"paid\":null,\"unknown\":{\"member\":1}}";

static struct order *parse(const char *text, json_t *faults, enum status expected)
{
    struct order *o = NULL;
    struct error e = {0};
    json_t *json = json_parse(text, strlen(text), &e);
    assert_non_null(json);
    assert_int_equal(order_parse(json, &o, faults, &e), expected);
    json_decref(json);
    return o;
}

static void expect_decimal(const struct decimal *d, const char *wanted)
{
    char text[DECIMAL_TEXT];
    decimal_print(d, text);
    assert_string_equal(text, wanted);
}

static void an_order_is_read_whole(void **state)
{
    (void)state;
    json_t *faults = json_array();
    struct order *o = parse(whole, faults, STATUS_OK);
    assert_int_equal(json_array_size(faults), 0);
    assert_string_equal(o->id, "A/7");
    assert_int_equal(o->revision, 3);
    assert_int_equal(o->placed_at_ms, INT64_C(1772359200000));
    assert_int_equal(o->confirmed_at_ms - o->placed_at_ms, 3600000);
    assert_string_equal(o->buyer_name, "Żaneta");
    assert_string_equal(o->buyer_company, "");
    assert_true(o->invoice_wanted);
    assert_false(o->cancelled);
    assert_string_equal(o->delivery_point, "WAW01");
    assert_int_equal(o->line_count, 2);
    assert_string_equal(o->lines[0].sku, "A-1");
    assert_string_equal(o->lines[1].vat, "");
    expect_decimal(&o->lines[1].quantity, "1.5");
    expect_decimal(&o->total_gross, "30.3");
    expect_decimal(&o->paid, "0");
    order_free(o);
    json_decref(faults);
}

static bool has_fault(const json_t *faults, const char *line, const char *words)
{
    size_t i;
    json_t *fault;
    json_array_foreach (faults, i, fault) {
        const char *of = json_text(fault, "line", NULL);
        if (strstr(json_text(fault, "text", ""), words) &&
            (line ? of && strcmp(of, line) == 0 : !of))
            return true;
    }
    return false;
}

static void blanks_are_no_code_of_a_product(void **state)
{
    (void)state;
    json_t *faults = json_array();
    struct order *o =
        parse("{\"id\":\"1\",\"total_gross\":\"1\",\"lines\":[{\"sku\":\"  \",\"ean\":\" \\t\","
              "\"quantity\":\"1\",\"price_gross\":\"1\"},{\"sku\":\" A 1\",\"quantity\":\"1\","
              "\"price_gross\":\"0\"}]}",
              faults, STATUS_OK);
    assert_string_equal(o->lines[0].sku, "");
    assert_string_equal(o->lines[0].ean, "");
    assert_string_equal(o->lines[1].sku, " A 1");
    order_free(o);
    json_decref(faults);
}

static void every_fault_is_told(void **state)
{
    (void)state;
    json_t *faults = json_array();
    struct order *o =
        parse("{\"id\":\"7\",\"revision\":-1,\"placed_at\":\"yesterday\",\"cancelled\":\"yes\","
              "\"buyer\":[],\"lines\":[{\"id\":\"l1\",\"quantity\":2,\"price_gross\":\"1,5\"},"
              "{\"quantity\":\"1\",\"price_gross\":\"0.12345678901\"},7]}",
              faults, STATUS_INVALID);
    assert_non_null(o);
    assert_string_equal(o->number, "7"); /* it can be answered */
    assert_true(has_fault(faults, NULL, "revision"));
    assert_true(has_fault(faults, NULL, "placed_at is \"yesterday\""));
    assert_true(has_fault(faults, NULL, "cancelled"));
    assert_true(has_fault(faults, NULL, "buyer"));
    assert_true(has_fault(faults, NULL, "total_gross is missing"));
    assert_true(has_fault(faults, "l1", "quantity is 2, expected a decimal number in quotes"));
    assert_true(has_fault(faults, "l1", "price_gross is \"1,5\""));
    assert_true(has_fault(faults, "2", "price_gross has more than 10 digits"));
    assert_true(has_fault(faults, "3", "is not an object"));
    assert_int_equal(json_array_size(faults), 9);
    char said[SAID_MAX], text[SAID_MAX];
    order_faults_say(said, sizeof said, faults);
    said_words(text, sizeof text, said);
    assert_non_null(strstr(text, "; line l1: quantity is 2"));
    order_free(o);
    json_decref(faults);
}

static void an_order_without_a_usable_id_is_no_order(void **state)
{
    (void)state;
    static const char *const bad[] = {"{}", "{\"id\":7}", "{\"id\":\"\"}", "{\"id\":\"a\\nb\"}",
                                      "[]"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        json_t *faults = json_array();
        assert_null(parse(bad[i], faults, STATUS_INVALID));
        assert_int_equal(json_array_size(faults), 1);
        json_decref(faults);
    }
}

static void many_faults_are_bounded(void **state)
{
    (void)state;
    json_t *faults = json_array();
    for (int i = 0; i < 3 * ORDER_FAULTS_MAX; i++)
        order_fault(faults, "x", "l", "fault %d", i);
    assert_int_equal(json_array_size(faults), ORDER_FAULTS_MAX);
    char said[SAID_MAX], text[SAID_MAX];
    order_faults_say(said, sizeof said, faults);
    said_words(text, sizeof text, said);
    assert_non_null(strstr(text, "and 1988 more"));
    json_decref(faults);
}

static void lines_beyond_the_limit_are_refused(void **state)
{
    (void)state;
    json_t *json = json_parse(whole, strlen(whole), NULL), *lines = json_object_get(json, "lines");
    json_t *faults = json_array();
    struct order *o = NULL;
    while (json_array_size(lines) <= ORDER_LINES_MAX)
        json_array_append(lines, json_array_get(lines, 0));
    assert_int_equal(order_parse(json, &o, faults, NULL), STATUS_INVALID);
    assert_true(has_fault(faults, NULL, "1001 lines, at most 1000"));
    order_free(o);
    json_decref(faults);
    json_decref(json);
}

/* The vectors are computed by another program; a change of them would orphan every order in an ERP.
 */
static void the_marker_is_fixed_for_ever(void **state)
{
    (void)state;
    static const char id[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    static const char *const cases[][3] = {
        {"1", "ZK", "EPGRRGMT1XDQXEWKZA95"},
        {"2", "ZK", "EP83FZF9773Q3THJ798Y"}, /* sixty characters that differ in the last */
    };
    struct buf key;
    char marker[ORDER_MARKER + 1], text[80];
    buf_init(&key, 4096);
    for (size_t i = 0; i < 2; i++) {
        buf_reset(&key);
        snprintf(text, sizeof text, "%s%s", id, cases[i][0]);
        order_key(&key, "panel", "acc-1", text, cases[i][1]);
        order_marker(buf_text(&key), marker);
        assert_string_equal(marker, cases[i][2]);
    }
    buf_reset(&key);
    order_key(&key, "panel", "acc-1", "A/7%", "ZK");
    assert_string_equal(buf_text(&key), "panel/acc-1/A%2F7%25/ZK");
    order_marker(buf_text(&key), marker);
    assert_string_equal(marker, "EP3VG0EDGKYZTSQK8F14");
    buf_free(&key);
}

static struct decimal number(const char *text)
{
    struct decimal d;
    assert_int_equal(decimal_parse(text, strlen(text), &d, NULL), STATUS_OK);
    return d;
}

static void tax_is_rounded_to_the_grosz(void **state)
{
    (void)state;
    static const struct {
        const char *gross, *rate, *vat;
    } in[] = {{"123", "23", "23.00"},    {"0.01", "23", "0.00"},
              {"0.03", "23", "0.01"},    {"10.00", "8", "0.74"},
              {"99.99", "5", "4.76"},    {"49.20", "zw", "0.00"},
              {"0", "23", "0.00"},       {"1.08", "8%", "0.08"},
              {"12.34", "23.0", "2.31"}, {"922337203685477.58", "23", "172469558412731.58"}};
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
        struct decimal gross = number(in[i].gross), vat;
        const struct vat_rate *rate = vat_find(in[i].rate);
        assert_non_null(rate);
        assert_int_equal(vat_in_gross(&gross, rate, &vat, NULL), STATUS_OK);
        expect_decimal(&vat, in[i].vat);
    }
    struct decimal net = number("10.11"), vat;
    assert_int_equal(vat_on_net(&net, vat_find("23"), &vat, NULL), STATUS_OK);
    expect_decimal(&vat, "2.33"); /* 2.3253 */
    struct decimal huge = number("99999999999999999999999999999999999");
    assert_int_equal(vat_in_gross(&huge, vat_find("23"), &vat, NULL), STATUS_INVALID);
}

static void vat_symbols_are_those_of_polish_documents(void **state)
{
    (void)state;
    assert_string_equal(vat_find("ZW")->symbol, "zw");
    assert_string_equal(vat_find(" 8 % ")->symbol, "8");
    assert_string_equal(vat_find("0.00")->symbol, "0");
    static const char *const bad[] = {"",    "22",   "7",         "vat",  "23%%",
                                      "-23", "0x17", "zwolniony", "23.01"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(vat_find(bad[i]));
    assert_null(vat_at(VAT_RATES));
}

static void a_nip_has_a_check_digit(void **state)
{
    (void)state;
    char digits[11];
    assert_true(tax_id_nip("PL 525-000-00-09", digits));
    assert_string_equal(digits, "5250000009");
    assert_true(tax_id_nip("1234563218", digits));
    static const char *const bad[] = {
        "",           "1234563219", "123456321", "12345632180", "DE123456789",
        "0000000000", "12345x3218", NULL};
    for (size_t i = 0; bad[i]; i++) {
        assert_false(tax_id_nip(bad[i], digits));
        assert_string_equal(digits, "");
    }
}

static void texts_go_to_cp1250_and_back(void **state)
{
    (void)state;
    const char *polish = "ZAŻÓŁĆ GĘŚLĄ JAŹŃ zażółć gęślą jaźń €„”–…";
    struct buf bytes, text;
    buf_init(&bytes, 1000);
    buf_init(&text, 1000);
    cp1250_encode(&bytes, polish, strlen(polish));
    cp1250_decode(&text, bytes.data, bytes.length);
    assert_string_equal(buf_text(&text), polish);
    buf_reset(&bytes);
    cp1250_encode(&bytes, "日\xff", 4);
    assert_string_equal(buf_text(&bytes), "??");
    assert_string_equal(cp1250_substitute(0xE0), "a");
    assert_string_equal(cp1250_substitute(0x1E9E), "SS");
    assert_string_equal(cp1250_substitute(0x200D), "");
    assert_null(cp1250_substitute(0x1F600));
    assert_null(cp1250_substitute('a'));
    assert_int_equal(cp1250_compose('a', 0x328), 0x105);
    assert_int_equal(cp1250_compose('q', 0x328), 0);
    buf_free(&bytes);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_read_whole),
        cmocka_unit_test(blanks_are_no_code_of_a_product),
        cmocka_unit_test(every_fault_is_told),
        cmocka_unit_test(an_order_without_a_usable_id_is_no_order),
        cmocka_unit_test(many_faults_are_bounded),
        cmocka_unit_test(lines_beyond_the_limit_are_refused),
        cmocka_unit_test(the_marker_is_fixed_for_ever),
        cmocka_unit_test(tax_is_rounded_to_the_grosz),
        cmocka_unit_test(vat_symbols_are_those_of_polish_documents),
        cmocka_unit_test(a_nip_has_a_check_digit),
        cmocka_unit_test(texts_go_to_cp1250_and_back),
    };
    return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
