/* sync/order_flow with very many orders: looking costs what changed and not what waits, and numbers are kept and not
 * counted. */
#include "order_world.h"
#include "store/orders_count.h"

#include <sqlite3.h>

#define MANY 3000

static void place_many(struct world *w, int from, int to)
{
    char id[16];
    for (int i = from; i < to; i++) {
        snprintf(id, sizeof id, "m%d", i);
        place(w, order(id, 1, "A-1"));
    }
}

static void import_one(struct world *w, const char *id)
{
    char marker[ORDER_MARKER + 1];
    text_copy(marker, sizeof marker, entry(w, id).marker);
    make_document(w, marker);
    unlink(path(w, "out/%s.epp", marker));
}

/* Questions to the ERP of one pass in which nothing is written. */
static int questions(struct world *w)
{
    int before = w->finds + w->asked;
    assert_int_equal(pass(w), STATUS_OK);
    return w->finds + w->asked - before;
}

static void looking_costs_what_changed_and_not_what_waits(void **state)
{
    struct world *w = *state;
    w->news = true;
    place_many(w, 0, MANY);
    assert_int_equal(pass(w), STATUS_OK); /* and looks for all of them, once */
    assert_state(w, "m2999", ORDER_HANDED_OVER);
    w->now += 1000;
    for (int i = 0; i < 20; i++) /* nothing new: what is newest, and a page of all now and then */
        assert_between(questions(w), 1, 3);
    import_one(w, "m7");
    import_one(w, "m2998");
    assert_between(questions(w), 1, 5);
    assert_state(w, "m7", ORDER_DONE);
    assert_state(w, "m2998", ORDER_DONE);
    /* More than one question holds are seen in one look. */
    for (int i = 100; i < 150; i++) {
        char id[16];
        snprintf(id, sizeof id, "m%d", i);
        import_one(w, id);
    }
    assert_between(questions(w), 6, 16);
    assert_state(w, "m100", ORDER_DONE);
    assert_state(w, "m149", ORDER_DONE);
}

/* An id that was taken before and became visible after a higher one. */
static void a_document_that_comes_late_is_seen(void **state)
{
    struct world *w = *state;
    char hidden[ORDER_MARKER + 1];
    w->news = true;
    place_many(w, 0, 600);
    assert_int_equal(pass(w), STATUS_OK);
    text_copy(hidden, sizeof hidden, entry(w, "m5").marker);
    import_one(w, "m5");
    assert_int_equal(rename(path(w, "erp/%s.0", hidden), path(w, "hidden")), 0);
    import_one(w, "m6");
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "m6", ORDER_DONE);
    assert_state(w, "m5", ORDER_HANDED_OVER);
    assert_int_equal(rename(path(w, "hidden"), path(w, "erp/%s.0", hidden)), 0);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "m5", ORDER_DONE);
}

/* What no news tells (the marker was written into an older document) is found all the same, a bit at a time. */
static void what_the_news_do_not_tell_is_found_in_a_quarter_of_an_hour(void **state)
{
    struct world *w = *state;
    w->news = true;
    place_many(w, 0, MANY);
    assert_int_equal(pass(w), STATUS_OK);
    touch(path(w, "erp/%s.0", entry(w, "m2500").marker));
    for (int i = 0; i < 16; i++) {
        w->now += 60000;
        assert_between(questions(w), 1, 4);
    }
    assert_state(w, "m2500", ORDER_DONE);
}

static void an_erp_without_news_is_asked_for_all(void **state)
{
    struct world *w = *state;
    place_many(w, 0, MANY);
    assert_int_equal(pass(w), STATUS_OK);
    import_one(w, "m2999");
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "m2999", ORDER_DONE);
    w->erp_down = true;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_int_equal(w->f.side, ORDER_SIDE_ERP);
}

/* Said once, however often they are looked for; and not any more when the wait was made longer. */
static void overdue_imports_are_said_once(void **state)
{
    struct world *w = *state;
    w->news = true;
    place_many(w, 0, 1200);
    assert_int_equal(pass(w), STATUS_OK);
    w->now += 2 * w->f.wait_ms;
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.overdue, 1200);
    assert_non_null(strstr(told(w, "m1199", "reason"), "has appeared"));
    for (int i = 0; i < 5; i++)
        assert_between(questions(w), 1, 4);
    assert_int_equal(w->f.overdue, 1200);
    w->f.wait_ms *= 100;
    w->f.looking.waits_checked = false; /* as after a start */
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.overdue, 0);
    w->f.wait_ms /= 100;
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.overdue, 1200);
}

static int64_t count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static void tallies_are_what_counting_would_give(void **state)
{
    struct world *w = *state;
    struct orders_counts n;
    sqlite3 *db;
    char sql[200];
    struct order_entry entry_of;
    assert_int_equal(sqlite3_open(path(w, "ledgers/orders.db"), &db), SQLITE_OK);
    for (int round = 0; round < 12; round++) {
        char id[32];
        for (int i = 0; i < 9; i++) {
            snprintf(id, sizeof id, "r%dn%d", round, i);
            place(w, order(id, 1, i % 4 ? "A-1" : "NIE-MA"));
        }
        w->written = round % 5 == 4 ? WRITTEN_UNKNOWN : WRITTEN_HANDED_OVER;
        w->shop_down = round % 3 == 2;
        w->settle = round % 6 == 5;
        pass(w);
        if (round % 2)
            import_all(w);
        if (round % 5 == 4)
            order_flow_resolve(&w->f, id, round % 2 ? NULL : "ZK 1", &entry_of, &w->e);
        size_t trimmed;
        assert_int_equal(ledger_begin(w->l, &w->e), STATUS_OK);
        assert_int_equal(orders_trim(w->o, w->now, round == 8 ? -1 : 1000000, 5, &trimmed, &w->e),
                         STATUS_OK);
        assert_int_equal(ledger_commit(w->l, &w->e), STATUS_OK);
        assert_int_equal(orders_count(w->o, NOW, &n, &w->e), STATUS_OK);
        for (int s = 0; s < ORDER_STATES; s++) {
            snprintf(sql, sizeof sql,
                     "SELECT count(*) FROM orders WHERE state=%d AND content IS NOT NULL", s);
            assert_int_equal(s == ORDER_DONE ? 0 : n.states[s],
                             s == ORDER_DONE ? 0 : count(db, sql));
        }
        snprintf(sql, sizeof sql, "SELECT count(*) FROM orders WHERE done_ms>=%lld AND done_ms>0",
                 (long long)NOW);
        if (round < 8)
            assert_int_equal(n.done_since, count(db, sql));
        assert_int_equal(n.outcomes, count(db, "SELECT count(*) FROM order_outcomes"));
        assert_int_equal(n.oldest_handed_ms,
                         count(db, "SELECT coalesce(min(handed_ms),0) FROM orders WHERE state=2"));
    }
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looking_costs_what_changed_and_not_what_waits),
        TEST(a_document_that_comes_late_is_seen),
        TEST(what_the_news_do_not_tell_is_found_in_a_quarter_of_an_hour),
        TEST(an_erp_without_news_is_asked_for_all),
        TEST(overdue_imports_are_said_once),
        TEST(tallies_are_what_counting_would_give),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
