/* Registration tokens: made, and turned into an endpoint once. */
#include "panel/store/store_tokens.h"

#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "panel/store/store_sql.h"

static void hash_token(const char *token, char hex[2 * CRYPTO_HASH + 1])
{
    uint8_t hash[CRYPTO_HASH];
    crypto_sha256(token, strlen(token), hash);
    crypto_hex(hex, hash, sizeof hash);
}

enum status store_token_new(struct store *s, const char *account, int64_t ttl_ms,
                            char token[STORE_TOKEN], struct error *e)
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
        text_format(token, STORE_TOKEN, "EP1-%s", buf_text(&b));
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
    return error_set(e, STATUS_DENIED, code, "%-s", text);
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
    enum status status = store_begin(s, e);
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
        /* After a lost reply the endpoint comes again with the same key; anybody else is too late. */
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
