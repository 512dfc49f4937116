/* model: exact decimals, keys, records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model/decimal.h"

static void round_half_away(void **state)
{
    (void)state;
    struct decimal d, r;
    char text[DECIMAL_TEXT];
    assert_int_equal(decimal_parse("-2.345", 6, &d, NULL), STATUS_OK);
    assert_int_equal(decimal_round(&d, 2, &r, NULL), STATUS_OK);
    decimal_print(&r, text);
    assert_string_equal(text, "-2.35");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_half_away),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
