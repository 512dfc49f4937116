/* daemon/supervisor: plugins' processes over hours, days and weeks, by a clock that the test steps. */
#include "daemon_world.h"

#include "os/log.h"
#include "base/memory.h"
#include "daemon/health.h"
#include "daemon/supervisor.h"

#define STOCK \
    "{ id = \"stock\"; kind = \"stock\"; channel = { type = \"panel\"; }; schedule = { every = \"60s\"; }; }"
#define STOCK_SLOWER \
    "{ id = \"stock\"; kind = \"stock\"; channel = { type = \"panel\"; }; schedule = { every = \"5min\"; }; }"
#define STOCK_OFF                                                                            \
    "{ id = \"stock\"; kind = \"stock\"; enabled = false; channel = { type = \"panel\"; }; " \
    "schedule = { every = \"60s\"; }; }"
#define PRICES \
    "{ id = \"prices\"; kind = \"prices\"; channel = { type = \"panel\"; }; schedule = { every = \"60s\"; }; }"

static const char one[] = "plugins = ( " STOCK " );\n",
                  slower[] = "plugins = ( " STOCK_SLOWER " );\n",
                  off[] = "plugins = ( " STOCK_OFF " );\n", none[] = "plugins = ( );\n",
                  two[] = "plugins = ( " STOCK ", " PRICES " );\n";

static const char good_pass[] = "{\"event\":\"pass\",\"started\":\"2026-01-05T10:00:00.000Z\","
                                "\"ended\":\"2026-01-05T10:00:01.000Z\",\"error\":null}";
static const char bad_pass[] = "{\"event\":\"pass\",\"started\":\"2026-01-05T10:00:00.000Z\","
                               "\"ended\":\"2026-01-05T10:00:01.000Z\","
                               "\"error\":{\"code\":\"erp_away\",\"text\":\"it is away\"}}";

static int open_one(void **state)
{
    (void)state;
    world_open(one, false);
    return 0;
}

static int open_two(void **state)
{
    (void)state;
    world_open(two, false);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    world_close();
    return 0;
}

/* The process that was started last, at once or after a wait; that wait. */
static int64_t wait_for_start(int64_t most)
{
    size_t before = world.started;
    int64_t began = world.mono, left;
    while (world.started == before && (left = timers_left(&world.d.timers)) >= 0 &&
           world.mono + left - began <= most)
        world_pass(left);
    assert_int_equal(world.started, before + 1);
    return world.mono - began;
}

/* ---- backoff ----------------------------------------------------------------------------------------- */

static void a_crash_loop_waits_longer_each_time(void **state)
{
    static const uint32_t dice[] = {0, 7, 123456789, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dice); i++) {
        world.random = dice[i];
        world_plugin("stock")->backoff.failures = 0;
        for (int64_t step = 1000, n = 0; n < 14; n++, step *= 2) {
            world_end(world.processes, 1, 0);
            assert_int_equal(world_plugin("stock")->state, PLUGIN_BACKING_OFF);
            int64_t whole = step < 300000 ? step : 300000;
            assert_between(wait_for_start(DAY), whole / 2, whole);
        }
    }
    /* The dice are thrown: not all wait the same. */
    world.random = 0;
    world_plugin("stock")->backoff.failures = 3;
    world_end(world.processes, 1, 0);
    assert_int_equal(wait_for_start(DAY), 4000);
    world.random = 4000;
    world_plugin("stock")->backoff.failures = 3;
    world_end(world.processes, 1, 0);
    assert_int_equal(wait_for_start(DAY), 8000);
}

/* 0.5 + 1 + … + 128 s, then 150 s each. */
static void thirty_days_of_crashes_are_counted_exactly(void **state)
{
    (void)state;
    int64_t end = world.mono + 30 * DAY;
    while (world.mono < end) {
        if (!world.processes->ended)
            world_end(world.processes, 1, 0);
        int64_t left = timers_left(&world.d.timers);
        world_pass(world.mono + left < end ? left : end - world.mono);
    }
    assert_int_equal(world.started, 1 + 9 + (30 * DAY - 255500) / 150000);
    assert_int_equal(world_plugin("stock")->restarts, world.started);
}

static void failures_are_forgotten_only_when_it_has_worked(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        world_end(world.processes, 1, 0);
        wait_for_start(DAY);
    }
    assert_int_equal(world_plugin("stock")->backoff.failures, 5);
    /* A minute is not enough, and silence neither. */
    world_pass(59 * SECOND);
    world_say(world.processes, "{\"event\":\"alive\"}");
    world_say(world.processes, bad_pass);
    assert_int_equal(world_plugin("stock")->backoff.failures, 5);
    world_pass(2 * SECOND);
    assert_int_equal(world_plugin("stock")->backoff.failures, 5);
    world_say(world.processes, "{\"event\":\"alive\"}");
    assert_int_equal(world_plugin("stock")->backoff.failures, 0);
    world_end(world.processes, 1, 0);
    assert_int_equal(wait_for_start(DAY), 500);
    world_end(world.processes, 1, 0);
    assert_int_equal(wait_for_start(DAY), 1000);
    /* A pass that did its work proves it at once. */
    world_say(world.processes, good_pass);
    assert_int_equal(world_plugin("stock")->backoff.failures, 0);
    world_end(world.processes, 1, 0);
    assert_int_equal(wait_for_start(DAY), 500);
}

/* What was proved before a crash proves nothing of the next process. */
static void each_process_must_prove_itself(void **state)
{
    (void)state;
    world_say(world.processes, good_pass);
    for (int i = 0; i < 3; i++) {
        world_end(world.processes, 1, 0);
        wait_for_start(DAY);
        world_say(world.processes, "{\"event\":\"alive\"}");
    }
    assert_int_equal(world_plugin("stock")->backoff.failures, 3);
    world_beat(world.processes, 30 * SECOND);
    world_pass(90 * SECOND);
    assert_int_equal(world_plugin("stock")->backoff.failures, 0);
}

static void a_configuration_that_cannot_work_is_tried_seldom(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        world_end(world.processes, 2, 0);
        assert_int_equal(wait_for_start(DAY), 150 * SECOND);
    }
    assert_int_equal(world_entries("worker_died"), 0); /* it has said why itself */
}

static void a_program_that_cannot_be_started_is_tried_seldom(void **state)
{
    (void)state;
    world.no_start = true;
    world_end(world.processes, 1, 0);
    world_pass(10 * MINUTE);
    assert_int_equal(world.started, 1);
    assert_int_equal(world_plugin("stock")->state, PLUGIN_BACKING_OFF);
    assert_string_equal(json_text(world_plugin("stock")->error, "code", ""), "worker_start");
    world.no_start = false;
    assert_between(wait_for_start(DAY), 1, 150 * SECOND);
    assert_int_equal(world_plugin("stock")->state, PLUGIN_RUNNING);
}

static void a_person_does_not_wait_for_a_restart(void **state)
{
    (void)state;
    json_t *shown;
    for (int i = 0; i < 9; i++) {
        world_end(world.processes, 1, 0);
        wait_for_start(DAY);
    }
    world_end(world.processes, 1, 0);
    shown = supervisor_plugin_json(world_plugin("stock"));
    assert_string_equal(json_text(shown, "state", ""), "backing-off");
    int64_t next = 0;
    assert_true(clock_parse(json_text(shown, "next_run", ""), &next));
    assert_int_equal(next - world.wall, 150 * SECOND);
    json_decref(shown);
    supervisor_start(world_plugin("stock"));
    size_t started = world.started;
    world_beat(world.processes, 50 * SECOND);
    world_pass(DAY);
    assert_int_equal(world.started, started); /* and the wait does not start a second one */
}

/* ---- silence ------------------------------------------------------------------------------------------ */

static void who_says_nothing_is_ended_when_its_time_is_over(void **state)
{
    (void)state;
    int64_t started = world.mono;
    world_pass(60 * SECOND - 1);
    assert_false(world_signalled(world.processes, SIGKILL));
    world_pass(1);
    assert_int_equal(world.processes->killed - started, 60 * SECOND);
    assert_int_equal(world.processes->signal_count, 1);
    assert_int_equal(world_entries("worker_hung"), 1);
    world_end(world.processes, 0, SIGKILL);
    assert_int_equal(wait_for_start(DAY), 500);
    assert_int_equal(world_entries("worker_died"), 0); /* one story, not two */
}

static void the_time_counts_from_its_last_word(void **state)
{
    (void)state;
    for (int64_t said = SECOND; said < 60 * SECOND; said += 7 * SECOND) {
        struct process *p = world.processes;
        world_pass(said);
        world_say(p, "{\"event\":\"alive\"}");
        int64_t last = world.mono;
        world_pass(60 * SECOND - 1);
        assert_false(world_signalled(p, SIGKILL));
        world_pass(SECOND);
        assert_int_equal(p->killed - last, 60 * SECOND + 100);
        world_end(p, 0, SIGKILL);
        wait_for_start(DAY);
    }
}

static void thirty_days_of_signs_of_life(void **state)
{
    (void)state;
    char why[200];
    struct process *p = world.processes;
    world_beat(p, 59900);
    for (int day = 0; day < 30; day++) {
        world_pass(DAY);
        assert_true(supervisor_progress(&world.d, why, sizeof why));
    }
    assert_int_equal(world.started, 1);
    assert_int_equal(p->signal_count, 0);
    timer_stop(&world.d.timers, &p->beat);
    world_pass(2 * MINUTE);
    assert_true(world_signalled(p, SIGKILL));
}

static void the_watchdog_hears_of_one_that_cannot_be_ended(void **state)
{
    (void)state;
    char why[200];
    world_pass(75 * SECOND); /* killed at 60 s, and still there */
    assert_true(supervisor_progress(&world.d, why, sizeof why));
    world_pass(1);
    assert_false(supervisor_progress(&world.d, why, sizeof why));
    assert_string_equal(why, "plugin stock reports nothing and was not ended");
    world_end(world.processes, 0, SIGKILL);
    assert_true(supervisor_progress(&world.d, why, sizeof why));
}

/* ---- clocks that jump --------------------------------------------------------------------------------- */

static void a_clock_that_is_set_starts_and_ends_nothing(void **state)
{
    static const int64_t jumps[] = {-HOUR, DAY, -30 * DAY, HOUR};
    (void)state;
    struct process *p = world.processes;
    world_beat(p, 5 * SECOND);
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        world_set_clock(jumps[i]);
        world_pass(10 * MINUTE);
    }
    assert_int_equal(world.started, 1);
    assert_int_equal(p->signal_count, 0);
    /* Nor does it make a restart come late. */
    world_end(p, 1, 0);
    world_set_clock(-HOUR);
    assert_int_equal(wait_for_start(DAY), 500);
}

static void nothing_happened_later_than_now(void **state)
{
    (void)state;
    char now[CLOCK_TEXT];
    world_set_clock(DAY);
    world_say(world.processes, "{\"event\":\"state\",\"last_run\":\"2026-01-06T10:00:00.000Z\","
                               "\"last_ok\":\"2026-01-06T10:00:00.000Z\"}");
    world_set_clock(-DAY); /* it was a mistake */
    json_t *shown = supervisor_plugin_json(world_plugin("stock"));
    clock_format(now, world.wall);
    assert_string_equal(json_text(shown, "last_run", ""), now);
    assert_string_equal(json_text(shown, "last_ok", ""), now);
    json_decref(shown);
}

/* A machine that slept: the monotonic clock stood as well. */
static void a_machine_that_slept_goes_on(void **state)
{
    (void)state;
    struct process *p = world.processes;
    world_beat(p, 5 * SECOND);
    world_pass(MINUTE);
    world_stand_still(8 * HOUR, false);
    world_pass(MINUTE);
    assert_int_equal(p->signal_count, 0);
    assert_int_equal(world.started, 1);
}

/* A machine that was paused, or endpointd was: the clock went on, and nobody could say or hear anything. What the
 * process says afterwards comes after the timers. */
static void a_pause_is_no_silence_of_the_process(void **state)
{
    (void)state;
    char why[200];
    struct process *p = world.processes;
    health_watch(&world.d); /* as in endpointd: something is due every few seconds */
    world_beat(p, 5 * SECOND);
    world_pass(MINUTE);
    timer_stop(&world.d.timers, &p->beat);
    world_stand_still(8 * HOUR, true);
    timers_run(&world.d.timers);
    assert_true(supervisor_progress(&world.d, why, sizeof why));
    assert_int_equal(p->signal_count, 0);
    world_beat(p, 5 * SECOND);
    world_pass(HOUR);
    assert_int_equal(p->signal_count, 0);
    assert_int_equal(world.started, 1);
    assert_int_equal(world_entries("worker_hung"), 0);
    /* One that hangs since then is found none the less. */
    timer_stop(&world.d.timers, &p->beat);
    world_stand_still(8 * HOUR, true);
    timers_run(&world.d.timers);
    world_pass(61 * SECOND);
    assert_true(world_signalled(p, SIGKILL));
}

/* ---- the end ------------------------------------------------------------------------------------------- */

static void all_have_thirty_seconds_to_finish(void **state)
{
    (void)state;
    struct process *first = world.processes, *second = first->next;
    char why[200];
    int64_t began;
    assert_int_equal(world.started, 2);
    world_pass(SECOND);
    began = world.mono;
    supervisor_stop(&world.d);
    for (struct process *p = first; p; p = p->next) {
        assert_int_equal(world_told(p, "stop"), 1);
        assert_true(world_signalled(p, SIGTERM));
    }
    assert_false(supervisor_idle(&world.d));
    world_pass(10 * SECOND);
    world_end(first, 0, 0);
    assert_int_equal(world.stopped, 0);
    world_pass(20 * SECOND - 1);
    assert_false(world_signalled(second, SIGKILL));
    world_pass(1);
    assert_int_equal(second->killed - began, 30 * SECOND);
    assert_true(supervisor_progress(&world.d, why, sizeof why));
    world_end(second, 0, SIGKILL);
    assert_int_equal(world.stopped, 1);
    assert_true(supervisor_idle(&world.d));
    world_pass(DAY);
    assert_int_equal(world.started, 2); /* nobody comes back */
}

static void one_that_waits_to_be_restarted_is_not_waited_for(void **state)
{
    (void)state;
    world_end(world.processes, 1, 0);
    supervisor_stop(&world.d);
    assert_false(supervisor_idle(&world.d));
    world_end(world.processes->next, 0, 0);
    assert_int_equal(world.stopped, 1);
    world_pass(DAY);
    assert_int_equal(world.started, 2);
}

/* ---- changes -------------------------------------------------------------------------------------------- */

static const char *every(const struct process *p)
{
    return json_text(json_object_get(json_object_get(p->job, "plugin"), "schedule"), "every", "");
}

static void a_changed_one_finishes_and_goes_on_as_it_is_now(void **state)
{
    (void)state;
    struct process *old = world.processes;
    world_pass(SECOND);
    world_configure(one); /* nothing is different */
    assert_int_equal(world_told(old, "stop"), 0);
    world_configure(slower);
    assert_int_equal(world_told(old, "stop"), 1);
    assert_int_equal(world.started, 1);
    world_pass(20 * SECOND);
    world_end(old, 0, 0);
    assert_int_equal(world.started, 2);
    assert_string_equal(every(world.processes), "5min");
    assert_int_equal(world_plugin("stock")->restarts, 0);
    assert_int_equal(world_plugin("stock")->backoff.failures, 0);
}

static void a_red_word_of_the_old_process_does_not_stay(void **state)
{
    (void)state;
    struct process *old = world.processes;
    world_pass(SECOND);
    world_configure(slower);
    world_say(
        old,
        "{\"event\":\"check\",\"check\":{\"code\":\"plugin.send\",\"title\":\"Sending\",\"result\":\"fail\","
        "\"text\":\"no secret\",\"remedy\":\"\",\"duration_ms\":0}}");
    assert_non_null(json_object_get(world_plugin("stock")->checks, "plugin.send"));
    world_end(old, 0, 0);
    assert_int_equal(world.started, 2);
    assert_null(json_object_get(world_plugin("stock")->checks, "plugin.send"));
}

static void a_change_does_not_wait_for_a_restart(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++) {
        world_end(world.processes, 1, 0);
        wait_for_start(DAY);
    }
    world_end(world.processes, 1, 0); /* 150 s to wait */
    size_t before = world.started;
    world_configure(slower);
    assert_int_equal(world.started, before + 1);
    assert_string_equal(every(world.processes), "5min");
    world_beat(world.processes, 50 * SECOND);
    world_pass(DAY);
    assert_int_equal(world.started, before + 1); /* the wait that was does not start a second */
}

static void a_change_during_a_change_takes_the_last(void **state)
{
    (void)state;
    struct process *old = world.processes;
    world_configure(slower);
    world_pass(5 * SECOND);
    world_configure(one);
    world_pass(5 * SECOND);
    world_configure(slower);
    assert_int_equal(world_told(old, "stop"), 1);
    world_end(old, 0, 0);
    assert_int_equal(world.started, 2);
    assert_string_equal(every(world.processes), "5min");
}

static void one_that_ignores_a_change_is_ended(void **state)
{
    (void)state;
    struct process *old = world.processes;
    int64_t began = world.mono;
    world_configure(slower);
    world_pass(MINUTE);
    assert_int_equal(old->killed - began, 30 * SECOND);
    world_end(old, 0, SIGKILL);
    assert_int_equal(world.started, 2);
}

static void a_removed_one_is_gone(void **state)
{
    (void)state;
    world_configure(none);
    assert_non_null(supervisor_find(&world.d, "stock")); /* it finishes */
    assert_int_equal(world_told(world.processes, "stop"), 1);
    world_end(world.processes, 0, 0);
    assert_null(supervisor_find(&world.d, "stock"));
    world_pass(DAY);
    assert_int_equal(world.started, 1);
}

static void removed_while_it_waits_to_be_restarted(void **state)
{
    (void)state;
    world_end(world.processes, 1, 0);
    world_configure(none);
    assert_null(supervisor_find(&world.d, "stock"));
    world_pass(DAY);
    assert_int_equal(world.started, 1);
}

static void removed_and_back_before_it_had_ended(void **state)
{
    (void)state;
    struct process *old = world.processes;
    world_configure(none);
    world_pass(SECOND);
    world_configure(slower);
    assert_int_equal(world.started, 1);
    world_end(old, 0, 0);
    assert_int_equal(world.started, 2);
    assert_string_equal(every(world.processes), "5min");
}

static void a_disabled_one_rests_and_comes_back(void **state)
{
    (void)state;
    world_configure(off);
    world_end(world.processes, 0, 0);
    assert_int_equal(world_plugin("stock")->state, PLUGIN_DISABLED);
    world_pass(DAY);
    assert_int_equal(world.started, 1);
    world_configure(one);
    assert_int_equal(world.started, 2);
    world_end(world.processes, 1, 0); /* backing off */
    world_configure(off);
    assert_int_equal(world_plugin("stock")->state, PLUGIN_DISABLED);
    world_pass(DAY);
    assert_int_equal(world.started, 2);
}

int main(void)
{
#define T(test, open) cmocka_unit_test_setup_teardown(test, open, close_it)
    const struct CMUnitTest tests[] = {
        T(a_crash_loop_waits_longer_each_time, open_one),
        T(thirty_days_of_crashes_are_counted_exactly, open_one),
        T(failures_are_forgotten_only_when_it_has_worked, open_one),
        T(each_process_must_prove_itself, open_one),
        T(a_configuration_that_cannot_work_is_tried_seldom, open_one),
        T(a_program_that_cannot_be_started_is_tried_seldom, open_one),
        T(a_person_does_not_wait_for_a_restart, open_one),
        T(who_says_nothing_is_ended_when_its_time_is_over, open_one),
        T(the_time_counts_from_its_last_word, open_one),
        T(thirty_days_of_signs_of_life, open_one),
        T(the_watchdog_hears_of_one_that_cannot_be_ended, open_one),
        T(a_clock_that_is_set_starts_and_ends_nothing, open_one),
        T(nothing_happened_later_than_now, open_one),
        T(a_machine_that_slept_goes_on, open_one),
        T(a_pause_is_no_silence_of_the_process, open_one),
        T(all_have_thirty_seconds_to_finish, open_two),
        T(one_that_waits_to_be_restarted_is_not_waited_for, open_two),
        T(a_changed_one_finishes_and_goes_on_as_it_is_now, open_one),
        T(a_red_word_of_the_old_process_does_not_stay, open_one),
        T(a_change_does_not_wait_for_a_restart, open_one),
        T(a_change_during_a_change_takes_the_last, open_one),
        T(one_that_ignores_a_change_is_ended, open_one),
        T(a_removed_one_is_gone, open_one),
        T(removed_while_it_waits_to_be_restarted, open_one),
        T(removed_and_back_before_it_had_ended, open_one),
        T(a_disabled_one_rests_and_comes_back, open_one),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}
