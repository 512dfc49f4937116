/* daemon/overdue: a plugin whose passes do not come is seen, and one that may rest is left in peace. */
#include "daemon_world.h"

#include <time.h>

#include "base/memory.h"
#include "daemon/overdue.h"
#include "daemon/supervisor.h"
#include "os/log.h"

#define LOOK (5 * SECOND) /* as health.c looks */

static const char each_minute[] =
    "plugins = ( { id = \"stock\"; kind = \"stock\"; channel = { type = \"panel\"; }; "
    "schedule = { every = \"60s\"; }; } );\n";
static const char by_day[] =
    "plugins = ( { id = \"stock\"; kind = \"stock\"; channel = { type = \"panel\"; }; "
    "schedule = { every = \"60s\"; hours = ( \"07:00-19:00\" ); }; } );\n";
static const char each_second[] =
    "plugins = ( { id = \"stock\"; kind = \"stock\"; channel = { type = \"panel\"; }; "
    "schedule = { every = \"1s\"; }; } );\n";
static const char good_pass[] = "{\"event\":\"pass\",\"started\":\"2026-01-05T10:00:00.000Z\","
                                "\"ended\":\"2026-01-05T10:00:01.000Z\",\"error\":null}";

/* Warsaw: 11 o'clock. The plugin says that it waits, and then nothing but that it lives. */
static void begin(const char *config)
{
    world_open(config, false);
    world_say(world.processes, good_pass);
    world_say(world.processes, "{\"event\":\"idle-until\",\"at\":\"2026-01-05T10:01:00.000Z\"}");
    world_beat(world.processes, 30 * SECOND);
    overdue_look(&world.d);
}

static int open_minute(void **state)
{
    (void)state;
    begin(each_minute);
    return 0;
}

static int open_day(void **state)
{
    (void)state;
    begin(by_day);
    return 0;
}

static int open_second(void **state)
{
    (void)state;
    begin(each_second);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    world_close();
    return 0;
}

static const char *result(void)
{
    return json_text(json_object_get(world_plugin("stock")->checks, "plugin.overdue"), "result",
                     "");
}

/* How long until it is red, in looks; at most so long. -1: it is not. */
static int64_t wait_for_red(int64_t most)
{
    int64_t began = world.mono;
    while (world.mono - began < most) {
        world_pass(LOOK);
        overdue_look(&world.d);
        if (text_equal(result(), "fail"))
            return world.mono - began;
    }
    return -1;
}

static void three_intervals_without_a_pass_are_too_many(void **state)
{
    (void)state;
    assert_int_equal(wait_for_red(HOUR), 3 * MINUTE + LOOK);
    assert_int_equal(world_told(world.processes, "run-now"), 1);
    assert_int_equal(world_entries("plugin_overdue"), 1);
    wait_for_red(HOUR);
    world_pass(HOUR);
    assert_int_equal(world_told(world.processes, "run-now"), 1); /* it was told once */
    assert_int_equal(world_entries("plugin_overdue"), 1);
    world_say(world.processes, good_pass);
    assert_string_equal(result(), "ok");
    assert_null(world_plugin("stock")->error);
    overdue_look(&world.d); /* nobody looked for an hour: that is not counted */
    assert_int_equal(wait_for_red(HOUR), 3 * MINUTE + LOOK);
}

static void passes_that_come_are_never_overdue(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(wait_for_red(2 * MINUTE), -1); /* each a minute late */
        world_say(world.processes, good_pass);
    }
    assert_string_equal(result(), "");
}

static void a_short_interval_may_be_ten_seconds_late(void **state)
{
    (void)state;
    assert_int_equal(wait_for_red(HOUR), 10 * SECOND + LOOK);
}

static void a_long_pass_is_no_rest(void **state)
{
    (void)state;
    world_say(world.processes, "{\"event\":\"progress\",\"phase\":\"read\",\"done\":1}");
    assert_int_equal(wait_for_red(3 * HOUR), -1);
}

static void what_is_red_already_has_its_reason(void **state)
{
    (void)state;
    world_say(world.processes, "{\"event\":\"check\",\"check\":{\"code\":\"plugin.read\","
                               "\"result\":\"fail\",\"text\":\"the ERP is away\"}}");
    assert_int_equal(wait_for_red(3 * HOUR), -1);
}

/* 11 to 19 o'clock, the night, and again: the hours in which it may not run are not counted. */
static void the_night_is_no_delay(void **state)
{
    (void)state;
    world_pass(8 * HOUR - LOOK); /* nearly 19 o'clock; nobody looked meanwhile */
    overdue_look(&world.d);
    assert_int_equal(wait_for_red(12 * HOUR), -1);
    assert_int_equal(wait_for_red(12 * HOUR), 3 * MINUTE + LOOK); /* in the morning it counts */
}

static void a_machine_that_stood_still_is_not_late(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        world_stand_still(8 * HOUR, i % 2);
        overdue_look(&world.d);
        assert_string_equal(result(), "");
        world_pass(LOOK);
        overdue_look(&world.d);
        world_say(world.processes, good_pass);
    }
}

static void a_clock_that_is_set_changes_nothing(void **state)
{
    static const int64_t jumps[] = {-HOUR, DAY, -30 * DAY};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        world_pass(LOOK);
        overdue_look(&world.d);
        world_set_clock(jumps[i]);
        assert_int_equal(wait_for_red(HOUR), 3 * MINUTE);
        world_say(world.processes, good_pass);
    }
}

int main(void)
{
#define T(test, open) cmocka_unit_test_setup_teardown(test, open, close_it)
    const struct CMUnitTest tests[] = {
        T(three_intervals_without_a_pass_are_too_many, open_minute),
        T(passes_that_come_are_never_overdue, open_minute),
        T(a_short_interval_may_be_ten_seconds_late, open_second),
        T(a_long_pass_is_no_rest, open_minute),
        T(what_is_red_already_has_its_reason, open_minute),
        T(the_night_is_no_delay, open_day),
        T(a_machine_that_stood_still_is_not_late, open_minute),
        T(a_clock_that_is_set_changes_nothing, open_minute),
    };
    setenv("TZ", "Europe/Warsaw", 1);
    tzset();
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("overdue", tests, NULL, NULL);
}
