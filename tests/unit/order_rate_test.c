/* Rates of exchange as an administrator writes them (orders.exchange_rates). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "document/order_rate.h"

static const struct {
    const char *text, *currency;
    enum status status;
    const char *rate;
} table[] = {
    {"EUR 4.2512, USD 3.9", "EUR", STATUS_OK, "4.2512"},
    {"EUR 4.2512, USD 3.9", "USD", STATUS_OK, "3.9"},
    {"EUR 4.2512, USD 3.9", "CZK", STATUS_END, NULL},
    {"", "EUR", STATUS_END, NULL},
    {" , ", "EUR", STATUS_END, NULL},
    {"eur=4.25;usd=3.90", "USD", STATUS_OK, "3.9"},
    {"EUR 4.250000", "EUR", STATUS_OK, "4.25"},
    {"EUR 4", "EUR", STATUS_OK, "4"},
    {"EUR 1", "EUR", STATUS_OK, "1"},
    {"HUF 0.0109", "HUF", STATUS_OK, "0.0109"},
    {"EUR 4,25", "EUR", STATUS_INVALID, NULL}, /* a comma parts two currencies */
    {"EUR 4.25, USD", "EUR", STATUS_INVALID, NULL},
    {"EUR 4.25 USD 3.9 7", "EUR", STATUS_INVALID, NULL},
    {"4.25 EUR", "EUR", STATUS_INVALID, NULL},
    {"EUR 0", "EUR", STATUS_INVALID, NULL},
    {"EUR -4.25", "EUR", STATUS_INVALID, NULL},
    {"EUR 4.25123", "EUR", STATUS_INVALID, NULL},
    {"EUR 4.2e1", "EUR", STATUS_INVALID, NULL},
    {"EUR 1000000", "EUR", STATUS_INVALID, NULL},
    {"EURO 4.25", "EUR", STATUS_INVALID, NULL},
    {"E1R 4.25", "E1R", STATUS_INVALID, NULL},
    {"EUR 4.25, EUR 4.25", "EUR", STATUS_OK, "4.25"},
    {"EUR 4.25, EUR 4.26", "EUR", STATUS_INVALID, NULL}, /* which one? */
    {"EUR 000000000000000000000000000000000000000004.25", "EUR", STATUS_INVALID, NULL},
};

static void as_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct decimal rate = {0};
        struct error e = {0};
        char text[DECIMAL_TEXT];
        enum status status = order_rate_set(table[i].text, table[i].currency, &rate, &e);
        if (status != table[i].status)
            fail_msg("\"%s\": %d of %s", table[i].text, (int)status, table[i].currency);
        if (status != STATUS_OK)
            continue;
        decimal_print(&rate, text);
        assert_string_equal(text, table[i].rate);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_set)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
