/* sync: what must never be taken for a deletion, and what happens when the two sides disagree. */
#include "flow_world.h"

/* ---- guards ------------------------------------------------------------------------------------------ */

static void full(struct world *w, int level)
{
    for (int i = 0; i < w->keys; i++)
        w->erp[i] = level;
}

static void an_empty_read_deletes_nothing(void **state)
{
    (void)state;
    struct world *w = world_new(20);
    struct error e = {0};
    full(w, 2);
    settle(w);
    full(w, 0);
    assert_int_equal(read_erp(w, NULL, &e), STATUS_GUARD);
    assert_string_equal(e.code, "read_empty");
    assert_non_null(strstr(e.remedy, "--accept-deletions"));
    /* Another scenario explains much, but not an ERP without a single row. */
    w->flow.scenario_version = 2;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_GUARD);
    assert_int_equal(send_all(w, &e), STATUS_END);
    assert_int_equal(w->panel[0], 2);
    settle(w);
    assert_int_equal(w->panel[0], 0);
    world_free(w);
}

static void a_shrunken_read_deletes_nothing_and_half_does(void **state)
{
    (void)state;
    struct world *w = world_new(20);
    struct error e = {0};
    full(w, 2);
    settle(w);
    for (int i = 0; i < 11; i++)
        w->erp[i] = 0;
    w->erp[15] = 9;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_GUARD);
    assert_string_equal(e.code, "read_shrunken");
    assert_int_equal(send_all(w, &e), STATUS_END);
    assert_int_equal(w->panel[0], 2);
    assert_int_equal(w->panel[15], 9); /* what changed is sent all the same */
    w->erp[0] = 2;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    settle(w);
    world_free(w);
}

static void another_scenario_may_drop_most(void **state)
{
    (void)state;
    struct world *w = world_new(20);
    struct error e = {0};
    struct flow_result r;
    json_t *options = json_pack("{s:[s]}", "warehouses", "MAG");
    full(w, 2); /* even levels lie in SKL */
    w->erp[3] = 3;
    settle(w);
    w->flow.options = options;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_GUARD);
    w->flow.scenario_version = 2;
    assert_int_equal(read_erp(w, &r, &e), STATUS_OK);
    assert_int_equal(r.deletes, 19);
    assert_int_equal(send_all(w, &e), STATUS_END);
    assert_int_equal(w->panel[3], 3);
    assert_int_equal(w->panel[4], 0);
    w->erp[3] =
        4; /* nothing that is wanted is left, in the same scenario: that is no explanation */
    assert_int_equal(read_erp(w, NULL, &e), STATUS_GUARD);
    assert_non_null(strstr(e.text, "the scenario wants none"));
    json_decref(options);
    world_free(w);
}

/* The fact that tells whether the scenario changed cannot be read: then it must not count as changed. */
static void a_failed_look_at_the_scenario_is_no_leave_to_delete(void **state)
{
    (void)state;
    struct world *w = world_new(20);
    full(w, 2);
    settle(w);
    for (int i = 0; i < 15; i++)
        w->erp[i] = 0;
    for (int n = 1; n < 80; n++) {
        struct error e = {0};
        fail_in = n;
        fail_afterwards = false;
        assert_int_not_equal(read_erp(w, NULL, &e), STATUS_OK);
        fail_in = 0;
        assert_int_equal(send_all(w, &e), STATUS_END);
        assert_int_equal(w->panel[0], 2);
    }
    world_free(w);
}

static void no_room_stops_reading_and_loses_nothing(void **state)
{
    (void)state;
    struct world *w = world_new(5000);
    struct error e = {0};
    full(w, 1);
    w->flow.outbox_limit = 3000;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_FULL);
    assert_string_equal(e.code, "outbox_full");
    check_promise(w);
    assert_int_equal(send_all(w, &e), STATUS_END);
    w->flow.disk_free_bytes = INT64_MAX;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_FULL);
    assert_string_equal(e.code, "ledger_room");
    w->flow.disk_free_bytes = 0;
    settle(w);
    world_free(w);
}

static void a_dry_run_shows_all_and_changes_nothing(void **state)
{
    (void)state;
    struct world *w = world_new(20);
    struct error e = {0};
    struct flow_result r;
    struct ledger_state before, after;
    full(w, 2);
    settle(w);
    w->erp[1] = 0;
    w->erp[2] = 7;
    ledger_state(w->ledger, &before, &e);
    w->flow.dry = true;
    assert_int_equal(read_erp(w, &r, &e), STATUS_OK);
    w->flow.dry = false;
    assert_int_equal(w->shown, 2);
    assert_int_equal(r.upserts + r.deletes, 2);
    ledger_state(w->ledger, &after, &e);
    assert_memory_equal(&before, &after, sizeof before);
    settle(w);
    world_free(w);
}

/* ---- the two sides disagree ----------------------------------------------------------------------------- */

static void a_panel_restored_from_a_copy_gets_everything_and_every_deletion(void **state)
{
    (void)state;
    struct world *w = world_new(30);
    struct error e = {0};
    static int copy[KEYS];
    full(w, 2);
    settle(w);
    memcpy(copy, w->panel, sizeof copy);
    uint64_t acked = w->panel_acked;
    w->erp[1] = 0; /* deleted and sent before the panel lost it */
    w->erp[2] = 5;
    settle(w);
    w->erp[3] = 0; /* deleted, queued, not sent */
    w->erp[4] = 0; /* deleted, but there again since */
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    w->erp[4] = 8;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    memcpy(w->panel, copy, sizeof copy);
    w->panel_acked = acked;
    assert_int_equal(send_all(w, &e), STATUS_EXISTS);
    assert_string_equal(e.code, "resync");
    ledger_close(w->ledger);
    open_ledger(w);
    settle(w);
    assert_int_equal(w->panel[1], 0);
    assert_int_equal(w->panel[3], 0);
    assert_int_equal(w->panel[4], 8);
    world_free(w);
}

static void an_older_ledger_goes_on_behind_what_the_panel_has(void **state)
{
    (void)state;
    struct world *w = world_new(30);
    struct error e = {0};
    full(w, 2);
    settle(w);
    w->panel_acked += 1000; /* as if this ledger were an older copy */
    w->erp[1] = 4;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_all(w, &e), STATUS_EXISTS);
    settle(w);
    world_free(w);
}

static void an_impossible_answer_changes_nothing(void **state)
{
    (void)state;
    struct world *w = world_new(3);
    struct error e = {0};
    struct ledger_state before, after;
    full(w, 2);
    settle(w);
    full(w, 3);
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    ledger_state(w->ledger, &before, &e);
    static const uint64_t claims[] = {INT64_MAX, UINT64_C(1) << 60,
                                      3 /* nothing of the batch was stored */};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        w->panel_claims = claims[i];
        assert_int_equal(send_one(w, &e), STATUS_UNREACHABLE);
        ledger_state(w->ledger, &after, &e);
        assert_memory_equal(&before, &after, sizeof before);
    }
    w->panel_claims = 0;
    settle(w);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_read_deletes_nothing),
        cmocka_unit_test(a_shrunken_read_deletes_nothing_and_half_does),
        cmocka_unit_test(another_scenario_may_drop_most),
        cmocka_unit_test(a_failed_look_at_the_scenario_is_no_leave_to_delete),
        cmocka_unit_test(no_room_stops_reading_and_loses_nothing),
        cmocka_unit_test(a_dry_run_shows_all_and_changes_nothing),
        cmocka_unit_test(a_panel_restored_from_a_copy_gets_everything_and_every_deletion),
        cmocka_unit_test(an_older_ledger_goes_on_behind_what_the_panel_has),
        cmocka_unit_test(an_impossible_answer_changes_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
