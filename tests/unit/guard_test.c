/* The panel's guard and its count of failed attempts, by a clock that the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/net.h"
#include "panel/api/guard.h"
#include "panel/store/attempts.h"

static struct guard *guard;
static int pairs[64][2];
static int used;

static void open_guard(int connections, int strangers)
{
    const struct guard_limits limits = {.connections = connections,
                                        .strangers = strangers,
                                        .begin_ms = 1000,
                                        .request_ms = 5000,
                                        .idle_ms = 60000};
    guard = guard_open(&limits);
    used = 0;
}

/* A connection from 10.0.0.<last>; *number is what `gone` is asked with. */
static struct guest *enter(int last, int64_t now, int *number)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    a.sin_addr.s_addr = htonl(0x0A000000U + (unsigned)last);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[used]), 0);
    *number = used++;
    struct net_address from;
    assert_true(net_address_take(&a, &from));
    return guard_enter(guard, pairs[*number][0], &from, now);
}

/* Was it shut down? */
static bool gone(int number)
{
    char c;
    return recv(pairs[number][1], &c, 1, MSG_DONTWAIT) == 0;
}

static int close_guard(void **state)
{
    (void)state;
    for (int i = 0; i < used; i++) {
        close(pairs[i][0]);
        close(pairs[i][1]);
    }
    guard_close(guard);
    return 0;
}

static void who_says_nothing_is_ended_in_time(void **state)
{
    int a, b, c, d;
    (void)state;
    open_guard(10, 10);
    enter(1, 0, &a);
    struct guest *asks = enter(1, 0, &b), *rests = enter(1, 0, &c), *waits = enter(1, 0, &d);
    guard_begins(guard, asks, 900);
    guard_begins(guard, rests, 900);
    guard_knows(guard, rests);
    guard_rests(guard, rests, 950);
    guard_begins(guard, waits, 900);
    guard_knows(guard, waits);
    guard_sweep(guard, 1000);
    assert_false(gone(a));
    assert_int_equal(guard_next(guard), 1001);
    guard_sweep(guard, 1001);
    assert_true(gone(a) && !gone(b) && !gone(c) && !gone(d));
    assert_int_equal(guard_next(guard), 5901);
    guard_sweep(guard, 6000); /* a stranger's body has its time, too */
    assert_true(gone(b) && !gone(c) && !gone(d));
    assert_int_equal(guard_next(guard), 10000); /* the line in the log */
    guard_sweep(guard, 10000);
    assert_int_equal(guard_next(guard), 60951);
    guard_sweep(guard, 61000);
    assert_true(gone(c) && !gone(d));
    assert_true(guard_next(guard) == INT64_MAX);
    guard_sweep(guard, INT64_C(1) << 40); /* who waits for news is not ended */
    assert_false(gone(d));
}

static void the_oldest_stranger_of_an_address_makes_room(void **state)
{
    int own, first, second, third, other;
    (void)state;
    open_guard(100, 2);
    struct guest *known = enter(1, 0, &own);
    guard_begins(guard, known, 1);
    guard_knows(guard, known);
    guard_rests(guard, known, 2);
    enter(1, 10, &first);
    enter(1, 11, &second);
    enter(2, 12, &other);
    assert_false(gone(first));
    enter(1, 13, &third);
    assert_true(gone(first) && !gone(second) && !gone(third) && !gone(other) && !gone(own));
}

static void at_the_limit_strangers_go_then_who_rests_then_nobody(void **state)
{
    int resting, waiting, quiet, asking, n[4];
    (void)state;
    open_guard(4, 10);
    struct guest *r = enter(1, 0, &resting), *w = enter(2, 0, &waiting);
    guard_knows(guard, r);
    guard_rests(guard, r, 1);
    guard_knows(guard, w);
    guard_begins(guard, w, 1);
    enter(3, 5, &quiet);
    struct guest *s = enter(4, 2, &asking);
    guard_begins(guard, s, 3);
    struct guest *g = enter(5, 6, &n[0]);
    assert_true(gone(quiet) && !gone(asking));
    guard_knows(guard, g);
    guard_begins(guard, g, 7);
    g = enter(6, 8, &n[1]);
    assert_true(gone(asking) && !gone(resting));
    guard_knows(guard, g);
    guard_begins(guard, g, 9);
    g = enter(7, 10, &n[2]);
    assert_true(gone(resting) && !gone(waiting));
    guard_knows(guard, g);
    guard_begins(guard, g, 11);
    g = enter(8, 12, &n[3]); /* all others ask */
    assert_true(gone(n[3]) && !gone(waiting) && !gone(n[0]) && !gone(n[1]) && !gone(n[2]));
    guard_leaves(guard, g);
    guard_leaves(guard, w);
    enter(9, 13, &n[0]);
    assert_false(gone(n[0]));
}

static void attempts_are_counted_by_address_and_minute(void **state)
{
    static struct attempts a;
    int64_t wait;
    char address[24];
    (void)state;
    a = (struct attempts){.limit = 3};
    assert_false(attempts_failed(&a, "10.0.0.1", 1000));
    assert_false(attempts_failed(&a, "10.0.0.1", 2000));
    assert_true(attempts_allowed(&a, "10.0.0.1", 2000, &wait));
    assert_true(attempts_failed(&a, "10.0.0.1", 3000));
    assert_false(attempts_allowed(&a, "10.0.0.1", 4000, &wait));
    assert_int_equal(wait, 57000);
    assert_true(attempts_allowed(&a, "10.0.0.2", 4000, &wait));
    assert_true(attempts_allowed(&a, "10.0.0.1", 61000, &wait));
    assert_false(attempts_failed(&a, "10.0.0.1", 61000));
    /* Many others make room of the one that was heard last longest ago. */
    for (int i = 0; i < 2 * ATTEMPTS_ADDRESSES; i++) {
        snprintf(address, sizeof address, "10.1.%d.%d", i / 250, i % 250);
        attempts_failed(&a, address, 62000 + i);
    }
    for (int i = 0; i < 3; i++)
        attempts_failed(&a, address, 63000);
    assert_false(attempts_allowed(&a, address, 63000, &wait));
    a.limit = 0;
    assert_true(attempts_allowed(&a, address, 63000, &wait));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(who_says_nothing_is_ended_in_time, close_guard),
        cmocka_unit_test_teardown(the_oldest_stranger_of_an_address_makes_room, close_guard),
        cmocka_unit_test_teardown(at_the_limit_strangers_go_then_who_rests_then_nobody,
                                  close_guard),
        cmocka_unit_test(attempts_are_counted_by_address_and_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
