/* channel/budget: calls of one credential, shared between processes. The clock is stepped, no time passes. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "os/file.h"
#include "base/text.h"
#include "channel/budget.h"
#include "os/dir.h"
#include "unit.h"

#define MINUTE 60000

static const struct budget_rule rule = {80, MINUTE};
static char dir[64];
static struct error e;
static int64_t wait_ms;

static struct budget *opened(unsigned most)
{
    struct budget *b;
    const struct budget_rule r = {most, MINUTE};
    assert_int_equal(budget_open(dir, "shop", "secret-token", &r, &b, &e), STATUS_OK);
    return b;
}

static int set_up(void **state)
{
    (void)state;
    unit_directory(dir, sizeof dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return dir_remove(dir, NULL) == STATUS_OK ? 0 : -1;
}

static unsigned draw_all(struct budget *b, enum budget_class class, int64_t now)
{
    unsigned n = 0;
    while (n < 2000 && budget_draw(b, class, now, &wait_ms, &e) == STATUS_OK)
        n++;
    assert_int_equal(e.status, STATUS_BUSY);
    return n;
}

static void a_window_has_so_many_calls(void **state)
{
    (void)state;
    struct budget *b = opened(80);
    assert_int_equal(draw_all(b, BUDGET_ORDERS, 1000), 80);
    assert_string_equal(e.code, "budget_spent");
    assert_int_equal(wait_ms, MINUTE + BUDGET_WINDOW_SLACK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 1000 + wait_ms - 1, &wait_ms, &e), STATUS_BUSY);
    assert_int_equal(wait_ms, 1);
    assert_int_equal(draw_all(b, BUDGET_ORDERS, 1000 + MINUTE + BUDGET_WINDOW_SLACK), 80);
    budget_close(b);
}

static void the_last_calls_are_kept_for_orders(void **state)
{
    (void)state;
    struct budget *b = opened(80);
    assert_int_equal(draw_all(b, BUDGET_PRODUCTS, 1000), 77);
    assert_int_equal(draw_all(b, BUDGET_PRICES, 1000), 1);
    assert_int_equal(draw_all(b, BUDGET_STOCK, 1000), 1);
    assert_int_equal(draw_all(b, BUDGET_ORDERS, 1000), 1);
    budget_close(b);
}

static void the_class_in_front_gets_the_next_call(void **state)
{
    (void)state;
    struct budget *stock = opened(80), *orders = opened(80);
    for (int i = 0; i < 79; i++)
        assert_int_equal(budget_draw(stock, BUDGET_STOCK, 1000 + i * 100, &wait_ms, &e), STATUS_OK);
    assert_int_equal(draw_all(orders, BUDGET_ORDERS, 9000), 1);
    int64_t next = 9000 + wait_ms; /* both want it: the orders' wish stands */
    assert_int_equal(budget_draw(stock, BUDGET_STOCK, 9001, &wait_ms, &e), STATUS_BUSY);
    assert_int_equal(budget_draw(stock, BUDGET_STOCK, next + 200, &wait_ms, &e), STATUS_BUSY);
    assert_between(wait_ms, 1, 1000);
    assert_int_equal(budget_draw(orders, BUDGET_ORDERS, next + 200, &wait_ms, &e), STATUS_OK);
    assert_int_equal(budget_draw(stock, BUDGET_STOCK, next + 300, &wait_ms, &e), STATUS_BUSY);
    assert_int_equal(budget_draw(stock, BUDGET_STOCK, next + 1500, &wait_ms, &e), STATUS_OK);
    budget_close(stock);
    budget_close(orders);
}

/* Orders that never end: a class behind them gets a call every other window. */
static void nobody_goes_without_for_ever(void **state)
{
    (void)state;
    struct budget *b = opened(20);
    unsigned got = 0, orders = 0;
    for (int64_t now = 1000; now < 1000 + 20 * MINUTE; now += 250) {
        orders += budget_draw(b, BUDGET_ORDERS, now, &wait_ms, &e) == STATUS_OK;
        got += budget_draw(b, BUDGET_PRODUCTS, now, &wait_ms, &e) == STATUS_OK;
    }
    assert_between(got, 5, 40);
    assert_between(orders, 340, 400);
    budget_close(b);
}

/* A clock that all processes see, and each one's calls. */
struct shared {
    volatile int64_t now;
    volatile int stop;
    volatile unsigned drawn[5][4000]; /* per process and tick of 25 ms */
    volatile unsigned ticks_done[5];
};
#define TICK  25
#define TICKS 4000 /* 100 s */

static void one_process(struct shared *s, int who, enum budget_class class)
{
    struct budget *b = opened(100);
    int64_t wait;
    for (unsigned tick = 0; tick < TICKS;) {
        if (s->now < 1000 + (int64_t)tick * TICK) {
            sched_yield();
            continue;
        }
        while (budget_draw(b, class, s->now, &wait, NULL) == STATUS_OK)
            s->drawn[who][tick]++;
        s->ticks_done[who] = ++tick;
    }
    budget_close(b);
    _Exit(0);
}

static void processes_never_draw_more_and_hardly_less(void **state)
{
    static const enum budget_class classes[5] = {BUDGET_STOCK, BUDGET_STOCK, BUDGET_PRICES,
                                                 BUDGET_PRODUCTS, BUDGET_STOCK};
    (void)state;
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t children[5];
    assert_ptr_not_equal(s, MAP_FAILED);
    s->now = 1000;
    for (int i = 0; i < 5; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            one_process(s, i, classes[i]);
    }
    for (unsigned tick = 0; tick < TICKS; tick++) {
        for (int i = 0; i < 5; i++)
            while (s->ticks_done[i] <= tick)
                sched_yield();
        s->now = 1000 + (int64_t)(tick + 1) * TICK;
    }
    for (int i = 0; i < 5; i++) {
        int end;
        assert_int_equal(waitpid(children[i], &end, 0), children[i]);
        assert_int_equal(end, 0);
    }
    unsigned worst = 0, window = MINUTE / TICK, total = 0;
    for (unsigned from = 0; from + window <= TICKS; from++) {
        unsigned sum = 0;
        for (unsigned tick = from; tick < from + window; tick++)
            for (int i = 0; i < 5; i++)
                sum += s->drawn[i][tick];
        worst = sum > worst ? sum : worst;
    }
    for (unsigned tick = 0; tick < window; tick++)
        for (int i = 0; i < 5; i++)
            total += s->drawn[i][tick];
    printf("# worst minute %u, first minute %u of 100\n", worst, total);
    assert_true(worst <= 100);
    assert_true(total >= 95);
    munmap(s, sizeof *s);
}

/* Over ten minutes, alone and as the last class. */
static void a_backlog_uses_the_budget(void **state)
{
    static const unsigned most[] = {80, 100, 20, 60};
    (void)state;
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
        struct budget *b = opened(most[i]);
        unsigned got = 0;
        int64_t began = INT64_C(100000000) * (int64_t)(i + 1);
        for (int64_t now = began; now < began + 10 * MINUTE; now += 100)
            got += budget_draw(b, BUDGET_PRODUCTS, now, &wait_ms, &e) == STATUS_OK;
        printf("# %u of %u\n", got, 10 * most[i]);
        assert_between(got, 10 * most[i] * 95 / 100, 10 * most[i]);
        budget_close(b);
    }
}

static void a_block_holds_everybody_up_and_one_call_ends_it(void **state)
{
    struct budget_view v;
    (void)state;
    struct budget *a = opened(80), *b = opened(80);
    assert_int_equal(budget_block(a, BUDGET_TOKEN, 5 * MINUTE, 1000, &e), STATUS_OK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 2000, &wait_ms, &e), STATUS_BUSY);
    assert_string_equal(e.code, "budget_blocked");
    assert_non_null(strstr(e.text, "token"));
    assert_int_equal(wait_ms, 5 * MINUTE - 1000);
    assert_int_equal(budget_look(b, 2000, &v, &e), STATUS_OK);
    assert_int_equal(v.blocked, BUDGET_TOKEN);
    assert_int_equal(v.blocked_ms, 5 * MINUTE - 1000);
    /* the end: one finds out, the others wait for it */
    int64_t end = 1000 + 5 * MINUTE;
    assert_int_equal(budget_draw(b, BUDGET_PRODUCTS, end, &wait_ms, &e), STATUS_OK);
    assert_int_equal(budget_draw(a, BUDGET_ORDERS, end + 1, &wait_ms, &e), STATUS_BUSY);
    assert_between(wait_ms, 1, BUDGET_PROBE_MS);
    /* still blocked, and now the account */
    assert_int_equal(budget_block(b, BUDGET_ACCOUNT, 5 * MINUTE, end + 100, &e), STATUS_OK);
    assert_int_equal(budget_look(a, end + 200, &v, &e), STATUS_OK);
    assert_int_equal(v.blocked, BUDGET_ACCOUNT);
    assert_int_equal(v.blocks, 2);
    assert_int_equal(budget_draw(a, BUDGET_ORDERS, end + 200, &wait_ms, &e), STATUS_BUSY);
    assert_non_null(strstr(e.text, "account"));
    end += 100 + 5 * MINUTE;
    assert_int_equal(budget_draw(a, BUDGET_ORDERS, end, &wait_ms, &e), STATUS_OK);
    assert_int_equal(budget_answered(a, end + 10, &e), STATUS_OK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, end + 20, &wait_ms, &e), STATUS_OK);
    assert_int_equal(budget_look(b, end + 20, &v, &e), STATUS_OK);
    assert_int_equal(v.blocked, BUDGET_FREE);
    assert_int_equal(v.blocks, 0);
    budget_close(a);
    budget_close(b);
}

/* An answer to a call that was on its way before the block does not end it. */
static void an_old_answer_ends_no_block(void **state)
{
    struct budget_view v;
    (void)state;
    struct budget *a = opened(80), *b = opened(80);
    assert_int_equal(budget_draw(b, BUDGET_STOCK, 1000, &wait_ms, &e), STATUS_OK);
    assert_int_equal(budget_block(a, BUDGET_TOKEN, MINUTE, 1001, &e), STATUS_OK);
    assert_int_equal(budget_answered(b, 1002, &e), STATUS_OK);
    assert_int_equal(budget_block(b, BUDGET_TOKEN, MINUTE, 1003, &e), STATUS_OK);
    assert_int_equal(budget_look(b, 1004, &v, &e), STATUS_OK);
    assert_int_equal(v.blocked, BUDGET_TOKEN);
    assert_int_equal(v.blocks, 1);
    budget_close(a);
    budget_close(b);
}

static void a_clock_that_goes_back_costs_a_window(void **state)
{
    (void)state;
    struct budget *b = opened(80);
    assert_int_equal(draw_all(b, BUDGET_ORDERS, INT64_C(9000000000)), 80);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 1000, &wait_ms, &e), STATUS_BUSY);
    assert_between(wait_ms, 1, MINUTE + BUDGET_WINDOW_SLACK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 1000 + wait_ms, &wait_ms, &e), STATUS_OK);
    assert_int_equal(budget_block(b, BUDGET_TOKEN, MINUTE, INT64_C(9000000000), &e), STATUS_OK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 200000, &wait_ms, &e), STATUS_BUSY);
    assert_between(wait_ms, 1, MINUTE);
    budget_close(b);
    /* a moment earlier than what another process noted: nothing is counted anew */
    b = opened(80);
    assert_int_equal(budget_block(b, BUDGET_TOKEN, 1000, 400000, &e), STATUS_OK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 399000, &wait_ms, &e), STATUS_BUSY);
    assert_int_equal(wait_ms, 1000);
    budget_close(b);
}

static void no_block_is_believed_for_ever(void **state)
{
    (void)state;
    struct budget *b = opened(80);
    assert_int_equal(budget_block(b, BUDGET_ACCOUNT, INT64_MAX / 2, 1000, &e), STATUS_OK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 1000, &wait_ms, &e), STATUS_BUSY);
    assert_int_equal(wait_ms, BUDGET_BLOCK_MOST);
    budget_close(b);
}

static void find_file(char *path, size_t size)
{
    struct stat st;
    char command[128], line[200] = "";
    text_format(command, sizeof command, "ls %s/budgets", dir);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    pclose(f);
    text_format(path, size, "%s/budgets/%s", dir, text_trim(line));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void the_token_is_nowhere_and_a_damaged_file_costs_a_window(void **state)
{
    char path[256];
    struct buf content;
    (void)state;
    struct budget *b = opened(80);
    assert_int_equal(budget_draw(b, BUDGET_STOCK, 1000, &wait_ms, &e), STATUS_OK);
    find_file(path, sizeof path);
    assert_null(strstr(path, "secret"));
    buf_init(&content, 1 << 20);
    assert_int_equal(file_read(path, &content, NULL, &e), STATUS_OK);
    assert_null(memmem(content.data, content.length, "secret", 6));
    content.data[40] ^= 1;
    FILE *f = fopen(path, "r+b");
    assert_int_equal(fwrite(content.data, 1, content.length, f), content.length);
    fclose(f);
    buf_free(&content);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 2000, &wait_ms, &e), STATUS_BUSY);
    assert_between(wait_ms, 1, MINUTE + BUDGET_WINDOW_SLACK);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 2000 + wait_ms, &wait_ms, &e), STATUS_OK);
    /* removed under our hands */
    assert_int_equal(remove(path), 0);
    assert_int_equal(budget_draw(b, BUDGET_ORDERS, 200000, &wait_ms, &e), STATUS_OK);
    find_file(path, sizeof path);
    budget_close(b);
    /* another token is another budget */
    struct budget *other;
    assert_int_equal(budget_open(dir, "shop", "other", &rule, &other, &e), STATUS_OK);
    assert_int_equal(draw_all(other, BUDGET_ORDERS, 200001), 80);
    budget_close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_window_has_so_many_calls),
        TEST(the_last_calls_are_kept_for_orders),
        TEST(the_class_in_front_gets_the_next_call),
        TEST(nobody_goes_without_for_ever),
        TEST(processes_never_draw_more_and_hardly_less),
        TEST(a_backlog_uses_the_budget),
        TEST(a_block_holds_everybody_up_and_one_call_ends_it),
        TEST(an_old_answer_ends_no_block),
        TEST(a_clock_that_goes_back_costs_a_window),
        TEST(no_block_is_believed_for_ever),
        TEST(the_token_is_nowhere_and_a_damaged_file_costs_a_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
