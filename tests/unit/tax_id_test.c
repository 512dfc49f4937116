/* Tax numbers in every spelling, on both sides; texts that say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model/filler.h"
#include "model/tax_id.h"

#define NIP "6002413554"

/* What a shop or an ERP has, whose country, and what it is. */
static const struct {
    const char *text, *country;
    enum tax_id_kind kind;
    const char *number;
} table[] = {
    /* one NIP */
    {"6002413554", "PL", TAX_ID_POLISH, NIP},
    {"600-241-35-54", "PL", TAX_ID_POLISH, NIP},
    {"600-24-13-554", "PL", TAX_ID_POLISH, NIP},
    {"600 241 35 54", "PL", TAX_ID_POLISH, NIP},
    {" 600 24 13 554 ", "PL", TAX_ID_POLISH, NIP},
    {"600.241.35.54", "PL", TAX_ID_POLISH, NIP},
    {"600/241/35/54", "PL", TAX_ID_POLISH, NIP},
    {"600\u00a0241\u00a035\u00a054", "PL", TAX_ID_POLISH, NIP}, /* no-break blanks */
    {"600\u202f241\u200935\u200a54", "PL", TAX_ID_POLISH, NIP}, /* narrow, thin, hair */
    {"600\u2013241\u201435\u201054", "PL", TAX_ID_POLISH, NIP}, /* dashes */
    {"600\u2212241\u201135\u00ad54", "PL", TAX_ID_POLISH, NIP}, /* minus, no-break, soft */
    {"\ufeff600\u200b2413554\u200e", "PL", TAX_ID_POLISH, NIP}, /* invisible ones */
    {"\uff16\uff10\uff10\uff12\uff14\uff11\uff13\uff15\uff15\uff14", "PL", TAX_ID_POLISH, NIP},
    {"PL6002413554", "PL", TAX_ID_POLISH, NIP},
    {"pl 600-241-35-54", "PL", TAX_ID_POLISH, NIP},
    {"PL-6002413554", "PL", TAX_ID_POLISH, NIP},
    {"NIP: 600-241-35-54", "PL", TAX_ID_POLISH, NIP},
    {"nip6002413554", "PL", TAX_ID_POLISH, NIP},
    {"NIP PL 6002413554", "PL", TAX_ID_POLISH, NIP},
    {"NIPPL6002413554", "PL", TAX_ID_POLISH, NIP},
    {"NIP UE: PL6002413554", "PL", TAX_ID_POLISH, NIP},
    {"Nr NIP 6002413554", "PL", TAX_ID_POLISH, NIP},
    {"Numer NIP: 6002413554", "PL", TAX_ID_POLISH, NIP},
    {"VAT ID: PL6002413554", "PL", TAX_ID_POLISH, NIP},
    {"VAT-ID PL 600 241 35 54", "PL", TAX_ID_POLISH, NIP},
    {"VATPL6002413554", "PL", TAX_ID_POLISH, NIP},
    {"Tax ID 6002413554", "PL", TAX_ID_POLISH, NIP},
    {"TIN 6002413554", "PL", TAX_ID_POLISH, NIP},
    {"6002413554", "", TAX_ID_POLISH, NIP},
    {"6002413554", "Polska", TAX_ID_POLISH, NIP},
    {"PL6002413554", "DE", TAX_ID_POLISH, NIP},
    {"600 241 35 54", "pl", TAX_ID_POLISH, NIP},
    /* none at all */
    {"", "PL", TAX_ID_NONE, ""},
    {NULL, "PL", TAX_ID_NONE, ""},
    {"-", "PL", TAX_ID_NONE, ""},
    {"---", "PL", TAX_ID_NONE, ""},
    {"\u2014", "PL", TAX_ID_NONE, ""},
    {".", "DE", TAX_ID_NONE, ""},
    {"brak", "PL", TAX_ID_NONE, ""},
    {"BRAK NIP", "PL", TAX_ID_NONE, ""},
    {"nie dotyczy", "PL", TAX_ID_NONE, ""},
    {"n/a", "PL", TAX_ID_NONE, ""},
    {"none", "DE", TAX_ID_NONE, ""},
    {"osoba prywatna", "PL", TAX_ID_NONE, ""},
    {"Osoba fizyczna", "CZ", TAX_ID_NONE, ""},
    {"NIP", "PL", TAX_ID_NONE, ""},
    {"PL", "PL", TAX_ID_NONE, ""},
    {"DE", "DE", TAX_ID_NONE, ""},
    {"0", "PL", TAX_ID_NONE, ""},
    {"0000000000", "PL", TAX_ID_NONE, ""},
    {"000-000-00-00", "PL", TAX_ID_NONE, ""},
    {"PL0000000000", "PL", TAX_ID_NONE, ""},
    {"DE000000000", "DE", TAX_ID_NONE, ""},
    {"1111111111", "PL", TAX_ID_NONE, ""},
    {"1", "PL", TAX_ID_NONE, ""},
    {"123", "PL", TAX_ID_NONE, ""},
    {"12 34 5", "PL", TAX_ID_NONE, ""},
    {"12", "DE", TAX_ID_NONE, ""},
    {"44051401359", "PL", TAX_ID_NONE, ""}, /* a PESEL */
    {"\u043d\u0435\u0442", "PL", TAX_ID_NONE, ""},
    /* a slip */
    {"6002413555", "PL", TAX_ID_WRONG, ""},
    {"600-241-35-5", "PL", TAX_ID_WRONG, ""},
    {"60024135540", "PL", TAX_ID_WRONG, ""},
    {"6002413554 6002413554", "PL", TAX_ID_WRONG, ""},
    {"600241355A", "PL", TAX_ID_WRONG, ""},
    {"PL1234567", "DE", TAX_ID_WRONG, ""},
    /* of other countries */
    {"DE 129.273.398", "DE", TAX_ID_FOREIGN, "DE129273398"},
    {"de129273398", "PL", TAX_ID_FOREIGN, "DE129273398"},
    {"129273398", "DE", TAX_ID_FOREIGN, "129273398"},
    {"USt-IdNr.: DE129273398", "DE", TAX_ID_FOREIGN, "DE129273398"},
    {"VAT No. GB 980 7806 84", "GB", TAX_ID_FOREIGN, "GB980780684"},
    {"ATU12345678", "AT", TAX_ID_FOREIGN, "ATU12345678"},
    {"CHE-123.456.789 MWST", "CH", TAX_ID_FOREIGN, "CHE123456789MWST"},
    {"NL123456789B01", "NL", TAX_ID_FOREIGN, "NL123456789B01"},
    {"DI\u010c: CZ12345678", "CZ", TAX_ID_FOREIGN, "CZ12345678"},
    {"EL123456789", "GR", TAX_ID_FOREIGN, "EL123456789"},
    {"6002413554", "DE", TAX_ID_FOREIGN, "6002413554"},
};

static void every_spelling_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct tax_id t;
        tax_id_read(table[i].text, table[i].country, &t);
        if (t.kind != table[i].kind || strcmp(t.number, table[i].number) != 0)
            fail_msg("\"%s\" (%s) is %d \"%s\", not %d \"%s\"", table[i].text, table[i].country,
                     (int)t.kind, t.number, (int)table[i].kind, table[i].number);
    }
    struct tax_id t;
    tax_id_read("44051401359", "PL", &t);
    assert_true(t.personal && t.said);
    tax_id_read(" ", "PL", &t);
    assert_false(t.said);
}

/* Each spelling of a number is the same on the other side, and no other number is. */
static void both_sides_are_compared_alike(void **state)
{
    (void)state;
    size_t count = sizeof table / sizeof table[0];
    for (size_t i = 0; i < count; i++) {
        struct tax_id t;
        tax_id_read(table[i].text, table[i].country, &t);
        for (size_t k = 0; k < count; k++) {
            bool number = t.kind == TAX_ID_POLISH || t.kind == TAX_ID_FOREIGN;
            bool same = tax_id_same(&t, table[k].text);
            bool expected =
                number && table[k].kind == t.kind && strcmp(table[k].number, table[i].number) == 0;
            if (number && table[k].kind != t.kind && strcmp(table[k].number, t.number) == 0)
                continue; /* which of two countries' the same digits are */
            if (t.kind == TAX_ID_POLISH && same != expected)
                fail_msg("\"%s\" and \"%s\"", table[i].text, table[k].text);
            if (expected && strcmp(t.country, table[k].country) == 0)
                assert_true(same);
            if (!number)
                assert_false(same);
        }
    }
    struct tax_id bare, whole;
    tax_id_read("129273398", "DE", &bare);
    tax_id_read("DE129273398", "DE", &whole);
    assert_true(tax_id_same(&bare, "DE 129 273 398")); /* the country says the prefix */
    assert_false(tax_id_same(&whole, "FR129273398"));
    assert_false(tax_id_same(&bare, "FR129273398"));
    assert_false(tax_id_same(&whole, "6002413554"));
}

static void spellings_are_whole(void **state)
{
    (void)state;
    static const char *const wanted[] = {NIP,
                                         "PL" NIP,
                                         "PL " NIP,
                                         "600-241-35-54",
                                         "600-24-13-554",
                                         "PL600-241-35-54",
                                         "PL 600-241-35-54",
                                         "600 241 35 54",
                                         "600 24 13 554"};
    char list[TAX_ID_SPELLINGS][TAX_ID_SIZE], pattern[TAX_ID_PATTERN];
    struct tax_id t;
    tax_id_read(NIP, "PL", &t);
    assert_int_equal(tax_id_spellings(&t, list), 9);
    for (size_t i = 0; i < 9; i++)
        assert_string_equal(list[i], wanted[i]);
    tax_id_pattern(&t, pattern);
    assert_string_equal(pattern, "%6%0%0%2%4%1%3%5%5%4%");
    static const char *const none[] = {"123", "-", "brak", "60024135", "6002413555"};
    for (size_t i = 0; i < 5; i++) {
        tax_id_read(none[i], "PL", &t);
        assert_int_equal(tax_id_spellings(&t, list), 0);
        tax_id_pattern(&t, pattern);
        assert_string_equal(pattern, "");
    }
    tax_id_read("129273398", "DE", &t);
    assert_int_equal(tax_id_spellings(&t, list), 2);
    assert_string_equal(list[1], "DE129273398");
}

static void fillers_say_nothing(void **state)
{
    (void)state;
    static const char *const nothing[] = {"",
                                          " ",
                                          "-",
                                          "\u2014",
                                          ".",
                                          "Brak",
                                          "BRAK",
                                          "nie dotyczy",
                                          "n/d",
                                          "N/A",
                                          "osoba prywatna",
                                          "Osoba Fizyczna",
                                          "null",
                                          "klient indywidualny",
                                          "xxx",
                                          "\u00a0"};
    static const char *const names[] = {
        "Brakowski", "Jan Nowak",     "NA Sp. z o.o.", "X-Kom",
        "4F",        "\u0141\u0105k", "\u65e5\u672c",  "Private Label S.A."};
    static const char *const no_mail[] = {
        "",         "-",     "brak",           "brak@brak.pl", "no-email@sklep.pl", "none@none",
        "a@b@c.pl", "@x.pl", "jan nowak@x.pl", "jan@",         "jan@.pl",           "xxx@xxx.pl"};
    static const char *const mail[] = {"jan@example.com", "j@x.pl",
                                       "8awgqyk6a5+cub31@allegromail.pl"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        assert_true(filler_text(nothing[i]));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_false(filler_text(names[i]));
    for (size_t i = 0; i < sizeof no_mail / sizeof no_mail[0]; i++)
        assert_true(filler_email(no_mail[i]));
    for (size_t i = 0; i < sizeof mail / sizeof mail[0]; i++)
        assert_false(filler_email(mail[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_is_read),
        cmocka_unit_test(both_sides_are_compared_alike),
        cmocka_unit_test(spellings_are_whole),
        cmocka_unit_test(fillers_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
