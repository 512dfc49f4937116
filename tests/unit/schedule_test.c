/* config/plugin: what a scenario may be, and when a plugin runs next, in Polish local time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/json.h"
#include "config/plugin.h"
#include "config/schedule.h"

#define MINUTE INT64_C(60000)

static int64_t at(const char *utc)
{
    int64_t ms;
    assert_true(clock_parse(utc, &ms));
    return ms;
}

/* When a schedule runs next, as UTC; "" when only a person starts it. */
static const char *next_of(const char *schedule, const char *last, const char *now)
{
    static char text[CLOCK_TEXT];
    json_t *json = json_parse(schedule, strlen(schedule), NULL);
    int64_t next = -1;
    assert_non_null(json);
    text[0] = '\0';
    if (schedule_next(json, last ? at(now) - at(last) : -1, at(now), &next))
        clock_format(text, next);
    json_decref(json);
    return text;
}

#define expect_next(schedule, last, now, wanted) \
    assert_string_equal(next_of(schedule, last, now), wanted)

static void every_counts_from_the_last_start(void **state)
{
    (void)state;
    const char *s = "{\"every\":\"60s\"}";
    expect_next(s, NULL, "2026-01-05T10:00:00Z", "2026-01-05T10:00:00.000Z");
    expect_next(s, "2026-01-05T10:00:00Z", "2026-01-05T10:00:20Z", "2026-01-05T10:01:00.000Z");
    expect_next(s, "2026-01-05T09:00:00Z", "2026-01-05T10:00:20Z", "2026-01-05T10:00:20.000Z");
    expect_next("{\"manual\":true}", NULL, "2026-01-05T10:00:00Z", "");
}

/* What the clock said when it ran last plays no part, only how long ago that was. */
static void a_clock_that_was_set_back_does_not_stop_it(void **state)
{
    (void)state;
    json_t *json = json_pack("{s:s}", "every", "5min");
    int64_t now = at("2026-01-05T10:00:00Z"), next = 0;
    for (int64_t since = 0; since <= 8 * MINUTE; since += MINUTE) {
        assert_true(schedule_next(json, since, now - 120 * MINUTE, &next));
        assert_int_equal(next - (now - 120 * MINUTE), since < 5 * MINUTE ? 5 * MINUTE - since : 0);
    }
    assert_int_equal(schedule_every(json), 5 * MINUTE);
    json_decref(json);
}

static void hours_narrow_it(void **state)
{
    (void)state; /* Warsaw is one hour ahead in winter */
    const char *s = "{\"every\":\"60s\",\"hours\":[\"07:00-19:00\"]}";
    expect_next(s, NULL, "2026-01-05T05:59:59Z", "2026-01-05T06:00:00.000Z");
    expect_next(s, NULL, "2026-01-05T06:00:00Z", "2026-01-05T06:00:00.000Z");
    expect_next(s, NULL, "2026-01-05T17:59:59Z", "2026-01-05T17:59:59.000Z");
    expect_next(s, NULL, "2026-01-05T18:00:00Z", "2026-01-06T06:00:00.000Z");
    expect_next(s, "2026-01-05T17:59:30Z", "2026-01-05T17:59:40Z", "2026-01-06T06:00:00.000Z");
    expect_next("{\"every\":\"1s\",\"hours\":[\"22:30-24:00\"]}", NULL, "2026-01-05T12:00:00Z",
                "2026-01-05T21:30:00.000Z");
    expect_next("{\"every\":\"1s\",\"hours\":[]}", NULL, "2026-01-05T12:00:00Z",
                "2026-01-05T12:00:00.000Z");
}

static void weekdays_narrow_it(void **state)
{
    (void)state; /* 5 January 2026 is a Monday */
    const char *s = "{\"every\":\"60s\",\"weekdays\":[1,3]}";
    expect_next(s, NULL, "2026-01-05T12:00:00Z", "2026-01-05T12:00:00.000Z");
    expect_next(s, NULL, "2026-01-06T12:00:00Z", "2026-01-06T23:00:00.000Z");
    expect_next(s, NULL, "2026-01-07T23:00:00Z", "2026-01-11T23:00:00.000Z");
    expect_next("{\"every\":\"60s\",\"weekdays\":[7]}", NULL, "2026-01-05T12:00:00Z",
                "2026-01-10T23:00:00.000Z");
}

static void a_night_belongs_to_the_day_it_began(void **state)
{
    (void)state;
    const char *s = "{\"every\":\"60s\",\"hours\":[\"22:00-06:00\"],\"weekdays\":[1]}";
    expect_next(s, NULL, "2026-01-05T03:00:00Z",
                "2026-01-05T21:00:00.000Z"); /* Monday, 4 o'clock: Sunday's night */
    expect_next(s, NULL, "2026-01-06T04:59:00Z",
                "2026-01-06T04:59:00.000Z"); /* Tuesday, 6 less one minute */
    expect_next(s, NULL, "2026-01-06T05:00:00Z", "2026-01-12T21:00:00.000Z");
    /* A window of Tuesday's own does not take Monday's night away. */
    s = "{\"every\":\"60s\",\"hours\":[\"22:00-06:00\",\"01:00-03:00\"],\"weekdays\":[1]}";
    expect_next(s, NULL, "2026-01-06T01:00:00Z", "2026-01-06T01:00:00.000Z");
}

static void clocks_that_change_do_not_matter(void **state)
{
    (void)state;
    const char *s = "{\"every\":\"60s\",\"hours\":[\"07:00-08:00\"]}";
    expect_next(s, NULL, "2026-03-28T07:30:00Z",
                "2026-03-29T05:00:00.000Z"); /* forward in the night between */
    expect_next(s, NULL, "2026-10-24T06:30:00Z", "2026-10-25T06:00:00.000Z"); /* back */
    s = "{\"every\":\"60s\",\"hours\":[\"02:00-03:00\"]}";
    expect_next(s, NULL, "2026-03-28T02:30:00Z",
                "2026-03-30T00:00:00.000Z"); /* the hour that is left out */
    expect_next(s, NULL, "2026-10-24T23:30:00Z",
                "2026-10-25T00:00:00.000Z"); /* the hour that comes twice */
    expect_next(s, "2026-10-25T00:59:50Z", "2026-10-25T00:59:55Z", "2026-10-25T01:00:50.000Z");
    /* Sundays at two only: the Sunday whose second hour is left out must not end it for ever. */
    s = "{\"every\":\"60s\",\"hours\":[\"02:00-03:00\"],\"weekdays\":[7]}";
    expect_next(s, NULL, "2026-03-23T12:00:00Z", "2026-04-05T00:00:00.000Z");
}

/* Whatever the schedule, the next time lies within it and no minute before it does. */
static void the_next_time_is_the_first_allowed_one(void **state)
{
    (void)state;
    unsigned dice = 7;
    for (int round = 0; round < 300; round++) {
        char schedule[300], one[200];
        int parts[6];
        for (int i = 0; i < 6; i++) {
            dice = dice * 1664525u + 1013904223u;
            parts[i] = (int)(dice >> 12 & 0xFFF);
        }
        int from = parts[0] % 24, to = parts[1] % 25;
        if (from == to)
            continue;
        snprintf(one, sizeof one, "\"hours\":[\"%02d:%02d-%02d:00\"],\"weekdays\":[%d,%d]", from,
                 parts[2] % 60, to, parts[3] % 7 + 1, parts[4] % 7 + 1);
        snprintf(schedule, sizeof schedule, "{\"every\":\"200ms\",%s}", one);
        json_t *json = json_parse(schedule, strlen(schedule), NULL);
        int64_t now = at("2026-03-20T00:00:00Z") + parts[5] * 10 * MINUTE, next = -1, again = -1;
        assert_true(schedule_next(json, -1, now, &next));
        assert_true(next >= now);
        assert_true(schedule_next(json, -1, next, &again) && again == next);
        int64_t step = (next - now) / 8 > 7 * MINUTE ? (next - now) / 8 : 7 * MINUTE;
        for (int64_t t = now; t < next; t += step)
            assert_true(schedule_next(json, -1, t, &again) && again == next);
        json_decref(json);
    }
}

/* ---- thirty days ------------------------------------------------------------------------------------- */

#define SPRING_FROM \
    "2026-03-14T23:00:00Z" /* Sunday 15 March, 0:00, to 14 April: the clock goes forward on the 29th */
#define SPRING_TO "2026-04-13T22:00:00Z"
#define AUTUMN_FROM \
    "2026-10-09T22:00:00Z" /* Saturday 10 October, 0:00, to 9 November: back on the 25th */
#define AUTUMN_TO "2026-11-08T23:00:00Z"

struct walk {
    int count;
    int64_t first, last, shortest, longest; /* between two */
};

/* Passes one after the other, each at the time that the schedule gives, as a worker runs them. */
static struct walk walk(const char *schedule, const char *from, const char *to)
{
    struct walk w = {.shortest = INT64_MAX};
    json_t *json = json_parse(schedule, strlen(schedule), NULL);
    int64_t now = at(from), end = at(to), next = 0, since = -1;
    assert_non_null(json);
    while (schedule_next(json, since, now, &next) && next < end) {
        assert_true(next >= now);
        if (w.count++) {
            int64_t gap = next - w.last;
            w.shortest = gap < w.shortest ? gap : w.shortest;
            w.longest = gap > w.longest ? gap : w.longest;
        } else {
            w.first = next;
        }
        w.last = now = next;
        since = 0;
    }
    json_decref(json);
    return w;
}

static void thirty_days_of_each_form_are_counted_exactly(void **state)
{
    static const struct {
        const char *schedule;
        int spring, autumn;
    } cases[] = {
        /* 719 and 721 hours */
        {"{\"every\":\"60s\"}", 719 * 60, 721 * 60},
        {"{\"every\":\"1h\"}", 719, 721},
        {"{\"every\":\"24h\"}", 30, 31},
        {"{\"every\":\"7d\"}", 5, 5},
        {"{\"every\":\"1h\",\"hours\":[\"07:00-19:00\"]}", 30 * 12, 30 * 12},
        {"{\"every\":\"90min\",\"hours\":[\"09:00-10:00\"]}", 30, 30},
        {"{\"every\":\"36h\",\"hours\":[\"08:00-09:00\"]}", 15, 15},
        {"{\"every\":\"20min\",\"hours\":[\"06:00-07:00\",\"18:00-19:30\"]}", 30 * 8, 30 * 8},
        /* the night between is an hour shorter, or longer */
        {"{\"every\":\"15min\",\"hours\":[\"22:00-06:00\"]}", 30 * 32 - 4, 30 * 32 + 4},
        /* the hour that is not there, or twice */
        {"{\"every\":\"60s\",\"hours\":[\"02:00-03:00\"]}", 29 * 60, 31 * 60},
        {"{\"every\":\"10min\",\"hours\":[\"02:00-03:00\"],\"weekdays\":[7]}", 4 * 6, 6 * 6},
        {"{\"every\":\"30min\",\"hours\":[\"08:00-16:00\"],\"weekdays\":[1,2,3,4,5]}", 21 * 16,
         20 * 16},
        /* Saturday's night goes on into Sunday; 15 March begins within one */
        {"{\"every\":\"1h\",\"hours\":[\"22:00-04:00\"],\"weekdays\":[6]}", 4 + 4 * 6 - 1,
         5 * 6 + 1},
        {"{\"every\":\"1h\",\"weekdays\":[7]}", 5 * 24 - 1, 5 * 24 + 1},
        {"{\"every\":\"6h\",\"hours\":[]}", 120, 121},
        {"{\"manual\":true}", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct walk spring = walk(cases[i].schedule, SPRING_FROM, SPRING_TO);
        struct walk autumn = walk(cases[i].schedule, AUTUMN_FROM, AUTUMN_TO);
        json_t *json = json_parse(cases[i].schedule, strlen(cases[i].schedule), NULL);
        int64_t every = schedule_every(json);
        json_decref(json);
        if (spring.count != cases[i].spring || autumn.count != cases[i].autumn ||
            spring.shortest < every || autumn.shortest < every)
            fail_msg("%s: %d and %d, wanted %d and %d", cases[i].schedule, spring.count,
                     autumn.count, cases[i].spring, cases[i].autumn);
    }
}

/* Daily at seven stays at seven, whatever the clock does in the night. */
static void a_time_of_day_stays_that_time_of_day(void **state)
{
    (void)state;
    const char *s = "{\"every\":\"1h\",\"hours\":[\"07:00-07:30\"]}";
    struct walk spring = walk(s, SPRING_FROM, SPRING_TO), autumn = walk(s, AUTUMN_FROM, AUTUMN_TO);
    assert_int_equal(spring.count, 30);
    assert_int_equal(spring.first, at("2026-03-15T06:00:00Z"));
    assert_int_equal(spring.last, at("2026-04-13T05:00:00Z"));
    assert_int_equal(spring.shortest, 23 * 60 * MINUTE);
    assert_int_equal(spring.longest, 24 * 60 * MINUTE);
    assert_int_equal(autumn.count, 30);
    assert_int_equal(autumn.last, at("2026-11-08T06:00:00Z"));
    assert_int_equal(autumn.shortest, 24 * 60 * MINUTE);
    assert_int_equal(autumn.longest, 25 * 60 * MINUTE);
}

/* No hole but those that the windows make: over both changes the minutes go on. */
static void no_minute_is_lost_or_twice_over_a_change(void **state)
{
    (void)state;
    const char *s = "{\"every\":\"60s\",\"hours\":[\"00:00-24:00\"]}";
    struct walk spring = walk(s, SPRING_FROM, SPRING_TO), autumn = walk(s, AUTUMN_FROM, AUTUMN_TO);
    assert_int_equal(spring.shortest, MINUTE);
    assert_int_equal(spring.longest, MINUTE);
    assert_int_equal(spring.count, 719 * 60);
    assert_int_equal(autumn.shortest, MINUTE);
    assert_int_equal(autumn.longest, MINUTE);
    assert_int_equal(autumn.count, 721 * 60);
}

static const char good[] =
    "{\"id\":\"stock-1\",\"kind\":\"stock\",\"channel\":{\"type\":\"panel\"},\"schedule\":{\"every\":"
    "\"60s\"}}";

static void a_scenario_with_a_fault_is_refused_by_its_name(void **state)
{
    static const struct {
        const char *member, *value, *words;
    } cases[] = {
        {"id", "\"a/b\"", "id is \"a/b\""},
        {"id", "\"\"", "1 to 64 letters"},
        {"id", "7", "id is 7"},
        {"kind", "\"stok\"", "kind is \"stok\""},
        {"kind", "null", "kind is null"},
        {"name", "[]", "name is []"},
        {"enabled", "1", "expected true or false"},
        {"channel", "\"panel\"", "\"type\""},
        {"channel", "{}", "\"type\""},
        {"options", "[]", "options is []"},
        {"options", "{\"warehouses\":\"MAG\"}", "options.warehouses"},
        {"options", "{\"warehouses\":[1]}", "options.warehouses"},
        {"options", "{\"levels\":[\"1\"]}", "levels"},
        {"options", "{\"only_active\":\"yes\"}", "options.only_active"},
        {"schedule", "7", "schedule is 7"},
        {"schedule", "{}", "schedule.every is missing"},
        {"schedule", "{\"every\":60}", "schedule.every is 60"},
        {"schedule", "{\"every\":\"8d\"}", "at most 7d"},
        {"schedule", "{\"every\":\"100ms\"}", "schedule.every"},
        {"schedule", "{\"every\":\"-1s\"}", "schedule.every"},
        {"schedule", "{\"every\":\"1s\",\"hours\":\"07:00-08:00\"}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"hours\":[\"7:00-8:00\"]}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"hours\":[\" 7:00-08:00\"]}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"hours\":[\"+7:00-08:00\"]}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"hours\":[\"07:00-07:00\"]}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"hours\":[\"07:60-08:00\"]}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"hours\":[\"07:00-24:01\"]}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"hours\":[\"24:00-07:00\"]}", "schedule.hours"},
        {"schedule", "{\"every\":\"1s\",\"weekdays\":[]}", "schedule.weekdays"},
        {"schedule", "{\"every\":\"1s\",\"weekdays\":[0]}", "schedule.weekdays is 0"},
        {"schedule", "{\"every\":\"1s\",\"weekdays\":[8]}", "schedule.weekdays is 8"},
        {"schedule", "{\"every\":\"1s\",\"weekdays\":[\"1\"]}", "schedule.weekdays"},
    };
    (void)state;
    struct error e = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *plugin = json_parse(good, sizeof good - 1, NULL);
        assert_int_equal(plugin_validate(plugin, &e), STATUS_OK);
        json_object_set_new(plugin, cases[i].member,
                            json_parse(cases[i].value, strlen(cases[i].value), NULL));
        if (plugin_validate(plugin, &e) != STATUS_INVALID || !strstr(e.text, cases[i].words))
            fail_msg("%s %s: %s", cases[i].member, cases[i].value, e.text);
        json_decref(plugin);
    }
    assert_int_equal(plugin_validate(NULL, &e), STATUS_INVALID);
    json_t *list = json_array();
    assert_int_equal(plugin_validate(list, &e), STATUS_INVALID);
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_counts_from_the_last_start),
        cmocka_unit_test(a_clock_that_was_set_back_does_not_stop_it),
        cmocka_unit_test(hours_narrow_it),
        cmocka_unit_test(weekdays_narrow_it),
        cmocka_unit_test(a_night_belongs_to_the_day_it_began),
        cmocka_unit_test(clocks_that_change_do_not_matter),
        cmocka_unit_test(the_next_time_is_the_first_allowed_one),
        cmocka_unit_test(thirty_days_of_each_form_are_counted_exactly),
        cmocka_unit_test(a_time_of_day_stays_that_time_of_day),
        cmocka_unit_test(no_minute_is_lost_or_twice_over_a_change),
        cmocka_unit_test(a_scenario_with_a_fault_is_refused_by_its_name),
    };
    setenv("TZ", "Europe/Warsaw", 1);
    tzset();
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
