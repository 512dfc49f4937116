/* daemon/timers: which timer is due when, by a clock that the test steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/timers.h"

static int64_t now;
static struct timers timers;
static struct timer a, b, c;
static char said[64];
static int changes;

static int64_t mono_ms(const struct clock *k)
{
    (void)k;
    return now;
}

static const struct clock stepped = {mono_ms, mono_ms};

static void on_changed(void *user)
{
    assert_ptr_equal(user, &changes);
    changes++;
}

static int open_timers(void **state)
{
    (void)state;
    now = 1000;
    a = b = c = (struct timer){0};
    said[0] = '\0';
    changes = 0;
    timers_open(&timers, &stepped, on_changed, &changes);
    return 0;
}

static void say(void *word)
{
    strncat(said, word, sizeof said - strlen(said) - 1);
}

static void run_at(int64_t ms)
{
    now = 1000 + ms;
    timers_run(&timers);
}

static void the_soonest_is_first(void **state)
{
    (void)state;
    assert_int_equal(timers_left(&timers), -1);
    timer_set(&timers, &a, 300, say, (char[]){"a"});
    timer_set(&timers, &b, 100, say, (char[]){"b"});
    timer_set(&timers, &c, 200, say, (char[]){"c"});
    assert_int_equal(timers_left(&timers), 100);
    run_at(99);
    assert_string_equal(said, "");
    run_at(100);
    assert_string_equal(said, "b");
    assert_int_equal(timers_left(&timers), 100);
    assert_int_equal(timer_left(&timers, &a), 200);
    assert_int_equal(timer_left(&timers, &b), -1);
    run_at(5000); /* both at once: in their order */
    assert_string_equal(said, "bca");
    assert_int_equal(timers_left(&timers), -1);
}

static void of_those_due_at_once_the_one_set_first(void **state)
{
    (void)state;
    timer_set(&timers, &b, 50, say, (char[]){"b"});
    timer_set(&timers, &a, 50, say, (char[]){"a"});
    timer_set(&timers, &c, 50, say, (char[]){"c"});
    timer_set(&timers, &b, 50, say, (char[]){"b"}); /* anew: behind the others */
    run_at(50);
    assert_string_equal(said, "acb");
}

static void set_anew_it_is_due_once(void **state)
{
    (void)state;
    timer_set(&timers, &a, 50, say, (char[]){"a"});
    timer_set(&timers, &a, 500, say, (char[]){"A"});
    run_at(499);
    assert_string_equal(said, "");
    run_at(500);
    run_at(5000);
    assert_string_equal(said, "A");
}

static void stopped_it_is_not_called(void **state)
{
    (void)state;
    timer_set(&timers, &a, 50, say, (char[]){"a"});
    timer_set(&timers, &b, 60, say, (char[]){"b"});
    timer_stop(&timers, &a);
    timer_stop(&timers, &a);
    timer_stop(&timers, &c); /* it never was set */
    run_at(60);
    assert_string_equal(said, "b");
    assert_false(a.set);
}

static void again(void *user)
{
    say(user);
    timer_set(&timers, &a, 0, again, user);
}

/* One that sets itself at once must not keep the loop from everything else. */
static void set_while_they_run_it_waits_for_the_next_run(void **state)
{
    (void)state;
    timer_set(&timers, &a, 10, again, (char[]){"a"});
    timer_set(&timers, &b, 20, say, (char[]){"b"});
    run_at(30);
    assert_string_equal(said, "ab");
    assert_int_equal(timers_left(&timers), 0);
    run_at(30);
    assert_string_equal(said, "aba");
}

static void stop_b(void *user)
{
    say(user);
    timer_stop(&timers, &b);
    memset(&b, 0x55, sizeof b); /* its owner is gone */
}

static void one_may_stop_another_that_is_due(void **state)
{
    (void)state;
    timer_set(&timers, &a, 10, stop_b, (char[]){"a"});
    timer_set(&timers, &b, 10, say, (char[]){"b"});
    timer_set(&timers, &c, 10, say, (char[]){"c"});
    run_at(10);
    assert_string_equal(said, "ac");
}

static void the_loop_hears_when_the_first_is_another(void **state)
{
    (void)state;
    timer_set(&timers, &a, 100, say, (char[]){"a"});
    assert_int_equal(changes, 1);
    timer_set(&timers, &b, 200, say, (char[]){"b"}); /* it sleeps until a in any case */
    assert_int_equal(changes, 1);
    timer_set(&timers, &c, 50, say, (char[]){"c"});
    assert_int_equal(changes, 2);
    timer_set(&timers, &c, 150, say, (char[]){"c"}); /* later than it sleeps */
    assert_int_equal(changes, 3);
    timer_stop(&timers, &b);
    assert_int_equal(changes, 3);
    timer_stop(&timers, &a);
    assert_int_equal(changes, 4);
    run_at(149); /* woken too early: it must hear how long is left */
    assert_int_equal(changes, 5);
    assert_int_equal(timers_left(&timers), 1);
}

/* Nobody was called because nobody could be: that is no one's lateness. */
static void a_machine_that_stood_still_makes_none_late(void **state)
{
    (void)state;
    timer_set(&timers, &a, 100, say, (char[]){"a"});
    timer_set(&timers, &b, 9000, say, (char[]){"b"});
    run_at(1100); /* a busy loop */
    assert_int_equal(timers.stood_ms, 0);
    timer_set(&timers, &a, 100, say, (char[]){"a"});
    now = 1000 + 1200 + 3600000;
    timers_run(&timers);
    assert_string_equal(said, "aab");
    assert_int_equal(timers.stood_ms, 3600000);
    assert_int_equal(timer_late(&timers, &b), 1200 - 9000);
    timer_set(&timers, &c, 100, say, (char[]){"c"});
    now += 500;
    assert_int_equal(timer_late(&timers, &c), 400);
}

static void a_time_that_is_over_is_due_at_once(void **state)
{
    (void)state;
    timer_set(&timers, &a, -5000, say, (char[]){"a"});
    assert_int_equal(timers_left(&timers), 0);
    run_at(0);
    assert_string_equal(said, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_soonest_is_first, open_timers),
        cmocka_unit_test_setup(of_those_due_at_once_the_one_set_first, open_timers),
        cmocka_unit_test_setup(set_anew_it_is_due_once, open_timers),
        cmocka_unit_test_setup(stopped_it_is_not_called, open_timers),
        cmocka_unit_test_setup(set_while_they_run_it_waits_for_the_next_run, open_timers),
        cmocka_unit_test_setup(one_may_stop_another_that_is_due, open_timers),
        cmocka_unit_test_setup(the_loop_hears_when_the_first_is_another, open_timers),
        cmocka_unit_test_setup(a_machine_that_stood_still_makes_none_late, open_timers),
        cmocka_unit_test_setup(a_time_that_is_over_is_due_at_once, open_timers),
    };
    return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
