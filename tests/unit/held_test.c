/* Rows that cannot be taken, and rows that the panel refuses: they are held, the others go on, nothing is deleted
 * because of them, and they are tried again. */
#include "flow_world.h"

#include "base/memory.h"

/* The rows that are held, as people get them. */
static json_t *list(struct world *w)
{
    json_t *answer = NULL;
    assert_int_equal(held_list_all(w->dir, "p", 100, &answer, NULL), STATUS_OK);
    assert_int_equal(json_number(answer, "count", -1),
                     json_array_size(json_object_get(answer, "held")));
    return answer;
}

static size_t held_now(struct world *w)
{
    json_t *answer = list(w);
    size_t count = json_array_size(json_object_get(answer, "held"));
    json_decref(answer);
    return count;
}

static void pass(struct world *w)
{
    struct error e = {0};
    if (read_erp(w, NULL, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    if (send_all(w, &e) != STATUS_END)
        fail_msg("%s", e.text);
}

static void in_step_but(struct world *w, int but)
{
    for (int i = 0; i < w->keys; i++)
        if (i != but && w->panel[i] != w->erp[i])
            fail_msg("product %d: the ERP has %d, the panel %d", i, w->erp[i], w->panel[i]);
}

static struct world *some_world(void)
{
    struct world *w = world_new(40);
    for (int i = 0; i < 30; i++)
        w->erp[i] = i + 1;
    pass(w);
    in_step_but(w, -1);
    return w;
}

static void a_bad_value_holds_its_row_only(void **state)
{
    (void)state;
    struct world *w = some_world();
    struct flow_result r;
    w->bad[7] = true;
    w->erp[7] = 44;
    w->erp[6] = 33;
    w->erp[8] = 0;
    assert_int_equal(read_erp(w, &r, NULL), STATUS_OK);
    assert_int_equal(r.held, 1);
    assert_int_equal(r.upserts, 1);
    assert_int_equal(r.deletes, 1);
    pass(w);
    in_step_but(w, 7);
    assert_int_equal(w->panel[7], 8); /* what it had, and not gone */
    assert_int_equal(w->held, 1);     /* told once, not at every pass */
    json_t *answer = list(w), *row = json_array_get(json_object_get(answer, "held"), 0);
    assert_string_equal(json_text(row, "key", ""), "7/1");
    assert_string_equal(json_text(row, "stream", ""), "stock");
    assert_string_equal(json_text(row, "column", ""), "on_hand");
    assert_string_equal(json_text(row, "reason", ""), "bad-value");
    assert_non_null(json_text(row, "since", NULL));
    assert_true(json_is_array(json_object_get(json_object_get(row, "said"), "text")));
    json_decref(answer);
    w->bad[7] = false;
    pass(w);
    in_step_but(w, -1);
    assert_int_equal(held_now(w), 0);
    check_promise(w);
    world_free(w);
}

/* Good again with the value that the shop has: nothing is sent, nothing is held. And a row that vanishes while it is
 * held is deleted. */
static void a_held_row_ends_with_its_reason(void **state)
{
    (void)state;
    struct world *w = some_world();
    uint64_t acked = w->panel_acked;
    w->bad[3] = w->bad[4] = true;
    w->bad[35] = true; /* one that was never there */
    w->erp[35] = 1;
    pass(w);
    assert_int_equal(held_now(w), 3);
    assert_int_equal(w->panel_acked, acked);
    w->bad[3] = false;
    w->erp[4] = w->erp[35] = 0;
    pass(w);
    assert_int_equal(held_now(w), 0);
    assert_int_equal(w->panel_acked, acked + 1);
    in_step_but(w, -1);
    world_free(w);
}

static void only_changes_hold_and_release_too(void **state)
{
    (void)state;
    struct world *w = some_world();
    w->flow.changed_only = true;
    w->bad[5] = true;
    pass(w);
    assert_int_equal(held_now(w), 1);
    w->bad[5] = false;
    pass(w);
    assert_int_equal(held_now(w), 0);
    world_free(w);
}

static void when_none_can_be_taken_it_is_no_single_row(void **state)
{
    (void)state;
    struct world *w = some_world();
    struct error e = {0};
    for (int i = 0; i < w->keys; i++)
        w->bad[i] = true;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_INVALID);
    assert_string_equal(e.code, "held_all");
    assert_non_null(strstr(e.text, "0/1"));
    for (int i = 0; i < 30; i++)
        assert_int_equal(w->panel[i], i + 1);
    world_free(w);
}

static void refuse(bool unnamed)
{
    struct world *w = some_world();
    w->unnamed = unnamed;
    w->refused[0] = w->refused[12] = w->refused[13] = w->refused[39] = true;
    for (int i = 0; i < 40; i++)
        w->erp[i] = 30 + i;
    w->erp[20] = 0;
    pass(w);
    for (int i = 0; i < 40; i++)
        assert_int_equal(w->panel[i], i == 39 ? 0 : w->refused[i] ? i + 1 : w->erp[i]);
    assert_int_equal(held_now(w), 4);
    assert_int_equal(w->held, 4);
    /* The same values are not tried at every pass. */
    uint64_t batches = w->panel_batches;
    pass(w);
    assert_int_equal(w->panel_batches, batches);
    /* The ledger may be closed and opened: numbers go on without a hole. */
    ledger_close(w->ledger);
    open_ledger(w);
    w->erp[12] = 99; /* another value is tried, and refused again */
    w->erp[1] = 77;
    pass(w);
    assert_int_equal(w->panel[1], 77);
    assert_int_equal(held_now(w), 4);
    memset(w->refused, 0, sizeof w->refused);
    w->erp[12] = 98; /* and taken */
    w->erp[13] = 0;  /* and gone */
    pass(w);
    assert_int_equal(w->panel[12], 98);
    assert_int_equal(w->panel[13], 0);
    assert_true(w->panel[0] == 1 && w->panel[39] == 0);
    assert_int_equal(held_now(w), 2);
    /* A person says: again. */
    uint64_t count = 0;
    assert_int_equal(held_retry(w->ledger, "0/1", 1, &count, NULL), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(held_retry(w->ledger, "11/1", 1, &count, NULL), STATUS_OK);
    assert_int_equal(count, 0);
    pass(w);
    in_step_but(w, 39);
    /* Another scenario: what was refused may fit it. */
    w->flow.scenario_version++;
    pass(w);
    in_step_but(w, -1);
    assert_int_equal(held_now(w), 0);
    check_promise(w);
    world_free(w);
}

static void what_the_panel_refuses_is_held(void **state)
{
    (void)state;
    refuse(false);
}

static void what_the_panel_refuses_is_found_when_it_does_not_say_which(void **state)
{
    (void)state;
    refuse(true);
}

static void a_row_is_found_among_thousands(void **state)
{
    (void)state;
    for (int unnamed = 0; unnamed < 2; unnamed++) {
        struct world *w = world_new(9000);
        for (int i = 0; i < 9000; i++)
            w->erp[i] = 1;
        w->unnamed = unnamed;
        w->refused[4321] = true;
        pass(w);
        in_step_but(w, 4321);
        assert_int_equal(w->panel[4321], 0);
        assert_true(w->panel_batches < (unnamed ? 40 : 12));
        world_free(w);
    }
}

/* How many rows the next whole pass queues. */
static uint64_t queued_by_a_pass(struct world *w)
{
    struct flow_result r;
    struct error e = {0};
    assert_int_equal(read_erp(w, &r, NULL), STATUS_OK);
    assert_int_equal(send_all(w, &e), STATUS_END);
    return r.upserts;
}

static int64_t now;

static int64_t read_now(const struct clock *c)
{
    (void)c;
    return now;
}

static const struct clock stepped = {read_now, read_now};

/* The shop said when it wants the row: not a millisecond sooner, and then in the next pass. */
static void what_the_shop_wants_later_is_sent_then(void **state)
{
    (void)state;
    const int64_t due = INT64_C(1767607200000);
    struct world *w = some_world();
    const struct error why = {.status = STATUS_BUSY, .code = "later", .text = "not now"};
    struct key key = {.length = 0};
    struct held_row row = {.stream = w->flow.stream->name,
                           .op = "upsert",
                           .name = "9/1",
                           .column = "",
                           .reason = HELD_LATER,
                           .why = &why,
                           .now_ms = 1000,
                           .again_ms = due};
    bool fresh = false;
    assert_int_equal(key_add_integer(&key, 9, NULL), STATUS_OK);
    assert_int_equal(key_add_integer(&key, 1, NULL), STATUS_OK);
    row.key = key.bytes;
    row.key_length = key.length;
    assert_int_equal(ledger_begin(w->ledger, NULL), STATUS_OK);
    assert_int_equal(held_put(w->ledger, &row, &fresh, NULL), STATUS_OK);
    assert_int_equal(ledger_commit(w->ledger, NULL), STATUS_OK);
    assert_true(fresh);
    w->flow.clock = &stepped;
    now = due - 3600000;
    assert_int_equal(queued_by_a_pass(w), 0);
    now = due - 1;
    assert_int_equal(queued_by_a_pass(w), 0);
    assert_int_equal(held_now(w), 1);
    now = due;
    assert_int_equal(queued_by_a_pass(w), 1);
    assert_int_equal(held_now(w), 0);
    in_step_but(w, -1);
    world_free(w);
}

/* A refused value, a bad one, and the refused one again: the panel never got it. */
static void a_refused_value_is_not_taken_for_sent(void **state)
{
    (void)state;
    struct world *w = some_world();
    w->refused[9] = w->refused_above = true;
    w->erp[9] = 60;
    pass(w);
    assert_int_equal(w->panel[9], 10);
    w->bad[9] = true;
    pass(w);
    w->bad[9] = w->refused_above = w->refused[9] = false;
    pass(w);
    in_step_but(w, -1);
    assert_int_equal(held_now(w), 0);
    world_free(w);
}

static void a_panel_that_refuses_everything_is_no_matter_of_rows(void **state)
{
    (void)state;
    struct world *w = world_new(400);
    struct error e = {0};
    for (int i = 0; i < 400; i++)
        w->erp[i] = w->refused[i] = 1;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_all(w, &e), STATUS_REFUSED);
    assert_string_equal(e.code, "refused_all");
    /* It goes on all the same, only not at once. */
    for (int i = 0; i < 4; i++) {
        close_channel(w);
        send_all(w, &e);
    }
    struct ledger_state left;
    assert_int_equal(ledger_state(w->ledger, &left, NULL), STATUS_OK);
    assert_int_equal(left.queued, 0);
    memset(w->refused, 0, sizeof w->refused);
    uint64_t count = 0;
    assert_int_equal(held_retry(w->ledger, NULL, 1, &count, NULL), STATUS_OK);
    assert_int_equal(count, 400);
    pass(w);
    in_step_but(w, -1);
    assert_int_equal(held_now(w), 0);
    world_free(w);
}

/* The Nth call to SQLite fails while a row is held: for every N. Afterwards all is as it should be. */
static void holding_survives_a_failing_disk(void **state)
{
    (void)state;
    bool fired = true;
    for (int n = 1; fired && n < 2000; n++) {
        struct world *w = some_world();
        struct error e = {0};
        w->refused[4] = w->bad[5] = true;
        for (int i = 2; i < 8; i++)
            w->erp[i] += 10;
        fail_afterwards = n % 2;
        fail_in = n;
        read_erp(w, NULL, &e);
        send_all(w, &e);
        fired = fail_in == 0;
        fail_in = 0;
        close_channel(w);
        pass(w);
        for (int i = 0; i < 30; i++)
            assert_int_equal(w->panel[i], w->refused[i] || w->bad[i] ? i + 1 : w->erp[i]);
        assert_int_equal(held_now(w), 2);
        w->refused[4] = w->bad[5] = false;
        w->erp[4]++;
        settle(w);
        check_promise(w);
        world_free(w);
    }
}

/* Whatever stands in a text, what is queued of it is JSON: no receiver of JSON must refuse it. */
static void every_character_makes_json(void **state)
{
    (void)state;
    struct record r;
    struct buf json, text;
    record_init(&r, stream_find("stock"));
    buf_init(&json, 1 << 20);
    buf_init(&text, 64);
    for (uint32_t point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 251) {
        char utf8[4];
        record_reset(&r);
        buf_reset(&json);
        buf_reset(&text);
        buf_add_text(&text, "a");
        buf_add(&text, utf8, text_encode(utf8, point));
        buf_add_text(&text, "\xFF\xED\xA0\x80z");
        r.extra_count = 1;
        r.extra_names[0] = point ? buf_text(&text) : "x";
        enum status status = record_set(&r, 0, buf_text(&text), text.length, NULL);
        record_set_extra(&r, 0, buf_text(&text), text.length, NULL);
        if (point == 0)
            assert_int_equal(status, STATUS_INVALID);
        record_json(&json, &r);
        json_t *parsed = json_parse(buf_text(&json), json.length, NULL);
        if (!parsed)
            fail_msg("U+%04X: %s", point, buf_text(&json));
        json_decref(parsed);
    }
    buf_free(&json);
    buf_free(&text);
    record_free(&r);
}

static void keys_are_found_by_how_they_look(void **state)
{
    static const char *const texts[] = {"a/b%", "7", "-12", "007", "", "\xC5\xBC"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct key key = {.length = 0}, parsed;
        struct buf printed;
        buf_init(&printed, 200);
        assert_int_equal(key_add_text(&key, texts[i], strlen(texts[i]), NULL), STATUS_OK);
        assert_int_equal(key_add_integer(&key, -5, NULL), STATUS_OK);
        assert_true(key_print(&printed, key.bytes, key.length));
        assert_true(key_parse(buf_text(&printed), 1, &parsed));
        assert_int_equal(parsed.length, key.length);
        assert_memory_equal(parsed.bytes, key.bytes, key.length);
        buf_free(&printed);
    }
    struct key key;
    assert_false(key_parse("x", 0, &key));
    assert_false(key_parse("007", 0, &key));
    assert_true(key_parse("7", 0, &key));
    assert_false(key_parse("7", 2, &key));
    assert_false(key_parse("1/2/3/4/5", 0, &key));
    assert_false(key_parse("%4", 1, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_value_holds_its_row_only),
        cmocka_unit_test(a_held_row_ends_with_its_reason),
        cmocka_unit_test(only_changes_hold_and_release_too),
        cmocka_unit_test(when_none_can_be_taken_it_is_no_single_row),
        cmocka_unit_test(what_the_panel_refuses_is_held),
        cmocka_unit_test(what_the_panel_refuses_is_found_when_it_does_not_say_which),
        cmocka_unit_test(a_row_is_found_among_thousands),
        cmocka_unit_test(what_the_shop_wants_later_is_sent_then),
        cmocka_unit_test(a_refused_value_is_not_taken_for_sent),
        cmocka_unit_test(a_panel_that_refuses_everything_is_no_matter_of_rows),
        cmocka_unit_test(holding_survives_a_failing_disk),
        cmocka_unit_test(every_character_makes_json),
        cmocka_unit_test(keys_are_found_by_how_they_look),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
