/* panel/api/polls: which poll waits, until when, and who is woken. The server is the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <microhttpd.h>

#include "panel/api/polls.h"

#define SEATS 4

static struct polls *polls;
static char connections[SEATS + 2];
static int asleep[SEATS + 2]; /* how often each was put aside, less how often it was resumed */

static struct MHD_Connection *connection(int i)
{
    return (struct MHD_Connection *)(void *)&connections[i];
}

void MHD_suspend_connection(struct MHD_Connection *c)
{
    asleep[(char *)(void *)c - connections]++;
}

void MHD_resume_connection(struct MHD_Connection *c)
{
    asleep[(char *)(void *)c - connections]--;
}

static int open_it(void **state)
{
    (void)state;
    memset(asleep, 0, sizeof asleep);
    polls = polls_open(SEATS);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    polls_close(polls);
    return 0;
}

static enum parked park(int i, int64_t deadline)
{
    return polls_park(polls, connection(i), deadline, polls_wakes(polls));
}

static void each_waits_until_its_own_time(void **state)
{
    (void)state;
    assert_true(polls_next(polls) == INT64_MAX);
    assert_int_equal(park(0, 5000), PARKED);
    assert_int_equal(park(1, 1000), PARKED);
    assert_int_equal(park(2, 3000), PARKED);
    assert_int_equal(polls_next(polls), 1000);
    polls_expire(polls, 999);
    assert_true(asleep[0] && asleep[1] && asleep[2]);
    polls_expire(polls, 1000);
    assert_true(asleep[0] && !asleep[1] && asleep[2]);
    assert_int_equal(polls_next(polls), 3000);
    polls_expire(polls, 4000);
    assert_true(asleep[0] && !asleep[2]);
    polls_expire(polls, 60000);
    assert_false(asleep[0]);
    polls_expire(polls, 60000); /* nobody twice: a connection may be gone by now */
    for (int i = 0; i < 3; i++)
        assert_int_equal(asleep[i], 0);
    assert_true(polls_next(polls) == INT64_MAX);
}

static void news_wakes_all_and_makes_room(void **state)
{
    (void)state;
    for (int i = 0; i < SEATS; i++)
        assert_int_equal(park(i, 1000 + i), PARKED);
    assert_int_equal(park(SEATS, 9000), PARK_FULL);
    assert_int_equal(asleep[SEATS], 0);
    polls_wake(polls);
    for (int i = 0; i < SEATS; i++)
        assert_int_equal(asleep[i], 0);
    assert_int_equal(park(SEATS, 9000), PARKED);
}

/* The news came between looking and lying down: it must look again, or it sleeps through it. */
static void news_that_came_meanwhile_is_not_slept_through(void **state)
{
    (void)state;
    int64_t seen = polls_wakes(polls);
    polls_wake(polls);
    assert_int_equal(polls_park(polls, connection(0), 1000, seen), PARK_LATE);
    assert_int_equal(asleep[0], 0);
    assert_int_equal(polls_park(polls, connection(0), 1000, seen + 1), PARKED);
}

static void at_the_end_nobody_waits_any_more(void **state)
{
    (void)state;
    assert_int_equal(park(0, 1000), PARKED);
    assert_false(polls_ended(polls));
    polls_end(polls);
    assert_true(polls_ended(polls));
    assert_int_equal(asleep[0], 0);
    assert_int_equal(park(1, 1000), PARK_FULL);
    assert_int_equal(asleep[1], 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(each_waits_until_its_own_time),
        T(news_wakes_all_and_makes_room),
        T(news_that_came_meanwhile_is_not_slept_through),
        T(at_the_end_nobody_waits_any_more),
    };
    return cmocka_run_group_tests_name("polls", tests, NULL, NULL);
}
