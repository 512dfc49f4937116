/* sync/order_flow: an order's way, and every turn that it may take. */
#include "order_world.h"

#include "store/db.h"
#include "store/orders_internal.h"
#include "store/orders_read.h"
#include "sync/order_write.h"
#include "sync/order_look.h"

static void an_order_becomes_one_document(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_string_equal(told(w, "a", "state"), "waiting");
    assert_non_null(strstr(told(w, "a", "reason"), "waits to be imported"));
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_string_equal(told(w, "a", "state"), "done");
    assert_string_equal(told(w, "a", "document"), entry(w, "a").document);
    assert_string_equal(told(w, "a", "correlation"), entry(w, "a").correlation);
}

static void a_faulty_order_is_rejected_and_mended_by_a_revision(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "NIE-MA"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_REJECTED);
    assert_non_null(strstr(told(w, "a", "reason"), "NIE-MA"));
    place(w, order("a", 2, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    json_t *garbage = json_pack("{s:s,s:i}", "id", "b", "revision", 1);
    place(w, garbage);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "b", ORDER_REJECTED);
    place(w, json_pack("[i]", 7)); /* nobody can be answered: said in the journal, and gone past */
    place(w, order("c", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_non_null(strstr(w->journal, "order_no_id"));
    assert_state(w, "c", ORDER_HANDED_OVER);
}

/* A byte of an order flipped on the disk: no document is made of it, and the shop gives it anew. */
static void a_damaged_order_is_fetched_again(void **state)
{
    struct world *w = *state;
    w->erp_down = true;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 0, "A-1"));
    place(w, order("c", 1, "A-1"));
    assert_int_not_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_WAITING);
    assert_int_equal(
        db_exec(ledger_database(w->l), "UPDATE orders SET proof=proof+1 WHERE id='b'", &w->e),
        STATUS_OK);
    w->erp_down = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_state(w, "b", ORDER_WAITING);
    assert_state(w, "c", ORDER_HANDED_OVER);
    assert_non_null(strstr(entry(w, "b").reason, "damaged on the disk"));
    assert_non_null(strstr(w->journal, "order_damaged"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "b", ORDER_HANDED_OVER);
    assert_int_equal(documents(w, entry(w, "a").marker), 0); /* not imported, and not twice */
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "b", ORDER_DONE);
    for (const char *id = "abc"; *id; id++) {
        char one[2] = {*id, 0};
        assert_int_equal(documents(w, entry(w, one).marker), 1);
    }
}

/* An answer of the server that is none is no judgement, and stands in nobody's way. */
static void what_cannot_be_checked_waits_and_lets_others_pass(void **state)
{
    struct world *w = *state;
    w->erp_refuses = true;
    place(w, order("a", 1, "ZLE"));
    place(w, order("b", 1, "ZA-DUZO"));
    place(w, order("c", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.unchecked, 1);
    assert_string_equal(w->f.unchecked_why.code, "erp_refused");
    assert_state(w, "a", ORDER_WAITING);
    assert_string_equal(told(w, "a", "state"), "waiting");
    assert_non_null(strstr(told(w, "a", "reason"), "no memory left"));
    assert_state(w, "b", ORDER_REJECTED); /* it would be so for ever */
    assert_non_null(strstr(told(w, "b", "reason"), "more rows"));
    assert_state(w, "c", ORDER_HANDED_OVER);
    for (int i = 0; i < 20; i++) {
        char id[16];
        snprintf(id, sizeof id, "m%d", i);
        place(w, order(id, 1, "ZLE"));
    }
    assert_int_equal(pass(w), STATUS_REFUSED); /* so many are the ERP's trouble */
    assert_int_equal(w->f.side, ORDER_SIDE_ERP);
    w->erp_refuses = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_state(w, "m19", ORDER_HANDED_OVER);
}

/* Three orders that were being written when orders.writer was switched off: two were written, one was not. */
static void the_writer_that_began_an_order_judges_it(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 3; i++)
        place(w, order((const char *[]){"1", "2", "3"}[i], 1, "A"));
    w->settle = true;
    assert_int_not_equal(pass(w), STATUS_OK);
    assert_state(w, "1", ORDER_SENDING);
    const char *marker = entry(w, "2").marker;
    assert_int_equal(rename(path(w, "out/%s.epp", marker), path(w, "out/.%s.tmp", marker)), 0);
    w->settle = false;
    w->f.writer = NULL;
    w->f.writer_ops = NULL;
    w->f.unsettled = true;
    w->begun_away = true; /* nobody can tell: it is said, and a person may decide */
    pass(w);
    assert_state(w, "1", ORDER_SENDING);
    assert_int_equal(w->f.stuck, 3);
    assert_string_equal(w->f.stuck_why.text, "its directory is away");
    assert_non_null(strstr(told(w, "1", "reason"), "cannot be told now: its directory is away"));
    assert_non_null(strstr(told(w, "1", "remedy"), "order resolve 1"));
    struct order_entry n;
    assert_int_equal(order_flow_retry(&w->f, "3", &n, &w->e), STATUS_REFUSED);
    assert_int_equal(order_flow_resolve(&w->f, "3", "ZK 3", &n, &w->e), STATUS_OK);
    assert_state(w, "3", ORDER_DONE);
    w->begun_away = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "1", ORDER_HANDED_OVER);
    assert_state(w, "2", ORDER_WAITING);
    assert_int_equal(access(path(w, "out/.%s.tmp", marker), F_OK), -1);
    assert_int_equal(w->f.stuck, 0);
    assert_int_equal(w->writes, 3);
}

/* Another writer than the one that began it is set: it is asked of the first one all the same. */
static void another_writer_judges_nothing(void **state)
{
    struct world *w = *state;
    place(w, order("1", 1, "A"));
    w->settle = true;
    assert_int_not_equal(pass(w), STATUS_OK);
    assert_state(w, "1", ORDER_SENDING);
    w->settle = false;
    struct writer_ops other = *w->f.writer_ops;
    other.code = 99;
    other.recover = NULL;
    w->f.writer_ops = &other;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "1", ORDER_HANDED_OVER);
    assert_int_equal(w->writes, 1);
}

static void what_cannot_be_staged_waits(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->stage = true;
    assert_int_equal(pass(w), STATUS_FULL);
    assert_int_equal(w->f.side, ORDER_SIDE_WRITER);
    assert_state(w, "a", ORDER_WAITING);
    assert_string_equal(told(w, "a", "reason"), "the directory is full");
    w->stage = false;
    w->flush = true;
    assert_int_equal(pass(w), STATUS_IO);
    assert_state(w, "a", ORDER_WAITING);
    w->flush = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

static void what_may_not_be_on_the_disk_is_asked_for(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->settle = true;
    assert_int_equal(pass(w), STATUS_IO);
    assert_state(w, "a", ORDER_SENDING);
    assert_true(w->f.unsettled);
    w->settle = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

static void doubt_is_settled_by_a_person_or_by_the_erp(void **state)
{
    struct world *w = *state;
    struct order_entry n;
    const char *ids[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        place(w, order(ids[i], 1, "A-1"));
    w->written = WRITTEN_UNKNOWN;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_IN_DOUBT);
    assert_string_equal(told(w, "a", "state"), "in-doubt");
    w->written = WRITTEN_HANDED_OVER;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_IN_DOUBT); /* never by itself */
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_REFUSED);
    assert_int_equal(order_flow_resolve(&w->f, "a", "ZK 7/2026", &n, &w->e), STATUS_OK);
    assert_int_equal(order_flow_resolve(&w->f, "a", "ZK 7/2026", &n, &w->e), STATUS_OK);
    assert_int_equal(order_flow_resolve(&w->f, "a", NULL, &n, &w->e), STATUS_REFUSED);
    assert_int_equal(order_flow_resolve(&w->f, "b", NULL, &n, &w->e), STATUS_OK);
    assert_int_equal(order_flow_resolve(&w->f, "x", NULL, &n, &w->e), STATUS_NOT_FOUND);
    touch(path(w, "erp/%s.0", entry(w, "c").marker));
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "document"), "ZK 7/2026");
    assert_state(w, "b", ORDER_HANDED_OVER);
    assert_state(w, "c", ORDER_DONE);
    /* The one that was settled by hand turns up after all: a person has to know. */
    touch(path(w, "erp/%s.0", entry(w, "a").marker));
    assert_int_equal(order_flow_watch(&w->f, &w->e), STATUS_OK);
    assert_non_null(strstr(entry(w, "a").reason, "as well"));
    assert_non_null(strstr(w->journal, "error order_twice"));
}

static void the_erps_refusal_is_told(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->written = WRITTEN_REJECTED;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_REJECTED);
    assert_string_equal(told(w, "a", "reason"), "the writer says so");
    struct order_entry n;
    w->written = WRITTEN_HANDED_OVER;
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_OK);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_REFUSED);
}

static void late_changes_are_for_a_person(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    place(w, order("a", 2, "NIE-MA"));
    json_t *gone = order("b", 2, "A-1");
    json_set_flag(gone, "cancelled", true);
    place(w, gone);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_non_null(strstr(told(w, "a", "reason"), "revision 2 came after"));
    assert_non_null(strstr(told(w, "b", "reason"), "cancelled in the shop after"));
    assert_non_null(strstr(w->journal, "warning order_cancelled_late"));
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_non_null(strstr(told(w, "b", "remedy"), entry(w, "b").document));
    json_t *early = order("c", 1, "A-1");
    json_set_flag(early, "cancelled", true);
    place(w, early);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "c", ORDER_REJECTED);
    assert_false(handed_over(w, "c"));
    assert_string_equal(told(w, "c", "reason"), "cancelled in the shop");
}

static void an_import_that_does_not_come_or_comes_twice_is_said(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    w->now += 3601000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.overdue, 1);
    assert_non_null(strstr(told(w, "a", "remedy"), "Import the file"));
    assert_non_null(strstr(w->journal, "warning order_overdue"));
    w->journal[0] = '\0';
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(w->journal, ""); /* once */
    touch(path(w, "erp/%s.0", entry(w, "a").marker));
    touch(path(w, "erp/%s.1", entry(w, "a").marker));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_non_null(strstr(told(w, "a", "reason"), "2 documents"));
    assert_int_equal(w->f.overdue, 0);
    touch(path(w, "erp/%s.2", entry(w, "a").marker));
    assert_int_equal(order_flow_watch(&w->f, &w->e), STATUS_OK);
    assert_non_null(strstr(entry(w, "a").reason, "3 documents"));
}

static void old_orders_are_not_ours(void **state)
{
    struct world *w = *state;
    struct order_entry n;
    w->f.ages = (struct order_ages){.placed_from_ms = NOW, .too_early = "it is too old"};
    place(w, order("a", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_REJECTED);
    assert_string_equal(told(w, "a", "reason"), "it is too old");
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_OK); /* a person says: it is */
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

/* One of two clocks is wrong, by years: its age cannot be told, so it waits, and is judged when they agree. */
static void clocks_that_disagree_reject_nothing(void **state)
{
    struct world *w = *state;
    const int64_t year = INT64_C(365) * 86400000;
    struct order_entry n;
    const struct order_ages ages = {.age_ms = INT64_C(30) * 86400000, .too_old = "it is too old"};
    const int64_t wrong[] = {3 * year, -3 * year};
    for (size_t i = 0; i < 2; i++) {
        char id[] = {(char)('a' + 2 * i), '\0'}, later[] = {(char)('b' + 2 * i), '\0'};
        w->f.ages = ages;
        w->ahead_ms = wrong[i];
        place(w, order(id, 1, "A-1"));
        assert_int_equal(pass(w), STATUS_OK);
        assert_state(w, id, ORDER_WAITING);
        assert_non_null(strstr(told(w, id, "reason"), "disagree by more than a day"));
        assert_true(w->f.undated > 0);
        close_ledger(w); /* and the shop away: still nobody knows */
        open_ledger(w);
        w->f.ages = ages;
        w->f.clock_heard = false;
        w->f.ahead_ms = 0;
        int64_t after = 0;
        order_flow_write(&w->f, &after, &w->e);
        assert_state(w, id, ORDER_WAITING);
        w->ahead_ms = 1000;
        place(w, order(later, 1, "A-1"));
        assert_int_equal(pass(w), STATUS_OK);
        assert_state(w, id, ORDER_HANDED_OVER);
        assert_state(w, later, ORDER_HANDED_OVER);
    }
    /* A person may take it before. */
    w->ahead_ms = 3 * year;
    place(w, order("x", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "x", ORDER_WAITING);
    assert_int_equal(order_flow_retry(&w->f, "x", &n, &w->e), STATUS_OK);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "x", ORDER_HANDED_OVER);
}

/* How old an order is counts when it comes, by the shop's clock, not when its turn comes at last. */
static void waiting_here_makes_no_order_too_old(void **state)
{
    struct world *w = *state;
    const int64_t day = 86400000; /* the orders are 28 hours old by our clock */
    const struct order_ages two_days = {.age_ms = 2 * day, .too_old = "it was too old"};
    place(w, order("a", 1, "A-1"));
    w->f.ages = two_days;
    w->f.writer = NULL; /* switched off */
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_WAITING);
    w->ahead_ms = day;
    place(w, order("b", 1, "A-1")); /* our clock is a day behind: it is too old */
    assert_int_equal(pass(w), STATUS_OK);
    close_ledger(w);
    open_ledger(w);
    w->f.ages = two_days;
    w->now += 30 * day;
    w->ahead_ms = 0;
    place(w, order("c", 1, "A-1"));
    place(w, order("a", 2, "A-1")); /* mended meanwhile: it is still the one that came in time */
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_state(w, "b", ORDER_REJECTED);
    assert_string_equal(told(w, "b", "reason"), "it was too old");
    assert_string_equal(told(w, "b", "remedy"), "To accept it anyway: endpointctl order retry b");
    assert_state(w, "c", ORDER_REJECTED);
}

static void a_thousand_are_looked_for_in_two_questions(void **state)
{
    struct world *w = *state;
    char id[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "n%d", i);
        place(w, order(id, 1, "A-1"));
    }
    assert_int_equal(pass(w), STATUS_OK);
    import_all(w);
    w->finds = 0;
    assert_int_equal(order_flow_look(&w->f, &w->e), STATUS_OK);
    assert_int_equal(w->finds, 1000 / ORDER_FLOW_LOOK);
    assert_state(w, "n999", ORDER_DONE);
}

/* Passes of a second each, for so long. */
static void pass_for(struct world *w, int seconds)
{
    while (seconds-- > 0) {
        w->f.paused = 0;
        assert_int_equal(pass(w), STATUS_OK);
    }
}

static void what_is_given_back_is_left_in_peace_for_longer_and_longer(void **state)
{
    struct world *w = *state;
    json_t *shown;
    w->written = WRITTEN_NOT;
    place(w, order("a", 1, "A-1"));
    pass_for(w, 1);
    assert_int_equal(w->writes, 1);
    assert_int_equal(w->f.given_back, 1);
    assert_string_equal(w->f.given_back_why.text, "the writer says so");
    w->finds = 0;
    pass_for(w, 1);
    assert_int_equal(w->writes, 1);
    assert_int_equal(w->finds, 0);
    assert_int_equal(w->f.paused, 1);
    assert_int_equal(order_flow_pause_left(&w->f), 1000);
    pass_for(w, 300);
    assert_between(w->writes, 7, 9);
    assert_int_equal(orders_show(w->o, "a", &shown, &w->e), STATUS_OK);
    assert_int_equal(json_array_size(json_object_get(shown, "history")), 5);
    json_decref(shown);
    w->writes = 0;
    place(w, order("a", 2, "A-1")); /* perhaps it was mended */
    pass_for(w, 1);
    assert_int_equal(w->writes, 1);
    w->now -= INT64_C(365) * 86400000;
    pass_for(w, 3);
    assert_int_equal(w->writes, 2);
    w->written = WRITTEN_HANDED_OVER;
    order_flow_unpause(&w->f);
    pass_for(w, 1);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

static void very_many_that_are_given_back_are_no_busy_loop(void **state)
{
    enum { MANY = 3 * ORDER_FLOW_PAUSES };
    struct world *w = *state;
    char id[16];
    w->written = WRITTEN_NOT;
    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "g%d", i);
        place(w, order(id, 1, "A-1"));
    }
    pass_for(w, 1);
    assert_int_equal(w->writes, MANY);
    pass_for(w, 290);
    assert_between(w->writes, MANY, MANY + 9 * ORDER_FLOW_PAUSES);
    w->written = WRITTEN_HANDED_OVER;
    place(w, order("new", 1, "A-1"));
    pass_for(w, 1);
    assert_state(w, "new", ORDER_HANDED_OVER);
    pass_for(w, 300);
    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "g%d", i);
        assert_state(w, id, ORDER_HANDED_OVER);
    }
}

static void pauses_of_orders_that_went_another_way_make_room(void **state)
{
    struct world *w = *state;
    char id[16];
    w->written = WRITTEN_NOT;
    for (int i = 0; i < ORDER_FLOW_PAUSES; i++) {
        snprintf(id, sizeof id, "g%d", i);
        place(w, order(id, 1, "A-1"));
    }
    pass_for(w, 1);
    for (int i = 0; i < ORDER_FLOW_PAUSES; i++) {
        snprintf(id, sizeof id, "g%d", i);
        place(w, order(id, 2, "NIE-MA"));
    }
    pass_for(w, 5);
    assert_state(w, "g0", ORDER_REJECTED);
    w->writes = 0;
    place(w, order("x", 1, "A-1"));
    pass_for(w, 2);
    assert_int_equal(w->writes, 1); /* it has a pause of its own */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_order_becomes_one_document),
        TEST(a_damaged_order_is_fetched_again),
        TEST(a_faulty_order_is_rejected_and_mended_by_a_revision),
        TEST(what_cannot_be_checked_waits_and_lets_others_pass),
        TEST(the_writer_that_began_an_order_judges_it),
        TEST(another_writer_judges_nothing),
        TEST(what_cannot_be_staged_waits),
        TEST(what_may_not_be_on_the_disk_is_asked_for),
        TEST(doubt_is_settled_by_a_person_or_by_the_erp),
        TEST(the_erps_refusal_is_told),
        TEST(late_changes_are_for_a_person),
        TEST(an_import_that_does_not_come_or_comes_twice_is_said),
        TEST(old_orders_are_not_ours),
        TEST(clocks_that_disagree_reject_nothing),
        TEST(waiting_here_makes_no_order_too_old),
        TEST(a_thousand_are_looked_for_in_two_questions),
        TEST(what_is_given_back_is_left_in_peace_for_longer_and_longer),
        TEST(very_many_that_are_given_back_are_no_busy_loop),
        TEST(pauses_of_orders_that_went_another_way_make_room),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
