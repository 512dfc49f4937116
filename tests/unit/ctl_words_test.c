/* What endpointctl shows of texts from outside: nothing that steers a terminal, and no text changes
 * another one that is still held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/words.h"

static void what_steers_a_terminal_is_made_visible(void **state)
{
    (void)state;
    assert_string_equal(ctl_shown(CTL_TEXT, "a\033[2Jb\r\n\tc"), "a\\x1B[2Jb\\x0D\\n\\tc");
    assert_string_equal(ctl_shown(CTL_TEXT, "zażółć \xff"), "zażółć \\xFF");
    assert_string_equal(words_state(CTL_TEXT, "no\033such"), "no\\x1Bsuch");
    assert_string_equal(words_padded(CTL_TEXT, "żuk", 5), "żuk  ");
}

static void each_text_of_an_error_fits_whole(void **state)
{
    struct error e;
    (void)state;
    memset(e.text, '\033', sizeof e.text - 1);
    e.text[sizeof e.text - 1] = '\0';
    assert_int_equal(strlen(ctl_shown(CTL_TEXT, e.text)), 4 * (sizeof e.text - 1));
}

static void what_does_not_fit_is_cut_at_a_letter(void **state)
{
    enum { LETTERS = 6000 };
    char *text = mem_alloc(2 * LETTERS + 1);
    (void)state;
    for (size_t i = 0; i < LETTERS; i++)
        memcpy(text + 2 * i, "ż", 2);
    const char *shown = ctl_shown(CTL_TEXT, text);
    size_t length = strlen(shown);
    assert_int_equal(length, CTL_TEXT_SIZE - 1);
    assert_string_equal(shown + length - 5, "ż…");
    assert_memory_equal(shown, text, length - 3);
    memset(text, 'x', CTL_TEXT_SIZE);
    text[CTL_TEXT_SIZE - 4] = '\0';
    assert_string_equal(ctl_shown(CTL_TEXT, text), text);
    free(text);
}

static void many_texts_are_held_at_once(void **state)
{
    json_t *o = json_pack("{s:s,s:[s,s]}", "text", "said", "warnings", "first", "second");
    const char *held[] = {
        ctl_shown(CTL_TEXT, "0"),
        ctl_shown(CTL_TEXT, "1"),
        words_padded(CTL_TEXT, "2", 3),
        words_padded(CTL_TEXT, words_state(CTL_TEXT, "3"), 2),
        words_said(CTL_TEXT, o, "text"),
        words_said_at(CTL_TEXT, o, "warnings", 0),
        words_said_at(CTL_TEXT, o, "warnings", 1),
        ctl_shown(CTL_TEXT, "7"),
        ctl_shown(CTL_TEXT, "8"),
        ctl_shown(CTL_TEXT, "9"),
    };
    static const char *const wanted[] = {"0",     "1",      "2  ", "3 ", "said",
                                         "first", "second", "7",   "8",  "9"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_string_equal(held[i], wanted[i]);
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_steers_a_terminal_is_made_visible),
        cmocka_unit_test(each_text_of_an_error_fits_whole),
        cmocka_unit_test(what_does_not_fit_is_cut_at_a_letter),
        cmocka_unit_test(many_texts_are_held_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
