#include "flow_world.h"

#include <inttypes.h>

#include "base/zip.h"
#include "channel/panel.h"
#include "link/identity.h"
#include "link/link.h"
#include "os/clock.h"
#include "os/dir.h"
#include "store/db.h"
#include "store/ledger_outbox.h"
#include "sync/flow_send.h"
#include "unit.h"

/* ---- SQLite's calls, the Nth of which fails --------------------------------------------------------- */

int fail_in;
bool fail_afterwards;

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
    if (w->bad[w->at]) {
        struct error why = {0};
        error_set(&why, STATUS_INVALID, "value_long", "the text is longer than it may be");
        record_blame(&w->record, "on_hand", &why);
    }
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
    assert_between(key, 0, KEYS - 1);
    state[key] = text_equal(json_text(change, "op", ""), "delete") ? 0 : atoi(level);
}

static void on_held(void *user, const struct held_row *row)
{
    struct world *w = user;
    assert_true(row->name[0] && row->why->text[0]);
    w->held++;
}

/* ---- the panel behind link_call ---- */

static struct world *the_world; /* whose panel is called */

struct request {
    uint64_t first, last;
    const char *lines;
};

/* The first row of the batch that the panel will never take; 0: there is none. */
static uint64_t refused_row(const struct world *w, const struct request *r)
{
    const char *line = r->lines;
    uint64_t seq = r->first, found = 0;
    for (const char *end; (end = strchr(line, '\n')) != NULL && !found; line = end + 1, seq++) {
        json_t *change = json_parse(line, (size_t)(end - line), NULL);
        int key = key_of(json_text(change, "key", ""));
        const char *level = json_text(json_object_get(change, "data"), "on_hand", "0");
        if (w->refused[key] && (!w->refused_above || atoi(level) > 50))
            found = seq;
        json_decref(change);
    }
    return found;
}

static json_t *acked_answer(uint64_t acked)
{
    return json_pack("{s:I}", "acked", (json_int_t)acked);
}

/* Takes what continues what it has, drops what it has already, refuses a hole. */
static enum status take_changes(struct world *w, const struct request *r, json_t **json,
                                struct error *e)
{
    const char *line = r->lines;
    uint64_t seq = r->first;
    if (w->panel_claims) {
        *json = acked_answer(w->panel_claims);
        return STATUS_OK;
    }
    if (r->first > w->panel_acked + 1) {
        *json = acked_answer(w->panel_acked);
        return error_set(e, STATUS_EXISTS, "hole", "a hole");
    }
    w->panel_batches++;
    uint64_t bad = refused_row(w, r);
    if (bad) {
        *json = w->unnamed ? json_object() : json_pack("{s:I}", "row", (json_int_t)bad);
        return error_set(e, STATUS_REFUSED, "bad_row", "the panel says 422: it will not have this");
    }
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1, seq++) {
        json_t *change = json_parse(line, (size_t)(end - line), NULL);
        assert_non_null(change);
        assert_int_equal(json_number(change, "seq", -1), seq);
        assert_string_equal(json_text(change, "stream", ""), "stock");
        bool enough = w->panel_mood == HALF && seq > r->first + (r->last - r->first) / 2;
        if (seq > w->panel_acked && !enough) {
            apply(w->panel, change);
            w->panel_acked = seq;
        }
        json_decref(change);
    }
    assert_int_equal(seq, r->last + 1);
    *json = acked_answer(w->panel_acked);
    return STATUS_OK;
}

enum status __wrap_link_call(struct link *l, struct http_client *client, const struct link_ask *ask,
                             const volatile int *cancel, struct link_reply *reply, struct error *e);
enum status __wrap_link_call(struct link *l, struct http_client *client, const struct link_ask *ask,
                             const volatile int *cancel, struct link_reply *reply, struct error *e)
{
    struct world *w = the_world;
    struct request r;
    struct buf plain;
    (void)l, (void)client, (void)cancel;
    *reply = (struct link_reply){.retry_after_ms = -1};
    if (w->panel_mood == AWAY)
        return error_set(e, STATUS_UNREACHABLE, "http_unreachable", "away");
    if (w->panel_mood == BUSY) {
        reply->retry_after_ms = 7000;
        return error_set(e, STATUS_BUSY, "busy", "later");
    }
    assert_string_equal(ask->method, "POST");
    assert_string_equal(ask->path, "/plugins/p/changes");
    assert_string_equal(ask->type, "application/x-ndjson");
    assert_int_equal(
        sscanf(ask->extra[0], "Endpoint-Batch: %" SCNu64 "-%" SCNu64, &r.first, &r.last), 2);
    buf_init(&plain, 64 << 20);
    if (ask->extra[1])
        assert_int_equal(zip_unpack(&plain, ask->body, ask->length, NULL), STATUS_OK);
    else
        buf_add(&plain, ask->body, ask->length);
    r.lines = buf_text(&plain);
    enum status status = take_changes(w, &r, &reply->json, e);
    buf_free(&plain);
    if (w->panel_mood != LOST_REPLY || status != STATUS_OK)
        return status;
    json_decref(reply->json);
    reply->json = NULL;
    return error_set(e, STATUS_UNREACHABLE, "http_unreachable", "the reply was lost");
}

/* As the worker opens it: with the mark that the ledger has. */
static enum status open_channel(struct world *w, struct error *e)
{
    static const struct http_options http = {.user_agent = "test"};
    char mark[CHANNEL_MARK_MAX + 1];
    enum status status = ledger_mark(w->ledger, mark, sizeof mark, e);
    if (status != STATUS_OK)
        return status;
    const struct channel_place place = {.plugin_id = "p",
                                        .kind = "stock",
                                        .state_dir = w->dir,
                                        .panel_url = "https://panel.example",
                                        .mark = mark,
                                        .http = &http};
    status = channel_panel.open(&place, &w->channel, e);
    if (status == STATUS_OK)
        status = flow_send_open(&w->flow, &channel_panel, w->channel, &w->sender, e);
    return status;
}

void close_channel(struct world *w)
{
    flow_send_close(w->sender);
    channel_panel.close(w->channel);
    w->sender = NULL;
    w->channel = NULL;
}

void open_ledger(struct world *w)
{
    struct error e = {0};
    close_channel(w);
    if (ledger_open(w->dir, "p", &w->ledger, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    w->flow.ledger = w->ledger;
}

struct world *world_new(int keys)
{
    struct world *w = calloc(1, sizeof *w);
    unit_directory(w->dir, sizeof w->dir);
    w->keys = keys;
    w->end_at = w->ticks_left = -1;
    record_init(&w->record, stream_find("stock"));
    w->flow = (struct flow){.clock = &clock_system,
                            .state_dir = w->dir,
                            .stream = stream_find("stock"),
                            .scenario_version = 1,
                            .outbox_limit = 1000000,
                            .disk_free_bytes = 0,
                            .shrink_percent = 50,
                            .tick = tick,
                            .user = w,
                            .held = on_held,
                            .held_user = w,
                            .would = would};
    struct identity id = {.endpoint_id = "ep-1", .account_id = "konto"};
    assert_int_equal(identity_save(w->dir, &id, NULL), STATUS_OK);
    open_ledger(w);
    return w;
}

void world_free(struct world *w)
{
    fail_in = 0;
    close_channel(w);
    ledger_close(w->ledger);
    record_free(&w->record);
    assert_int_equal(dir_remove(w->dir, NULL), STATUS_OK);
    free(w);
}

enum status read_erp(struct world *w, struct flow_result *r, struct error *e)
{
    struct flow_source source = {next, w};
    struct flow_result unused;
    w->at = 0;
    return flow_read(&w->flow, &source, r ? r : &unused, e);
}

enum status send_one(struct world *w, struct error *e)
{
    uint64_t sent;
    int64_t retry = -1;
    the_world = w;
    enum status status = w->channel ? STATUS_OK : open_channel(w, e);
    if (status == STATUS_OK)
        status = flow_send(w->sender, &sent, &retry, e);
    assert_true(retry == (w->panel_mood == BUSY && status == STATUS_BUSY ? 7000 : -1));
    if (status != STATUS_OK)
        close_channel(w);
    return status;
}

enum status send_all(struct world *w, struct error *e)
{
    enum status status;
    while ((status = send_one(w, e)) == STATUS_OK)
        ;
    return status;
}

void settle(struct world *w)
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

void check_promise(struct world *w)
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
