/* sync/order_flow: files of orders that are done leave the directory from which the operator imports. */
#include "order_world.h"

#include "os/dir.h"

/* The example: all is imported, all is imported once more. */
static void importing_all_again_makes_no_second_document(void **state)
{
    struct world *w = *state;
    w->keeps = true;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(lying(w), 2);
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_int_equal(lying(w), 0);
    w->keeps = false; /* whatever lies there is imported now */
    import_all(w);
    assert_int_equal(documents(w, entry(w, "a").marker), 1);
    assert_int_equal(access(path(w, "done/%s.epp", entry(w, "a").marker), F_OK), 0);
    int puts = w->puts;
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->puts, puts); /* it has gone: nothing is asked again */
}

static void what_cannot_be_moved_is_said_and_tried_again(void **state)
{
    struct world *w = *state;
    w->keeps = true;
    place(w, order("a", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    import_all(w);
    w->put_fails = true;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE); /* the order itself is */
    assert_int_equal(w->f.left, 1);
    assert_string_equal(w->f.left_why.text, "it cannot be moved");
    w->put_fails = false;
    w->flush_fails = true; /* moved, perhaps not on the disk */
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.left, 1);
    w->flush_fails = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.left, 0);
    assert_int_equal(lying(w), 0);
}

/* A person says which document it is, the writer is another one now, the ledger was lost: the file goes. */
static void it_goes_whoever_says_that_it_is_done(void **state)
{
    struct world *w = *state;
    struct order_entry n;
    w->keeps = true;
    for (const char *id = "a"; id; id = *id == 'a' ? "b" : *id == 'b' ? "c" : NULL)
        place(w, order(id, 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(order_flow_resolve(&w->f, "a", "ZK 5", &n, &w->e), STATUS_OK);
    w->f.writer = NULL;
    w->f.writer_ops = NULL;
    touch(path(w, "erp/%s.0", entry(w, "a").marker));
    touch(path(w, "erp/%s.0", entry(w, "b").marker));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "b", ORDER_DONE);
    assert_int_equal(lying(w), 1);
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL);
    open_ledger(
        w); /* nothing is known of places any more: found before it is written, c goes as well */
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "c", ORDER_DONE);
    assert_int_equal(lying(w), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(importing_all_again_makes_no_second_document),
        TEST(what_cannot_be_moved_is_said_and_tried_again),
        TEST(it_goes_whoever_says_that_it_is_done),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
