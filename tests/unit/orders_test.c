/* sync/orders: what the ledger remembers of orders, and which changes can happen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "os/dir.h"
#include "store/db.h"
#include "store/orders_internal.h"
#include "store/orders_read.h"

struct room {
    char dir[64];
    struct ledger *l;
    struct orders *o;
    struct error e;
};

static int set_up(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    text_copy(r->dir, sizeof r->dir, "/tmp/orders-test-XXXXXX");
    assert_non_null(mkdtemp(r->dir));
    assert_int_equal(ledger_open(r->dir, "orders", &r->l, &r->e), STATUS_OK);
    assert_int_equal(orders_open(r->l, &r->o, &r->e), STATUS_OK);
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct room *r = *state;
    orders_close(r->o);
    ledger_close(r->l);
    dir_remove(r->dir, NULL);
    free(r);
    return 0;
}

static enum order_stored store(struct room *r, const char *id, int64_t revision, bool cancelled,
                               struct order_entry *n)
{
    char marker[ORDER_MARKER + 1], content[256];
    enum order_stored what;
    snprintf(marker, sizeof marker, "EP%.18s", id);
    snprintf(content, sizeof content, "{\"id\":\"%s\",\"revision\":%lld}", id, (long long)revision);
    struct order_arrival a = {.scope = "panel/konto",
                              .id = id,
                              .marker = marker,
                              .number = "1001",
                              .revision = revision,
                              .cancelled = cancelled,
                              .content = content,
                              .length = strlen(content)};
    assert_int_equal(ledger_begin(r->l, &r->e), STATUS_OK);
    assert_int_equal(orders_store(r->o, &a, 1000, &what, n, &r->e), STATUS_OK);
    assert_int_equal(ledger_commit(r->l, &r->e), STATUS_OK);
    return what;
}

static enum status move(struct room *r, struct order_entry *n, enum order_cause cause,
                        struct order_change change)
{
    assert_int_equal(ledger_begin(r->l, &r->e), STATUS_OK);
    enum status status = orders_move(r->o, n, cause, &change, 2000, &r->e);
    assert_int_equal(ledger_commit(r->l, &r->e), STATUS_OK);
    return status;
}

static size_t untold(struct room *r)
{
    struct order_entry list[8];
    size_t count;
    orders_untold(r->o, 1, 8, list, &count, &r->e);
    return count;
}

/* Bring a fresh order into a state, the way the flow does. */
static void bring(struct room *r, const char *id, enum order_state to, struct order_entry *n)
{
    struct order_change none = {0};
    store(r, id, 1, false, n);
    if (to == ORDER_WAITING)
        return;
    if (to == ORDER_REJECTED) {
        assert_int_equal(move(r, n, CAUSE_FAULTY, none), STATUS_OK);
        return;
    }
    assert_int_equal(move(r, n, CAUSE_BEGUN, none), STATUS_OK);
    if (to == ORDER_HANDED_OVER)
        assert_int_equal(move(r, n, CAUSE_HANDED_OVER, none), STATUS_OK);
    if (to == ORDER_DONE)
        assert_int_equal(move(r, n, CAUSE_WRITTEN, (struct order_change){.document = "ZK 1/2026"}),
                         STATUS_OK);
    if (to == ORDER_IN_DOUBT)
        assert_int_equal(move(r, n, CAUSE_UNCLEAR, none), STATUS_OK);
    assert_int_equal(n->state, to);
}

static void every_cause_in_every_state_does_what_the_table_says(void **state)
{
    struct room *r = *state;
    struct order_entry n, after;
    char id[32];
    for (int from = 0; from < ORDER_STATES; from++) {
        for (int cause = 0; cause < ORDER_CAUSES; cause++) {
            enum order_state to;
            snprintf(id, sizeof id, "s%dc%d", from, cause);
            bring(r, id, (enum order_state)from, &n);
            bool allowed = order_transition((enum order_state)from, (enum order_cause)cause, &to);
            enum status status =
                move(r, &n, (enum order_cause)cause, (struct order_change){.reason = "x"});
            assert_int_equal(status, allowed ? STATUS_OK : STATUS_REFUSED);
            assert_int_equal(orders_get(r->o, id, &after, &r->e), STATUS_OK);
            assert_int_equal(after.state, allowed ? (int)to : from);
            assert_int_equal(n.state, after.state);
        }
    }
}

static void what_must_never_happen_stands_not_in_the_table(void **state)
{
    (void)state;
    enum order_state to;
    for (int cause = 0; cause < ORDER_CAUSES; cause++) {
        /* what is done stays done */
        assert_false(order_transition(ORDER_DONE, (enum order_cause)cause, &to));
        /* only what waits is ever sent */
        for (int from = 0; from < ORDER_STATES; from++)
            if (order_transition((enum order_state)from, (enum order_cause)cause, &to) &&
                to == ORDER_SENDING)
                assert_int_equal(from, ORDER_WAITING);
    }
    /* what was given away, or is in doubt, waits again only by a person's word */
    for (int cause = 0; cause < ORDER_CAUSES; cause++)
        if (cause != CAUSE_DOES_NOT_EXIST) {
            assert_false(order_transition(ORDER_HANDED_OVER, (enum order_cause)cause, &to) &&
                         to == ORDER_WAITING);
            assert_false(order_transition(ORDER_IN_DOUBT, (enum order_cause)cause, &to) &&
                         to == ORDER_WAITING);
        }
}

static void a_stale_entry_changes_nothing(void **state)
{
    struct room *r = *state;
    struct order_entry n, stale;
    bring(r, "A", ORDER_WAITING, &n);
    stale = n;
    assert_int_equal(move(r, &n, CAUSE_BEGUN, (struct order_change){0}), STATUS_OK);
    assert_int_equal(move(r, &stale, CAUSE_CANCELLED, (struct order_change){0}), STATUS_REFUSED);
    assert_int_equal(orders_get(r->o, "A", &n, &r->e), STATUS_OK);
    assert_int_equal(n.state, ORDER_SENDING);
}

static void the_same_order_again_is_nothing_and_is_told_again(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    bring(r, "A", ORDER_DONE, &n);
    assert_int_equal(untold(r), 1);
    ledger_begin(r->l, NULL);
    assert_int_equal(orders_told(r->o, &n, &r->e), STATUS_OK);
    ledger_commit(r->l, NULL);
    assert_int_equal(untold(r), 0);
    assert_int_equal(store(r, "A", 1, false, &n), STORED_SAME);
    assert_int_equal(n.state, ORDER_DONE);
    assert_string_equal(n.document, "ZK 1/2026");
    assert_int_equal(untold(r), 1);
}

static void ids_of_sixty_characters_that_differ_in_the_last_are_two(void **state)
{
    struct room *r = *state;
    struct order_entry a, b;
    char one[61], two[61];
    memset(one, 'a', 60);
    one[60] = '\0';
    memcpy(two, one, sizeof two);
    two[59] = 'b';
    struct order_arrival first = {.scope = "s",
                                  .id = one,
                                  .marker = "EP1",
                                  .number = "1",
                                  .revision = 1,
                                  .content = "{}",
                                  .length = 2};
    struct order_arrival second = first;
    second.id = two;
    second.marker = "EP2";
    enum order_stored what;
    ledger_begin(r->l, NULL);
    assert_int_equal(orders_store(r->o, &first, 1, &what, &a, &r->e), STATUS_OK);
    assert_int_equal(what, STORED_NEW);
    assert_int_equal(orders_store(r->o, &second, 1, &what, &b, &r->e), STATUS_OK);
    assert_int_equal(what, STORED_NEW);
    ledger_commit(r->l, NULL);
    assert_int_not_equal(a.num, b.num);
}

static void a_revision_counts_until_writing_begins(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    struct buf content;
    buf_init(&content, 1000);
    bring(r, "A", ORDER_WAITING, &n);
    assert_int_equal(store(r, "A", 2, false, &n), STORED_REVISED);
    assert_int_equal(orders_content(r->o, n.num, &content, &r->e), STATUS_OK);
    assert_non_null(strstr(buf_text(&content), "\"revision\":2"));
    bring(r, "B", ORDER_REJECTED, &n);
    assert_int_equal(store(r, "B", 2, false, &n), STORED_REVISED);
    assert_int_equal(n.state, ORDER_WAITING);
    /* too late: the order keeps its state and content, and says so, also when it is done later */
    bring(r, "C", ORDER_HANDED_OVER, &n);
    assert_int_equal(store(r, "C", 2, false, &n), STORED_LATE);
    assert_int_equal(n.state, ORDER_HANDED_OVER);
    assert_non_null(strstr(n.reason, "revision 2 came after"));
    assert_int_equal(move(r, &n, CAUSE_FOUND, (struct order_change){.document = "ZK 7/2026"}),
                     STATUS_OK);
    assert_non_null(strstr(n.reason, "revision 2 came after"));
    assert_non_null(strstr(n.remedy, "ZK 7/2026"));
    buf_reset(&content);
    assert_int_equal(orders_content(r->o, n.num, &content, &r->e), STATUS_OK);
    assert_non_null(strstr(buf_text(&content), "\"revision\":1"));
    assert_int_equal(store(r, "C", 2, false, &n), STORED_SAME);
    buf_free(&content);
}

/* A reading of an order of a shop that counts no revisions. */
static enum order_stored read_again(struct room *r, const char *digest, struct order_entry *n)
{
    char content[256];
    enum order_stored what;
    snprintf(content, sizeof content, "{\"id\":\"u\",\"digest\":\"%s\"}", digest);
    struct order_arrival a = {.scope = "baselinker/",
                              .id = "u",
                              .marker = "EPU",
                              .number = "u",
                              .digest = digest,
                              .content = content,
                              .length = strlen(content)};
    assert_int_equal(ledger_begin(r->l, &r->e), STATUS_OK);
    assert_int_equal(orders_store(r->o, &a, 1000, &what, n, &r->e), STATUS_OK);
    assert_int_equal(ledger_commit(r->l, &r->e), STATUS_OK);
    return what;
}

static void readings_without_revisions_are_counted_by_what_differs(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    size_t trimmed;
    assert_int_equal(read_again(r, "one", &n), STORED_NEW);
    assert_int_equal(n.revision, 1);
    assert_int_equal(read_again(r, "one", &n), STORED_SAME);
    assert_int_equal(read_again(r, "two", &n), STORED_REVISED);
    assert_int_equal(n.revision, 2);
    assert_int_equal(read_again(r, "two", &n), STORED_SAME);
    assert_int_equal(move(r, &n, CAUSE_BEGUN, (struct order_change){0}), STATUS_OK);
    assert_int_equal(move(r, &n, CAUSE_WRITTEN, (struct order_change){.document = "ZK 1"}),
                     STATUS_OK);
    assert_int_equal(read_again(r, "two", &n), STORED_SAME);
    assert_int_equal(read_again(r, "three", &n), STORED_LATE);
    assert_int_equal(n.late_revision, 3);
    assert_int_equal(read_again(r, "three", &n), STORED_SAME); /* once is enough */
    assert_int_equal(read_again(r, "two", &n), STORED_LATE);
    assert_int_equal(n.late_revision, 4);
    assert_int_equal(orders_told(r->o, &n, &r->e), STATUS_OK);
    assert_int_equal(ledger_begin(r->l, &r->e), STATUS_OK);
    assert_int_equal(orders_trim(r->o, INT64_C(1) << 50, 1, 100, &trimmed, &r->e), STATUS_OK);
    assert_int_equal(ledger_commit(r->l, &r->e), STATUS_OK);
    assert_int_equal(trimmed, 1);
    assert_int_equal(read_again(r, "four", &n), STORED_SAME);
}

static void what_came_too_late_is_in_time_when_nothing_was_written(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    struct buf content;
    buf_init(&content, 1000);
    bring(r, "A", ORDER_IN_DOUBT, &n);
    store(r, "A", 3, true, &n);
    assert_int_equal(move(r, &n, CAUSE_DOES_NOT_EXIST, (struct order_change){.reason = "none"}),
                     STATUS_OK);
    assert_int_equal(orders_get(r->o, "A", &n, &r->e), STATUS_OK);
    assert_int_equal(n.revision, 3);
    assert_int_equal(n.late_revision, 0);
    assert_true(n.cancelled);
    assert_string_equal(n.reason, "none");
    assert_int_equal(orders_content(r->o, n.num, &content, &r->e), STATUS_OK);
    assert_non_null(strstr(buf_text(&content), "\"revision\":3"));
    buf_free(&content);
}

static void a_cancellation_after_writing_names_the_document(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    bring(r, "A", ORDER_DONE, &n);
    assert_int_equal(store(r, "A", 2, true, &n), STORED_LATE);
    assert_int_equal(n.state, ORDER_DONE);
    assert_string_equal(n.remedy, "Cancel ZK 1/2026 in the ERP by hand.");
}

static void outcomes_are_later_each_time_even_when_the_clock_goes_back(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    bring(r, "A", ORDER_HANDED_OVER, &n);
    int64_t before = n.told_ms;
    ledger_begin(r->l, NULL);
    struct order_change change = {.reason = "seen", .document = "ZK 2/2026"};
    assert_int_equal(orders_move(r->o, &n, CAUSE_FOUND, &change, 5, &r->e), STATUS_OK);
    ledger_commit(r->l, NULL);
    assert_true(n.told_ms > before);
}

static void an_outcome_that_changed_meanwhile_is_told_again(void **state)
{
    struct room *r = *state;
    struct order_entry n, sent;
    bring(r, "A", ORDER_HANDED_OVER, &n);
    sent = n;
    move(r, &n, CAUSE_FOUND, (struct order_change){.document = "ZK 3/2026"});
    ledger_begin(r->l, NULL);
    orders_told(r->o, &sent, NULL);
    ledger_commit(r->l, NULL);
    assert_int_equal(untold(r), 1);
}

static void order_and_cursor_come_together_or_not_at_all(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    enum order_stored what;
    struct buf cursor;
    buf_init(&cursor, 100);
    struct order_arrival a = {.scope = "s",
                              .id = "A",
                              .marker = "EPA",
                              .number = "1",
                              .revision = 1,
                              .content = "{}",
                              .length = 2};
    ledger_begin(r->l, NULL);
    orders_store(r->o, &a, 1, &what, &n, NULL);
    orders_set_cursor(r->o, "s", "c/7", NULL);
    ledger_rollback(r->l);
    assert_int_equal(orders_get(r->o, "A", &n, NULL), STATUS_NOT_FOUND);
    orders_cursor(r->o, "s", &cursor, NULL);
    assert_string_equal(buf_text(&cursor), "");
    ledger_begin(r->l, NULL);
    orders_store(r->o, &a, 1, &what, &n, NULL);
    orders_set_cursor(r->o, "s", "c/7", NULL);
    ledger_commit(r->l, NULL);
    assert_int_equal(orders_get(r->o, "A", &n, NULL), STATUS_OK);
    orders_cursor(r->o, "s", &cursor, NULL);
    assert_string_equal(buf_text(&cursor), "c/7");
    buf_free(&cursor);
}

static void a_trimmed_order_is_still_known(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    size_t trimmed;
    char id[ORDER_ID_MAX + 1];
    bring(r, "A", ORDER_DONE, &n);
    bring(r, "B", ORDER_HANDED_OVER, &n);
    ledger_begin(r->l, NULL);
    orders_trim(r->o, 1000000, 1, 100, &trimmed, &r->e);
    assert_int_equal(trimmed, 0); /* the shop does not know yet */
    orders_get(r->o, "A", &n, NULL);
    orders_told(r->o, &n, NULL);
    assert_int_equal(orders_trim(r->o, 1000000, 1, 100, &trimmed, &r->e), STATUS_OK);
    ledger_commit(r->l, NULL);
    assert_int_equal(trimmed, 1); /* B is not finished */
    assert_int_equal(store(r, "A", 1, false, &n), STORED_SAME);
    assert_int_equal(n.state, ORDER_DONE);
    assert_string_equal(n.document, "ZK 1/2026");
    assert_int_equal(orders_id_of(r->o, "EPA", id, NULL), STATUS_OK);
    assert_string_equal(id, "A");
    assert_int_equal(orders_page(r->o, ORDER_DONE, 0, 1, &n, &trimmed, NULL), STATUS_END);
}

static void all_that_wait_are_told_once_what_they_wait_for(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    bring(r, "A", ORDER_WAITING, &n);
    bring(r, "B", ORDER_WAITING, &n);
    bring(r, "C", ORDER_HANDED_OVER, &n);
    ledger_begin(r->l, NULL);
    orders_told(r->o, &n, NULL);
    assert_int_equal(orders_block(r->o, "the ERP does not answer", "Start it.", 5, &r->e),
                     STATUS_OK);
    ledger_commit(r->l, NULL);
    assert_int_equal(untold(r), 2);
    orders_get(r->o, "A", &n, NULL);
    ledger_begin(r->l, NULL);
    orders_told(r->o, &n, NULL);
    orders_block(r->o, "the ERP does not answer", "Start it.", 6, NULL);
    ledger_commit(r->l, NULL);
    assert_int_equal(untold(r), 1);
    assert_string_equal(n.reason, "the ERP does not answer");
}

static void people_see_history_and_content(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    json_t *shown, *list;
    bring(r, "A", ORDER_REJECTED, &n);
    store(r, "B", 1, false, &n);
    assert_int_equal(orders_show(r->o, "A", &shown, &r->e), STATUS_OK);
    assert_int_equal(json_array_size(json_object_get(shown, "history")), 2);
    assert_string_equal(json_text(json_object_get(shown, "order"), "id", ""), "A");
    json_decref(shown);
    assert_int_equal(orders_show(r->o, "1001", &shown, &r->e),
                     STATUS_EXISTS); /* both have that number */
    json_decref(shown);
    assert_int_equal(orders_list(r->o, "rejected", 10, &list, &r->e), STATUS_OK);
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
    assert_int_equal(orders_list(r->o, NULL, 10, &list, &r->e), STATUS_OK);
    assert_string_equal(json_text(json_array_get(list, 0), "id", ""), "B");
    json_decref(list);
    assert_int_equal(orders_list(r->o, "lost", 10, &list, &r->e), STATUS_INVALID);
    json_decref(list);
    assert_int_equal(orders_show_all(r->dir, NULL, "A", &shown, &r->e), STATUS_OK);
    assert_string_equal(json_text(shown, "plugin", ""), "orders");
    json_decref(shown);
}

/* How many orders of the room hold a text, and the newest one's id. */
static size_t searched(struct room *r, const char *text, const char *state, size_t limit,
                       char first[ORDER_ID_MAX + 1])
{
    json_t *list = NULL;
    bool cut = true;
    const struct orders_wanted wanted = {
        .state = state, .text = text, .limit = limit, .patience_ms = 60000};
    assert_int_equal(orders_list_all(r->dir, &wanted, &list, &cut, &r->e), STATUS_OK);
    assert_false(cut);
    size_t count = json_array_size(list);
    text_copy(first, ORDER_ID_MAX + 1, json_text(json_array_get(list, 0), "id", ""));
    json_decref(list);
    return count;
}

static void a_search_finds_an_order_by_what_people_know_of_it(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    char first[ORDER_ID_MAX + 1];
    bring(r, "Shop-A1", ORDER_REJECTED, &n);
    bring(r, "Shop-B2", ORDER_DONE, &n);
    store(r, "Shop-B3", 1, false, &n);
    assert_int_equal(searched(r, "shop-b", NULL, 10, first), 2);
    assert_string_equal(first, "Shop-B3");
    assert_int_equal(searched(r, "SHOP-B", "done", 10, first), 1);
    assert_string_equal(first, "Shop-B2");
    assert_int_equal(searched(r, "shop-b", NULL, 1, first), 1);
    assert_int_equal(searched(r, "1001", NULL, 10, first), 3); /* the number of all of them */
    assert_int_equal(searched(r, n.marker, NULL, 10, first), 1);
    assert_string_equal(first, "Shop-B3");
    assert_int_equal(searched(r, "shop-c", NULL, 10, first), 0);
    assert_int_equal(searched(r, "shop%", NULL, 10, first), 0); /* nothing stands for anything */
    assert_int_equal(searched(r, "", NULL, 10, first), 3);
    assert_int_equal(searched(r, NULL, "rejected", 10, first), 1);
}

static void a_search_ends_when_nobody_waits_longer(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    json_t *list = NULL;
    bool cut = false;
    char id[ORDER_ID_MAX + 1];
    for (int i = 0; i < 400; i++) {
        text_format(id, sizeof id, "Shop-%d", i);
        store(r, id, 1, false, &n);
    }
    const struct orders_wanted wanted = {.text = "shop-", .limit = 500};
    assert_int_equal(orders_list_all(r->dir, &wanted, &list, &cut, &r->e), STATUS_OK);
    assert_true(cut);
    assert_true(json_array_size(list) < 400);
    json_decref(list);
    assert_int_equal(searched(r, "shop-", NULL, 500, id), 400); /* and the next one finds all */
    assert_string_equal(id, "Shop-399");
}

static void an_old_ledger_gets_orders_and_keeps_what_it_had(void **state)
{
    struct room *r = *state;
    struct ledger *l;
    struct orders *o;
    sqlite3 *db;
    char path[128];
    snprintf(path, sizeof path, "%s/ledgers/old.db", r->dir);
    assert_int_equal(db_open(path, DB_CREATE, &db, &r->e), STATUS_OK);
    assert_int_equal(
        db_exec(
            db,
            "CREATE TABLE facts(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE snapshot(key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE doomed(key BLOB PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE outbox(seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, op TEXT NOT NULL,"
            " key TEXT NOT NULL, data TEXT, queued_ms INTEGER NOT NULL);"
            "INSERT INTO facts VALUES('acked',41); PRAGMA user_version=1",
            &r->e),
        STATUS_OK);
    db_close(db);
    assert_int_equal(ledger_open_read(r->dir, "old", &l, &r->e), STATUS_OK);
    assert_int_equal(orders_open(l, &o, &r->e), STATUS_NOT_FOUND);
    ledger_close(l);
    assert_int_equal(ledger_open(r->dir, "old", &l, &r->e), STATUS_OK);
    int64_t acked = 0;
    assert_int_equal(ledger_fact(l, "acked", &acked, &r->e), STATUS_OK);
    assert_int_equal(acked, 41);
    assert_int_equal(orders_open(l, &o, &r->e), STATUS_OK);
    orders_close(o);
    ledger_close(l);
}

/* The rejected order's reason as people get it; whether it is there with the way it was made. */
static void reason_is(struct room *r, const char *reason, bool recorded)
{
    json_t *shown = NULL, *history;
    assert_int_equal(orders_show_all(r->dir, NULL, "A", &shown, &r->e), STATUS_OK);
    assert_string_equal(json_text(shown, "reason", ""), reason);
    assert_int_equal(json_array_size(json_object_get(json_object_get(shown, "said"), "reason")),
                     recorded ? 3 : 2); /* ["%s", the words] */
    history = json_array_get(json_object_get(shown, "history"), 1);
    assert_string_equal(json_text(history, "reason", ""), reason);
    assert_int_equal(json_array_size(json_object_get(json_object_get(history, "said"), "reason")),
                     recorded ? 3 : 0);
    json_decref(shown);
}

static void a_reason_keeps_how_it_was_made(void **state)
{
    struct room *r = *state;
    struct order_entry n;
    char said[ORDER_REASON_SAID];
    sqlite3 *db = ledger_database(r->l);
    store(r, "A", 1, false, &n);
    said_format(said, sizeof said, "line %s: %-s", "received", "told to stop");
    assert_int_equal(move(r, &n, CAUSE_FAULTY, (struct order_change){.reason = said}), STATUS_OK);
    reason_is(r, "line received: told to stop", true);
    /* A ledger of the version before, only read, and then opened. */
    assert_int_equal(db_exec(db,
                             "ALTER TABLE orders DROP COLUMN reason_said;"
                             "ALTER TABLE orders DROP COLUMN remedy_said;"
                             "ALTER TABLE order_history DROP COLUMN reason_said;"
                             "ALTER TABLE order_history DROP COLUMN remedy_said;"
                             "ALTER TABLE held DROP COLUMN text_said;"
                             "ALTER TABLE held DROP COLUMN remedy_said;"
                             "PRAGMA user_version=12",
                             &r->e),
                     STATUS_OK);
    orders_close(r->o);
    ledger_close(r->l);
    reason_is(r, "line received: told to stop", false);
    assert_int_equal(ledger_open(r->dir, "orders", &r->l, &r->e), STATUS_OK);
    assert_int_equal(orders_open(r->l, &r->o, &r->e), STATUS_OK);
    reason_is(r, "line received: told to stop", false);
    assert_int_equal(orders_get(r->o, "A", &n, &r->e), STATUS_OK);
    assert_string_equal(n.reason, "line received: told to stop");
}

/* An order that was taken from the shop must survive a power cut. */
static void commits_wait_for_the_disk(void **state)
{
    struct room *r = *state;
    sqlite3_stmt *s;
    assert_int_equal(db_prepare(ledger_database(r->l), "PRAGMA synchronous", &s, &r->e), STATUS_OK);
    assert_int_equal(db_step(s, &r->e), STATUS_OK);
    assert_int_equal(sqlite3_column_int(s, 0), 2);
    sqlite3_finalize(s);
}

int main(void)
{
#define ROOM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ROOM(every_cause_in_every_state_does_what_the_table_says),
        ROOM(what_must_never_happen_stands_not_in_the_table),
        ROOM(a_stale_entry_changes_nothing),
        ROOM(the_same_order_again_is_nothing_and_is_told_again),
        ROOM(ids_of_sixty_characters_that_differ_in_the_last_are_two),
        ROOM(a_revision_counts_until_writing_begins),
        ROOM(readings_without_revisions_are_counted_by_what_differs),
        ROOM(what_came_too_late_is_in_time_when_nothing_was_written),
        ROOM(a_cancellation_after_writing_names_the_document),
        ROOM(outcomes_are_later_each_time_even_when_the_clock_goes_back),
        ROOM(an_outcome_that_changed_meanwhile_is_told_again),
        ROOM(order_and_cursor_come_together_or_not_at_all),
        ROOM(a_trimmed_order_is_still_known),
        ROOM(all_that_wait_are_told_once_what_they_wait_for),
        ROOM(people_see_history_and_content),
        ROOM(a_search_finds_an_order_by_what_people_know_of_it),
        ROOM(a_search_ends_when_nobody_waits_longer),
        ROOM(an_old_ledger_gets_orders_and_keeps_what_it_had),
        ROOM(a_reason_keeps_how_it_was_made),
        ROOM(commits_wait_for_the_disk),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
