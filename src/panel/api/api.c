#include "panel/api/api_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/jwt.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "base/zip.h"
#include "os/log.h"
#include "panel/api/api_orders.h"
#include "panel/api/api_start.h"
#include "panel/store/starts.h"
#include "panel/store/store_commands.h"
#include "panel/store/store_config.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_journal.h"
#include "panel/store/store_orders.h"
#include "panel/store/store_rows.h"
#include "panel/store/store_tokens.h"

void api_problem(struct api_answer *a, int code, const char *name, const char *said)
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
    said_set(problem, "detail", said);
    json_add(&a->body, problem);
    json_decref(problem);
    a->code = code;
    a->content_type = "application/problem+json";
}

void api_give(struct api_answer *a, int code, json_t *json)
{
    a->code = code;
    a->content_type = "application/json";
    json_add(&a->body, json);
    json_decref(json);
}

void api_fail(struct api_answer *a, const struct error *e)
{
    int code = e->status == STATUS_DENIED      ? 401
               : e->status == STATUS_NOT_FOUND ? 404
               : e->status == STATUS_EXISTS    ? 409
               : e->status == STATUS_INVALID   ? 422
               : e->status == STATUS_BUSY      ? 503
               : e->status == STATUS_FULL      ? 507
                                               : 500;
    api_problem(a, code, e->code, code >= 500 ? "the panel could not store it" : error_said(e));
    a->retry_after_s = code == 503 ? 5 : 0;
}

json_t *api_object_body(struct api_request *r, struct api_answer *a)
{
    struct error e = {0};
    json_t *body = json_parse(r->body, r->length, &e);
    if (json_is_object(body))
        return body;
    json_decref(body);
    api_problem(a, 400, "bad_request", e.text[0] ? e.text : "the body is not a JSON object");
    return NULL;
}

bool api_query_number(const char *text, const char *name, int64_t min, int64_t max,
                      int64_t otherwise, int64_t *value, struct api_answer *a)
{
    char detail[120];
    *value = otherwise;
    if (!text || (text_to_i64(text, value) && *value >= min && *value <= max))
        return true;
    text_format(detail, sizeof detail, "%s is no number from %lld to %lld", name, (long long)min,
                (long long)max);
    api_problem(a, 400, "bad_request", detail);
    return false;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool api_decode(const char *text, size_t length, char *target, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        int c = (unsigned char)text[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_digit(text[i + 1]) : -1,
                low = high < 0 ? -1 : hex_digit(text[i + 2]);
            if (low < 0)
                return false;
            c = high * 16 + low;
            i += 2;
        }
        if (c == 0 || used + 1 >= size)
            return false;
        target[used++] = (char)c;
    }
    target[used] = '\0';
    return text_is_utf8(target, used);
}

/* Whose request is it, and is the signature valid? hash NULL: the body is not here yet. */
static enum status check_signature(struct api *api, const struct api_request *r,
                                   const uint8_t *hash, struct jwt *jwt, struct error *e)
{
    const char *authorization = r->authorization;
    uint8_t keys[2][CRYPTO_KEY], request[CRYPTO_HASH];
    size_t count;
    int64_t now = clock_wall(api->clock);
    if (!text_starts(authorization, "Bearer "))
        return error_set(e, STATUS_DENIED, "signature_invalid", "the request carries no signature");
    const char *token = authorization + 7;
    size_t length = strlen(token);
    enum status status = jwt_read(token, length, jwt, e);
    if (status == STATUS_OK)
        status = store_keys(api->store, jwt->issuer, now, keys, &count, e);
    if (status != STATUS_OK)
        return status;
    jwt_hash_request(r->method, r->target, request);
    status = error_set(e, STATUS_DENIED, "signature_invalid", "the endpoint has no key");
    for (size_t i = 0; i < count && status != STATUS_OK; i++) {
        const struct jwt_expected expected = {.public_key = keys[i],
                                              .audience = api->base_url,
                                              .now = now / 1000,
                                              .request_hash = request,
                                              .body_hash = hash ? hash : jwt->body_hash};
        status = jwt_verify(token, length, jwt, &expected, e);
    }
    return status;
}

/* Does it speak for its endpoint, that is: is it the newest start? A request that only identifies
 * itself need not be the newest, and is not a sign of life. */
static bool welcome(struct api *api, struct api_request *r, bool aside, int64_t now,
                    struct api_answer *a)
{
    struct error e = {0};
    if (aside ? starts_still(api->store, r->endpoint, r->incarnation, &e) != STATUS_OK
              : starts_check(api->store, r->endpoint, r->incarnation, true, now, &e) != STATUS_OK) {
        api_refuse_start(a, &e);
        return false;
    }
    if (!aside)
        store_endpoint_heard(api->store, r->endpoint, now, NULL);
    return true;
}

static bool authenticate(struct api *api, struct api_request *r, bool aside, struct api_answer *a)
{
    struct jwt jwt;
    struct error e = {0};
    uint8_t hash[CRYPTO_HASH];
    int64_t now = clock_wall(api->clock);
    crypto_sha256(r->body ? r->body : "", r->length, hash);
    enum status status = check_signature(api, r, hash, &jwt, &e);
    if (status == STATUS_OK)
        status = store_seen(api->store, jwt.issuer, jwt.id, jwt.expires_at, now / 1000, &e);
    if (status != STATUS_OK) {
        e.status = e.status == STATUS_INVALID ? STATUS_DENIED : e.status;
        api_fail(a, &e);
        return false;
    }
    /* Only the endpoint itself can leave out the claim, so the request is safe; an older endpoint
     * does not know the claim yet. This version accepts it and logs it. */
    if (!jwt.has_request && !text_equal(api->old_signer, jwt.issuer)) {
        text_copy(api->old_signer, sizeof api->old_signer, jwt.issuer);
        log_event(LOG_WARNING, NULL, NULL, "signature_old",
                  "endpoint %s signs the bodies of its requests and not what it asks for: update "
                  "it; a later version of this panel refuses that",
                  jwt.issuer);
    }
    text_copy(r->endpoint, sizeof r->endpoint, jwt.issuer);
    r->incarnation = jwt.incarnation;
    r->authenticated = true;
    return welcome(api, r, aside, now, a);
}

/* ---- routes
 * -------------------------------------------------------------------------------------- */

/* An address that guesses tokens has to wait. */
static bool may_register(struct api *api, const struct api_request *r, struct api_answer *a)
{
    int64_t wait;
    if (attempts_allowed(&api->attempts, r->address, clock_mono(api->clock), &wait))
        return true;
    api_problem(a, 429, "too_many_requests",
                "too many registrations from this address failed; try again later");
    a->retry_after_s = (int)(wait / 1000) + 1;
    return false;
}

static void registration_failed(struct api *api, const struct api_request *r)
{
    if (attempts_failed(&api->attempts, r->address, clock_mono(api->clock)))
        log_event(
            LOG_WARNING, NULL, NULL, "registrations",
            "%d registrations from %s failed within a minute; more are turned away for a while",
            api->attempts.limit, r->address);
}

static void register_endpoint(struct api *api, struct api_request *r, struct api_answer *a)
{
    if (!may_register(api, r, a))
        return;
    json_t *body = api_object_body(r, a), *answer = NULL;
    uint8_t key[CRYPTO_KEY];
    size_t length = CRYPTO_KEY;
    bool created;
    struct error e = {0};
    if (!body) {
        registration_failed(api, r);
        return;
    }
    struct registration reg = {json_text(body, "token", ""),    json_text(body, "public_key", ""),
                               json_text(body, "name", ""),     json_text(body, "version", ""),
                               json_text(body, "platform", ""), json_text(body, "erp", "")};
    if (!*reg.token || strlen(reg.token) > 200 || strlen(reg.name) > 200 ||
        strlen(reg.version) > 50 || strlen(reg.platform) > 100 || strlen(reg.erp) > 100 ||
        !crypto_base64url_decode(reg.public_key, strlen(reg.public_key), key, &length) ||
        length != CRYPTO_KEY) {
        api_problem(a, 422, "registration_invalid",
                    "token and public_key (Ed25519, base64url) are expected, and short texts");
    } else if (store_register(api->store, &reg, clock_wall(api->clock), &answer, &created, &e) !=
               STATUS_OK) {
        api_fail(a, &e);
    } else {
        api_give(a, created ? 201 : 200, answer);
        if (api->faults.drop_register > 0) {
            api->faults.drop_register--;
            a->drop = true;
        }
    }
    if (a->code >= 400 && a->code < 500)
        registration_failed(api, r);
    json_decref(body);
}

static void get_endpoint(struct api *api, struct api_request *r, struct api_answer *a)
{
    char now[CLOCK_TEXT];
    json_t *card = NULL;
    struct error e = {0};
    if (store_endpoint_card(api->store, r->endpoint, &card, &e) != STATUS_OK) {
        api_fail(a, &e);
        return;
    }
    json_t *account = json_object(), *answer = json_object();
    json_set_text(account, "id", json_text(card, "account_id", ""));
    json_set_text(account, "name", json_text(card, "account_name", ""));
    json_set_text(answer, "id", r->endpoint);
    json_set_text(answer, "name", json_text(card, "name", ""));
    clock_format(now, clock_wall(api->clock));
    json_set_text(answer, "last_seen", json_text(card, "last_seen", now));
    json_object_set_new(answer, "account", account);
    api_give(a, 200, answer);
    json_decref(card);
}

static void rotate_key(struct api *api, struct api_request *r, struct api_answer *a)
{
    json_t *body = api_object_body(r, a);
    struct error e = {0};
    if (!body)
        return;
    if (store_rotate(api->store, r->endpoint, json_text(body, "public_key", ""),
                     clock_wall(api->clock), &e) != STATUS_OK)
        api_fail(a, &e);
    else
        api_give(a, 200, json_pack("{s:b}", "ok", 1));
    json_decref(body);
}

static void get_config(struct api *api, struct api_request *r, struct api_answer *a)
{
    struct error e = {0};
    json_t *config = NULL, *orders = NULL;
    int64_t after, wait, rev;
    char mark[STORE_MARK];
    const char *known = r->after && *r->after ? r->after : NULL;
    if (!api_query_number(known, "after", 0, INT64_MAX, -1, &after, a) ||
        !api_query_number(r->wait, "wait", 0, INT32_MAX, 0, &wait, a))
        return;
    if (store_orders_marks(api->store, r->endpoint, &orders, mark, &e) != STATUS_OK) {
        api_fail(a, &e);
        return;
    }
    bool orders_known = !r->orders || text_equal(r->orders, mark);
    if (store_rev(api->store, r->endpoint) == after && orders_known) {
        a->wait = wait > 0;
        a->wait_ms = (wait > API_WAIT_MAX_S ? API_WAIT_MAX_S : wait) * 1000;
        a->code = 204;
    } else if (store_config(api->store, r->endpoint, &config, &rev, &e) != STATUS_OK) {
        api_fail(a, &e);
    } else {
        json_set_text(config, "orders_mark", mark);
        json_object_set(config, "orders", orders);
        json_t *twin = starts_twin(api->store, r->endpoint, clock_wall(api->clock));
        if (twin)
            json_object_set_new(config, "twin", twin);
        api_give(a, 200, config);
    }
    json_decref(orders);
}

static void command_result(struct api *api, struct api_request *r, struct api_answer *a)
{
    json_t *body = api_object_body(r, a);
    struct error e = {0};
    if (!body)
        return;
    if (store_command_answer(api->store, r->endpoint, r->part[0], body, &e) != STATUS_OK)
        api_fail(a, &e);
    else
        api_give(a, 200, json_pack("{s:b}", "ok", 1));
    json_decref(body);
}

static void post_status(struct api *api, struct api_request *r, struct api_answer *a)
{
    json_t *body = api_object_body(r, a);
    struct error e = {0};
    if (!body)
        return;
    if (store_endpoint_says(api->store, r->endpoint, body, &e) != STATUS_OK)
        api_fail(a, &e);
    else
        api_give(a, 200, json_pack("{s:b}", "ok", 1));
    json_decref(body);
}

static void post_journal(struct api *api, struct api_request *r, struct api_answer *a)
{
    struct error e = {0};
    if (store_journal(api->store, r->endpoint, r->body, r->length, &e) != STATUS_OK)
        api_fail(a, &e);
    else
        api_give(a, 200, json_pack("{s:b}", "ok", 1));
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

/* A test wants changes of a key refused. Returns the row's number; 0: none of these lines. */
static uint64_t refused_row(const struct api *api, uint64_t first, const char *lines, size_t length)
{
    char wanted[240];
    text_format(wanted, sizeof wanted, "\"op\":\"upsert\",\"key\":\"%s\"", api->faults.refuse);
    const char *at =
        api->faults.refuse[0] && length ? memmem(lines, length, wanted, strlen(wanted)) : NULL;
    for (const char *p = lines; at && p < at; p++)
        first += *p == '\n';
    return at ? first : 0;
}

static void post_changes(struct api *api, struct api_request *r, struct api_answer *a)
{
    struct buf plain;
    struct error e = {0};
    uint64_t first, last, acked = 0, bad = 0;
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
        buf_free(&plain);
        return;
    }
    bad = refused_row(api, first, lines, length);
    if (bad)
        status = error_set(&e, STATUS_INVALID, "bad_row",
                           "row %llu of the batch: a test refuses it", (unsigned long long)bad);
    else
        status = store_changes(api->store,
                               &(struct store_batch){.endpoint = r->endpoint,
                                                     .plugin = r->part[0],
                                                     .first = first,
                                                     .last = last,
                                                     .lines = lines,
                                                     .length = length},
                               &acked, &bad, &e);
    if (api->faults.refuse_unnamed)
        bad = 0;
    if (status == STATUS_OK) {
        api_give(a, 200, json_pack("{s:I}", "acked", (json_int_t)acked));
        a->drop = api->faults.drop_reply > 0 && ++api->batches % api->faults.drop_reply == 0;
    } else {
        api_fail(a, &e);
        if (status == STATUS_EXISTS || (status == STATUS_INVALID && bad)) {
            json_t *problem = json_parse(buf_text(&a->body), a->body.length, NULL);
            if (status == STATUS_EXISTS)
                json_set_number(problem, "acked", (int64_t)acked);
            else
                json_set_number(problem, "row", (int64_t)bad);
            buf_reset(&a->body);
            json_add(&a->body, problem);
            json_decref(problem);
        }
    }
    buf_free(&plain);
}

static const struct route {
    const char *method, *path; /* {} is a variable part */
    void (*handle)(struct api *, struct api_request *, struct api_answer *);
    bool open;  /* no signature */
    bool aside; /* not part of the newest start's work */
} routes[] = {
    {"POST", "/api/v1/register", register_endpoint, true, false},
    {"POST", "/api/v1/endpoint/start", api_post_start, false, true},
    {"POST", "/api/v1/endpoint/stop", api_post_stop, false, true},
    {"GET", "/api/v1/endpoint", get_endpoint, false, true},
    {"POST", "/api/v1/endpoint/key", rotate_key, false, true},
    {"GET", "/api/v1/endpoint/config", get_config, false, false},
    {"POST", "/api/v1/endpoint/status", post_status, false, false},
    {"POST", "/api/v1/endpoint/journal", post_journal, false, false},
    {"POST", "/api/v1/commands/{}/result", command_result, false, false},
    {"POST", "/api/v1/plugins/{}/changes", post_changes, false, false},
    {"GET", "/api/v1/plugins/{}/orders", api_get_orders, false, false},
    {"POST", "/api/v1/plugins/{}/orders/{}/outcome", api_post_outcome, false, false},
    {"POST", "/api/v1/plugins/{}/orders/outcomes", api_post_outcomes, false, false},
};

/* The path is matched as it came, and its parts are decoded afterwards: an id may contain a "/". */
static bool matches(const struct route *route, const char *path, char part[2][API_PART_MAX])
{
    const char *pattern = route->path;
    size_t parts = 0;
    part[0][0] = part[1][0] = '\0';
    while (*pattern) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t length = strcspn(path, "/");
        if (!length || parts == 2 || !api_decode(path, length, part[parts++], API_PART_MAX))
            return false;
        path += length;
        pattern += 2;
    }
    return *path == '\0';
}

static const struct route *find_route(const char *path, const char *method,
                                      char part[2][API_PART_MAX], const char **allow)
{
    *allow = NULL;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!matches(&routes[i], path, part))
            continue;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
        *allow = routes[i].method;
    }
    return NULL;
}

/* Its signature was checked when it came; the endpoint may have been revoked while it waited. */
static bool still_welcome(struct api *api, const struct api_request *r, struct api_answer *a)
{
    uint8_t keys[2][CRYPTO_KEY];
    size_t count;
    struct error e = {0};
    if (store_keys(api->store, r->endpoint, clock_wall(api->clock), keys, &count, &e) != STATUS_OK)
        api_fail(a, &e);
    else if (starts_still(api->store, r->endpoint, r->incarnation, &e) != STATUS_OK)
        api_refuse_start(a, &e);
    else
        return true;
    return false;
}

/* A test wants this request refused for now. */
static bool refused_for_now(struct api *api, struct api_answer *a)
{
    if (api->faults.busy > 0) {
        api->faults.busy--;
        api_problem(a, 503, "busy", "the panel is busy; try again later");
    } else if (api->faults.too_many > 0) {
        api->faults.too_many--;
        api_problem(a, 429, "too_many_requests", "too many requests; try again later");
    } else {
        return false;
    }
    a->retry_after_s = 1;
    return true;
}

void api_handle(struct api *api, struct api_request *r, bool expired, struct api_answer *a)
{
    const char *allow;
    memset(a, 0, sizeof *a);
    buf_init(&a->body, API_PLAIN_MAX);
    const struct route *route = find_route(r->path, r->method, r->part, &allow);
    if (route && route->handle == api_post_outcomes && api->faults.single_outcomes)
        route = NULL;
    if (route && api->faults.no_starts &&
        (route->handle == api_post_start || route->handle == api_post_stop))
        route = NULL;
    if (!route && allow) {
        api_problem(a, 405, "method_unknown", "this path does not take this method");
        a->allow = allow;
    } else if (!route) {
        api_problem(a, 404, "path_unknown", "there is nothing at this path");
    } else if (route->open || (r->authenticated ? still_welcome(api, r, a)
                                                : !refused_for_now(api, a) &&
                                                      authenticate(api, r, route->aside, a))) {
        route->handle(api, r, a);
    }
    if (expired)
        a->wait = false;
}

size_t api_body_max(struct api *api, const struct api_request *r)
{
    struct jwt jwt;
    const char *allow;
    char part[2][API_PART_MAX];
    const struct route *route = find_route(r->path, r->method, part, &allow);
    bool known = route && !route->open && check_signature(api, r, NULL, &jwt, NULL) == STATUS_OK;
    return known ? API_BODY_MAX : API_STRANGER_MAX;
}

void api_refuse_long(struct api *api, struct api_request *r, struct api_answer *a)
{
    struct jwt jwt;
    struct error e = {0};
    const char *allow;
    memset(a, 0, sizeof *a);
    buf_init(&a->body, API_PLAIN_MAX);
    const struct route *route = find_route(r->path, r->method, r->part, &allow);
    if (route && !route->open && check_signature(api, r, NULL, &jwt, &e) != STATUS_OK) {
        e.status = STATUS_DENIED;
        api_fail(a, &e);
    } else {
        api_problem(a, 413, "body_long", "the body is longer than this call may have");
    }
}
