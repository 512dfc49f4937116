#include "panel/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/jwt.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/zip.h"

#define WAIT_MAX_S 50

void api_problem(struct api_answer *a, int code, const char *name, const char *detail)
{
    json_t *problem = json_object();
    buf_reset(&a->body);
    json_set_text(problem, "type", "about:blank");
    json_set_text(problem, "title",
                  code == 401   ? "Not authorised"
                  : code >= 500 ? "Server error"
                                : "Refused");
    json_set_number(problem, "status", code);
    json_set_text(problem, "code", name);
    json_set_text(problem, "detail", detail);
    json_add(&a->body, problem);
    json_decref(problem);
    a->code = code;
    a->content_type = "application/problem+json";
}

static void give(struct api_answer *a, int code, json_t *json)
{
    a->code = code;
    a->content_type = "application/json";
    json_add(&a->body, json);
    json_decref(json);
}

static void fail(struct api_answer *a, const struct error *e)
{
    int code = e->status == STATUS_DENIED      ? 401
               : e->status == STATUS_NOT_FOUND ? 404
               : e->status == STATUS_EXISTS    ? 409
               : e->status == STATUS_INVALID   ? 422
               : e->status == STATUS_BUSY      ? 503
               : e->status == STATUS_FULL      ? 507
                                               : 500;
    api_problem(a, code, e->code, code >= 500 ? "the panel could not store it" : e->text);
}

/* A JSON object as body; NULL when it is none (answered). */
static json_t *object_body(struct api_request *r, struct api_answer *a)
{
    struct error e = {0};
    json_t *body = json_parse(r->body, r->length, &e);
    if (json_is_object(body))
        return body;
    json_decref(body);
    api_problem(a, 400, "bad_request", e.text[0] ? e.text : "the body is not a JSON object");
    return NULL;
}

static bool authenticate(struct api *api, struct api_request *r, struct api_answer *a)
{
    struct jwt jwt;
    struct error e = {0};
    uint8_t keys[2][CRYPTO_KEY], hash[CRYPTO_HASH];
    size_t count, length;
    if (r->authenticated)
        return true;
    if (!text_starts(r->authorization, "Bearer ")) {
        api_problem(a, 401, "signature_invalid", "the request carries no signature");
        return false;
    }
    const char *token = r->authorization + 7;
    int64_t now = clock_wall_ms();
    length = strlen(token);
    crypto_sha256(r->body ? r->body : "", r->length, hash);
    enum status status = jwt_read(token, length, &jwt, &e);
    if (status == STATUS_OK)
        status = store_keys(api->store, jwt.issuer, now, keys, &count, &e);
    if (status == STATUS_OK) {
        status = STATUS_DENIED;
        for (size_t i = 0; i < count && status != STATUS_OK; i++)
            status = jwt_verify(token, length, &jwt, keys[i], api->base_url, now / 1000, hash, &e);
    }
    if (status == STATUS_OK)
        status = store_seen(api->store, jwt.issuer, jwt.id, jwt.expires_at, now / 1000, &e);
    if (status != STATUS_OK) {
        e.status = e.status == STATUS_INVALID ? STATUS_DENIED : e.status;
        fail(a, &e);
        return false;
    }
    char at[CLOCK_TEXT];
    clock_format(at, now);
    text_copy(r->endpoint, sizeof r->endpoint, jwt.issuer);
    store_run(api->store, "UPDATE endpoints SET last_seen=? WHERE id=?",
              (const char *[]){at, r->endpoint}, 2, NULL, NULL);
    r->authenticated = true;
    return true;
}

/* ---- routes
 * -------------------------------------------------------------------------------------- */

static void register_endpoint(struct api *api, struct api_request *r, const char *id,
                              struct api_answer *a)
{
    json_t *body = object_body(r, a), *answer = NULL;
    uint8_t key[CRYPTO_KEY];
    size_t length = CRYPTO_KEY;
    bool created;
    struct error e = {0};
    (void)id;
    if (!body)
        return;
    struct registration reg = {json_text(body, "token", ""),    json_text(body, "public_key", ""),
                               json_text(body, "name", ""),     json_text(body, "version", ""),
                               json_text(body, "platform", ""), json_text(body, "erp", "")};
    if (!*reg.token || strlen(reg.token) > 200 || strlen(reg.name) > 200 ||
        strlen(reg.version) > 50 || strlen(reg.platform) > 100 || strlen(reg.erp) > 100 ||
        !crypto_base64url_decode(reg.public_key, strlen(reg.public_key), key, &length) ||
        length != CRYPTO_KEY) {
        api_problem(a, 400, "bad_request",
                    "token and public_key (Ed25519, base64url) are expected");
    } else if (store_register(api->store, &reg, clock_wall_ms(), &answer, &created, &e) !=
               STATUS_OK) {
        fail(a, &e);
    } else {
        give(a, created ? 201 : 200, answer);
        if (api->drop_register > 0) {
            api->drop_register--;
            a->drop = true;
        }
    }
    json_decref(body);
}

static void get_endpoint(struct api *api, struct api_request *r, const char *id,
                         struct api_answer *a)
{
    const char *who = r->endpoint;
    json_t *rows = NULL;
    struct error e = {0};
    (void)id;
    if (store_query(
            api->store,
            "SELECT e.id AS id,e.name AS name,e.last_seen AS last_seen,a.id AS account_id,a.name "
            "AS account_name FROM endpoints AS e JOIN accounts AS a ON a.id=e.account_id WHERE "
            "e.id=?",
            &who, 1, &rows, &e) != STATUS_OK) {
        fail(a, &e);
    } else {
        const json_t *row = json_array_get(rows, 0);
        json_t *account = json_object(), *answer = json_object();
        json_set_text(account, "id", json_text(row, "account_id", ""));
        json_set_text(account, "name", json_text(row, "account_name", ""));
        json_set_text(answer, "id", who);
        json_set_text(answer, "name", json_text(row, "name", ""));
        json_set_text(answer, "last_seen", json_text(row, "last_seen", ""));
        json_object_set_new(answer, "account", account);
        give(a, 200, answer);
    }
    json_decref(rows);
}

static void rotate_key(struct api *api, struct api_request *r, const char *id, struct api_answer *a)
{
    json_t *body = object_body(r, a);
    struct error e = {0};
    (void)id;
    if (!body)
        return;
    if (store_rotate(api->store, r->endpoint, json_text(body, "public_key", ""), clock_wall_ms(),
                     &e) != STATUS_OK)
        fail(a, &e);
    else
        give(a, 200, json_pack("{s:b}", "ok", 1));
    json_decref(body);
}

static void get_config(struct api *api, struct api_request *r, const char *id, struct api_answer *a)
{
    struct error e = {0};
    json_t *config = NULL;
    int64_t after = -1, wait = 0, rev;
    (void)id;
    if ((r->after && *r->after && !text_to_i64(r->after, &after)) ||
        (r->wait && (!text_to_i64(r->wait, &wait) || wait < 0))) {
        api_problem(a, 400, "bad_request", "after and wait must be numbers");
        return;
    }
    if (store_rev(api->store, r->endpoint) == after) {
        a->wait = wait > 0;
        a->wait_ms = (wait > WAIT_MAX_S ? WAIT_MAX_S : wait) * 1000;
        a->code = 204;
        return;
    }
    if (store_config(api->store, r->endpoint, &config, &rev, &e) != STATUS_OK)
        fail(a, &e);
    else
        give(a, 200, config);
}

static void command_result(struct api *api, struct api_request *r, const char *id,
                           struct api_answer *a)
{
    json_t *body = object_body(r, a);
    char now[CLOCK_TEXT];
    struct error e = {0};
    int changed = 0;
    if (!body)
        return;
    char *text = json_dumps(body, JSON_COMPACT);
    clock_format(now, clock_wall_ms());
    if (store_run(api->store,
                  "UPDATE commands SET result=?,answered=? WHERE id=? AND endpoint_id=?",
                  (const char *[]){text, now, id, r->endpoint}, 4, &changed, &e) != STATUS_OK)
        fail(a, &e);
    else if (!changed)
        api_problem(a, 404, "command_unknown", "there is no such command");
    else
        give(a, 200, json_pack("{s:b}", "ok", 1));
    free(text);
    json_decref(body);
}

static void post_status(struct api *api, struct api_request *r, const char *id,
                        struct api_answer *a)
{
    json_t *body = object_body(r, a);
    struct error e = {0};
    (void)id;
    if (!body)
        return;
    char *text = json_dumps(body, JSON_COMPACT);
    if (store_run(api->store, "UPDATE endpoints SET status=? WHERE id=?",
                  (const char *[]){text, r->endpoint}, 2, NULL, &e) != STATUS_OK)
        fail(a, &e);
    else
        give(a, 200, json_pack("{s:b}", "ok", 1));
    free(text);
    json_decref(body);
}

static void post_journal(struct api *api, struct api_request *r, const char *id,
                         struct api_answer *a)
{
    struct error e = {0};
    (void)id;
    if (store_journal(api->store, r->endpoint, r->body, r->length, &e) != STATUS_OK)
        fail(a, &e);
    else
        give(a, 200, json_pack("{s:b}", "ok", 1));
}

static bool parse_range(const char *text, uint64_t *first, uint64_t *last)
{
    unsigned long long f, l;
    int used = 0;
    if (!text || strlen(text) > 42 || sscanf(text, "%20llu-%20llu%n", &f, &l, &used) != 2 ||
        text[used])
        return false;
    *first = f;
    *last = l;
    return f >= 1 && l >= f && l - f < 1000000 && l < INT64_MAX;
}

static void post_changes(struct api *api, struct api_request *r, const char *id,
                         struct api_answer *a)
{
    struct buf plain;
    struct error e = {0};
    uint64_t first, last, acked = 0;
    const char *lines = r->body;
    size_t length = r->length;
    enum status status = STATUS_OK;
    if (!parse_range(r->batch, &first, &last)) {
        api_problem(a, 400, "bad_batch",
                    "the header Endpoint-Batch: FIRST-LAST is missing or malformed");
        return;
    }
    buf_init(&plain, API_PLAIN_MAX);
    if (text_equal(r->content_encoding, "zstd")) {
        status = zip_unpack(&plain, r->body, r->length, &e);
        lines = buf_text(&plain);
        length = plain.length;
    } else if (r->content_encoding && !text_equal(r->content_encoding, "identity")) {
        api_problem(a, 415, "encoding_unknown", "Content-Encoding may be zstd or identity");
        return;
    }
    if (status != STATUS_OK) {
        api_problem(a, status == STATUS_FULL ? 413 : 400, e.code, e.text);
    } else if ((status = store_changes(api->store, r->endpoint, id, first, last, lines, length,
                                       &acked, &e)) == STATUS_OK) {
        give(a, 200, json_pack("{s:I}", "acked", (json_int_t)acked));
        a->drop = api->drop_reply > 0 && ++api->batches % api->drop_reply == 0;
    } else {
        fail(a, &e);
        if (status == STATUS_EXISTS) {
            json_t *problem = json_parse(buf_text(&a->body), a->body.length, NULL);
            json_set_number(problem, "acked", (int64_t)acked);
            buf_reset(&a->body);
            json_add(&a->body, problem);
            json_decref(problem);
        }
    }
    buf_free(&plain);
}

static const struct route {
    const char *method, *before, *after; /* path = before + id + after; after NULL: no id */
    void (*handle)(struct api *, struct api_request *, const char *id, struct api_answer *);
    bool open; /* no signature */
} routes[] = {
    {"POST", "/api/v1/register", NULL, register_endpoint, true},
    {"GET", "/api/v1/endpoint", NULL, get_endpoint, false},
    {"POST", "/api/v1/endpoint/key", NULL, rotate_key, false},
    {"GET", "/api/v1/endpoint/config", NULL, get_config, false},
    {"POST", "/api/v1/endpoint/status", NULL, post_status, false},
    {"POST", "/api/v1/endpoint/journal", NULL, post_journal, false},
    {"POST", "/api/v1/commands/", "/result", command_result, false},
    {"POST", "/api/v1/plugins/", "/changes", post_changes, false},
};

static bool matches(const struct route *route, const char *path, char *id, size_t size)
{
    id[0] = '\0';
    if (!route->after)
        return strcmp(path, route->before) == 0;
    if (!text_starts(path, route->before) || !text_ends(path, route->after))
        return false;
    size_t start = strlen(route->before), end = strlen(path) - strlen(route->after);
    if (end <= start || end - start >= size)
        return false;
    memcpy(id, path + start, end - start);
    id[end - start] = '\0';
    return strchr(id, '/') == NULL;
}

void api_handle(struct api *api, struct api_request *r, bool expired, struct api_answer *a)
{
    bool path_known = false;
    char id[128];
    memset(a, 0, sizeof *a);
    buf_init(&a->body, API_PLAIN_MAX);
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!matches(&routes[i], r->path, id, sizeof id))
            continue;
        path_known = true;
        if (strcmp(routes[i].method, r->method) != 0)
            continue;
        if (routes[i].open || authenticate(api, r, a))
            routes[i].handle(api, r, id, a);
        if (expired)
            a->wait = false;
        return;
    }
    if (path_known)
        api_problem(a, 405, "method_unknown", "this path does not take this method");
    else
        api_problem(a, 404, "path_unknown", "there is nothing at this path");
}
