/* The words of the screens: fields in place of settings' paths, ids read aloud, what a search finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/ids.h"
#include "base/memory.h"
#include "config/settings.h"
#include "tui/app.h"
#include "tui/words.h"

static void a_remedy_names_the_field_of_the_screen(void **state)
{
    static const char *const cases[][2] = {
        {"set erp.port to it", "set \"TCP port\" (tab 1) to it"},
        {"Look at erp.server and erp.port.",
         "Look at \"SQL Server\" (tab 1) and \"TCP port\" (tab 1)."},
        {"erp.tls_ca or panel.ca",
         "\"Authorities' file\" (tab 1) or \"Authorities' file\" (tab 4)"},
        {"With erp.auth = \"ntlm\" or \"kerberos\" it",
         "With \"Sign in with\" (tab 1): Windows account, with its password or Windows account, "
         "with a ticket it"},
        {"orders.writer = \"epp\" wants", "\"Writer\" (tab 4): EDI++ files wants"},
        /* No field, no setting, a part of a longer word, a command: as they stand. */
        {"log.file is full", "log.file is full"},
        {"erp.nothing and etc.", "erp.nothing and etc."},
        {"xerp.port, my-erp.portable", "xerp.port, my-erp.portable"},
        {"`endpointctl config set erp.password` asks",
         "`endpointctl config set erp.password` asks"},
        {"the password (endpointctl config set erp.password), and",
         "the password (\"Password\" (tab 1)), and"},
        {"Type it again: endpointctl config set panel.proxy_password",
         "Type it again: \"Proxy's password\" (tab 4)"},
        {"endpointctl config set log.file x", "endpointctl config set log.file x"},
        {"endpointctl config set panel.url https://p",
         "endpointctl config set panel.url https://p"},
        {"Start it: endpointctl service start", "Start it: tab 2, Start"},
        {"endpointctl test panel finds it; endpointctl test.",
         "tab 1, the test \"panel\" finds it; tab 1, Test all."},
        {"endpointctl service started", "endpointctl service started"},
        {"endpointctl erp databases --json lists", "endpointctl erp databases --json lists"},
        {"Run: sudo endpointctl service start", "Run: sudo endpointctl service start"},
        {"endpointctl order retry", "Retry (r in the list of orders)"},
        {"Mend it, then: endpointctl order retry 17",
         "Mend it, then: Retry (r in the list of orders)"},
        {"To take it now: endpointctl order retry A-1/2.",
         "To take it now: Retry (r in the list of orders)."},
        {"za\u017c\u00f3\u0142\u0107", "za\u017c\u00f3\u0142\u0107"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(words_fields(VIEW_TEXT, cases[i][0]), cases[i][1]);
}

static void every_setting_with_a_field_is_named_by_it(void **state)
{
    (void)state;
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        bool path = strstr(words_fields(VIEW_TEXT, s->path), s->path) != NULL;
        assert_int_equal(path, s->page == PAGE_NONE);
    }
}

static void a_long_id_is_read_in_groups_and_typed_in_part(void **state)
{
    char text[ID_TEXT];
    const char *id = "3f2a91c077de4b5a8c9d0e1f2a3b4c5d";
    (void)state;
    assert_string_equal(id_grouped(text, id), "3f2a-91c0-77de-4b5a-8c9d-0e1f-2a3b-4c5d");
    assert_string_equal(id_grouped(text, "EP-7K2M-94QX"), "EP-7K2M-94QX");
    assert_string_equal(id_grouped(text, "SI-100482"), "SI-100482");
    assert_string_equal(id_grouped(text, ""), "");
    assert_true(id_meant(id, id));
    assert_true(id_meant("3f2a-91c0", id));
    assert_true(id_meant("3F2A 91C0 77", id));
    assert_true(id_meant("3f2a-91c0-77de-4b5a-8c9d-0e1f-2a3b-4c5d", id));
    assert_true(id_meant("EP-7K2M-94QX", "EP-7K2M-94QX"));
    assert_false(id_meant("", id));
    assert_false(id_meant("3f2a-91c", id)); /* seven: too few to be meant */
    assert_false(id_meant("3f2a91c1", id));
    assert_false(id_meant("3f2a91c077de4b5a8c9d0e1f2a3b4c5d0", id));
    assert_false(id_meant("----", id));
    assert_string_equal(id_plain(text, "3F2A-91c0 77"), "3f2a91c077");
    assert_string_equal(id_plain(text, "EP-7K2M-94QX"), "EP-7K2M-94QX");
    assert_string_equal(id_plain(text, " SI-1 "), "SI-1");
}

static void a_search_cares_for_neither_case_nor_marks(void **state)
{
    (void)state;
    assert_true(words_found("", "anything"));
    assert_true(words_found("zuk", "Hurtownia \u017buk"));
    assert_true(words_found("\u017bUK", "hurtownia zuk"));
    assert_true(words_found("a-1", "order A-17"));
    assert_false(words_found("a-18", "order A-17"));
    assert_false(words_found("x", ""));
    assert_false(words_found("x", NULL));
}

static void what_is_cut_ends_in_an_ellipsis(void **state)
{
    static const struct {
        const char *text;
        int columns;
        const char *wanted;
    } cases[] = {{"abcdef", 6, "abcdef"},
                 {"abcdef", 5, "abcd\u2026"},
                 {"\u017c\u00f3\u0142w", 3, "\u017c\u00f3\u2026"},
                 {"abc", 0, ""},
                 {"", 5, ""}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf b;
        buf_init(&b, 100);
        words_cut(&b, cases[i].text, cases[i].columns);
        assert_string_equal(buf_text(&b), cases[i].wanted);
        buf_free(&b);
    }
}

static void many_texts_are_held_at_once(void **state)
{
    const char *held[12], *wanted[] = {"1,000", "1,001", "-1,002", "1,003", "4",    "a b",
                                       "clean", "a b",   "1,000",  "-",     "log.", "12,345,678"};
    (void)state;
    held[0] = view_number(VIEW_SHORT, 1000), held[1] = view_number(VIEW_SHORT, 1001);
    held[2] = view_number(VIEW_SHORT, -1002), held[3] = view_number(VIEW_SHORT, 1003);
    held[4] = view_number(VIEW_SHORT, 4), held[5] = view_clean(VIEW_TEXT, "a\nb");
    held[6] = view_clean(VIEW_TEXT, "cl\033ean"), held[7] = view_clean(VIEW_TEXT, "a\tb");
    held[8] = view_number(VIEW_SHORT, 1000), held[9] = words_day(VIEW_SHORT, NULL);
    held[10] = words_fields(VIEW_TEXT, "log."), held[11] = view_number(VIEW_SHORT, 12345678);
    for (size_t i = 0; i < COUNT_OF(held); i++)
        assert_string_equal(held[i], wanted[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_remedy_names_the_field_of_the_screen),
        cmocka_unit_test(every_setting_with_a_field_is_named_by_it),
        cmocka_unit_test(a_long_id_is_read_in_groups_and_typed_in_part),
        cmocka_unit_test(a_search_cares_for_neither_case_nor_marks),
        cmocka_unit_test(what_is_cut_ends_in_an_ellipsis),
        cmocka_unit_test(many_texts_are_held_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
