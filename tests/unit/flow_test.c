/* sync: ledger and flow against a model. Whatever fails in between, in the end the panel has what the ERP
 * has, and at every moment the ledger remembers exactly what was queued. */
#include "flow_world.h"

/* ---- histories --------------------------------------------------------------------------------------- */

static uint32_t dice_state;

static int dice(int sides)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (int)((dice_state >> 8) % (uint32_t)sides);
}

static void change_something(struct world *w, int how_many)
{
    while (how_many-- > 0)
        w->erp[dice(w->keys)] = dice(4) ? 1 + dice(50) : 0;
}

static void a_changed_level_is_sent_once(void **state)
{
    (void)state;
    struct world *w = world_new(40);
    struct flow_result r;
    struct error e = {0};
    change_something(w, 100);
    settle(w);
    uint64_t acked = w->panel_acked;
    w->erp[7] = 99;
    assert_int_equal(read_erp(w, &r, &e), STATUS_OK);
    assert_int_equal(r.upserts, 1);
    assert_int_equal(r.deletes, 0);
    assert_int_equal(read_erp(w, &r, &e), STATUS_OK);
    assert_int_equal(r.upserts, 0);
    assert_int_equal(send_all(w, &e), STATUS_END);
    assert_int_equal(w->panel_acked, acked + 1);
    assert_int_equal(w->panel[7], 99);
    world_free(w);
}

static void random_histories_end_in_step(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        struct world *w = world_new(60);
        struct error e = {0};
        dice_state = seed;
        for (int round = 0; round < 60; round++) {
            change_something(w, dice(12));
            w->end_at = dice(4) ? -1 : dice(w->keys);
            w->flow.accept_deletions = dice(6) == 0;
            fail_in = dice(3) ? 0 : 1 + dice(60);
            fail_afterwards = dice(2);
            read_erp(w, NULL, &e);
            w->panel_mood = (int[]){GOOD, GOOD, LOST_REPLY, AWAY, HALF, BUSY}[dice(6)];
            send_one(w, &e);
            fail_in = 0;
            check_promise(w);
            if (dice(5) == 0) { /* the worker was killed */
                ledger_close(w->ledger);
                open_ledger(w);
            }
        }
        settle(w);
        check_promise(w);
        world_free(w);
    }
}

/* One pass with changes of every kind, and its sending, with the Nth call to SQLite failing: for every N. */
static void fail_each(bool afterwards)
{
    int n = 0;
    bool fired = true;
    while (fired) {
        struct world *w = world_new(12);
        struct error e = {0};
        for (int i = 0; i < 10; i++)
            w->erp[i] = i + 1;
        settle(w);
        w->erp[2] = w->erp[5] = 0;
        w->erp[3] = 40;
        w->erp[11] = 12;
        w->flow.scenario_version = 2;
        fail_afterwards = afterwards;
        fail_in = ++n;
        enum status read = read_erp(w, NULL, &e);
        fired = fail_in == 0;
        if (fired)
            assert_true(read != STATUS_OK && e.text[0]);
        check_promise(w);
        enum status sent = send_all(w, &e);
        fired = fail_in == 0;
        assert_true(fired || sent == STATUS_END);
        fail_in = 0;
        check_promise(w);
        ledger_close(w->ledger);
        open_ledger(w);
        settle(w);
        world_free(w);
        assert_true(n < 500);
    }
    assert_true(n > 20);
}

static void the_nth_call_failing_loses_nothing(void **state)
{
    (void)state;
    fail_each(false);
}

static void the_nth_answer_lost_loses_nothing(void **state)
{
    (void)state;
    fail_each(true);
}

static void opening_fails_in_words(void **state)
{
    (void)state;
    struct world *w = world_new(5);
    change_something(w, 5);
    settle(w);
    w->erp[0] = w->erp[1] = 3;
    settle(w);
    w->erp[0] = 0;
    settle(w);
    ledger_close(w->ledger);
    w->ledger = NULL;
    bool fired = true;
    for (int n = 1; fired; n++) {
        struct ledger *l = NULL;
        struct error e = {0};
        fail_in = n;
        fail_afterwards = false;
        enum status status = ledger_open(w->dir, "p", &l, &e);
        fired = fail_in == 0;
        assert_true(!fired || (status != STATUS_OK && e.text[0] && !l));
        ledger_close(l);
    }
    fail_in = 0;
    open_ledger(w);
    w->erp[2] = 44; /* numbering went on where it was */
    settle(w);
    world_free(w);
}

/* ---- boundaries -------------------------------------------------------------------------------------- */

static void many_rows_cross_pages_batches_and_commits(void **state)
{
    (void)state;
    struct world *w = world_new(KEYS);
    struct flow_result r;
    struct error e = {0};
    for (int i = 0; i < KEYS; i++)
        w->erp[i] = 1 + i % 50;
    w->end_at = 5000; /* the source breaks behind two commits: what was queued stays queued */
    assert_int_equal(read_erp(w, &r, &e), STATUS_UNREACHABLE);
    assert_int_equal(r.upserts, 5000);
    check_promise(w);
    w->end_at = -1;
    assert_int_equal(read_erp(w, &r, &e), STATUS_OK);
    assert_int_equal(r.upserts, KEYS - 5000);
    w->panel_mood = HALF;
    assert_int_equal(send_one(w, &e), STATUS_OK);
    settle(w);
    for (int i = 0; i < KEYS; i += 3)
        w->erp[i] = 0;
    for (int i = 1; i < KEYS; i += 3)
        w->erp[i]++;
    assert_int_equal(read_erp(w, &r, &e), STATUS_OK);
    assert_int_equal(r.deletes, KEYS / 3);
    assert_int_equal(r.upserts, KEYS / 3);
    settle(w);
    world_free(w);
}

static void being_told_to_stop_deletes_nothing(void **state)
{
    (void)state;
    struct world *w = world_new(KEYS);
    struct error e = {0};
    for (int i = 0; i < KEYS; i++)
        w->erp[i] = 1;
    settle(w);
    for (int i = 0; i < 2500; i++)
        w->erp[i] = 0;
    w->ticks_left = 3;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_CANCELLED);
    assert_int_equal(send_all(w, &e), STATUS_END);
    assert_int_equal(w->panel[0], 1);
    settle(w);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_level_is_sent_once),
        cmocka_unit_test(random_histories_end_in_step),
        cmocka_unit_test(the_nth_call_failing_loses_nothing),
        cmocka_unit_test(the_nth_answer_lost_loses_nothing),
        cmocka_unit_test(opening_fails_in_words),
        cmocka_unit_test(many_rows_cross_pages_batches_and_commits),
        cmocka_unit_test(being_told_to_stop_deletes_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
