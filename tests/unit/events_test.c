/* worker/events: for how long orders may be written, by a clock that the test steps; and what the daemon's lines do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "worker/events.h"

static int64_t wall, mono;
static int pair[2];
static struct events ev;

static int64_t read_wall(const struct clock *c)
{
    (void)c;
    return wall;
}

static int64_t read_mono(const struct clock *c)
{
    (void)c;
    return mono;
}

static const struct clock stepped = {read_wall, read_mono};

static int open_it(void **state)
{
    (void)state;
    wall = INT64_C(1767607200000);
    mono = 5000;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    events_open(&ev, pair[0], &stepped);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    events_close(&ev);
    close(pair[0]);
    close(pair[1]);
    return 0;
}

static void lease(int64_t ms)
{
    json_t *o = json_pack("{s:i,s:b,s:I,s:n}", "incarnation", 7, "free", 0, "orders_ms",
                          (json_int_t)ms, "error");
    events_lease(&ev, o);
    json_decref(o);
}

static void step(int64_t ms)
{
    wall += ms;
    mono += ms;
}

static void a_lease_ends_to_the_millisecond(void **state)
{
    (void)state;
    assert_false(events_lease_lasts(&ev)); /* before any */
    lease(60000);
    step(59999);
    assert_true(events_lease_lasts(&ev));
    step(1);
    assert_false(events_lease_lasts(&ev));
    lease(0);
    assert_false(events_lease_lasts(&ev));
    lease(-1);
    step(INT64_C(365) * 86400000);
    assert_true(events_lease_lasts(&ev));
}

static void a_clock_that_is_set_back_makes_it_no_longer(void **state)
{
    (void)state;
    lease(60000);
    wall -= 3600000;
    step(59999);
    assert_true(events_lease_lasts(&ev));
    step(1);
    assert_false(events_lease_lasts(&ev));
}

static void a_machine_that_slept_has_none(void **state)
{
    (void)state;
    lease(60000);
    wall += 8 * 3600000; /* the monotonic clock stood still */
    assert_false(events_lease_lasts(&ev));
    lease(60000);
    assert_true(events_lease_lasts(&ev));
}

static void a_lease_that_lets_something_be_done_again_is_news(void **state)
{
    (void)state;
    lease(60000);
    assert_true(ev.lease_news);
    ev.lease_news = false;
    step(1000);
    lease(60000); /* longer, but nothing may be done that could not be before */
    assert_false(ev.lease_news);
    step(60000);
    lease(0);
    assert_false(ev.lease_news);
    lease(60000);
    assert_true(ev.lease_news);
}

static void tell(const char *text)
{
    assert_int_equal(write(pair[1], text, strlen(text)), (ssize_t)strlen(text));
    events_poll(&ev, 0);
}

static void what_the_daemon_says_is_heard(void **state)
{
    (void)state;
    tell("{\"do\":\"run-now\",\"accept_deletions\":true}\n{\"do\":\"orders-wait");
    assert_true(ev.run_now && ev.accept_deletions);
    assert_false(ev.orders_waiting); /* half a line */
    tell("ing\"}\nno json\n[]\n{\"do\":\"nonsense\"}\n{\"do\":\"held-retry\",\"id\":4}\n");
    assert_true(ev.orders_waiting);
    assert_int_equal(json_array_size(ev.requests), 1);
    assert_false(ev.stop);
    tell("{\"do\":\"stop\"}\n");
    assert_true(ev.stop && !ev.gone);
    ev.stop = false;
    close(pair[1]);
    pair[1] = -1;
    events_poll(&ev, 0);
    assert_true(ev.stop && ev.gone); /* the daemon is away: nobody works for it */
}

static size_t count_lines(void)
{
    char text[4096];
    size_t n = 0;
    ssize_t length = recv(pair[1], text, sizeof text, MSG_DONTWAIT);
    for (ssize_t i = 0; i < length; i++)
        n += text[i] == '\n';
    return n;
}

static void alive_is_said_every_few_seconds_and_no_more(void **state)
{
    (void)state;
    for (int i = 0; i < 60000; i += 10) {
        events_alive(&ev);
        step(10);
    }
    assert_int_equal(count_lines(), 15);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(a_lease_ends_to_the_millisecond), T(a_clock_that_is_set_back_makes_it_no_longer),
        T(a_machine_that_slept_has_none),   T(a_lease_that_lets_something_be_done_again_is_news),
        T(what_the_daemon_says_is_heard),   T(alive_is_said_every_few_seconds_and_no_more),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
