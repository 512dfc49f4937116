/* Texts for messages in which blanks and invisible characters can be seen; bar codes in their forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "base/visible.h"
#include "model/gtin.h"

static void what_cannot_be_seen_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } table[] = {
        {"KUBEK", "KUBEK"},
        {"", ""},
        {"Książka 5%", "Książka 5%"},
        {"a\"b", "a\"b"},
        {"KUBEK ", "\"KUBEK<SP>\""},
        {" KUBEK", "\"<SP>KUBEK\""},
        {"A  B", "\"A<SP><SP>B\""},
        {" ", "\"<SP>\""},
        {"KUBEK\u00a0", "\"KUBEK<NBSP>\""},
        {"\ufeff590", "\"<BOM>590\""},
        {"590\u200b", "\"590<ZWSP>\""},
        {"A\tB", "\"A<TAB>B\""},
        {"A\u2003B", "\"A<U+2003>B\""},
        {"A\u3000B", "\"A<U+3000>B\""},
        {"\u202e123", "\"<U+202E>123\""},
        {"A\xff", "\"A<U+FFFD>\""},
    };
    char target[VISIBLE_SIZE];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_string_equal(visible_text(target, table[i].text), table[i].shown);
    assert_string_equal(visible_bare(target, "8% "), "8%<SP>");
    char longest[1000];
    for (size_t n = 0; n + 1 < sizeof longest;
         n++) { /* of every length, and all of it odd: never too long */
        memset(longest, n % 2 ? '\t' : 'x', n);
        longest[n] = '\0';
        assert_true(strlen(visible_text(target, longest)) < VISIBLE_SIZE);
        assert_true(text_is_utf8(target, strlen(target)));
    }
}

static void a_gtin_has_its_forms(void **state)
{
    (void)state;
    char forms[GTIN_FORMS][GTIN_SIZE];
    assert_int_equal(gtin_forms("614141000036", forms), 2);
    assert_string_equal(forms[0], "00614141000036");
    assert_string_equal(forms[1], "0614141000036");
    assert_int_equal(gtin_forms("0614141000036", forms), 2);
    assert_string_equal(forms[1], "614141000036");
    assert_int_equal(gtin_forms("5901234123457", forms), 1); /* its GTIN-14 alone */
    assert_string_equal(forms[0], "05901234123457");
    assert_int_equal(gtin_forms("590-1234-123457", forms), 2);
    assert_string_equal(forms[1], "5901234123457");
    static const char *const none[] = {"",    "614141000037", "12345670",        "59012341234570",
                                       "ABC", "000000000000", "1234567890123456"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(gtin_forms(none[i], forms), 0);
    assert_true(gtin_same("614141000036", "00614141000036"));
    assert_true(gtin_same("0614141000036 ", "614141000036"));
    assert_false(gtin_same("614141000036", "614141000043"));
    assert_false(gtin_same("614141000037", "614141000037")); /* none is one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_seen_is_shown),
        cmocka_unit_test(a_gtin_has_its_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
