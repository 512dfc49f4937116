/* sync/order_flow: what the shop is told, and when it is away. */
#include "order_world.h"

static void nothing_moves_while_the_erp_or_the_shop_is_away(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->erp_down = true;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_int_equal(w->f.side, ORDER_SIDE_ERP);
    assert_state(w, "a", ORDER_WAITING);
    w->erp_down = false;
    w->shop_down = true;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_state(w, "a", ORDER_HANDED_OVER); /* the shop is not needed for that */
    assert_string_equal(told(w, "a", "state"), "");
    w->shop_down = false;
    w->outcome_refused = true;
    assert_int_equal(pass(w), STATUS_OK);
    assert_non_null(strstr(w->journal, "error outcome_refused"));
    w->outcome_refused = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "state"), ""); /* not at once */
    w->now += 2 * 3600000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "state"), "waiting");
}

/* Many are told in few requests; one that the shop dislikes is that one's trouble. */
static void the_shop_is_told_many_at_once(void **state)
{
    struct world *w = *state;
    char id[16];
    for (int i = 0; i < 1200; i++) {
        snprintf(id, sizeof id, "n%d", i);
        place(w, order(id, 1, "A-1"));
    }
    w->disliked = "n7";
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->told_requests, 3);
    assert_string_equal(told(w, "n6", "state"), "waiting");
    assert_string_equal(told(w, "n7", "state"), "");
    assert_string_equal(told(w, "n1199", "order"), "n1199");
    assert_non_null(strstr(w->journal, "order n7: the shop refused its outcome"));
    w->disliked = NULL;
    w->told_requests = 0;
    w->now += 2 * 3600000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "n7", "state"), "waiting");
}

/* Long reasons: a request stays short all the same. */
static void a_batch_has_a_bound_in_bytes(void **state)
{
    struct world *w = *state;
    char id[16], remedy[ORDER_REMEDY];
    static char reason[ORDER_REASON];
    memset(reason, 'x', sizeof reason - 1);
    memset(remedy, 'y', sizeof remedy - 1);
    remedy[sizeof remedy - 1] = '\0';
    w->erp_down = true;
    for (int i = 0; i < 500; i++) {
        snprintf(id, sizeof id, "n%d", i);
        place(w, order(id, 1, "A-1"));
    }
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_int_equal(ledger_begin(w->l, &w->e), STATUS_OK);
    assert_int_equal(orders_block(w->o, reason, remedy, w->now, &w->e), STATUS_OK);
    assert_int_equal(ledger_commit(w->l, &w->e), STATUS_OK);
    w->told_requests = 0;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_between(w->told_requests, 2, 4);
    assert_string_equal(told(w, "n499", "reason"), reason);
}

static void a_shop_that_takes_no_batches_is_told_one_by_one(void **state)
{
    struct world *w = *state;
    w->no_batches = true;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "NIE-MA"));
    w->disliked = "a";
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->told_requests, 2);
    assert_string_equal(told(w, "a", "state"), "");
    assert_string_equal(told(w, "b", "state"), "rejected");
    assert_string_equal(told(w, "b", "order"), ""); /* the call's path says it */
    w->shop_down = true;
    w->disliked = NULL;
    w->now += 2 * 3600000;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    w->shop_down = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "state"), "waiting");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_moves_while_the_erp_or_the_shop_is_away),
        TEST(the_shop_is_told_many_at_once),
        TEST(a_batch_has_a_bound_in_bytes),
        TEST(a_shop_that_takes_no_batches_is_told_one_by_one),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
