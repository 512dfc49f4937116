#include "panel/store/store.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/plugin.h"

static const char *const schema[] = {
    "CREATE TABLE accounts(id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL);"
    "CREATE TABLE tokens(hash TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts(id),"
    " expires_ms INTEGER NOT NULL, public_key TEXT, endpoint_id TEXT);"
    "CREATE TABLE endpoints(id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts(id),"
    " name TEXT, version TEXT, platform TEXT, erp TEXT, public_key TEXT NOT NULL, old_key TEXT,"
    " old_until_ms INTEGER NOT NULL DEFAULT 0, revoked INTEGER NOT NULL DEFAULT 0, registered TEXT "
    "NOT NULL,"
    " last_seen TEXT, status TEXT, rev INTEGER NOT NULL DEFAULT 1);"
    "CREATE TABLE plugins(id TEXT PRIMARY KEY, endpoint_id TEXT NOT NULL REFERENCES endpoints(id),"
    " enabled INTEGER NOT NULL, version INTEGER NOT NULL, scenario TEXT NOT NULL, acked INTEGER "
    "NOT NULL DEFAULT 0);"
    "CREATE TABLE plugin_versions(id TEXT NOT NULL, version INTEGER NOT NULL, scenario TEXT NOT "
    "NULL,"
    " saved TEXT NOT NULL, PRIMARY KEY(id, version));"
    "CREATE TABLE commands(id TEXT PRIMARY KEY, endpoint_id TEXT NOT NULL, what TEXT NOT NULL, "
    "with_json TEXT NOT NULL,"
    " created TEXT NOT NULL, result TEXT, answered TEXT);"
    "CREATE TABLE rows(plugin_id TEXT NOT NULL, stream TEXT NOT NULL, key TEXT NOT NULL, seq "
    "INTEGER NOT NULL,"
    " deleted INTEGER NOT NULL, data TEXT, PRIMARY KEY(plugin_id, stream, key)) WITHOUT ROWID;"
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, endpoint_id TEXT NOT NULL, remote_id INTEGER, at "
    "TEXT, level TEXT,"
    " plugin TEXT, ord TEXT, code TEXT, text TEXT, UNIQUE(endpoint_id, remote_id));"
    "CREATE TABLE seen(endpoint_id TEXT NOT NULL, jti TEXT NOT NULL, expires INTEGER NOT NULL,"
    " PRIMARY KEY(endpoint_id, jti)) WITHOUT ROWID",
    "ALTER TABLE plugins ADD COLUMN order_seq INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE orders(plugin_id TEXT NOT NULL REFERENCES plugins(id), id TEXT NOT NULL, number "
    "TEXT NOT NULL,"
    " revision INTEGER NOT NULL, cancelled INTEGER NOT NULL, seq INTEGER NOT NULL, added TEXT NOT "
    "NULL,"
    " changed TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'new', outcome TEXT,"
    " outcome_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(plugin_id, id));"
    "CREATE UNIQUE INDEX orders_seq ON orders(plugin_id, seq);"
    "CREATE INDEX orders_state ON orders(state, added);"
    "CREATE TABLE order_revisions(plugin_id TEXT NOT NULL, order_id TEXT NOT NULL, revision "
    "INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, tag TEXT NOT NULL, data TEXT NOT NULL, added TEXT NOT NULL,"
    " PRIMARY KEY(plugin_id, order_id, revision));"
    "CREATE UNIQUE INDEX order_revisions_seq ON order_revisions(plugin_id, seq);"
    "CREATE TABLE outcomes(id INTEGER PRIMARY KEY, plugin_id TEXT NOT NULL, order_id TEXT NOT NULL,"
    " hash TEXT NOT NULL, at_ms INTEGER NOT NULL, received TEXT NOT NULL, data TEXT NOT NULL,"
    " UNIQUE(plugin_id, order_id, hash));"
    "CREATE INDEX rows_external ON rows(json_extract(data,'$.external_id')) WHERE "
    "stream='order-states'",
    "ALTER TABLE journal ADD COLUMN correlation TEXT",
    /* An id that an endpoint uses once more for another entry is another entry. */
    "CREATE TABLE entries(id INTEGER PRIMARY KEY, endpoint_id TEXT NOT NULL, remote_id INTEGER, at "
    "TEXT, level TEXT, plugin TEXT, ord TEXT, code TEXT, text TEXT, correlation TEXT);"
    "INSERT INTO entries SELECT id,endpoint_id,remote_id,at,level,plugin,ord,code,text,correlation "
    "FROM journal;"
    "DROP TABLE journal; ALTER TABLE entries RENAME TO journal;"
    "CREATE UNIQUE INDEX journal_remote ON journal(endpoint_id,remote_id,at)",
    /* Of the newest start of each endpoint (starts.c), and of whoever would like to be it; when the panel
     * itself listened, and whom it misses (contact.c). */
    "CREATE TABLE starts(endpoint_id TEXT PRIMARY KEY, incarnation INTEGER NOT NULL, life TEXT, place "
    "TEXT,"
    " host TEXT, called_ms INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0,"
    " asked_life TEXT, asked_ms INTEGER NOT NULL DEFAULT 0, twin_life TEXT, twin_host TEXT,"
    " twin_ms INTEGER NOT NULL DEFAULT 0, twin_asked_ms INTEGER NOT NULL DEFAULT 0,"
    " twin_let INTEGER NOT NULL DEFAULT 0, former_life TEXT,"
    " former_until_ms INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE listening(one INTEGER PRIMARY KEY CHECK(one=1), since_ms INTEGER NOT NULL,"
    " last_ms INTEGER NOT NULL);"
    "CREATE TABLE missed(endpoint_id TEXT PRIMARY KEY, since_ms INTEGER NOT NULL)",
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *put_row; /* the one that is worth keeping */
    int64_t last_purge_s;
};

enum status store_open(const char *data_dir, struct store **out, struct error *e)
{
    char path[PATH_MAX];
    struct store *s = mem_alloc(sizeof *s);
    *out = NULL;
    enum status status = dir_ensure(data_dir, 0700, e);
    if (status == STATUS_OK)
        status = path_join(path, sizeof path, data_dir, "panel.db", e);
    if (status == STATUS_OK)
        status = db_open(path, DB_CREATE, &s->db, e);
    if (status ==
        STATUS_OK) /* full after a few thousand rows already: the same for a shop of any size */
        status = db_exec(s->db, "PRAGMA cache_size=-1000", e);
    if (status == STATUS_OK)
        status = db_migrate(s->db, schema, COUNT_OF(schema), e);
    if (status != STATUS_OK) {
        store_close(s);
        return status;
    }
    *out = s;
    return STATUS_OK;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    sqlite3_finalize(s->put_row);
    db_close(s->db);
    free(s);
}

sqlite3 *store_db(struct store *s)
{
    return s->db;
}

enum status store_put_row(struct store *s, sqlite3_stmt **statement, struct error *e)
{
    enum status status = STATUS_OK;
    if (!s->put_row)
        status = db_prepare(s->db,
                            "INSERT INTO rows VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT DO UPDATE SET "
                            "seq=?4,deleted=?5,data=?6",
                            &s->put_row, e);
    *statement = s->put_row;
    return status;
}

static enum status bind(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, sqlite3_stmt **st, struct error *e)
{
    enum status status = db_prepare(s->db, sql, st, e);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        sqlite3_bind_text(*st, (int)i + 1, parameters[i], -1, SQLITE_STATIC);
    return status;
}

static json_t *row_to_json(sqlite3_stmt *st)
{
    json_t *row = json_object();
    for (int i = 0; i < sqlite3_column_count(st); i++) {
        const char *name = sqlite3_column_name(st, i);
        if (sqlite3_column_type(st, i) == SQLITE_INTEGER)
            json_set_number(row, name, sqlite3_column_int64(st, i));
        else
            json_set_text(row, name,
                          sqlite3_column_type(st, i) == SQLITE_NULL ? NULL : db_text(st, i));
    }
    return row;
}

enum status store_query(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, json_t **rows, struct error *e)
{
    sqlite3_stmt *st = NULL;
    *rows = json_array();
    enum status status = bind(s, sql, parameters, count, &st, e);
    while (status == STATUS_OK && (status = db_step(st, e)) == STATUS_OK)
        json_array_append_new(*rows, row_to_json(st));
    sqlite3_finalize(st);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status store_run(struct store *s, const char *sql, const char *const *parameters, size_t count,
                      int *changed, struct error *e)
{
    sqlite3_stmt *st = NULL;
    enum status status = bind(s, sql, parameters, count, &st, e);
    if (status == STATUS_OK)
        status = db_run(st, e);
    sqlite3_finalize(st);
    if (changed)
        *changed = status == STATUS_OK ? sqlite3_changes(s->db) : 0;
    return status;
}

enum status store_end(struct store *s, enum status status, struct error *e)
{
    if (status == STATUS_OK)
        status = db_exec(s->db, "COMMIT", e);
    /* A COMMIT that failed (a full disk) leaves the transaction open. */
    if (status != STATUS_OK)
        db_exec(s->db, "ROLLBACK", NULL);
    return status;
}

static void now_text(char target[CLOCK_TEXT])
{
    clock_format(target, clock_wall_ms());
}

enum status store_account_add(struct store *s, const char *name, char id[CRYPTO_ID_TEXT],
                              struct error *e)
{
    char now[CLOCK_TEXT];
    now_text(now);
    crypto_random_id(id);
    return store_run(s, "INSERT INTO accounts VALUES(?,?,?)", (const char *[]){id, name, now}, 3,
                     NULL, e);
}

static void hash_token(const char *token, char hex[2 * CRYPTO_HASH + 1])
{
    uint8_t hash[CRYPTO_HASH];
    crypto_sha256(token, strlen(token), hash);
    crypto_hex(hex, hash, sizeof hash);
}

enum status store_token_new(struct store *s, const char *account, int64_t ttl_ms, char token[64],
                            struct error *e)
{
    uint8_t random[24];
    char hex[2 * CRYPTO_HASH + 1], expires[24];
    struct buf b;
    json_t *rows = NULL;
    enum status status = store_query(
        s, "SELECT id FROM accounts WHERE ?1 IS NULL OR id=?1 OR name=?1", &account, 1, &rows, e);
    if (status == STATUS_OK && json_array_size(rows) != 1) {
        status =
            error_set(e, STATUS_NOT_FOUND, "account_unknown",
                      json_array_size(rows) ? "there are several accounts: name one with --account"
                                            : "there is no such account");
        error_remedy(e, "endpoint-panel account list shows them, account add makes one.");
    }
    if (status == STATUS_OK) {
        crypto_random(random, sizeof random);
        buf_init(&b, 64);
        crypto_base64url(&b, random, sizeof random);
        text_format(token, 64, "EP1-%s", buf_text(&b));
        mem_wipe(b.data, b.length);
        buf_free(&b);
        hash_token(token, hex);
        text_format(expires, sizeof expires, "%lld", (long long)(clock_wall_ms() + ttl_ms));
        const char *values[] = {hex, json_text(json_array_get(rows, 0), "id", ""), expires};
        status = store_run(
            s, "INSERT INTO tokens(hash,account_id,expires_ms) VALUES(?,?,CAST(? AS INTEGER))",
            values, 3, NULL, e);
    }
    json_decref(rows);
    return status;
}

static enum status denied(struct error *e, const char *code, const char *text)
{
    return error_set(e, STATUS_DENIED, code, "%s", text);
}

static enum status registration_answer(struct store *s, const char *endpoint, int64_t now_ms,
                                       json_t **answer, struct error *e)
{
    json_t *rows = NULL;
    char now[CLOCK_TEXT];
    clock_format(now, now_ms);
    enum status status =
        store_query(s,
                    "SELECT a.id AS id, a.name AS name FROM endpoints AS e JOIN accounts AS a ON "
                    "a.id=e.account_id WHERE e.id=?",
                    &endpoint, 1, &rows, e);
    if (status == STATUS_OK) {
        *answer = json_object();
        json_set_text(*answer, "endpoint_id", endpoint);
        json_object_set(*answer, "account", json_array_get(rows, 0));
        json_set_text(*answer, "time", now);
    }
    json_decref(rows);
    return status;
}

static enum status use_token(struct store *s, const struct registration *r, const char *hash,
                             const char *account, char endpoint[CRYPTO_ID_TEXT], int64_t now_ms,
                             struct error *e)
{
    char now[CLOCK_TEXT];
    int taken = 0;
    clock_format(now, now_ms);
    crypto_random_id(endpoint);
    const char *values[] = {endpoint,    account, r->name,       r->version,
                            r->platform, r->erp,  r->public_key, now};
    enum status status = db_exec(s->db, "BEGIN IMMEDIATE", e);
    if (status != STATUS_OK)
        return status;
    status = store_run(
        s,
        "INSERT INTO endpoints(id,account_id,name,version,platform,erp,public_key,registered) "
        "VALUES(?,?,?,?,?,?,?,?)",
        values, 8, NULL, e);
    if (status == STATUS_OK)
        status = store_run(
            s, "UPDATE tokens SET public_key=?,endpoint_id=? WHERE hash=? AND endpoint_id IS NULL",
            (const char *[]){r->public_key, endpoint, hash}, 3, &taken, e);
    if (status == STATUS_OK && !taken)
        status = denied(e, "token_used", "this registration token was used a moment ago");
    return store_end(s, status, e);
}

enum status store_register(struct store *s, const struct registration *r, int64_t now_ms,
                           json_t **answer, bool *created, struct error *e)
{
    char hash[2 * CRYPTO_HASH + 1], endpoint[CRYPTO_ID_TEXT];
    const char *key = hash;
    json_t *rows = NULL;
    *answer = NULL;
    *created = false;
    hash_token(r->token, hash);
    enum status status = store_query(s,
                                     "SELECT t.account_id AS account_id,t.expires_ms AS "
                                     "expires_ms,t.public_key AS public_key,t.endpoint_id AS "
                                     "endpoint_id,e.name AS name,e.registered AS registered FROM "
                                     "tokens AS t LEFT JOIN endpoints AS e ON "
                                     "e.id=t.endpoint_id WHERE t.hash=?",
                                     &key, 1, &rows, e);
    const json_t *row = json_array_get(rows, 0);
    const char *used_by = json_text(row, "endpoint_id", NULL);
    if (status == STATUS_OK && !row) {
        status = denied(e, "token_unknown", "this registration token is unknown");
    } else if (status == STATUS_OK && used_by) {
        /* A lost reply is repeated with the same key; anybody else comes too late. */
        if (text_equal(json_text(row, "public_key", ""), r->public_key))
            status = registration_answer(s, used_by, now_ms, answer, e);
        else
            status = error_set(e, STATUS_DENIED, "token_used",
                               "this registration token was used on %.10s by \"%.100s\"",
                               json_text(row, "registered", ""), json_text(row, "name", ""));
    } else if (status == STATUS_OK && json_number(row, "expires_ms", 0) < now_ms) {
        status = denied(e, "token_expired", "this registration token has expired");
    } else if (status == STATUS_OK) {
        status = use_token(s, r, hash, json_text(row, "account_id", ""), endpoint, now_ms, e);
        if (status == STATUS_OK)
            status = registration_answer(s, endpoint, now_ms, answer, e);
        *created = status == STATUS_OK;
    }
    json_decref(rows);
    return status;
}

static bool take_key(const char *text, uint8_t key[CRYPTO_KEY])
{
    size_t length = CRYPTO_KEY;
    return text && crypto_base64url_decode(text, strlen(text), key, &length) &&
           length == CRYPTO_KEY;
}

enum status store_keys(struct store *s, const char *endpoint, int64_t now_ms,
                       uint8_t keys[2][CRYPTO_KEY], size_t *count, struct error *e)
{
    json_t *rows = NULL;
    *count = 0;
    enum status status =
        store_query(s, "SELECT public_key,old_key,old_until_ms,revoked FROM endpoints WHERE id=?",
                    &endpoint, 1, &rows, e);
    const json_t *row = json_array_get(rows, 0);
    if (status == STATUS_OK && !row) {
        status = denied(e, "signature_invalid",
                        "the request is signed by an endpoint that is not known");
    } else if (status == STATUS_OK && json_number(row, "revoked", 0)) {
        status = denied(e, "endpoint_revoked", "this endpoint was revoked");
    } else if (status == STATUS_OK) {
        *count += take_key(json_text(row, "public_key", NULL), keys[*count]);
        if (json_number(row, "old_until_ms", 0) > now_ms)
            *count += take_key(json_text(row, "old_key", NULL), keys[*count]);
    }
    json_decref(rows);
    return status;
}

enum status store_seen(struct store *s, const char *endpoint, const char *jti, int64_t expires_s,
                       int64_t now_s, struct error *e)
{
    char expires[24], now[24];
    const char *cut = now;
    text_format(expires, sizeof expires, "%lld", (long long)expires_s);
    text_format(now, sizeof now, "%lld", (long long)now_s - 300);
    if (now_s - s->last_purge_s > 60) {
        s->last_purge_s = now_s;
        store_run(s, "DELETE FROM seen WHERE expires<CAST(? AS INTEGER)", &cut, 1, NULL, NULL);
    }
    enum status status = store_run(s, "INSERT INTO seen VALUES(?,?,CAST(? AS INTEGER))",
                                   (const char *[]){endpoint, jti, expires}, 3, NULL, e);
    if (status == STATUS_EXISTS)
        return denied(e, "token_replayed", "this request was sent before");
    return status;
}

enum status store_rotate(struct store *s, const char *endpoint, const char *public_key,
                         int64_t now_ms, struct error *e)
{
    uint8_t key[CRYPTO_KEY];
    char until[24];
    if (!take_key(public_key, key))
        return error_set(e, STATUS_INVALID, "key_invalid",
                         "public_key is not an Ed25519 key in base64url");
    text_format(until, sizeof until, "%lld", (long long)(now_ms + INT64_C(86400000)));
    const char *values[] = {public_key, until, endpoint};
    return store_run(s,
                     "UPDATE endpoints SET old_key=public_key,public_key=?1,old_until_ms=CAST(?2 "
                     "AS INTEGER) WHERE "
                     "id=?3 AND public_key<>?1",
                     values, 3, NULL, e);
}

/* ---- configuration
 * ------------------------------------------------------------------------------- */

int64_t store_rev(struct store *s, const char *endpoint)
{
    json_t *rows = NULL;
    store_query(s, "SELECT rev FROM endpoints WHERE id=?", &endpoint, 1, &rows, NULL);
    int64_t rev = json_number(json_array_get(rows, 0), "rev", 0);
    json_decref(rows);
    return rev;
}

static json_t *parsed(const json_t *row, const char *name)
{
    const char *text = json_text(row, name, "null");
    json_t *value = json_parse(text, strlen(text), NULL);
    return value ? value : json_null();
}

enum status store_config(struct store *s, const char *endpoint, json_t **config, int64_t *rev,
                         struct error *e)
{
    json_t *rows = NULL, *commands = NULL, *row;
    size_t i;
    *config = NULL;
    enum status status =
        store_query(s,
                    "SELECT id,enabled,version,scenario FROM plugins WHERE endpoint_id=? ORDER BY "
                    "id",
                    &endpoint, 1, &rows, e);
    if (status == STATUS_OK)
        status = store_query(s,
                             "SELECT id,what,with_json FROM commands WHERE endpoint_id=? AND "
                             "result IS NULL ORDER BY "
                             "created,rowid",
                             &endpoint, 1, &commands, e);
    if (status == STATUS_OK) {
        json_t *plugin_list = json_array(), *command_list = json_array();
        *rev = store_rev(s, endpoint);
        json_array_foreach (rows, i, row) {
            json_t *plugin = parsed(row, "scenario");
            json_set_text(plugin, "id", json_text(row, "id", ""));
            json_set_flag(plugin, "enabled", json_number(row, "enabled", 0) != 0);
            json_set_number(plugin, "scenario_version", json_number(row, "version", 1));
            json_array_append_new(plugin_list, plugin);
        }
        json_array_foreach (commands, i, row) {
            json_t *command = json_object();
            json_set_text(command, "id", json_text(row, "id", ""));
            json_set_text(command, "do", json_text(row, "what", ""));
            json_object_set_new(command, "with", parsed(row, "with_json"));
            json_array_append_new(command_list, command);
        }
        *config = json_object();
        json_set_number(*config, "rev", *rev);
        json_object_set_new(*config, "plugins", plugin_list);
        json_object_set_new(*config, "commands", command_list);
    }
    json_decref(rows);
    json_decref(commands);
    return status;
}

static enum status raise_rev(struct store *s, const char *endpoint, struct error *e)
{
    return store_run(s, "UPDATE endpoints SET rev=rev+1 WHERE id=?", &endpoint, 1, NULL, e);
}

enum status store_plugin_put(struct store *s, const char *endpoint, const char *id, json_t *plugin,
                             bool add, struct error *e)
{
    char now[CLOCK_TEXT];
    enum status status = plugin_validate(plugin, e);
    if (status != STATUS_OK)
        return status;
    const char *enabled = json_flag(plugin, "enabled", true) ? "1" : "0";
    char *text = json_dumps(plugin, JSON_COMPACT);
    int changed = 0;
    now_text(now);
    status = db_exec(s->db, "BEGIN IMMEDIATE", e);
    if (status == STATUS_OK) {
        const char *values[] = {id, endpoint, enabled, text};
        status = store_run(
            s,
            add ? "INSERT INTO plugins(id,endpoint_id,enabled,version,scenario) VALUES(?1,?2,"
                  "CAST(?3 AS INTEGER),1,?4)"
                : "UPDATE plugins SET enabled=CAST(?3 AS INTEGER),version=version+1,scenario=?4 "
                  "WHERE id=?1 AND endpoint_id=?2",
            values, 4, &changed, e);
    }
    if (status == STATUS_EXISTS)
        error_set(e, status, "plugin_exists", "there is a plugin %s already (or no such endpoint)",
                  id);
    if (status == STATUS_OK && !changed)
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown", "there is no plugin %s", id);
    if (status == STATUS_OK)
        status = store_run(
            s, "INSERT INTO plugin_versions SELECT id,version,scenario,?2 FROM plugins WHERE id=?1",
            (const char *[]){id, now}, 2, NULL, e);
    if (status == STATUS_OK)
        status = raise_rev(s, endpoint, e);
    status = store_end(s, status, e);
    free(text);
    return status;
}

enum status store_command_add(struct store *s, const char *endpoint, const char *what,
                              const char *with, char id[CRYPTO_ID_TEXT], struct error *e)
{
    char now[CLOCK_TEXT];
    now_text(now);
    crypto_random_id(id);
    enum status status = db_exec(s->db, "BEGIN IMMEDIATE", e);
    if (status != STATUS_OK)
        return status;
    status = store_run(
        s, "INSERT INTO commands(id,endpoint_id,what,with_json,created) VALUES(?,?,?,?,?)",
        (const char *[]){id, endpoint, what, with, now}, 5, NULL, e);
    if (status == STATUS_OK)
        status = raise_rev(s, endpoint, e);
    return store_end(s, status, e);
}
