/* worker/step: what a plugin's loop does next, and how long it may sleep. */
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
#include "base/memory.h"
#include "worker/step.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define MONO   INT64_C(1000000000) /* now */

static json_t *minutely, *daily, *by_day, *manual;
static int64_t noon, night; /* in Warsaw; a Monday */

static int open_it(void **state)
{
    (void)state;
    minutely = json_pack("{s:s}", "every", "60s");
    daily = json_pack("{s:s}", "every", "24h");
    by_day = json_pack("{s:s,s:[s]}", "every", "60s", "hours", "07:00-19:00");
    manual = json_pack("{s:b}", "manual", 1);
    clock_parse("2026-01-05T11:00:00Z", &noon);
    clock_parse("2026-01-05T01:00:00Z", &night);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    json_decref(minutely);
    json_decref(daily);
    json_decref(by_day);
    json_decref(manual);
    return 0;
}

/* ---- plugins that read and send ------------------------------------------------------------------------------- */

/* Where no time is given it is noon. */
static void expect(struct step s, int64_t wait, bool read, bool send, int line)
{
    bool reads, sends;
    s.mono_ms = MONO;
    s.wall_ms = s.wall_ms ? s.wall_ms : noon;
    int64_t given = step_next(&s, &reads, &sends);
    if (given != wait || reads != read || sends != send)
        fail_msg("line %d: %lld%s%s, wanted %lld%s%s", line, (long long)given, reads ? " read" : "",
                 sends ? " send" : "", (long long)wait, read ? " read" : "", send ? " send" : "");
}

#define step_is(wait, read, send, ...) \
    expect((struct step){__VA_ARGS__}, wait, read, send, __LINE__)

static void a_pass_comes_by_its_schedule(void **state)
{
    (void)state;
    step_is(0, true, false, .schedule = minutely, .since_ms = -1); /* the first at once */
    step_is(MINUTE, false, false, .schedule = minutely, .since_ms = 0);
    step_is(1, false, false, .schedule = minutely, .since_ms = MINUTE - 1);
    step_is(0, true, false, .schedule = minutely, .since_ms = MINUTE);
    step_is(0, true, false, .schedule = minutely, .since_ms = 8 * HOUR);
    step_is(-1, false, false, .schedule = manual, .since_ms = -1);
    step_is(0, true, false, .schedule = manual, .since_ms = -1, .requested = true);
    step_is(0, true, false, .schedule = daily, .since_ms = 0, .requested = true);
    step_is(5 * HOUR, false, false, .schedule = by_day, .since_ms = -1, .wall_ms = night);
    step_is(0, true, false, .schedule = by_day, .since_ms = 0, .wall_ms = night, .requested = true);
}

static void a_failed_read_waits_its_time_and_no_longer(void **state)
{
    (void)state;
    /* Longer than the schedule: the failure's wait holds. */
    step_is(5 * MINUTE, false, false, .schedule = minutely, .since_ms = 0,
            .erp_at = MONO + 5 * MINUTE);
    /* Shorter: the schedule does. */
    step_is(MINUTE, false, false, .schedule = minutely, .since_ms = 0, .erp_at = MONO + 2 * SECOND);
    step_is(0, true, false, .schedule = minutely, .since_ms = MINUTE, .erp_at = MONO);
    /* One that was away is asked again soon, however seldom the schedule is … */
    step_is(2 * SECOND, false, false, .schedule = daily, .since_ms = 0, .erp_away = true,
            .erp_at = MONO + 2 * SECOND);
    step_is(0, true, false, .schedule = daily, .since_ms = 2 * SECOND, .erp_away = true,
            .erp_at = MONO);
    /* … but not in the night that the schedule leaves free. */
    step_is(5 * HOUR, false, false, .schedule = by_day, .since_ms = 0, .erp_away = true,
            .erp_at = MONO + 2 * SECOND, .wall_ms = night);
    step_is(-1, false, false, .schedule = manual, .since_ms = 0, .erp_away = true,
            .erp_at = MONO + 1);
    /* A person does not wait. */
    step_is(0, true, false, .schedule = daily, .since_ms = 0, .requested = true,
            .erp_at = MONO + 5 * MINUTE);
}

static void sending_has_its_own_time(void **state)
{
    (void)state;
    step_is(0, false, true, .schedule = minutely, .since_ms = 0, .to_send = true);
    step_is(0, true, true, .schedule = minutely, .since_ms = -1, .to_send = true);
    step_is(7 * SECOND, false, false, .schedule = minutely, .since_ms = 0, .to_send = true,
            .panel_at = MONO + 7 * SECOND);
    step_is(MINUTE, false, false, .schedule = minutely, .since_ms = 0, .to_send = true,
            .panel_at = MONO + HOUR);
    step_is(MINUTE, false, false, .schedule = minutely, .since_ms = 0,
            .panel_at = MONO + 7 * SECOND);
    step_is(7 * SECOND, false, false, .schedule = manual, .to_send = true,
            .panel_at = MONO + 7 * SECOND);
    step_is(0, false, true, .schedule = by_day, .since_ms = 0, .wall_ms = night, .to_send = true);
    step_is(0, true, false, .schedule = minutely, .since_ms = MINUTE, .to_send = true,
            .panel_at = MONO + HOUR);
}

/* The next page of a shop's catalogue, or a row that the shop wanted later. */
static void what_the_shop_is_asked_later_shortens_the_wait(void **state)
{
    (void)state;
    step_is(5 * SECOND, false, false, .schedule = minutely, .since_ms = 0,
            .shop_in_ms = 5 * SECOND);
    step_is(MINUTE, false, false, .schedule = minutely, .since_ms = 0, .shop_in_ms = HOUR);
    step_is(HOUR, false, false, .schedule = manual, .shop_in_ms = HOUR);
    step_is(0, true, false, .schedule = minutely, .since_ms = MINUTE, .shop_in_ms = 5 * SECOND);
    step_is(2 * SECOND, false, false, .schedule = minutely, .since_ms = 0, .to_send = true,
            .panel_at = MONO + 2 * SECOND, .shop_in_ms = 5 * SECOND);
}

static void a_pass_in_between_keeps_the_hours_and_the_erps_wait(void **state)
{
    (void)state;
    assert_int_equal(step_read_in(daily, noon, 0, MONO), 0);
    assert_int_equal(step_read_in(by_day, noon, MONO + 7, MONO), 7);
    assert_int_equal(step_read_in(by_day, night, MONO + 7, MONO), 5 * HOUR);
    assert_int_equal(step_read_in(by_day, night, MONO + 6 * HOUR, MONO), 6 * HOUR);
    assert_int_equal(step_read_in(manual, noon, MONO + 7, MONO), -1);
}

/* ---- plugins of orders ------------------------------------------------------------------------------------------ */

/* No pause, and counted, where nothing else is said. */
static void orders_expect(struct step_orders s, int64_t wait, int line)
{
    s.mono_ms = MONO;
    s.wall_ms = s.wall_ms ? s.wall_ms : noon;
    s.pause_left_ms = s.pause_left_ms ? s.pause_left_ms : -1;
    s.counted = s.outcomes >= 0;
    int64_t given = step_next_orders(&s);
    if (given != wait)
        fail_msg("line %d: %lld, wanted %lld", line, (long long)given, (long long)wait);
}

#define orders_step_is(wait, ...) orders_expect((struct step_orders){__VA_ARGS__}, wait, __LINE__)

static void orders_come_by_schedule_and_by_word(void **state)
{
    (void)state;
    orders_step_is(0, .schedule = minutely, .since_ms = -1);
    orders_step_is(MINUTE, .schedule = minutely, .since_ms = 0);
    orders_step_is(-1, .schedule = manual);
    orders_step_is(0, .schedule = manual, .requested = true);
    /* Word of new orders. */
    orders_step_is(0, .schedule = daily, .since_ms = SECOND, .fetch = true);
    orders_step_is(3 * SECOND, .schedule = daily, .since_ms = SECOND, .fetch = true,
                   .shop_at = MONO + 3 * SECOND);
    /* In the night it waits for the morning. */
    orders_step_is(5 * HOUR, .schedule = by_day, .since_ms = 0, .wall_ms = night, .fetch = true);
    orders_step_is(-1, .schedule = manual, .fetch = true);
}

static void a_side_that_failed_is_asked_at_its_time(void **state)
{
    (void)state;
    /* Outcomes wait for the shop, orders for the ERP and the writer. */
    orders_step_is(4 * SECOND, .schedule = daily, .since_ms = 0, .outcomes = 1,
                   .shop_at = MONO + 4 * SECOND);
    orders_step_is(24 * HOUR, .schedule = daily, .since_ms = 0, .shop_at = MONO + 4 * SECOND);
    orders_step_is(5 * SECOND, .schedule = daily, .since_ms = 0, .to_write = 1,
                   .erp_at = MONO + 5 * SECOND, .writer_at = MONO + 9 * SECOND);
    orders_step_is(9 * SECOND, .schedule = daily, .since_ms = 0, .to_write = 1,
                   .writer_at = MONO + 9 * SECOND);
    orders_step_is(24 * HOUR, .schedule = daily, .since_ms = 0, .writer_at = MONO + 9 * SECOND);
    /* Both sides are away: a pass before the first is back would do nothing. */
    orders_step_is(4 * MINUTE, .schedule = minutely, .since_ms = MINUTE,
                   .shop_at = MONO + 5 * MINUTE, .erp_at = MONO + 4 * MINUTE);
    orders_step_is(0, .schedule = minutely, .since_ms = MINUTE, .shop_at = MONO + 5 * MINUTE);
    /* An order that was given back. */
    orders_step_is(2 * SECOND, .schedule = daily, .since_ms = 0, .pause_left_ms = 2 * SECOND);
    orders_step_is(MINUTE, .schedule = minutely, .since_ms = 0, .pause_left_ms = 5 * MINUTE);
    /* A ledger that cannot be asked: by the schedule. */
    orders_step_is(MINUTE, .schedule = minutely, .since_ms = 0, .outcomes = -1,
                   .pause_left_ms = 2 * SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pass_comes_by_its_schedule),
        cmocka_unit_test(a_failed_read_waits_its_time_and_no_longer),
        cmocka_unit_test(sending_has_its_own_time),
        cmocka_unit_test(what_the_shop_is_asked_later_shortens_the_wait),
        cmocka_unit_test(a_pass_in_between_keeps_the_hours_and_the_erps_wait),
        cmocka_unit_test(orders_come_by_schedule_and_by_word),
        cmocka_unit_test(a_side_that_failed_is_asked_at_its_time),
    };
    setenv("TZ", "Europe/Warsaw", 1);
    tzset();
    return cmocka_run_group_tests_name("step", tests, open_it, close_it);
}
