/* daemon/places: more plugins than may run at once take turns. */
#include "daemon_world.h"

#include "base/memory.h"
#include "daemon/asking.h"
#include "daemon/places.h"
#include "daemon/supervisor.h"
#include "os/log.h"

#define PLUGIN(id) \
    "{ id = \"" id \
    "\"; kind = \"stock\"; channel = { type = \"panel\"; }; schedule = { every = \"60s\"; }; }"
#define PASS_MS 3000 /* that a pass takes */
#define STOP_MS 200  /* that a worker needs to stop */

static const char three[] =
    "plugins = ( " PLUGIN("a") ", " PLUGIN("b") ", " PLUGIN("c") " );\n"
                                                                 "limits : { workers = 1; };\n";

static int passes[3];
static bool manual; /* they say that only a person starts them */

static int number(const struct process *p)
{
    return json_text(json_object_get(p->job, "plugin"), "id", "?")[0] - 'a';
}

/* When it runs next by its own account, and then it does nothing. */
static void say_idle(struct process *p, int64_t ms)
{
    char text[100], at[CLOCK_TEXT];
    clock_format(at, world.wall + ms);
    if (manual)
        snprintf(text, sizeof text, "{\"event\":\"idle-until\",\"at\":null}");
    else
        snprintf(text, sizeof text, "{\"event\":\"idle-until\",\"at\":\"%s\"}", at);
    world_say(p, text);
}

static void begin_pass(void *user);

static void end_pass(void *user)
{
    struct process *p = user;
    passes[number(p)]++;
    world_say(p, "{\"event\":\"pass\",\"started\":\"2026-01-05T10:00:00.000Z\",\"error\":null}");
    say_idle(p, MINUTE - PASS_MS);
    if (!manual)
        timer_set(&world.d.timers, &p->act, MINUTE - PASS_MS, begin_pass, p);
}

static void begin_pass(void *user)
{
    struct process *p = user;
    world_say(p, "{\"event\":\"progress\",\"phase\":\"read\",\"done\":1}");
    timer_set(&world.d.timers, &p->act, PASS_MS, end_pass, p);
}

static void on_start(struct process *p)
{
    timer_set(&world.d.timers, &p->act, 1, begin_pass, p);
    world_beat(p, 20 * SECOND);
}

static void end_it(void *user)
{
    world_end(user, 0, 0);
}

static void on_order(struct process *p, const json_t *order)
{
    if (text_equal(json_text(order, "do", ""), "stop"))
        timer_set(&world.d.timers, &p->act, STOP_MS, end_it, p);
}

static int open_it(void **state)
{
    (void)state;
    memset(passes, 0, sizeof passes);
    manual = false;
    world_open("", false);
    world.on_start = on_start;
    world.on_order = on_order;
    world_configure(three);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    world.on_order = NULL;
    world_close();
    return 0;
}

static size_t alive(void)
{
    size_t n = 0;
    for (const struct process *p = world.processes; p; p = p->next)
        n += !p->ended;
    return n;
}

static void no_more_run_than_may(void **state)
{
    (void)state;
    assert_int_equal(alive(), 1);
    for (int i = 0; i < 6000; i++) {
        world_pass(100);
        assert_true(alive() <= 1);
    }
    world_configure("plugins = ( " PLUGIN("a") ", " PLUGIN("b") ", " PLUGIN(
        "c") " );\n"
             "limits : { workers = 2; };\n");
    for (int i = 0; i < 6000; i++) {
        world_pass(100);
        assert_true(alive() <= 2);
    }
    assert_int_equal(alive(), 2);
}

/* The place is worth a pass a minute to each: nobody starves, nobody has more than its share. */
static void a_day_of_turns_is_fair(void **state)
{
    char why[200];
    (void)state;
    for (int hour = 0; hour < 24; hour++) {
        world_pass(HOUR);
        assert_true(supervisor_progress(&world.d, why, sizeof why));
    }
    for (int i = 0; i < 3; i++) /* a minute, and up to two looks until it has its place */
        assert_between(passes[i], DAY / (MINUTE + 3 * SECOND), DAY / MINUTE + 1);
    assert_between(passes[0] - passes[2], -10, 10);
    assert_between(passes[1] - passes[2], -10, 10);
    assert_string_equal(world_check("endpoint.workers"), "warn");
    assert_int_equal(world_plugin("a")->restarts, 0); /* taking turns is no fault */
    assert_int_equal(world_entries("worker_died"), 0);
}

/* A clock that is set while one waits for its turn. */
static void a_clock_that_is_set_costs_nobody_a_turn(void **state)
{
    static const int64_t jumps[] = {-HOUR, DAY, -30 * DAY, HOUR};
    (void)state;
    world_pass(10 * MINUTE);
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        memset(passes, 0, sizeof passes);
        for (int k = 0; k < 10; k++) {
            world_set_clock(jumps[i] / 10);
            world_pass(2 * MINUTE + 700);
        }
        for (int p = 0; p < 3; p++)
            assert_between(passes[p], 17, 22);
    }
}

static void one_that_only_a_person_starts_waits_for_one(void **state)
{
    struct error e = {0};
    (void)state;
    manual = true;
    world_pass(MINUTE);
    assert_int_equal(passes[0] + passes[1] + passes[2], 3); /* each once, at its start */
    world_pass(DAY);
    assert_int_equal(passes[0] + passes[1] + passes[2], 3);
    struct plugin *p = world_plugin("a");
    assert_int_equal(p->state, PLUGIN_QUEUED);
    json_t *request = json_pack("{s:s}", "do", "held-retry");
    assert_int_equal(asking_ask(p, request, NULL, NULL, &e), STATUS_OK);
    json_decref(request);
    world_pass(5 * SECOND);
    assert_int_equal(p->state, PLUGIN_WAITING);
    assert_int_equal(world_told(p->process, "held-retry"), 1);
    asking_forget(&world.d, NULL);
}

/* Who has just begun keeps the place for a moment, or nobody would get anything done. */
static void a_place_is_kept_for_two_seconds(void **state)
{
    (void)state;
    struct process *first = world.processes;
    world.on_start = NULL;
    timer_stop(&world.d.timers, &first->act);
    world_say(first, "{\"event\":\"idle-until\",\"at\":\"2026-01-06T10:00:00.000Z\"}");
    world_pass(1999);
    assert_int_equal(world_told(first, "stop"), 0);
    world_pass(1001); /* the next look */
    assert_int_equal(world_told(first, "stop"), 1);
    world_pass(STOP_MS);
    assert_int_equal(world.started, 2);
    assert_int_equal(world_plugin("a")->state, PLUGIN_QUEUED);
    assert_int_equal(world_plugin("b")->state, PLUGIN_RUNNING);
}

static void the_one_that_is_due_for_longest_is_next(void **state)
{
    (void)state;
    struct process *first = world.processes;
    world.on_start = NULL;
    timer_stop(&world.d.timers, &first->act);
    world_plugin("c")->due_mono = world_plugin("b")->due_mono - 1;
    world_say(first, "{\"event\":\"idle-until\",\"at\":\"2026-01-06T10:00:00.000Z\"}");
    world_pass(5 * SECOND);
    assert_int_equal(world_plugin("c")->state, PLUGIN_RUNNING);
    assert_int_equal(world_plugin("b")->state, PLUGIN_QUEUED);
}

/* One that works is not sent away. */
static void work_is_not_interrupted(void **state)
{
    (void)state;
    struct process *first = world.processes;
    timer_stop(&world.d.timers, &first->act);
    world_say(first, "{\"event\":\"progress\",\"phase\":\"read\",\"done\":1}");
    world_pass(HOUR);
    assert_int_equal(world_told(first, "stop"), 0);
    assert_int_equal(world.started, 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(no_more_run_than_may),
        T(a_day_of_turns_is_fair),
        T(a_clock_that_is_set_costs_nobody_a_turn),
        T(one_that_only_a_person_starts_waits_for_one),
        T(a_place_is_kept_for_two_seconds),
        T(the_one_that_is_due_for_longest_is_next),
        T(work_is_not_interrupted),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}
