/* daemon/panel_link: the conversation with the panel over minutes and days, by a clock that the test steps. */
#include "daemon_world.h"

#include "base/jwt.h"
#include "os/log.h"
#include "base/memory.h"
#include "daemon/chronicle.h"
#include "daemon/panel_link.h"
#include "daemon/supervisor.h"

#define PLUGIN(id, every)                                                                         \
    "{\"id\":\"" id "\",\"kind\":\"stock\",\"name\":\"" id "\",\"channel\":{\"type\":\"panel\"}," \
    "\"schedule\":{\"every\":\"" every "\"}}"
#define CONFIG(rev, more) "{\"rev\":" rev more "}"

static const char go[] = "{\"state\":\"go\",\"incarnation\":7,\"lease_ms\":120000}";
static const char idle[] = CONFIG("5", "");

/* The panel knows this start; its first poll is under way. */
static int open_it(void **state)
{
    (void)state;
    world_open("", true);
    world_pass(1);
    world_answer(world_call("/endpoint/start"), 200, go, -1);
    world_pass(1);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    world_close();
    return 0;
}

/* What is not asked for here is taken at once, so that it says nothing about the polls. */
static int64_t take_all(const struct http_call *call, int *code, const char **text, int64_t *retry)
{
    (void)retry;
    *code = 200;
    *text = "{}";
    return text_starts(call->path, "/endpoint/config") ? -1 : 10;
}

static struct http_call *poll_call(void)
{
    return world_call("/endpoint/config");
}

/* How long until the next request of this path is under way, at most so long; -1: none came. */
static int64_t wait_for(const char *path, int64_t most)
{
    int64_t began = world.mono, left;
    while (!world_call(path)) {
        left = timers_left(&world.d.timers);
        if (left < 0 || world.mono + left - began > most)
            return -1;
        world_pass(left);
    }
    return world.mono - began;
}

static void read_token(const struct http_call *call, struct jwt *jwt)
{
    const char *token = strstr(call->authorization, "Bearer ");
    assert_non_null(token);
    assert_int_equal(jwt_read(token + 7, strlen(token + 7), jwt, NULL), STATUS_OK);
}

/* ---- the long poll ------------------------------------------------------------------------------------- */

static void the_first_question_does_not_wait_and_the_next_do(void **state)
{
    (void)state;
    world.panel = take_all;
    assert_string_equal(poll_call()->path, "/endpoint/config?after=0&wait=0");
    assert_string_equal(poll_call()->method, "GET");
    world_answer(poll_call(), 200, idle, -1);
    assert_int_equal(wait_for("/endpoint/config", HOUR), 1);
    /* A quarter of the lease, so that it is renewed in time. */
    assert_string_equal(poll_call()->path, "/endpoint/config?after=5&wait=30");
    assert_int_equal(poll_call()->timeout_ms, 80 * SECOND);
    for (int i = 0; i < 20; i++) {
        world_pass(30 * SECOND);
        world_answer(poll_call(), 200, idle, -1);
        assert_int_equal(wait_for("/endpoint/config", HOUR), 1);
    }
}

static int64_t polls;

static int64_t hold_polls(const struct http_call *call, int *code, const char **text,
                          int64_t *retry)
{
    (void)retry;
    *code = 200;
    *text = idle;
    polls += text_starts(call->path, "/endpoint/config");
    return text_starts(call->path, "/endpoint/config") ? 30 * SECOND
           : world.unsigned_calls                      ? -1
                                                       : 10;
}

/* 30 s and 1 ms each; asked once when it comes and once when it is answered. */
static void thirty_days_of_long_polls_are_counted_exactly(void **state)
{
    (void)state;
    world.panel = hold_polls;
    world.unsigned_calls = true;
    world_answer(poll_call(), 200, idle, -1);
    polls = 0;
    world_pass(30 * DAY);
    assert_int_equal(polls, 2 * (30 * DAY / 30001) + 1);
    assert_string_equal(world_check("panel.poll"), "ok");
}

/* One that never lets a question wait is asked ever more seldom. */
static void a_panel_that_answers_at_once_is_not_hammered(void **state)
{
    static const int64_t waits[] = {1,    1,     1,     800,   1600,  3200,
                                    6400, 12800, 25600, 30000, 30000, 30000};
    (void)state;
    world.panel = take_all;
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        world_answer(poll_call(), 200, idle, -1);
        assert_int_equal(wait_for("/endpoint/config", HOUR), waits[i]);
    }
    assert_string_equal(world_check("panel.poll"), "warn");
    world_pass(1000); /* it let one wait: all is well again */
    world_answer(poll_call(), 200, idle, -1);
    assert_int_equal(wait_for("/endpoint/config", HOUR), 1);
    assert_string_equal(world_check("panel.poll"), "ok");
}

/* With something new each time: up to a second, and ten when that goes on and on. */
static void news_at_once_is_taken_sooner(void **state)
{
    char text[600];
    (void)state;
    world.panel = take_all;
    for (int i = 1; i <= 30; i++) {
        snprintf(text, sizeof text, CONFIG("%d", ",\"plugins\":[" PLUGIN("p%d", "60s") "]"), i, i,
                 i);
        world_answer(poll_call(), 200, text, -1);
        int64_t wait = wait_for("/endpoint/config", HOUR);
        int64_t doubled = i <= 3 ? 1 : i - 4 < 10 ? 100 << (i - 4) : 102400;
        int64_t most = i < 20 ? 1000 : 10000;
        assert_int_equal(wait, doubled < most ? doubled : most);
    }
}

/* ---- a panel that is away ------------------------------------------------------------------------------ */

static void one_that_is_away_is_asked_less_and_less(void **state)
{
    (void)state;
    world.panel = take_all;
    for (int64_t step = 1000, n = 0; n < 12; n++, step *= 2) {
        world_unreachable(poll_call());
        assert_int_equal(wait_for("/endpoint/config", HOUR), (step < 60000 ? step : 60000) / 2);
    }
    /* It is back: the next one waits as ever, and the failures are forgotten. */
    world_answer(poll_call(), 200, idle, -1);
    assert_int_equal(wait_for("/endpoint/config", HOUR), 1);
    world_unreachable(poll_call());
    assert_int_equal(wait_for("/endpoint/config", HOUR), 500);
}

static void a_panel_that_is_away_for_long_is_news_once(void **state)
{
    (void)state;
    world_unreachable(poll_call());
    json_t *shown = panel_link_to_json(world.d.link);
    assert_string_equal(json_text(shown, "state", ""), "away");
    json_decref(shown);
    int64_t began = world.mono;
    while (world.mono - began < HOUR) {
        bool due = world.mono - began > 5 * MINUTE + 61 * SECOND;
        if (world.mono - began <= 5 * MINUTE)
            assert_int_equal(world_entries("refused"), 0);
        else if (due)
            assert_int_equal(world_entries("refused"), 1);
        assert_true(wait_for("/endpoint/config", HOUR) >= 0);
        world_unreachable(poll_call());
    }
    assert_true(wait_for("/endpoint/config", HOUR) >= 0);
    world_answer(poll_call(), 200, idle, -1);
    assert_int_equal(world_entries("panel_back"), 1);
    assert_int_equal(world_entries("refused"), 1);
}

static void a_short_absence_is_no_news(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        world_unreachable(poll_call());
        assert_true(wait_for("/endpoint/config", HOUR) >= 0);
    }
    world_answer(poll_call(), 200, idle, -1);
    assert_int_equal(world_entries("refused"), 0);
    assert_int_equal(world_entries("panel_back"), 0);
}

static void it_waits_as_long_as_the_panel_says(void **state)
{
    static const struct {
        int code;
        int64_t retry, wait;
    } cases[] = {
        {503, 120 * SECOND, 120 * SECOND}, /* longer than our own wait */
        {429, 10 * SECOND, 10 * SECOND},
        {429, 0, 2000},  /* shorter: our own holds, so that it is not hammered */
        {503, -1, 4000}, /* it does not say */
        {503, 300 * SECOND, 300 * SECOND},
    };
    (void)state;
    world.panel = take_all;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        world_answer(poll_call(), cases[i].code, "{\"code\":\"busy\",\"detail\":\"later\"}",
                     cases[i].retry);
        assert_int_equal(wait_for("/endpoint/config", HOUR), cases[i].wait);
    }
}

static void one_that_turns_us_away_is_news_at_once(void **state)
{
    (void)state;
    world_answer(poll_call(), 401, "{\"code\":\"endpoint_revoked\",\"detail\":\"revoked\"}", -1);
    assert_int_equal(world_entries("endpoint_revoked"), 1);
    for (int i = 0; i < 10; i++) {
        assert_true(wait_for("/endpoint/config", HOUR) >= 0);
        world_answer(poll_call(), 401, "{\"code\":\"endpoint_revoked\",\"detail\":\"revoked\"}",
                     -1);
    }
    assert_int_equal(world_entries("endpoint_revoked"), 1);
    assert_int_equal(wait_for("/endpoint/config", HOUR), 30 * SECOND); /* not given up */
}

/* A web server in the panel's place says that there is nothing: it is asked on, seldom. */
static void gone_is_not_for_ever(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        world_answer(poll_call(), 410, "<html>gone</html>", -1);
        assert_true(wait_for("/endpoint/config", HOUR) >= 0);
    }
    json_t *shown = panel_link_to_json(world.d.link);
    assert_string_equal(json_text(json_object_get(shown, "error"), "code", ""), "panel_error");
    json_decref(shown);
    world_answer(poll_call(), 200, idle, -1);
    shown = panel_link_to_json(world.d.link);
    assert_string_equal(json_text(shown, "state", ""), "connected");
    json_decref(shown);
}

/* ---- clocks --------------------------------------------------------------------------------------------- */

static void a_wrong_clock_is_learnt_from_one_refusal(void **state)
{
    struct jwt jwt;
    (void)state;
    world.panel = take_all;
    world_answer(poll_call(), 200, idle, -1);
    wait_for("/endpoint/config", HOUR);
    world_set_clock(-HOUR); /* somebody sets ours back; the panel's goes on */
    world.panel_ahead = HOUR;
    world_answer(poll_call(), 401, "{\"code\":\"signature_invalid\",\"detail\":\"iat\"}", -1);
    assert_int_equal(wait_for("/endpoint/config", HOUR), 1);
    read_token(poll_call(), &jwt);
    assert_between(jwt.issued_at - (world.wall + HOUR) / 1000, -2, 1);
    assert_int_equal(jwt.expires_at - jwt.issued_at, JWT_LIFE_SECONDS);
    world_answer(poll_call(), 200, idle, -1);
    assert_string_equal(world_check("panel.clock"), "warn");
    /* Now it is set right: again one refusal. */
    wait_for("/endpoint/config", HOUR);
    world_set_clock(HOUR);
    world.panel_ahead = 0;
    world_answer(poll_call(), 401, "{\"code\":\"signature_invalid\",\"detail\":\"iat\"}", -1);
    assert_int_equal(wait_for("/endpoint/config", HOUR), 1);
    read_token(poll_call(), &jwt);
    assert_between(jwt.issued_at - world.wall / 1000, -1, 1);
    world_answer(poll_call(), 200, idle, -1);
    assert_string_equal(world_check("panel.clock"), "ok");
}

/* A signature that is refused though the clocks agree is no reason to ask at once, again and again. */
static void a_bad_signature_is_not_tried_at_once(void **state)
{
    (void)state;
    world.panel = take_all;
    for (int64_t step = 1000; step <= 32000; step *= 2) {
        world_answer(poll_call(), 401, "{\"code\":\"signature_invalid\",\"detail\":\"key\"}", -1);
        assert_int_equal(wait_for("/endpoint/config", HOUR), step / 2);
    }
}

static void each_request_is_signed_when_it_goes(void **state)
{
    struct jwt first, jwt;
    (void)state;
    world.panel = hold_polls;
    world_pass(10 * SECOND);
    read_token(poll_call(), &first);
    assert_int_equal(first.incarnation, 7);
    world_answer(poll_call(), 200, idle, -1);
    for (int i = 0; i < 200; i++) { /* long after the first one's end */
        world_pass(30 * SECOND);
        read_token(poll_call(), &jwt);
        assert_between(jwt.issued_at - world.wall / 1000, -31, 0);
        assert_string_not_equal(jwt.id, first.id);
    }
}

static void a_clock_that_is_set_makes_no_request_late(void **state)
{
    static const int64_t jumps[] = {-HOUR, DAY, -DAY};
    (void)state;
    world.panel = hold_polls;
    world.unsigned_calls = true;
    world_answer(poll_call(), 200, idle, -1);
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        world_set_clock(jumps[i]);
        world.panel_ahead -= jumps[i];
        polls = 0;
        world_pass(HOUR);
        assert_between(polls, 2 * (HOUR / 30001) - 1, 2 * (HOUR / 30001) + 2);
    }
    json_t *shown = panel_link_to_json(world.d.link);
    char now[CLOCK_TEXT];
    world_set_clock(-DAY); /* nothing was heard later than now */
    json_decref(shown);
    shown = panel_link_to_json(world.d.link);
    clock_format(now, world.wall);
    assert_string_equal(json_text(shown, "last_ok", ""), now);
    json_decref(shown);
}

/* ---- what it says ---------------------------------------------------------------------------------------- */

static void a_plugin_of_the_panel_is_started_changed_and_ended(void **state)
{
    (void)state;
    assert_int_equal(world.started, 0);
    world_answer(poll_call(), 200, CONFIG("6", ",\"plugins\":[" PLUGIN("stock", "60s") "]"), -1);
    assert_int_equal(world.started, 1);
    assert_true(wait_for("/endpoint/config", HOUR) >= 0);
    assert_true(text_starts(poll_call()->path, "/endpoint/config?after=6&"));
    world_answer(poll_call(), 200, CONFIG("7", ",\"plugins\":[" PLUGIN("stock", "5min") "]"), -1);
    assert_int_equal(world_told(world.processes, "stop"), 1);
    world_end(world.processes, 0, 0);
    assert_int_equal(world.started, 2);
    assert_true(wait_for("/endpoint/config", HOUR) >= 0);
    /* Restored from an older copy: its number is lower, and what it says holds. */
    world_answer(poll_call(), 200, CONFIG("3", ",\"plugins\":[" PLUGIN("stock", "60s") "]"), -1);
    assert_int_equal(world_told(world.processes, "stop"), 1);
    world_end(world.processes, 0, 0);
    assert_int_equal(world.started, 3);
    assert_true(wait_for("/endpoint/config", HOUR) >= 0);
    assert_true(text_starts(poll_call()->path, "/endpoint/config?after=3&"));
    world_answer(poll_call(), 200, CONFIG("4", ",\"plugins\":[]"), -1);
    assert_int_equal(world_told(world.processes, "stop"), 1);
    world_end(world.processes, 0, 0);
    assert_null(supervisor_find(&world.d, "stock"));
}

static void word_of_new_orders_wakes_their_plugin(void **state)
{
    (void)state;
    world.panel = take_all;
    world_answer(poll_call(), 200,
                 CONFIG("6",
                        ",\"plugins\":[" PLUGIN("a", "60s") "," PLUGIN(
                            "b", "60s") "],"
                                        "\"orders_mark\":\"m 1\",\"orders\":{\"a\":3,\"b\":1}"),
                 -1);
    struct process *b = world.processes, *a = b->next;
    assert_int_equal(wait_for("/endpoint/config", HOUR), 500); /* more may come meanwhile */
    assert_string_equal(poll_call()->path, "/endpoint/config?after=6&wait=30&orders=m%201");
    size_t a_told = world_told(a, "orders-waiting"), b_told = world_told(b, "orders-waiting");
    world_answer(poll_call(), 200,
                 CONFIG("6", ",\"orders_mark\":\"m2\",\"orders\":{\"a\":4,\"b\":1}"), -1);
    assert_int_equal(world_told(a, "orders-waiting"), a_told + 1);
    assert_int_equal(world_told(b, "orders-waiting"), b_told); /* nothing new for it */
    wait_for("/endpoint/config", HOUR);
    world_answer(poll_call(), 200,
                 CONFIG("6", ",\"orders_mark\":\"m2\",\"orders\":{\"a\":4,\"b\":1}"), -1);
    assert_int_equal(world_told(a, "orders-waiting"), a_told + 1);
    /* Another panel, or an older copy of it: whatever is different is word of orders. */
    wait_for("/endpoint/config", HOUR);
    world_answer(poll_call(), 200,
                 CONFIG("2", ",\"orders_mark\":\"old\",\"orders\":{\"a\":2,\"b\":1}"), -1);
    assert_int_equal(world_told(a, "orders-waiting"), a_told + 2);
    assert_int_equal(world_told(b, "orders-waiting"), b_told);
}

static void a_mark_too_long_is_none(void **state)
{
    char text[300];
    (void)state;
    world.panel = take_all;
    snprintf(text, sizeof text, CONFIG("6", ",\"orders_mark\":\"%065d\",\"orders\":{}"), 1);
    world_answer(poll_call(), 200, text, -1);
    wait_for("/endpoint/config", HOUR);
    assert_string_equal(poll_call()->path, "/endpoint/config?after=6&wait=30");
    snprintf(text, sizeof text, CONFIG("6", ",\"orders_mark\":\"%064d\",\"orders\":{}"), 1);
    world_answer(poll_call(), 200, text, -1);
    wait_for("/endpoint/config", HOUR);
    assert_non_null(strstr(poll_call()->path, "&orders=0000"));
}

static void what_is_no_answer_of_a_panel_changes_nothing(void **state)
{
    static const char *const texts[] = {"", "<html>sign in</html>", "[1,2]", "{\"rev\":\"x\"}",
                                        "{\"plugins\":7,\"orders\":[],\"commands\":{}}"};
    (void)state;
    world_answer(poll_call(), 200, CONFIG("6", ",\"plugins\":[" PLUGIN("stock", "60s") "]"), -1);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_true(wait_for("/endpoint/config", HOUR) >= 0);
        world_answer(poll_call(), 200, texts[i], -1);
        assert_non_null(supervisor_find(&world.d, "stock"));
        assert_int_equal(world_told(world.processes, "stop"), 0);
    }
}

/* ---- status and journal ---------------------------------------------------------------------------------- */

static int64_t statuses;

static int64_t count_status(const struct http_call *call, int *code, const char **text,
                            int64_t *retry)
{
    hold_polls(call, code, text, retry);
    statuses += text_starts(call->path, "/endpoint/status");
    return text_starts(call->path, "/endpoint/config") ? 30 * SECOND : 10;
}

static void the_status_goes_once_a_minute(void **state)
{
    (void)state;
    world.panel = count_status;
    world.unsigned_calls = true;
    world_answer(poll_call(), 200, idle, -1);
    world_pass(10 * SECOND);
    statuses = 0;
    world_pass(DAY);
    /* Each takes 10 ms; counted when it comes and when it is answered. */
    assert_int_equal(statuses, 2 * (DAY / (MINUTE + 10)));
}

static void many_changes_are_one_status(void **state)
{
    (void)state;
    world.panel = count_status;
    world_pass(10 * SECOND);
    statuses = 0;
    for (int i = 0; i < 500; i++)
        daemon_changed(&world.d);
    world_pass(999);
    assert_int_equal(statuses, 0);
    world_pass(1);
    assert_int_equal(statuses, 1);
    daemon_changed(&world.d); /* while one is under way: another one follows it */
    world_pass(SECOND + 10);
    assert_int_equal(statuses, 3);
    world_pass(30 * SECOND);
    assert_int_equal(statuses, 4);
}

static int64_t only_polls(const struct http_call *call, int *code, const char **text,
                          int64_t *retry)
{
    (void)retry;
    bool is_poll = text_starts(call->path, "/endpoint/config");
    *code = is_poll ? 200 : 500;
    *text = is_poll ? idle : "{\"code\":\"internal\",\"detail\":\"it failed\"}";
    statuses += text_starts(call->path, "/endpoint/status");
    return is_poll ? 30 * SECOND : 10;
}

/* A panel that takes no status is seen, and not hammered with it. */
static void one_side_may_fail_alone(void **state)
{
    (void)state;
    world.panel = only_polls;
    world_answer(poll_call(), 200, idle, -1);
    world_pass(1500);
    assert_string_equal(world_check("panel.status"), "ok"); /* a moment is no news */
    world_pass(10 * SECOND);
    assert_string_equal(world_check("panel.status"), "fail");
    assert_int_equal(world_entries("panel.status"), 0);
    world_pass(2 * MINUTE);
    assert_int_equal(world_entries("panel.status"), 1);
    world_pass(HOUR);
    assert_int_equal(world_entries("panel.status"), 1);
    statuses = 0;
    for (int i = 0; i < 3600; i++) { /* changes do not hasten it */
        daemon_changed(&world.d);
        world_pass(SECOND);
    }
    assert_between(statuses, 2 * 30 - 2, 2 * 60 + 2);
    json_t *shown = panel_link_to_json(world.d.link);
    assert_string_equal(json_text(shown, "state", ""), "connected");
    json_decref(shown);
    world.panel = count_status;
    world_pass(3 * MINUTE);
    assert_string_equal(world_check("panel.status"), "ok");
    assert_int_equal(world_entries("panel_side_back"), 1);
}

static void another_panel_is_asked_from_the_start(void **state)
{
    (void)state;
    world_answer(poll_call(), 200, CONFIG("9", ",\"orders_mark\":\"m\",\"orders\":{}"), -1);
    wait_for("/endpoint/config", HOUR);
    assert_true(text_starts(poll_call()->path, "/endpoint/config?after=9&"));
    panel_link_reload(world.d.link);
    assert_null(poll_call()); /* what was under way is not waited for */
    assert_int_equal(wait_for("/endpoint/config", HOUR), 1);
    assert_string_equal(poll_call()->path, "/endpoint/config?after=0&wait=0");
}

static void without_an_identity_nobody_is_asked(void **state)
{
    (void)state;
    world_close();
    world_open("", false);
    world_pass(DAY);
    assert_int_equal(world.asked, 0);
    json_t *shown = panel_link_to_json(world.d.link);
    assert_string_equal(json_text(shown, "state", ""), "not-registered");
    json_decref(shown);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(the_first_question_does_not_wait_and_the_next_do),
        T(thirty_days_of_long_polls_are_counted_exactly),
        T(a_panel_that_answers_at_once_is_not_hammered),
        T(news_at_once_is_taken_sooner),
        T(one_that_is_away_is_asked_less_and_less),
        T(a_panel_that_is_away_for_long_is_news_once),
        T(a_short_absence_is_no_news),
        T(it_waits_as_long_as_the_panel_says),
        T(one_that_turns_us_away_is_news_at_once),
        T(gone_is_not_for_ever),
        T(a_wrong_clock_is_learnt_from_one_refusal),
        T(a_bad_signature_is_not_tried_at_once),
        T(each_request_is_signed_when_it_goes),
        T(a_clock_that_is_set_makes_no_request_late),
        T(a_plugin_of_the_panel_is_started_changed_and_ended),
        T(word_of_new_orders_wakes_their_plugin),
        T(a_mark_too_long_is_none),
        T(what_is_no_answer_of_a_panel_changes_nothing),
        T(the_status_goes_once_a_minute),
        T(many_changes_are_one_status),
        T(one_side_may_fail_alone),
        T(another_panel_is_asked_from_the_start),
        T(without_an_identity_nobody_is_asked),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("panel_link", tests, NULL, NULL);
}
