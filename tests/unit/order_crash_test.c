/* sync/order_flow against its own death at every point, and against ledgers that are older than the world. */
#include "order_world.h"

#include <sqlite3.h>
#include <sys/wait.h>

#include "os/dir.h"
#include "store/orders_read.h"
#include "unit.h"

static unsigned dice(unsigned sides)
{
    static uint32_t seed = 20261126;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

static void a_cancelled_one_that_was_written_is_for_a_person(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    char out[400];
    text_copy(out, sizeof out, path(w, "out/%s.epp", entry(w, "b").marker));
    assert_int_equal(rename(out, path(w, "kept")), 0);
    import_all(w); /* a's only */
    assert_int_equal(rename(path(w, "kept"), out), 0);
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL); /* forgotten, and cancelled in the shop meanwhile */
    open_ledger(w);
    json_t *item;
    size_t i;
    json_array_foreach (w->shop, i, item) {
        json_object_set_new(item, "revision", json_integer(2));
        json_object_set_new(item, "cancelled", json_true());
    }
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_state(w, "b", ORDER_HANDED_OVER);
    for (const char *id = "a"; id; id = *id == 'a' ? "b" : NULL) {
        assert_non_null(strstr(told(w, id, "reason"), "cancelled in the shop"));
        assert_non_null(strstr(told(w, id, "remedy"), "in the ERP by hand"));
    }
}

/* What an older version had waiting: the time of its receipt is the best that is known. */
static void a_ledger_without_arrivals_is_taken_over(void **state)
{
    struct world *w = *state;
    sqlite3 *db;
    place(w, order("a", 1, "A-1"));
    w->f.writer = NULL;
    assert_int_equal(pass(w), STATUS_OK);
    int64_t received = entry(w, "a").received_ms;
    assert_int_equal(orders_arrived(w->o, &(struct order_entry){.num = 1}), received);
    close_ledger(w);
    assert_int_equal(sqlite3_open(path(w, "ledgers/orders.db"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     UNIT_UNDO_ORDERS_SAID UNIT_UNDO_ITEMS UNIT_UNDO_MARK UNIT_UNDO_TALLIES
                         UNIT_UNDO_ORDER_PROOFS UNIT_UNDO_PROOFS UNIT_UNDO_HELD
                     "ALTER TABLE orders DROP COLUMN arrived_ms; PRAGMA user_version=5",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(ledger_open_read(w->dir, "orders", &w->l, &w->e), STATUS_OK);
    assert_int_equal(orders_open(w->l, &w->o, &w->e), STATUS_OK);
    struct order_entry n = entry(w, "a");
    assert_int_equal(orders_arrived(w->o, &n), received); /* read before it is taken over */
    close_ledger(w);
    open_ledger(w);
    assert_int_equal(orders_arrived(w->o, &n), received);
    w->f.ages = (struct order_ages){.age_ms = 2 * 86400000, .too_old = "it was too old"};
    w->now += INT64_C(30) * 86400000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

/* An older copy of the ledger comes back: the ERP knows better. */
static void an_older_ledger_writes_nothing_twice(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "A-1"));
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL); /* the oldest copy of all */
    open_ledger(w);
    assert_int_equal(pass(w), STATUS_OK);
    import_all(w);
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL);
    open_ledger(w);
    place(w, order("c", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_int_equal(documents(w, entry(w, "a").marker), 1);
    assert_state(w, "c", ORDER_HANDED_OVER);
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL); /* and once more, while a file waits */
    open_ledger(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "c", ORDER_HANDED_OVER);
    const char *const points[] = {"asked-there", "found", "sending", "staged"};
    for (size_t i = 0; i < COUNT_OF(points); i++) { /* and once more, while it is being imported */
        char id[8];
        snprintf(id, sizeof id, "p%zu", i);
        place(w, order(id, 1, "A-1"));
        assert_int_equal(pass(w), STATUS_OK);
        close_ledger(w);
        dir_remove(path(w, "ledgers"), NULL);
        open_ledger(w);
        place(w, order(points[i], 1, "A-1")); /* something else that has to be written */
        w->import_at = points[i];
        assert_int_equal(pass(w), STATUS_OK);
        w->import_at = NULL;
        import_all(w);
        assert_int_equal(pass(w), STATUS_OK);
        assert_state(w, id, ORDER_DONE);
        assert_int_equal(documents(w, entry(w, id).marker), 1);
    }
}

/* Die at every point, in every order; then all is as if nothing had happened. */
static void death_at_any_point_makes_no_second_document(void **state)
{
    struct world *w = *state;
    int died = 0;
    close_ledger(w);
    w->keeps = true; /* as the real ERP does: importing all again must find nothing that is done */
    for (int round = 0; round < 200; round++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", round);
        place(w, order(id, 1, dice(9) ? "A-1" : "NIE-MA"));
        fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            open_ledger(w);
            w->die_at = 1 + (int)dice(18);
            pass(w);
            _exit(0);
        }
        int code = 0;
        assert_int_equal(waitpid(child, &code, 0), child);
        assert_true(WIFEXITED(code) && (WEXITSTATUS(code) == CRASHED || WEXITSTATUS(code) == 0));
        died += WEXITSTATUS(code) == CRASHED;
        dice(18); /* the child threw its own */
        if (dice(3) == 0)
            import_all(w);
        w->now += 1000;
    }
    assert_true(died > 75);
    open_ledger(w);
    assert_int_equal(pass(w), STATUS_OK);
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(lying(w), 0); /* nothing that could be imported once more */
    for (size_t i = 0; i < json_array_size(w->shop); i++) {
        const json_t *o = json_array_get(w->shop, i);
        const char *id = json_text(o, "id", "");
        bool bad = text_equal(json_text(json_array_get(json_object_get(o, "lines"), 0), "sku", ""),
                              "NIE-MA");
        assert_state(w, id, bad ? ORDER_REJECTED : ORDER_DONE);
        assert_string_equal(told(w, id, "state"), bad ? "rejected" : "done");
        assert_int_equal(documents(w, entry(w, id).marker), bad ? 0 : 1);
    }
    assert_int_equal(rmdir(path(w, "out")), 0); /* nothing is left lying about */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cancelled_one_that_was_written_is_for_a_person),
        TEST(a_ledger_without_arrivals_is_taken_over),
        TEST(an_older_ledger_writes_nothing_twice),
        TEST(death_at_any_point_makes_no_second_document),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
