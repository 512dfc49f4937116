#include "panel/store/store_endpoints.h"

#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "panel/store/store_internal.h"
#include "panel/store/store_sql.h"

#define OLD_KEY_MS INT64_C(86400000) /* after a rotation the old key is valid for another day */

/* ---- keys and signatures ------------------------------------------------------------------------ */

static enum status denied(struct error *e, const char *code, const char *text)
{
    return error_set(e, STATUS_DENIED, code, "%-s", text);
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
    text_format(until, sizeof until, "%lld", (long long)(now_ms + OLD_KEY_MS));
    const char *values[] = {public_key, until, endpoint};
    return store_run(s,
                     "UPDATE endpoints SET old_key=public_key,public_key=?1,old_until_ms=CAST(?2 "
                     "AS INTEGER) WHERE "
                     "id=?3 AND public_key<>?1",
                     values, 3, NULL, e);
}

/* ---- what is known about them
 * --------------------------------------------------------------------- */

enum status store_endpoint_card(struct store *s, const char *endpoint, json_t **card,
                                struct error *e)
{
    enum status status;
    *card = store_first(
        s,
        "SELECT e.id AS id,e.name AS name,e.last_seen AS last_seen,a.id AS account_id,a.name AS "
        "account_name FROM endpoints AS e JOIN accounts AS a ON a.id=e.account_id WHERE e.id=?",
        &endpoint, 1, &status, e);
    if (status == STATUS_OK && !*card)
        *card = json_object();
    return status;
}

/* "status", a text, becomes "said". */
static void parse_status(json_t *row)
{
    json_t *said = store_parsed(row, "status");
    if (json_is_object(said))
        json_object_set(row, "said", said);
    json_decref(said);
    json_object_del(row, "status");
}

enum status store_endpoints_list(struct store *s, const char *endpoint, json_t **endpoints,
                                 struct error *e)
{
    json_t *row;
    size_t i;
    enum status status = store_list(
        s,
        "SELECT e.id AS id,e.name AS name,e.account_id AS account_id,a.name AS account,erp,version,"
        "platform,registered,last_seen,revoked,status FROM endpoints AS e LEFT JOIN accounts AS a ON "
        "a.id=e.account_id WHERE ?1 IS NULL OR e.id=?1 ORDER BY registered",
        &endpoint, 1, endpoints, e);
    json_array_foreach (*endpoints, i, row) {
        store_flag(row, "revoked");
        parse_status(row);
    }
    return status;
}

enum status store_endpoint_find(struct store *s, const char *endpoint, char id[CRYPTO_ID_TEXT],
                                size_t *count, struct error *e)
{
    json_t *rows = NULL;
    char plain[ID_TEXT];
    enum status status = store_query(
        s,
        "SELECT id FROM endpoints WHERE (?1 IS NULL AND revoked=0) OR id=?1 OR "
        "(length(?2)>=8 AND substr(id,1,length(?2))=?2)",
        (const char *[]){endpoint, endpoint ? id_plain(plain, endpoint) : NULL}, 2, &rows, e);
    *count = status == STATUS_OK ? json_array_size(rows) : 0;
    text_copy(id, CRYPTO_ID_TEXT, *count == 1 ? json_text(json_array_get(rows, 0), "id", "") : "");
    json_decref(rows);
    return status;
}

enum status store_endpoint_heard(struct store *s, const char *endpoint, int64_t now_ms,
                                 struct error *e)
{
    char at[CLOCK_TEXT];
    clock_format(at, now_ms);
    return store_run(s, "UPDATE endpoints SET last_seen=? WHERE id=?",
                     (const char *[]){at, endpoint}, 2, NULL, e);
}

enum status store_endpoint_says(struct store *s, const char *endpoint, const json_t *said,
                                struct error *e)
{
    char *text = json_dumps(said, JSON_COMPACT);
    enum status status = store_run(s, "UPDATE endpoints SET status=? WHERE id=?",
                                   (const char *[]){text, endpoint}, 2, NULL, e);
    free(text);
    return status;
}

enum status store_endpoint_revoke(struct store *s, const char *endpoint, struct error *e)
{
    int changed = 0;
    enum status status = store_run(s, "UPDATE endpoints SET revoked=1,rev=rev+1 WHERE id=?",
                                   &endpoint, 1, &changed, e);
    if (status == STATUS_OK && !changed)
        status = error_set(e, STATUS_NOT_FOUND, "unknown", "there is no endpoint %s", endpoint);
    if (status == STATUS_OK)
        store_news(s);
    return status;
}

/* ---- news for them ------------------------------------------------------------------------------ */

int64_t store_rev(struct store *s, const char *endpoint)
{
    enum status status;
    json_t *row =
        store_first(s, "SELECT rev FROM endpoints WHERE id=?", &endpoint, 1, &status, NULL);
    int64_t rev = json_number(row, "rev", 0);
    json_decref(row);
    return rev;
}

enum status store_rev_raise(struct store *s, const char *endpoint, struct error *e)
{
    enum status status =
        store_run(s, "UPDATE endpoints SET rev=rev+1 WHERE id=?", &endpoint, 1, NULL, e);
    if (status == STATUS_OK)
        store_news(s);
    return status;
}

int64_t store_revisions(struct store *s)
{
    sqlite3_stmt *st = NULL;
    int64_t sum = 0;
    const char *sql =
        "SELECT (SELECT total(rev)+count(*) FROM endpoints)+(SELECT total(order_seq) FROM plugins)";
    if (db_prepare(s->db, sql, &st, NULL) == STATUS_OK && db_step(st, NULL) == STATUS_OK)
        sum = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return sum;
}
