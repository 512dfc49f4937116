/* Local times of named zones: against the C library, and what is no zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "os/zone.h"

static const char *const names[] = {"Europe/Warsaw",     "UTC",          "America/New_York",
                                    "Australia/Sydney",  "Asia/Kolkata", "Europe/Dublin",
                                    "America/Sao_Paulo", "Pacific/Apia", "Asia/Tokyo"};

static void as_the_library(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *z;
        struct error e = {0};
        if (zone_load(names[i], &z, &e) != STATUS_OK)
            fail_msg("%s: %s", names[i], e.text);
        setenv("TZ", names[i], 1);
        tzset();
        /* 1970 to 2069, by an odd number of seconds */
        for (int64_t t = 0; t < INT64_C(3124224000); t += 12345) {
            time_t at = (time_t)t;
            struct tm ours, theirs;
            localtime_r(&at, &theirs);
            zone_local(z, t * 1000 + 999, &ours);
            if (ours.tm_year != theirs.tm_year || ours.tm_mon != theirs.tm_mon ||
                ours.tm_mday != theirs.tm_mday || ours.tm_hour != theirs.tm_hour ||
                ours.tm_min != theirs.tm_min || ours.tm_sec != theirs.tm_sec ||
                ours.tm_wday != theirs.tm_wday)
                fail_msg("%s at %lld", names[i], (long long)t);
        }
        zone_free(z);
    }
}

static void midnights(void **state)
{
    static const struct {
        int64_t at, midnight;
    } table[] = {
        {1774740600, 1774738800}, /* 2026-03-29 00:30 */
        {1774821540, 1774738800}, /* 23:59 of that day, in summer time */
        {1774821600, 1774821600}, /* the next */
        {1792881000, 1792879200}, /* 2026-10-25 00:30 */
        {1792967400, 1792879200}, /* 23:30 of that day of 25 hours */
        {1792969200, 1792969200},
    };
    struct zone *z;
    (void)state;
    assert_int_equal(zone_load("Europe/Warsaw", &z, NULL), STATUS_OK);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(zone_midnight(z, table[i].at * 1000), table[i].midnight * 1000);
    zone_free(z);
}

static void none(void **state)
{
    static const char *const bad[] = {"",       "Europa/Warszawa", "../passwd", "/etc/passwd",
                                      "Europe", "zone.tab",        "a b",       "Europe/../UTC"};
    struct zone *z;
    struct error e = {0};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zone_load(bad[i], &z, &e) != STATUS_INVALID || z)
            fail_msg("\"%s\" is no zone", bad[i]);
}

/* A zone's file that ends early is none, wherever it ends. */
static void cut(void **state)
{
    static unsigned char data[8192];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Warsaw", "rb");
    (void)state;
    assert_non_null(file);
    size_t length = fread(data, 1, sizeof data, file);
    fclose(file);
    for (size_t n = 0; n < length; n++) {
        struct zone *z;
        unsigned char *copy = malloc(n + 1); /* so that a sanitizer sees what is read behind it */
        assert_non_null(copy);
        memcpy(copy, data, n);
        copy = realloc(copy, n ? n : 1);
        assert_int_equal(zone_parse(copy, n, &z, NULL), STATUS_INVALID);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_library),
                                       cmocka_unit_test(midnights), cmocka_unit_test(none),
                                       cmocka_unit_test(cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
