/* daemon/claim: which start of an endpoint speaks for it, and for how long it may write orders. */
#include "daemon_world.h"

#include "os/log.h"
#include "base/memory.h"
#include "daemon/claim.h"
#include "daemon/panel_link.h"
#include "daemon/supervisor.h"
#include "link/incarnation.h"

static const char stock[] =
    "plugins = ( { id = \"stock\"; kind = \"stock\"; channel = { type = \"panel\"; }; "
    "schedule = { every = \"60s\"; }; } );\n";
static const char go[] = "{\"state\":\"go\",\"incarnation\":7,\"lease_ms\":120000}";
static const char twin[] = "{\"code\":\"endpoint_twin\",\"detail\":\"x\",\"host\":\"erp2\","
                           "\"called\":\"2026-01-05T09:59:00.000Z\"}";
static const char superseded[] = "{\"code\":\"endpoint_superseded\",\"detail\":\"another\"}";

static int open_it(void **state)
{
    (void)state;
    world_open(stock, true);
    world_pass(1);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    world_close();
    return 0;
}

static struct http_call *question(void)
{
    return world_call("/endpoint/start");
}

/* How long until it is asked; -1: not within that time. */
static int64_t wait_for_question(int64_t most)
{
    int64_t began = world.mono, left;
    while (!question()) {
        left = timers_left(&world.d.timers);
        if (left < 0 || world.mono + left - began > most)
            return -1;
        world_pass(left);
    }
    return world.mono - began;
}

/* For how long a worker may write orders; code: why not. */
static int64_t orders_ms(const char **code)
{
    static char kept[64];
    json_t *lease = claim_for_worker(&world.d);
    int64_t ms = json_number(lease, "orders_ms", 0);
    text_copy(kept, sizeof kept, json_text(json_object_get(lease, "error"), "code", ""));
    json_decref(lease);
    if (code)
        *code = kept;
    return ms;
}

static void expect_no_orders(const char *wanted)
{
    const char *code;
    assert_int_equal(orders_ms(&code), 0);
    assert_string_equal(code, wanted);
}

/* ---- asking ---------------------------------------------------------------------------------------------- */

static void nothing_starts_before_the_panel_was_asked(void **state)
{
    (void)state;
    assert_int_equal(world.started, 0);
    expect_no_orders("orders_asking");
    assert_string_equal(question()->method, "POST");
    assert_int_equal(question()->timeout_ms, 15000);
    assert_null(world_call("/endpoint/config")); /* and nothing else is asked */
    world_pass(10 * SECOND);
    assert_int_equal(world.started, 0);
    world_answer(question(), 200, go, -1);
    assert_int_equal(world.started, 1);
    assert_int_equal(claim_number(&world.d), 7);
    assert_int_equal(orders_ms(NULL),
                     110 * SECOND); /* since it was asked, not since it was answered */
}

static void a_panel_that_is_away_keeps_no_plugin_from_starting(void **state)
{
    (void)state;
    world_unreachable(question());
    assert_int_equal(world.started, 1);
    expect_no_orders("orders_panel");
    for (int64_t step = 1000, n = 0; n < 10; n++, step *= 2) {
        assert_int_equal(wait_for_question(HOUR), n ? (step < 30000 ? step : 30000) / 2 : 500);
        world_unreachable(question());
    }
    expect_no_orders("orders_panel");
    wait_for_question(HOUR);
    world_answer(question(), 200, go, -1);
    assert_int_equal(orders_ms(NULL), 120 * SECOND);
    assert_int_equal(world.started, 1);
}

static void it_waits_while_the_panel_finds_out_who_lives(void **state)
{
    static const struct {
        const char *text;
        int64_t wait;
    } cases[] = {{"{\"state\":\"wait\",\"retry_s\":5}", 5000},
                 {"{\"state\":\"wait\",\"retry_s\":0}", 1000},
                 {"{\"state\":\"wait\",\"retry_s\":100000}", 60000},
                 {"{\"state\":\"wait\"}", 1000}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        world_answer(question(), 200, cases[i].text, -1);
        assert_int_equal(world.started, 0);
        assert_int_equal(wait_for_question(HOUR), cases[i].wait);
    }
}

static void an_older_panel_lets_it_go_free(void **state)
{
    static const int codes[] = {404, 405, 501};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        world_answer(question(), codes[i], "{\"code\":\"path_unknown\",\"detail\":\"no\"}", -1);
        assert_string_equal(claim_state(&world.d), "connected");
        assert_int_equal(world.started, 1);
        if (i == 0) { /* one that turns every call away may be none */
            expect_no_orders("orders_panel");
            assert_int_equal(wait_for_question(1), -1);
            world_pass(1);
            world_answer(world_call("/endpoint/config"), 200, "{\"rev\":1}", -1);
        }
        assert_int_equal(orders_ms(NULL), -1);
        assert_between(wait_for_question(HOUR), 599000,
                       600000); /* it may be replaced by a newer one */
    }
    world_answer(question(), 200, go, -1);
    assert_int_equal(orders_ms(NULL), 120 * SECOND);
}

static void an_answer_without_a_state_is_none(void **state)
{
    static const char *const texts[] = {"{}", "{\"state\":\"go\"}", "[]",
                                        "{\"state\":\"go\",\"incarnation\":-1}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        world_answer(question(), 200, texts[i], -1);
        assert_int_equal(claim_number(&world.d), 0);
        expect_no_orders("orders_panel");
        assert_true(wait_for_question(HOUR) > 0);
    }
}

static void a_wrong_clock_is_learnt_from_one_refusal(void **state)
{
    (void)state;
    world.panel_ahead = -DAY;
    world_answer(question(), 401, "{\"code\":\"signature_invalid\",\"detail\":\"iat\"}", -1);
    assert_int_equal(wait_for_question(HOUR), 1);
    world_answer(question(), 401, "{\"code\":\"signature_invalid\",\"detail\":\"key\"}", -1);
    assert_int_equal(wait_for_question(HOUR), 500); /* that was not it */
}

/* ---- the lease -------------------------------------------------------------------------------------------- */

static void orders_stop_when_the_lease_is_over(void **state)
{
    (void)state;
    world_answer(question(), 200, go, -1);
    world_pass(120 * SECOND - 1);
    assert_int_equal(orders_ms(NULL), 1);
    world_pass(1);
    expect_no_orders("orders_panel");
    /* Whatever is answered well renews it, from when it was asked. */
    world_answer(world_call("/endpoint/status"), 200, "{}", -1);
    assert_between(orders_ms(NULL), 1, SECOND + 5);
    world_pass(61 * SECOND);
    world_answer(world_call("/endpoint/status"), 200, "{}", -1);
    assert_between(orders_ms(NULL), 59 * SECOND, 120 * SECOND);
}

/* The panel goes by the newest that it gave, so a longer one of before ends. */
static void a_shorter_lease_is_shorter_at_once(void **state)
{
    static const char longer[] = "{\"state\":\"go\",\"incarnation\":7,\"lease_ms\":120000,"
                                 "\"orders_in_ms\":3000}",
                      shorter[] = "{\"state\":\"go\",\"incarnation\":7,\"lease_ms\":20000}";
    (void)state;
    world_answer(question(), 200, longer, -1);
    assert_int_equal(wait_for_question(HOUR), 3000);
    world_answer(question(), 200, shorter, -1);
    assert_int_equal(orders_ms(NULL), 20 * SECOND);
}

static void a_clock_that_is_set_back_makes_the_lease_no_longer(void **state)
{
    (void)state;
    world_answer(question(), 200, go, -1);
    world_pass(60 * SECOND);
    world_set_clock(-HOUR);
    assert_int_equal(orders_ms(NULL), 60 * SECOND);
    world_pass(60 * SECOND);
    expect_no_orders("orders_panel");
}

/* The monotonic clock stood still meanwhile, the panel's did not: another machine may have the place by now. */
static void a_machine_that_slept_has_no_lease(void **state)
{
    (void)state;
    world_answer(question(), 200, go, -1);
    world_pass(SECOND);
    world_stand_still(8 * HOUR, false);
    expect_no_orders("orders_panel");
    /* An answer to what was asked before is no word of now. */
    world_answer(world_call("/endpoint/status"), 200, "{}", -1);
    expect_no_orders("orders_panel");
    size_t told = world_told(world.processes, "lease");
    world_pass(61 * SECOND);
    world_answer(world_call("/endpoint/status"), 200, "{}", -1);
    assert_between(orders_ms(NULL), 118 * SECOND, 120 * SECOND);
    assert_int_equal(world_told(world.processes, "lease"), told + 1);
}

static void without_panel_orders_go_on(void **state)
{
    (void)state;
    char text[600];
    snprintf(text, sizeof text, "%sorders : { without_panel = true; };\n", stock);
    world_configure(text);
    world_unreachable(question());
    assert_int_equal(orders_ms(NULL), -1);
}

/* Another start's lease may still run. */
static void orders_wait_for_the_other_ones_lease(void **state)
{
    (void)state;
    world_answer(question(), 200,
                 "{\"state\":\"go\",\"incarnation\":8,\"lease_ms\":120000,\"orders_in_ms\":20000}",
                 -1);
    assert_int_equal(world.started, 1); /* everything else goes on */
    expect_no_orders("orders_lease");
    assert_int_equal(wait_for_question(HOUR), 3000); /* it may have stopped since */
    world_answer(question(), 200,
                 "{\"state\":\"go\",\"incarnation\":8,\"lease_ms\":120000,\"orders_in_ms\":17000}",
                 -1);
    world_pass(17 * SECOND - 1);
    expect_no_orders("orders_lease");
    world_pass(1);
    assert_true(orders_ms(NULL) > 0);
}

static void workers_hear_of_the_lease_in_time(void **state)
{
    (void)state;
    world_answer(question(), 200, go, -1);
    struct process *p = world.processes;
    world_beat(p, 30 * SECOND);
    size_t told = world_told(p, "lease");
    for (int i = 0; i < 60; i++) {
        world_pass(60 * SECOND + 1500);
        if (world_call("/endpoint/status"))
            world_answer(world_call("/endpoint/status"), 200, "{}", -1);
        assert_true(orders_ms(NULL) > 50 * SECOND);
    }
    assert_between(world_told(p, "lease") - told, 55, 60);
}

/* ---- copies ------------------------------------------------------------------------------------------------- */

static void a_copy_is_held_until_it_may_go_on(void **state)
{
    (void)state;
    world_answer(question(), 403, twin, -1);
    assert_int_equal(world.started, 0);
    assert_string_equal(claim_state(&world.d), "held");
    expect_no_orders("endpoint_twin");
    assert_int_equal(world_entries("endpoint_twin"), 1);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(wait_for_question(HOUR), 20 * SECOND);
        assert_true(json_flag(question()->body, "held", false));
        assert_null(world_call("/endpoint/config"));
        world_answer(question(), 403, twin, -1);
    }
    assert_int_equal(world_entries("endpoint_twin"), 1);
    wait_for_question(HOUR);
    world_answer(question(), 200, go, -1);
    assert_int_equal(world.started, 1);
    assert_int_equal(world_entries("endpoint_goes_on"), 1);
}

/* While it is held and the panel is away nothing may start either. */
static void a_held_one_stays_held_without_the_panel(void **state)
{
    (void)state;
    world_answer(question(), 403, twin, -1);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(wait_for_question(HOUR), 20 * SECOND);
        world_unreachable(question());
        assert_string_equal(claim_state(&world.d), "held");
    }
    assert_int_equal(world.started, 0);
    /* Nor after a restart. */
    struct incarnation kept;
    incarnation_begin(world.dir, "endpoint-1", &kept);
    assert_true(kept.held);
    claim_close(world.d.claim);
    claim_open(&world.d);
    supervisor_apply(&world.d);
    assert_string_equal(claim_state(&world.d), "held");
    world_pass(1);
    world_unreachable(question());
    world_pass(HOUR);
    assert_int_equal(world.started, 0);
}

static void one_whose_place_was_taken_stops_and_says_so_when_it_has(void **state)
{
    (void)state;
    world_answer(question(), 200, go, -1);
    world_pass(1);
    struct process *p = world.processes;
    world_answer(world_call("/endpoint/config"), 403, superseded, -1);
    assert_string_equal(claim_state(&world.d), "held");
    expect_no_orders("endpoint_superseded");
    assert_int_equal(world_told(p, "stop"), 1);
    world_pass(10 * SECOND);
    assert_null(question()); /* it still runs */
    world_end(p, 0, 0);
    assert_between(wait_for_question(HOUR), 0, 200);
    assert_true(json_flag(question()->body, "held", false));
    world_pass(5 * MINUTE);
    assert_int_equal(world.started, 1); /* not started again */
    assert_null(world_call("/endpoint/config"));
}

static void a_person_takes_over(void **state)
{
    struct error e = {0};
    (void)state;
    assert_int_equal(claim_take_over(&world.d, &e), STATUS_REFUSED);
    world_answer(question(), 403, twin, -1);
    assert_int_equal(claim_take_over(&world.d, &e), STATUS_OK);
    assert_int_equal(wait_for_question(HOUR), 1);
    assert_true(json_flag(question()->body, "take_over", false));
    world_answer(question(), 200, go, -1);
    assert_int_equal(world.started, 1);
}

/* The panel was restored from a copy that does not know this start. */
static void a_panel_that_does_not_know_the_start_is_asked_anew(void **state)
{
    (void)state;
    world_answer(question(), 200, go, -1);
    world_pass(1);
    world_answer(world_call("/endpoint/config"), 403,
                 "{\"code\":\"start_missing\",\"detail\":\"which start?\"}", -1);
    assert_int_equal(world_told(world.processes, "stop"), 0);
    assert_int_equal(wait_for_question(HOUR), 1000);
    world_answer(question(), 200, "{\"state\":\"go\",\"incarnation\":3,\"lease_ms\":60000}", -1);
    assert_int_equal(claim_number(&world.d), 3);
    assert_int_equal(orders_ms(NULL), 60 * SECOND);
    world_pass(1);
    assert_non_null(world_call("/endpoint/config"));
    assert_int_equal(world.started, 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(nothing_starts_before_the_panel_was_asked),
        T(a_panel_that_is_away_keeps_no_plugin_from_starting),
        T(it_waits_while_the_panel_finds_out_who_lives),
        T(an_older_panel_lets_it_go_free),
        T(an_answer_without_a_state_is_none),
        T(a_wrong_clock_is_learnt_from_one_refusal),
        T(orders_stop_when_the_lease_is_over),
        T(a_shorter_lease_is_shorter_at_once),
        T(a_clock_that_is_set_back_makes_the_lease_no_longer),
        T(a_machine_that_slept_has_no_lease),
        T(without_panel_orders_go_on),
        T(orders_wait_for_the_other_ones_lease),
        T(workers_hear_of_the_lease_in_time),
        T(a_copy_is_held_until_it_may_go_on),
        T(a_held_one_stays_held_without_the_panel),
        T(one_whose_place_was_taken_stops_and_says_so_when_it_has),
        T(a_person_takes_over),
        T(a_panel_that_does_not_know_the_start_is_asked_anew),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("claim", tests, NULL, NULL);
}
