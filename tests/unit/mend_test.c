/* One byte of a ledger's file flips on the disk: whatever it was, in the end the panel has what the ERP has, or the
 * damage is said. Never is it silently something else. */
#include "flow_world.h"
#include "unit.h"

#include <fcntl.h>

#include "base/memory.h"
#include "os/file.h"
#include "store/db.h"
#include "store/ledger_mend.h"

#define PRODUCTS 150
#define TRIALS   1500

static uint32_t dice_state = 7;

static uint32_t dice(uint32_t sides)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 8) % sides;
}

static struct world *some_world(void)
{
    struct world *w = world_new(PRODUCTS);
    for (int i = 0; i < PRODUCTS - 20; i++)
        w->erp[i] = i + 1;
    settle(w);
    return w;
}

/* As the worker does it: what is damaged is mended, and it goes on. *mends: how often. */
static enum status work(struct world *w, int *mends, struct error *e)
{
    enum status status = STATUS_OK;
    for (int i = 0; i < 8; i++) {
        close_channel(w);
        status = read_erp(w, NULL, e);
        if (status == STATUS_OK)
            status = send_all(w, e);
        if (status == STATUS_END)
            return STATUS_OK;
        if (status == STATUS_INVALID && text_equal(e->code, "ledger_damaged")) {
            status = ledger_mend(w->ledger, e);
            ++*mends;
        }
        if (status != STATUS_OK && status != STATUS_EXISTS)
            return status;
    }
    return status;
}

static void in_step(struct world *w, const char *what)
{
    for (int i = 0; i < w->keys; i++)
        if (w->panel[i] != w->erp[i])
            fail_msg("%s: product %d: the ERP has %d, the panel %d", what, i, w->erp[i],
                     w->panel[i]);
}

static void a_flipped_byte_is_never_unseen(void **state)
{
    (void)state;
    struct world *w = some_world();
    struct error e = {0};
    struct buf file;
    char path[128], what[64];
    int panel[KEYS], mends = 0, said = 0;
    /* Changes and deletions that wait; then some that no pass has seen. */
    for (int i = 0; i < 30; i++)
        w->erp[i * 4] += 50;
    w->erp[7] = w->erp[70] = 0;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    w->erp[9] = w->erp[90] = 0;
    w->erp[140] = 5;
    ledger_close(w->ledger);
    snprintf(path, sizeof path, "%s/ledgers/p.db", w->dir);
    buf_init(&file, 16 << 20);
    assert_int_equal(file_read(path, &file, NULL, NULL), STATUS_OK);
    memcpy(panel, w->panel, sizeof panel);
    uint64_t acked = w->panel_acked;
    for (int trial = 0; trial < TRIALS; trial++) {
        size_t at = dice((uint32_t)file.length);
        char was = file.data[at];
        if (was == 0 && dice(8)) /* mostly where something stands */
            continue;
        file.data[at] = (char)(was ^ (1 + dice(255)));
        assert_int_equal(file_replace(path, file.data, file.length, 0600, NULL, NULL), STATUS_OK);
        file.data[at] = was;
        memcpy(w->panel, panel, sizeof panel);
        w->panel_acked = acked;
        snprintf(what, sizeof what, "byte %zu", at);
        if (ledger_open(w->dir, "p", &w->ledger, &e) != STATUS_OK) {
            said++;
            continue;
        }
        w->flow.ledger = w->ledger;
        if (work(w, &mends, &e) == STATUS_OK) {
            if (ledger_was_mended(w->ledger, e.text, sizeof e.text))
                mends++;
            in_step(w, what);
        } else {
            said++;
        }
        ledger_close(w->ledger);
    }
    assert_true(mends > 20);
    print_message("%d mended, %d said\n", mends, said);
    open_ledger(w);
    buf_free(&file);
    world_free(w);
}

/* A pass and a sending after which only this product differs. */
static void settle_but(struct world *w, int but)
{
    struct error e = {0};
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_all(w, &e), STATUS_END);
    for (int i = 0; i < w->keys; i++)
        assert_true(i == but || w->panel[i] == w->erp[i]);
}

static void tamper(struct world *w, const char *sql)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/ledgers/p.db", w->dir);
    assert_int_equal(db_open(path, 0, &db, NULL), STATUS_OK);
    assert_int_equal(db_exec(db, sql, NULL), STATUS_OK);
    db_close(db);
}

/* What each kind of damage does, and that it is told. */
static void each_kind_is_mended(void **state)
{
    static const struct {
        const char *sql;
        bool noticed; /* else it mends itself in passing */
    } kinds[] = {
        {"UPDATE outbox SET data=replace(data,'\"on_hand\":\"','\"on_hand\":\"9')", true},
        {"UPDATE outbox SET key='3/1' WHERE seq=(SELECT max(seq) FROM outbox)", true},
        {"UPDATE outbox SET op='delete',data=NULL WHERE seq=(SELECT min(seq) FROM outbox)", true},
        {"DELETE FROM outbox WHERE seq=(SELECT max(seq) FROM outbox)", true},
        {"DELETE FROM outbox WHERE seq=(SELECT min(seq)+1 FROM outbox)", true},
        {"UPDATE snapshot SET key=x'690000000000000c005269800000000000000001' WHERE "
         "key=(SELECT min(key) FROM snapshot)",
         true},
        {"UPDATE snapshot SET fingerprint=zeroblob(16)", false},
        {"UPDATE snapshot SET fingerprint=x'01'", false},
        {"UPDATE snapshot SET proof=proof+1", true},
        {"DELETE FROM snapshot WHERE key=(SELECT min(key) FROM snapshot)", true},
        {"UPDATE facts SET value=value+3 WHERE name='next_seq'", true},
        {"UPDATE facts SET value=value-3 WHERE name='next_seq'", true},
        {"UPDATE facts SET value=value-3 WHERE name='acked'", true},
        {"UPDATE facts SET value=value+1 WHERE name='snapshot_rows'", true},
        {"UPDATE facts SET value=2 WHERE name='scenario_version'", true},
        {"DELETE FROM facts WHERE name='next_seq'", true},
        {"UPDATE facts SET name='nexu_seq' WHERE name='next_seq'", true},
        {"DELETE FROM outbox WHERE seq=(SELECT min(seq) FROM outbox)", true},
        {"UPDATE texts SET value=value-2 WHERE name='mark'", true},
        {"UPDATE texts SET name='mbrk' WHERE name='mark'", false},
        {"DELETE FROM texts WHERE name='mark'", false}, /* the panel is asked how far it is */
        {"UPDATE facts SET value=0 WHERE name='marked'", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct world *w = some_world();
        struct error e = {0};
        char text[300];
        int mends = 0;
        w->erp[5] = 80;
        w->erp[6] = 81;
        w->erp[8] = 0;
        assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
        ledger_close(w->ledger);
        tamper(w, kinds[i].sql);
        open_ledger(w);
        w->erp[11] = 0;
        if (work(w, &mends, &e) != STATUS_OK)
            fail_msg("%s: %s", kinds[i].sql, e.text);
        in_step(w, kinds[i].sql);
        if (ledger_was_mended(w->ledger, text, sizeof text) != kinds[i].noticed)
            fail_msg("%s: %s", kinds[i].sql, kinds[i].noticed ? "not noticed" : text);
        assert_false(ledger_was_mended(w->ledger, text, sizeof text));
        check_promise(w);
        world_free(w);
    }
}

/* How far the panel is was lost, and more is queued than it has: under numbers that it knows it would drop the first
 * changes. */
static void a_lost_mark_drops_nothing(void **state)
{
    (void)state;
    struct world *w = some_world();
    struct error e = {0};
    int mends = 0;
    for (int i = 0; i < PRODUCTS; i++)
        w->erp[i] = 200 + i;
    ledger_close(w->ledger);
    tamper(w, "UPDATE texts SET value=value-2 WHERE name='mark'");
    open_ledger(w);
    if (work(w, &mends, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    in_step(w, "a lost mark");
    world_free(w);
}

/* The version before kept no mark: what was acknowledged is it, less the rows that were taken out. */
static void an_older_ledger_goes_on_where_it_was(void **state)
{
    (void)state;
    struct world *w = some_world();
    struct error e = {0};
    w->refused[3] = true;
    w->erp[3] = 77;
    w->erp[4] = 78;
    settle_but(w, 3);
    uint64_t acked = w->panel_acked;
    w->erp[5] = 80;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    ledger_close(w->ledger);
    tamper(w, UNIT_UNDO_ORDERS_SAID UNIT_UNDO_HELD_SAID UNIT_UNDO_ITEMS UNIT_UNDO_MARK
           "PRAGMA user_version=10");
    open_ledger(w);
    settle_but(w, 3);
    assert_int_equal(w->panel_acked, acked + 1);
    world_free(w);
}

/* Which scenario it was is damage's secret: that accepts no deletions. */
static void damage_accepts_no_deletions(void **state)
{
    (void)state;
    struct world *w = some_world();
    struct error e = {0};
    int mends = 0;
    ledger_close(w->ledger);
    tamper(w, "UPDATE facts SET value=17 WHERE name='scenario_version'");
    open_ledger(w);
    for (int i = 0; i < 120; i++)
        w->erp[i] = 0;
    assert_int_equal(work(w, &mends, &e), STATUS_GUARD);
    assert_int_equal(w->panel[3], 4);
    world_free(w);
}

/* A ledger of the version before has no proofs: it gets them, and goes on as if nothing had been. */
static void an_older_ledger_gets_its_proofs(void **state)
{
    (void)state;
    struct world *w = some_world();
    struct error e = {0};
    uint64_t acked = w->panel_acked;
    w->erp[5] = 80;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    ledger_close(w->ledger);
    tamper(w,
           UNIT_UNDO_ORDERS_SAID UNIT_UNDO_HELD_SAID UNIT_UNDO_ITEMS UNIT_UNDO_MARK
               UNIT_UNDO_TALLIES UNIT_UNDO_ORDER_PROOFS UNIT_UNDO_PROOFS "PRAGMA user_version=7");
    struct ledger *reader;
    assert_int_equal(ledger_open_read(w->dir, "p", &reader, &e), STATUS_OK);
    struct ledger_state s;
    assert_int_equal(ledger_state(reader, &s, &e), STATUS_OK);
    assert_int_equal(s.queued, 1);
    ledger_close(reader);
    open_ledger(w);
    settle(w);
    assert_int_equal(w->panel_acked, acked + 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_byte_is_never_unseen),
        cmocka_unit_test(each_kind_is_mended),
        cmocka_unit_test(damage_accepts_no_deletions),
        cmocka_unit_test(an_older_ledger_gets_its_proofs),
        cmocka_unit_test(an_older_ledger_goes_on_where_it_was),
        cmocka_unit_test(a_lost_mark_drops_nothing),
    };
    return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
