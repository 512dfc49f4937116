/* channel/loose: what PHP programs mean by what they write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "channel/loose.h"

static struct error e;

static json_t *parsed(const char *text)
{
    json_t *json = loose_parse(text, strlen(text), &e);
    assert_non_null(json);
    return json;
}

static void is_decimal(const json_t *json, const char *name, const char *wanted)
{
    struct decimal d;
    char text[DECIMAL_TEXT];
    bool good = loose_decimal(json, name, &d);
    decimal_print(&d, text);
    assert_string_equal(good ? text : "none", wanted);
}

static void numbers_are_exact_however_they_are_written(void **state)
{
    (void)state;
    json_t *json = parsed(
        "{\"a\":0.1,\"b\":\"19.90\",\"c\":416.625,\"d\":1.0E-5,\"e\":-1.5e+3,\"f\":12,\"g\":\"\","
        "\"h\":null,\"i\":\"1,5\",\"j\":[],\"k\":{\"x\":1},\"l\":\"abc\",\"m\":1e99,\"n\":false,"
        "\"o\":true,\"p\":[1],\"q\":123456789012345678901234567890.12}");
    static const char *const wanted[][2] = {
        {"a", "0.1"},     {"b", "19.9"},  {"c", "416.625"},
        {"d", "0.00001"}, {"e", "-1500"}, {"f", "12"},
        {"g", "0"},       {"h", "0"},     {"i", "none"},
        {"j", "0"},       {"k", "none"},  {"l", "none"},
        {"m", "none"},    {"n", "0"},     {"o", "1"},
        {"p", "none"},    {"none", "0"},  {"q", "123456789012345678901234567890.12"}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        is_decimal(json, wanted[i][0], wanted[i][1]);
    json_decref(json);
}

static void whole_numbers_keep_all_digits(void **state)
{
    int64_t n;
    (void)state;
    json_t *json = parsed(
        "{\"a\":9007199254740993,\"b\":\"5.0\",\"c\":1.5,\"d\":\"\",\"e\":\"12x\",\"f\":99999999999999999999}");
    assert_true(loose_integer(json, "a", &n) && n == INT64_C(9007199254740993));
    assert_true(loose_integer(json, "b", &n) && n == 5);
    assert_false(loose_integer(json, "c", &n));
    assert_true(loose_integer(json, "d", &n) && n == 0);
    assert_false(loose_integer(json, "e", &n));
    assert_false(loose_integer(json, "f", &n));
    assert_string_equal(loose_text(json, "a"), "9007199254740993");
    json_decref(json);
}

static void flags_and_empty_maps(void **state)
{
    (void)state;
    json_t *json =
        parsed("{\"a\":true,\"b\":1,\"c\":\"1\",\"d\":\"0\",\"e\":0,\"f\":\"\",\"g\":null,\"h\":[],"
               "\"m\":{\"7\":\"x\",\"9\":\"y\"},\"l\":[\"x\"]}");
    assert_true(loose_flag(json, "a") && loose_flag(json, "b") && loose_flag(json, "c"));
    assert_false(loose_flag(json, "d") || loose_flag(json, "e") || loose_flag(json, "f") ||
                 loose_flag(json, "g"));
    assert_null(loose_object(json, "h"));
    assert_int_equal(json_object_size(loose_object(json, "m")), 2);
    json_t *list = loose_list(json, "m");
    assert_int_equal(json_array_size(list), 2);
    json_decref(list);
    list = loose_list(json, "l");
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
    list = loose_list(json, "none");
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    json_decref(json);
}

static void what_stands_before_the_json_is_passed_over(void **state)
{
    (void)state;
    json_t *json = parsed(
        "\xef\xbb\xbf\n<b>Warning</b>: array[3] {odd} in x.php on line 7\n{\"a\":\"\\u0000\\ud800z\xb3\"}");
    assert_string_equal(loose_text(json, "a"), "\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd");
    json_decref(json);
    assert_null(loose_parse("<html>[maintenance]</html>", 26, &e));
    assert_string_equal(e.code, "shop_no_json");
    assert_null(loose_parse("", 0, &e));
    assert_null(loose_parse("{\"a\":", 5, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_exact_however_they_are_written),
        cmocka_unit_test(whole_numbers_keep_all_digits),
        cmocka_unit_test(flags_and_empty_maps),
        cmocka_unit_test(what_stands_before_the_json_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
