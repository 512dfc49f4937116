/* os/thread, os/mutex, os/condition: who waits is woken, or gives up in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "os/clock.h"
#include "os/condition.h"
#include "os/mutex.h"
#include "os/thread.h"

enum { SHORT_MS = 30, PATIENCE_MS = 20000 };

struct shared {
    struct mutex lock; /* zero is open */
    struct condition changed;
    int step;
    bool taken;
};

/* Does what the test asks for by step, and says so by the next one. */
static void work(void *user)
{
    struct shared *s = user;
    mutex_lock(&s->lock);
    while (s->step != 1)
        condition_wait(&s->changed, &s->lock);
    s->step = 2;
    condition_wake_all(&s->changed);
    mutex_unlock(&s->lock);
}

static void waking(void **state)
{
    (void)state;
    struct shared s = {.step = 0};
    struct thread t;
    condition_open(&s.changed);
    assert_int_equal(thread_start(&t, work, &s), 0);
    mutex_lock(&s.lock);
    s.step = 1;
    condition_wake(&s.changed);
    int64_t until = clock_mono_ms() + PATIENCE_MS;
    while (s.step != 2 && clock_mono_ms() < until)
        condition_wait_ms(&s.changed, &s.lock, PATIENCE_MS);
    assert_int_equal(s.step, 2);
    /* Nobody says anything any more. */
    int64_t began = clock_mono_ms();
    while (condition_wait_ms(&s.changed, &s.lock, SHORT_MS))
        continue;
    assert_true(clock_mono_ms() - began >= SHORT_MS - 1);
    mutex_unlock(&s.lock);
    thread_join(&t);
    condition_close(&s.changed);
}

static void try_it(void *user)
{
    struct shared *s = user;
    s->taken = mutex_try(&s->lock) || mutex_lock_within(&s->lock, SHORT_MS);
    if (s->taken)
        mutex_unlock(&s->lock);
}

static void giving_up(void **state)
{
    (void)state;
    struct shared s = {.taken = true};
    struct thread t;
    mutex_lock(&s.lock);
    assert_int_equal(thread_start(&t, try_it, &s), 0);
    thread_join(&t);
    assert_false(s.taken);
    mutex_unlock(&s.lock);
    assert_int_equal(thread_start(&t, try_it, &s), 0);
    thread_join(&t);
    assert_true(s.taken);
}

static void processor(void **state)
{
    (void)state;
    struct thread_clock none = {.known = false}, own;
    assert_int_equal(thread_clock_ms(&none), 0);
    thread_clock_open(&own);
    assert_true(own.known);
    int64_t until = clock_mono_ms() + PATIENCE_MS, first = thread_clock_ms(&own);
    while (thread_clock_ms(&own) == first && clock_mono_ms() < until)
        continue;
    assert_true(thread_clock_ms(&own) > first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(waking), cmocka_unit_test(giving_up),
                                       cmocka_unit_test(processor)};
    return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
