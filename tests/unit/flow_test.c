/* sync: ledger and flow against a model. Whatever fails in between, in the end the panel has what the ERP
 * has, and at every moment the ledger remembers exactly what was queued. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/db.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/flow.h"
#include "unit.h"

#define KEYS 9000

/* ---- SQLite's calls, the Nth of which fails --------------------------------------------------------- */

static int fail_in;          /* 0: never */
static bool fail_afterwards; /* the call is done all the same, as when only its answer is lost */

static bool failing(void)
{
    return fail_in > 0 && --fail_in == 0;
}

int __real_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_step(sqlite3_stmt *s)
{
    if (!failing())
        return __real_sqlite3_step(s);
    if (fail_afterwards)
        __real_sqlite3_step(s);
    return SQLITE_IOERR;
}

typedef int row_callback(void *, int, char **, char **);
int __real_sqlite3_exec(sqlite3 *db, const char *sql, row_callback *row, void *user, char **e);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, row_callback *row, void *user, char **e);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, row_callback *row, void *user, char **e)
{
    if (!failing())
        return __real_sqlite3_exec(db, sql, row, user, e);
    if (fail_afterwards)
        __real_sqlite3_exec(db, sql, row, user, e);
    return SQLITE_IOERR;
}

int __real_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **s,
                              const char **t);
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **s,
                              const char **t);
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags, sqlite3_stmt **s,
                              const char **t)
{
    return failing() ? SQLITE_NOMEM : __real_sqlite3_prepare_v3(db, sql, n, flags, s, t);
}

/* ---- the world: an ERP, a panel, and a ledger between them ------------------------------------------- */

struct world {
    char dir[64];
    struct ledger *ledger;
    int keys;      /* how many there may be */
    int erp[KEYS]; /* the level of product i; 0: there is none */
    int panel[KEYS];
    uint64_t panel_acked;
    /* what the next reading and sending meet */
    int at, end_at; /* the source's place; where it breaks (-1: nowhere) */
    int ticks_left; /* -1: never told to stop */
    enum { GOOD, LOST_REPLY, AWAY, HALF, BUSY } panel_mood;
    struct record record;
    struct flow flow;
    uint64_t shown; /* changes that a dry run would have queued */
};

static void fill(struct record *r, int key, int level)
{
    char text[32];
    record_reset(r);
    assert_int_equal(key_add_integer(&r->key, key, NULL), STATUS_OK);
    assert_int_equal(key_add_integer(&r->key, 1, NULL), STATUS_OK);
    snprintf(text, sizeof text, "S-%d", key);
    record_set(r, 0, text, strlen(text), NULL);
    record_set(r, 1, level % 2 ? "MAG" : "SKL", 3, NULL);
    snprintf(text, sizeof text, "%d.5000", level);
    record_set(r, 2, text, strlen(text), NULL);
    record_set(r, 4, text, strlen(text), NULL);
}

static enum status next(void *user, const struct record **record, struct error *e)
{
    struct world *w = user;
    while (w->at < w->keys && !w->erp[w->at])
        w->at++;
    if (w->end_at >= 0 && w->at >= w->end_at)
        return error_set(e, STATUS_UNREACHABLE, "erp_unreachable", "cut");
    if (w->at >= w->keys)
        return STATUS_END;
    fill(&w->record, w->at, w->erp[w->at]);
    w->at++;
    *record = &w->record;
    return STATUS_OK;
}

static enum status tick(void *user, const char *phase, uint64_t done)
{
    struct world *w = user;
    (void)phase;
    (void)done;
    return w->ticks_left >= 0 && w->ticks_left-- == 0 ? STATUS_CANCELLED : STATUS_OK;
}

static void would(void *user, const char *op, const char *key, const char *data)
{
    struct world *w = user;
    assert_true(*key && (text_equal(op, "delete")) == (data == NULL));
    w->shown++;
}

static int key_of(const char *text)
{
    int key = -1, warehouse = -1;
    assert_int_equal(sscanf(text, "%d/%d", &key, &warehouse), 2);
    assert_int_equal(warehouse, 1);
    return key;
}

static void apply(int state[KEYS], const json_t *change)
{
    const char *level = json_text(json_object_get(change, "data"), "on_hand", "0");
    int key = key_of(json_text(change, "key", ""));
    assert_in_range(key, 0, KEYS - 1);
    state[key] = text_equal(json_text(change, "op", ""), "delete") ? 0 : atoi(level);
}

/* The panel: takes what continues what it has, drops what it has already, refuses a hole. */
static enum status panel_send(struct channel *c, const struct channel_batch *batch, uint64_t *acked,
                              int64_t *retry_after_ms, struct error *e)
{
    struct world *w = (struct world *)(void *)c;
    const char *line = batch->lines;
    uint64_t seq = batch->first;
    if (w->panel_mood == AWAY)
        return error_set(e, STATUS_UNREACHABLE, "http_unreachable", "away");
    if (w->panel_mood == BUSY) {
        *retry_after_ms = 7000;
        return error_set(e, STATUS_BUSY, "busy", "later");
    }
    if (batch->first > w->panel_acked + 1) {
        *acked = w->panel_acked;
        return error_set(e, STATUS_EXISTS, "hole", "a hole");
    }
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1, seq++) {
        json_t *change = json_parse(line, (size_t)(end - line), NULL);
        assert_non_null(change);
        assert_int_equal(json_number(change, "seq", -1), seq);
        assert_string_equal(json_text(change, "stream", ""), "stock");
        bool enough =
            w->panel_mood == HALF && seq > batch->first + (batch->last - batch->first) / 2;
        if (seq > w->panel_acked && !enough) {
            apply(w->panel, change);
            w->panel_acked = seq;
        }
        json_decref(change);
    }
    assert_int_equal(seq, batch->last + 1);
    *acked = w->panel_acked;
    if (w->panel_mood == LOST_REPLY)
        return error_set(e, STATUS_UNREACHABLE, "http_unreachable", "the reply was lost");
    return STATUS_OK;
}

static const struct channel_ops panel = {.type = "model", .send = panel_send};

static void open_ledger(struct world *w)
{
    struct error e = {0};
    if (ledger_open(w->dir, "p", &w->ledger, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    w->flow.ledger = w->ledger;
}

static struct world *world_new(int keys)
{
    struct world *w = calloc(1, sizeof *w);
    unit_directory(w->dir, sizeof w->dir);
    w->keys = keys;
    w->end_at = w->ticks_left = -1;
    record_init(&w->record, stream_find("stock"));
    w->flow = (struct flow){.state_dir = w->dir,
                            .stream = stream_find("stock"),
                            .scenario_version = 1,
                            .outbox_limit = 1000000,
                            .disk_free_bytes = 0,
                            .shrink_percent = 50,
                            .tick = tick,
                            .user = w,
                            .would = would};
    open_ledger(w);
    return w;
}

static void world_free(struct world *w)
{
    fail_in = 0;
    ledger_close(w->ledger);
    record_free(&w->record);
    assert_int_equal(dir_remove(w->dir, NULL), STATUS_OK);
    free(w);
}

static enum status read_erp(struct world *w, struct flow_result *r, struct error *e)
{
    struct flow_source source = {next, w};
    struct flow_result unused;
    w->at = 0;
    return flow_read(&w->flow, &source, r ? r : &unused, e);
}

static enum status send_one(struct world *w, struct error *e)
{
    struct buf scratch;
    uint64_t sent;
    int64_t retry;
    buf_init(&scratch, 16 << 20);
    enum status status =
        flow_send(&w->flow, &panel, (struct channel *)(void *)w, &scratch, &sent, &retry, e);
    assert_true(retry == (w->panel_mood == BUSY && status == STATUS_BUSY ? 7000 : -1));
    buf_free(&scratch);
    return status;
}

static enum status send_all(struct world *w, struct error *e)
{
    enum status status;
    while ((status = send_one(w, e)) == STATUS_OK)
        ;
    return status;
}

/* A pass and a sending in which nothing fails; the two are in step afterwards. */
static void settle(struct world *w)
{
    struct error e = {0};
    fail_in = 0;
    w->end_at = w->ticks_left = -1;
    w->panel_mood = GOOD;
    w->flow.accept_deletions = true;
    for (int i = 0; i < 3; i++) {
        if (read_erp(w, NULL, &e) != STATUS_OK)
            fail_msg("%s", e.text);
        enum status status = send_all(w, &e);
        if (status == STATUS_END)
            break;
        if (status != STATUS_EXISTS) /* a resync: once more */
            fail_msg("%s", e.text);
    }
    w->flow.accept_deletions = false;
    for (int i = 0; i < w->keys; i++)
        if (w->panel[i] != w->erp[i])
            fail_msg("product %d: the ERP has %d, the panel %d", i, w->erp[i], w->panel[i]);
}

/* The ledger's promise: the panel, once it has the outbox, holds exactly what the snapshot says. */
static void check_promise(struct world *w)
{
    char path[128];
    sqlite3 *db;
    sqlite3_stmt *s;
    static int state[KEYS];
    struct record r;
    int rows = 0, held = 0, armed = fail_in;
    fail_in = 0;
    memcpy(state, w->panel, sizeof state);
    snprintf(path, sizeof path, "%s/ledgers/p.db", w->dir);
    assert_int_equal(db_open(path, DB_READ_ONLY, &db, NULL), STATUS_OK);
    assert_int_equal(db_prepare(db, "SELECT op,key,data,seq FROM outbox ORDER BY seq", &s, NULL),
                     STATUS_OK);
    for (int64_t last = 0; db_step(s, NULL) == STATUS_OK; last = sqlite3_column_int64(s, 3)) {
        assert_true(last == 0 || sqlite3_column_int64(s, 3) == last + 1);
        json_t *data = json_parse(db_text(s, 2), strlen(db_text(s, 2)), NULL);
        json_t *change =
            json_pack("{s:s,s:s,s:o*}", "op", db_text(s, 0), "key", db_text(s, 1), "data", data);
        apply(state, change);
        json_decref(change);
    }
    sqlite3_finalize(s);
    record_init(&r, stream_find("stock"));
    assert_int_equal(db_prepare(db, "SELECT key,fingerprint FROM snapshot", &s, NULL), STATUS_OK);
    for (; db_step(s, NULL) == STATUS_OK; rows++) {
        struct buf text;
        uint8_t fingerprint[16];
        static const uint8_t forgotten[16];
        buf_init(&text, 100);
        assert_true(
            key_print(&text, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0)));
        int key = key_of(buf_text(&text));
        buf_free(&text);
        if (memcmp(sqlite3_column_blob(s, 1), forgotten, 16) == 0)
            continue; /* after a resync */
        if (!state[key])
            fail_msg("the snapshot has product %d, neither panel nor outbox do", key);
        fill(&r, key, state[key]);
        record_fingerprint(&r, fingerprint);
        assert_memory_equal(sqlite3_column_blob(s, 1), fingerprint, 16);
    }
    for (int i = 0; i < w->keys; i++)
        held += state[i] != 0;
    assert_true(held <= rows);
    sqlite3_finalize(s);
    record_free(&r);
    db_close(db);
    fail_in = armed;
}

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

static uint64_t claimed;

static enum status claim(struct channel *c, const struct channel_batch *batch, uint64_t *acked,
                         int64_t *retry_after_ms, struct error *e)
{
    (void)c;
    (void)batch;
    (void)retry_after_ms;
    (void)e;
    *acked = claimed;
    return STATUS_OK;
}

static void an_impossible_answer_changes_nothing(void **state)
{
    (void)state;
    struct world *w = world_new(3);
    struct error e = {0};
    struct channel_ops liar = {.type = "liar", .send = claim};
    struct buf scratch;
    struct ledger_state before, after;
    uint64_t sent;
    int64_t retry;
    full(w, 2);
    settle(w);
    full(w, 3);
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    ledger_state(w->ledger, &before, &e);
    buf_init(&scratch, 1 << 20);
    static const uint64_t claims[] = {INT64_MAX, UINT64_C(1) << 60,
                                      3 /* nothing of the batch was stored */};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        claimed = claims[i];
        assert_int_equal(flow_send(&w->flow, &liar, NULL, &scratch, &sent, &retry, &e),
                         STATUS_UNREACHABLE);
        ledger_state(w->ledger, &after, &e);
        assert_memory_equal(&before, &after, sizeof before);
    }
    buf_free(&scratch);
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
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
