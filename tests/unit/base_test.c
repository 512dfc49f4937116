/* base: the ground that everything stands on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"

static void copies_are_cut_at_a_character(void **state)
{
    (void)state;
    char small[4];
    assert_false(text_copy(small, sizeof small, "abż"));
    assert_string_equal(small, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_cut_at_a_character),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
