/* panel/api: the calls as a request meets them, over a store of its own and by a clock that the test steps. No network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/jwt.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/zip.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/log.h"
#include "panel/api/api.h"
#include "panel/store/starts.h"
#include "panel/store/store_accounts.h"
#include "panel/store/store_commands.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_orders.h"
#include "panel/store/store_plugins.h"
#include "panel/store/store_tokens.h"
#include "unit.h"

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)
#define URL    "https://panel.test"

static struct {
    struct clock clock;
    int64_t wall, mono;
    char dir[64], endpoint[CRYPTO_ID_TEXT];
    uint8_t seed[CRYPTO_KEY], key[CRYPTO_KEY];
    struct api api;
    struct api_answer answer;
    json_t *json; /* of the answer */
} p;

static int64_t read_wall(const struct clock *c)
{
    (void)c;
    return p.wall;
}

static int64_t read_mono(const struct clock *c)
{
    (void)c;
    return p.mono;
}

static void step(int64_t ms)
{
    p.wall += ms;
    p.mono += ms;
}

/* ---- asking -------------------------------------------------------------------------------------------------- */

/* A request as the server hands it over; parts that are not said are as a good endpoint has them. */
struct ask {
    const char *method, *target, *body;
    size_t length; /* of the body, where it is no text */
    const char *batch, *encoding, *authorization, *address;
    int64_t issued_ms; /* how old the signature is */
    int64_t life_s;    /* for how long it is valid; 0: two minutes */
    int64_t incarnation;
    const char *issuer, *audience, *signed_method, *signed_target, *signed_body;
    const uint8_t *seed;
    const char *jti;
    bool unsigned_;
};

static void sign(const struct ask *ask, char *text, size_t size)
{
    struct jwt jwt = {.incarnation = ask->incarnation, .has_request = true};
    struct buf token;
    const char *body = ask->signed_body ? ask->signed_body : ask->body;
    size_t length = ask->signed_body ? strlen(body) : ask->length;
    text_copy(jwt.issuer, sizeof jwt.issuer, ask->issuer ? ask->issuer : p.endpoint);
    text_copy(jwt.audience, sizeof jwt.audience, ask->audience ? ask->audience : URL);
    if (ask->jti)
        text_copy(jwt.id, sizeof jwt.id, ask->jti);
    else
        crypto_random_id(jwt.id);
    jwt.issued_at = (p.wall - ask->issued_ms) / 1000;
    jwt.expires_at = jwt.issued_at + (ask->life_s ? ask->life_s : JWT_LIFE_SECONDS);
    crypto_sha256(body ? body : "", body ? length : 0, jwt.body_hash);
    jwt_hash_request(ask->signed_method ? ask->signed_method : ask->method,
                     ask->signed_target ? ask->signed_target : ask->target, jwt.request_hash);
    buf_init(&token, JWT_MAXIMUM);
    assert_int_equal(jwt_sign(&token, &jwt, ask->seed ? ask->seed : p.seed, NULL), STATUS_OK);
    assert_true(text_format(text, size, "Bearer %s", buf_text(&token)));
    buf_free(&token);
}

/* A member of the query, as it came; NULL: it is not there. */
static const char *query(char *text, const char *name)
{
    size_t length = strlen(name);
    for (char *at = text; at && *at; at = strchr(at, '\0') + 1)
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return at + length + 1;
    return NULL;
}

static void forget_answer(void)
{
    buf_free(&p.answer.body);
    json_decref(p.json);
    p.json = NULL;
}

/* The request that was made last, for a poll that is handled again. */
static struct {
    struct api_request r;
    char authorization[2400], path[2000], words[2000];
} last;

static int handle(bool expired)
{
    forget_answer();
    api_handle(&p.api, &last.r, expired, &p.answer);
    p.json = p.answer.body.length ? json_parse(buf_text(&p.answer.body), p.answer.body.length, NULL)
                                  : NULL;
    if (p.answer.code != 204)
        assert_non_null(p.json);
    if (p.answer.code >= 400) {
        assert_string_equal(p.answer.content_type, "application/problem+json");
        assert_int_equal(json_number(p.json, "status", 0), p.answer.code);
        assert_true(json_text(p.json, "detail", "")[0]);
    }
    return p.answer.code;
}

static void fill(struct ask ask)
{
    if (ask.body && !ask.length)
        ask.length = strlen(ask.body);
    memset(&last, 0, sizeof last);
    text_copy(last.path, sizeof last.path, ask.target);
    char *mark = strchr(last.path, '?');
    if (mark) {
        *mark = '\0';
        text_copy(last.words, sizeof last.words - 1, mark + 1);
        for (char *c = last.words; *c; c++)
            if (*c == '&')
                *c = '\0';
    }
    if (ask.authorization)
        text_copy(last.authorization, sizeof last.authorization, ask.authorization);
    else if (!ask.unsigned_)
        sign(&ask, last.authorization, sizeof last.authorization);
    last.r =
        (struct api_request){.method = ask.method,
                             .path = last.path,
                             .target = ask.target,
                             .address = ask.address ? ask.address : "192.0.2.1",
                             .authorization = last.authorization[0] ? last.authorization : NULL,
                             .content_encoding = ask.encoding,
                             .batch = ask.batch,
                             .body = ask.body,
                             .length = ask.length,
                             .after = query(last.words, "after"),
                             .wait = query(last.words, "wait"),
                             .limit = query(last.words, "limit"),
                             .orders = query(last.words, "orders")};
}

#define ask(...)            (fill((struct ask){__VA_ARGS__}), handle(false))
#define get(text)           ask(.method = "GET", .target = text)
#define post(text, content) ask(.method = "POST", .target = text, .body = content)

#define expect_problem(code_, name)                               \
    do {                                                          \
        assert_int_equal(p.answer.code, code_);                   \
        assert_string_equal(json_text(p.json, "code", ""), name); \
    } while (0)

/* ---- the panel ------------------------------------------------------------------------------------------------ */

static char *encoded(const uint8_t key[CRYPTO_KEY])
{
    static char text[64];
    struct buf b;
    buf_init(&b, 100);
    crypto_base64url(&b, key, CRYPTO_KEY);
    text_copy(text, sizeof text, buf_text(&b));
    buf_free(&b);
    return text;
}

static void registration(char *body, size_t size, const char *token, const uint8_t key[CRYPTO_KEY])
{
    snprintf(body, size,
             "{\"token\":\"%s\",\"public_key\":\"%s\",\"name\":\"n\",\"version\":\"1\","
             "\"platform\":\"linux\",\"erp\":\"generic\"}",
             token, encoded(key));
}

#define register_with(text, from)                                                        \
    ask(.method = "POST", .target = "/api/v1/register", .body = text, .unsigned_ = true, \
        .address = from)

static void add_plugin(const char *id)
{
    json_t *plugin = json_pack("{s:s,s:s,s:s,s:{s:s},s:{s:s}}", "id", id, "kind", "orders", "name",
                               "S", "channel", "type", "panel", "schedule", "every", "60s");
    assert_int_equal(store_plugin_put(p.api.store, p.endpoint, id, plugin, true, NULL), STATUS_OK);
    json_decref(plugin);
}

static void add_order(const char *plugin, const char *id)
{
    json_t *results = NULL;
    json_t *orders =
        json_pack("[{s:s,s:i,s:[],s:s}]", "id", id, "revision", 1, "lines", "total_gross", "0");
    assert_int_equal(store_orders_add(p.api.store, plugin, orders, &results, NULL), STATUS_OK);
    json_decref(results);
    json_decref(orders);
}

static int open_it(void **state)
{
    char account[CRYPTO_ID_TEXT], token[STORE_TOKEN], body[600];
    (void)state;
    memset(&p, 0, sizeof p);
    unit_directory(p.dir, sizeof p.dir);
    p.clock = (struct clock){read_wall, read_mono};
    p.wall = clock_wall_ms(); /* a token's end is counted from the system's clock */
    p.mono = 5000000;
    p.api.clock = &p.clock;
    p.api.attempts.limit = 5;
    text_copy(p.api.base_url, sizeof p.api.base_url, URL);
    assert_int_equal(store_open(p.dir, &p.api.store, NULL), STATUS_OK);
    assert_int_equal(store_account_add(p.api.store, "A", account, NULL), STATUS_OK);
    assert_int_equal(store_token_new(p.api.store, NULL, HOUR, token, NULL), STATUS_OK);
    crypto_ed25519_generate(p.seed, p.key);
    registration(body, sizeof body, token, p.key);
    assert_int_equal(register_with(body, NULL), 201);
    text_copy(p.endpoint, sizeof p.endpoint, json_text(p.json, "endpoint_id", ""));
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    forget_answer();
    store_close(p.api.store);
    return dir_remove(p.dir, NULL) == STATUS_OK ? 0 : -1;
}

/* Every call, with a path that is well-formed. */
static const struct {
    const char *method, *target, *body;
    bool open;
} calls[] = {{"POST", "/api/v1/register", "{}", true},
             {"POST", "/api/v1/endpoint/start", "{}", false},
             {"POST", "/api/v1/endpoint/stop", "{}", false},
             {"GET", "/api/v1/endpoint", NULL, false},
             {"POST", "/api/v1/endpoint/key", "{}", false},
             {"GET", "/api/v1/endpoint/config", NULL, false},
             {"POST", "/api/v1/endpoint/status", "{}", false},
             {"POST", "/api/v1/endpoint/journal", "", false},
             {"POST", "/api/v1/commands/c/result", "{}", false},
             {"POST", "/api/v1/plugins/p/changes", "", false},
             {"GET", "/api/v1/plugins/p/orders", NULL, false},
             {"POST", "/api/v1/plugins/p/orders/o/outcome", "{}", false},
             {"POST", "/api/v1/plugins/p/orders/outcomes", "{}", false}};

/* ---- who asks ---------------------------------------------------------------------------------------------------- */

static void nobody_is_answered_without_a_signature(void **state)
{
    static const char *const headers[] = {NULL,         "",
                                          "Basic eDp5", "Bearer",
                                          "Bearer ",    "Bearer a.b.c",
                                          "bearer x",   "Bearer eyJhbGciOiJub25lIn0.e30."};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        for (size_t k = 0; k < COUNT_OF(headers); k++) {
            if (calls[i].open)
                continue;
            ask(.method = calls[i].method, .target = calls[i].target, .body = calls[i].body,
                .authorization = headers[k] ? headers[k] : "", .unsigned_ = true);
            assert_int_equal(p.answer.code, 401);
            assert_false(p.answer.wait);
        }
    }
}

static void a_signature_holds_for_one_request_only(void **state)
{
    uint8_t seed[CRYPTO_KEY], key[CRYPTO_KEY];
    (void)state;
    static const char target[] = "/api/v1/endpoint/status";
    crypto_ed25519_generate(seed, key);
    assert_int_equal(post(target, "{\"a\":1}"), 200);
#define forged(...)                                                            \
    ask(.method = "POST", .target = target, .body = "{\"a\":1}", __VA_ARGS__); \
    expect_problem(401, "signature_invalid")
    forged(.signed_body = "{\"a\":2}");
    forged(.signed_method = "PUT");
    forged(.signed_target = "/api/v1/endpoint/status?x=1");
    forged(.signed_target = "/api/v1/endpoint/journal");
    forged(.audience = "https://other.test");
    forged(.issuer = "somebody");
    forged(.seed = seed);
    forged(.life_s = JWT_LIFE_SECONDS + 1);
    forged(.life_s = 365 * 86400);
#undef forged
}

static void clocks_may_differ_by_a_minute(void **state)
{
    static const struct {
        int64_t age_s;
        bool good;
    } cases[] = {{0, true},      {119, true}, {179, true},  {181, false},  {3600, false},
                 {86400, false}, {-59, true}, {-61, false}, {-3600, false}};
    (void)state;
    p.wall = p.wall / 1000 * 1000;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int code =
            ask(.method = "GET", .target = "/api/v1/endpoint", .issued_ms = cases[i].age_s * 1000);
        if (code != (cases[i].good ? 200 : 401))
            fail_msg("%lld s: %d", (long long)cases[i].age_s, code);
    }
}

static void a_request_is_taken_once(void **state)
{
    (void)state;
    p.wall = p.wall / 1000 * 1000;
    assert_int_equal(ask(.method = "GET", .target = "/api/v1/endpoint", .jti = "one"), 200);
    /* The same bytes again, as long as the signature is good; then it is no longer. */
    char same[2400];
    text_copy(same, sizeof same, last.authorization);
    for (int64_t s = 0; s < 400; s += 20) {
        ask(.method = "GET", .target = "/api/v1/endpoint", .authorization = same);
        expect_problem(401, s <= 180 ? "token_replayed" : "signature_invalid");
        get("/api/v1/endpoint"); /* others come meanwhile, and old ones are forgotten */
        assert_int_equal(p.answer.code, 200);
        step(20 * SECOND);
    }
}

static void a_revoked_endpoint_is_turned_away_from_its_poll_too(void **state)
{
    (void)state;
    get("/api/v1/endpoint/config?after=0&wait=50");
    int64_t rev = json_number(p.json, "rev", -1);
    char target[100];
    snprintf(target, sizeof target, "/api/v1/endpoint/config?after=%lld&wait=50", (long long)rev);
    assert_int_equal(get(target), 204);
    assert_true(p.answer.wait);
    assert_int_equal(store_endpoint_revoke(p.api.store, p.endpoint, NULL), STATUS_OK);
    assert_int_equal(handle(false), 401);
    expect_problem(401, "endpoint_revoked");
    assert_false(p.answer.wait);
    get("/api/v1/endpoint");
    expect_problem(401, "endpoint_revoked");
}

static void an_old_key_is_good_for_another_day(void **state)
{
    uint8_t seed[CRYPTO_KEY], key[CRYPTO_KEY];
    char body[200];
    (void)state;
    crypto_ed25519_generate(seed, key);
    snprintf(body, sizeof body, "{\"public_key\":\"%s\"}", encoded(key));
    assert_int_equal(post("/api/v1/endpoint/key", body), 200);
    assert_int_equal(get("/api/v1/endpoint"), 200);
    assert_int_equal(ask(.method = "GET", .target = "/api/v1/endpoint", .seed = seed), 200);
    step(DAY - 1);
    assert_int_equal(get("/api/v1/endpoint"), 200);
    step(1);
    assert_int_equal(get("/api/v1/endpoint"), 401);
    assert_int_equal(ask(.method = "GET", .target = "/api/v1/endpoint", .seed = seed), 200);
    post("/api/v1/endpoint/key", "{\"public_key\":\"short\"}");
    assert_int_equal(p.answer.code, 401); /* signed with the old one */
    ask(.method = "POST", .target = "/api/v1/endpoint/key", .body = "{\"public_key\":\"short\"}",
        .seed = seed);
    expect_problem(422, "key_invalid");
}

/* ---- registering --------------------------------------------------------------------------------------------------- */

static void a_token_is_good_once_and_for_its_time(void **state)
{
    char token[STORE_TOKEN], body[600], other[600];
    uint8_t seed[CRYPTO_KEY], key[CRYPTO_KEY];
    (void)state;
    crypto_ed25519_generate(seed, key);
    assert_int_equal(store_token_new(p.api.store, NULL, HOUR, token, NULL), STATUS_OK);
    registration(body, sizeof body, token, key);
    registration(other, sizeof other, token, p.key);
    step(HOUR - 10 * SECOND);
    assert_int_equal(register_with(body, "a"), 201);
    assert_int_equal(register_with(body, "a"), 200); /* its answer was lost */
    step(DAY);
    assert_int_equal(register_with(body, "a"), 200);
    register_with(other, "a");
    expect_problem(401, "token_used");
    assert_int_equal(store_token_new(p.api.store, NULL, HOUR, token, NULL), STATUS_OK);
    registration(body, sizeof body, token, key);
    step(HOUR + 10 * SECOND);
    register_with(body, "b");
    expect_problem(401, "token_expired");
    registration(body, sizeof body, "EP1-none", key);
    register_with(body, "b");
    expect_problem(401, "token_unknown");
}

static void who_guesses_waits_a_minute(void **state)
{
    char body[600];
    (void)state;
    registration(body, sizeof body, "EP1-none", p.key);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(register_with(i % 2 ? body : "{}", "192.0.2.66"), i % 2 ? 401 : 422);
        step(SECOND);
    }
    register_with(body, "192.0.2.66");
    expect_problem(429, "too_many_requests");
    assert_int_equal(p.answer.retry_after_s, 56);
    assert_int_equal(register_with(body, "192.0.2.67"), 401); /* others are not kept out */
    p.wall += DAY;                                            /* a clock that is set helps nobody */
    assert_int_equal(register_with(body, "192.0.2.66"), 429);
    step(55 * SECOND - 1);
    assert_int_equal(register_with(body, "192.0.2.66"), 429);
    assert_int_equal(p.answer.retry_after_s, 1);
    step(1);
    assert_int_equal(register_with(body, "192.0.2.66"), 401);
}

static void a_registration_is_looked_at(void **state)
{
    char body[1200], name[300];
    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    snprintf(body, sizeof body, "{\"token\":\"t\",\"public_key\":\"%s\",\"name\":\"%s\"}",
             encoded(p.key), name);
    register_with(body, "1");
    expect_problem(422, "registration_invalid");
    register_with("{\"token\":\"t\",\"public_key\":\"AAAA\"}", "2");
    expect_problem(422, "registration_invalid");
    register_with("[]", "3");
    expect_problem(400, "bad_request");
    register_with("", "4");
    expect_problem(400, "bad_request");
}

/* ---- paths ------------------------------------------------------------------------------------------------------------- */

static void an_unknown_path_is_said_to_be(void **state)
{
    static const char *const targets[] = {"/",
                                          "",
                                          "/api/v1",
                                          "/api/v1/",
                                          "/api/v1/endpoint/",
                                          "/api/v1/endpoint/config/x",
                                          "/api/v1/Endpoint",
                                          "/api/v2/endpoint",
                                          "/api/v1/plugins//changes",
                                          "/api/v1/plugins/p/changes/",
                                          "/api/v1/plugins/%zz/changes",
                                          "/api/v1/plugins/%0/changes",
                                          "/api/v1/plugins/a%00b/changes",
                                          "/api/v1/plugins/%ff/changes",
                                          "/api/v1/commands//result"};
    char longest[API_PART_MAX + 60];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        post(targets[i], "{}");
        expect_problem(404, "path_unknown");
    }
    snprintf(longest, sizeof longest, "/api/v1/plugins/%0*d/changes", API_PART_MAX, 1);
    post(longest, "{}");
    expect_problem(404, "path_unknown");
}

static void a_method_that_a_path_does_not_take_is_told_which_it_does(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "HEAD", "get", "PATCH"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        for (size_t k = 0; k < COUNT_OF(methods); k++) {
            if (text_equal(methods[k], calls[i].method))
                continue;
            ask(.method = methods[k], .target = calls[i].target, .unsigned_ = true);
            expect_problem(405, "method_unknown");
            assert_string_equal(p.answer.allow, calls[i].method);
        }
    }
}

static void what_is_not_the_endpoints_is_unknown(void **state)
{
    static const char outcome[] =
        "{\"revision\":1,\"state\":\"done\",\"at\":\"2026-01-05T10:00:00.000Z\"}";
    (void)state;
    add_plugin("shop");
    add_order("shop", "a/b c");
    ask(.method = "POST", .target = "/api/v1/plugins/none/changes", .body = "{}\n", .batch = "1-1");
    expect_problem(404, "plugin_unknown");
    get("/api/v1/plugins/none/orders");
    expect_problem(404, "plugin_unknown");
    post("/api/v1/commands/none/result", "{\"ok\":true}");
    expect_problem(404, "command_unknown");
    post("/api/v1/plugins/shop/orders/none/outcome", outcome);
    expect_problem(404, "order_unknown");
    post("/api/v1/plugins/none/orders/a%2Fb%20c/outcome", outcome);
    assert_int_equal(p.answer.code, 404);
    assert_int_equal(post("/api/v1/plugins/shop/orders/a%2Fb%20c/outcome", outcome), 200);
    post("/api/v1/plugins/shop/orders/a%2Fb%20c/outcome", "{\"state\":\"lost\"}");
    expect_problem(422, "outcome_invalid");
}

/* ---- bodies ------------------------------------------------------------------------------------------------------------ */

static void only_who_can_sign_may_send_much(void **state)
{
    (void)state;
    add_plugin("shop");
    fill((struct ask){.method = "POST", .target = "/api/v1/plugins/shop/changes"});
    assert_int_equal(api_body_max(&p.api, &last.r), API_BODY_MAX);
    fill((struct ask){
        .method = "POST", .target = "/api/v1/plugins/shop/changes", .unsigned_ = true});
    assert_int_equal(api_body_max(&p.api, &last.r), API_STRANGER_MAX);
    fill(
        (struct ask){.method = "POST", .target = "/api/v1/plugins/shop/changes", .issued_ms = DAY});
    assert_int_equal(api_body_max(&p.api, &last.r), API_STRANGER_MAX);
    fill((struct ask){.method = "POST", .target = "/api/v1/register"});
    assert_int_equal(api_body_max(&p.api, &last.r), API_STRANGER_MAX);
    fill((struct ask){.method = "POST", .target = "/api/v1/nothing"});
    assert_int_equal(api_body_max(&p.api, &last.r), API_STRANGER_MAX);
}

static void a_longer_body_is_refused_by_who_sent_it(void **state)
{
    static const struct {
        const char *target;
        bool unsigned_;
        int code;
        const char *name;
    } cases[] = {{"/api/v1/endpoint/journal", false, 413, "body_long"},
                 {"/api/v1/endpoint/journal", true, 401, "signature_invalid"},
                 {"/api/v1/register", true, 413, "body_long"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fill((struct ask){
            .method = "POST", .target = cases[i].target, .unsigned_ = cases[i].unsigned_});
        forget_answer();
        api_refuse_long(&p.api, &last.r, &p.answer);
        p.json = json_parse(buf_text(&p.answer.body), p.answer.body.length, NULL);
        expect_problem(cases[i].code, cases[i].name);
    }
}

static void a_body_that_is_no_object_is_none(void **state)
{
    static const char *const bodies[] = {"", "[]", "7", "{", "{\"a\":", "null", "\xff", "{}{}"};
    static const char *const targets[] = {"/api/v1/endpoint/start",
                                          "/api/v1/endpoint/key",
                                          "/api/v1/endpoint/status",
                                          "/api/v1/commands/c/result",
                                          "/api/v1/plugins/p/orders/o/outcome",
                                          "/api/v1/plugins/p/orders/outcomes"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        for (size_t k = 0; k < COUNT_OF(bodies); k++) {
            post(targets[i], bodies[k]);
            expect_problem(400, "bad_request");
        }
    }
}

static void a_batch_says_which_rows_it_has(void **state)
{
    static const char *const batches[] = {NULL,
                                          "",
                                          "1",
                                          "1-",
                                          "-1",
                                          "0-1",
                                          "2-1",
                                          "1-1x",
                                          "a-b",
                                          "1-1000001",
                                          "1 - 1",
                                          "18446744073709551615-18446744073709551616",
                                          "9223372036854775806-9223372036854775808",
                                          "00000000000000000000000000000000000000000001-1"};
    (void)state;
    add_plugin("shop");
    for (size_t i = 0; i < COUNT_OF(batches); i++) {
        ask(.method = "POST", .target = "/api/v1/plugins/shop/changes", .body = "{}\n",
            .batch = batches[i]);
        expect_problem(400, "bad_batch");
    }
    ask(.method = "POST", .target = "/api/v1/plugins/shop/changes", .body = "x", .batch = "1-1",
        .encoding = "gzip");
    expect_problem(415, "encoding_unknown");
    ask(.method = "POST", .target = "/api/v1/plugins/shop/changes", .body = "no zstd",
        .batch = "1-1", .encoding = "zstd");
    assert_int_equal(p.answer.code, 400);
}

/* A few kilobytes that would be hundreds of megabytes. */
static void a_bomb_is_not_unpacked(void **state)
{
    struct buf plain, packed;
    (void)state;
    add_plugin("shop");
    buf_init(&plain, (size_t)API_PLAIN_MAX + 100);
    buf_init(&packed, 128 << 20);
    char *zeros = mem_alloc(1 << 20);
    for (int i = 0; i < 64; i++)
        buf_add(&plain, zeros, 1 << 20);
    buf_add_byte(&plain, '\n');
    free(zeros);
    assert_int_equal(zip_pack(&packed, plain.data, plain.length, NULL), STATUS_OK);
    assert_true(packed.length < API_STRANGER_MAX);
    ask(.method = "POST", .target = "/api/v1/plugins/shop/changes", .body = packed.data,
        .length = packed.length, .batch = "1-1", .encoding = "zstd");
    assert_int_equal(p.answer.code, 413);
    buf_free(&plain);
    buf_free(&packed);
}

/* ---- polls -------------------------------------------------------------------------------------------------------------- */

static int64_t rev_now(void)
{
    assert_int_equal(get("/api/v1/endpoint/config?after=&wait=0"), 200);
    return json_number(p.json, "rev", -1);
}

static void a_poll_waits_when_there_is_nothing_new(void **state)
{
    static const struct {
        const char *wait;
        int64_t wait_ms;
    } cases[] = {{"&wait=50", 50000},         {"&wait=1", 1000},  {"&wait=0", 0}, {"", 0},
                 {"&wait=2147483647", 50000}, {"&wait=51", 50000}};
    char target[200];
    (void)state;
    int64_t rev = rev_now();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        snprintf(target, sizeof target, "/api/v1/endpoint/config?after=%lld%s", (long long)rev,
                 cases[i].wait);
        assert_int_equal(get(target), 204);
        assert_int_equal(p.answer.wait, cases[i].wait_ms > 0);
        assert_int_equal(p.answer.wait_ms, cases[i].wait_ms);
        assert_int_equal(handle(true), 204); /* its time is over */
        assert_false(p.answer.wait);
    }
    static const char *const wrong[] = {"after=x",
                                        "after=-1",
                                        "after=1&wait=-1",
                                        "after=1&wait=x",
                                        "after=1&wait=2147483648",
                                        "after=99999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        snprintf(target, sizeof target, "/api/v1/endpoint/config?%s", wrong[i]);
        get(target);
        expect_problem(400, "bad_request");
    }
}

static void a_poll_ends_with_each_kind_of_news(void **state)
{
    char target[200], id[CRYPTO_ID_TEXT];
    (void)state;
    int64_t rev = rev_now();
    snprintf(target, sizeof target, "/api/v1/endpoint/config?after=%lld&wait=50", (long long)rev);
    assert_int_equal(get(target), 204);
    add_plugin("shop");
    assert_int_equal(handle(false), 200); /* the same request, looked at again */
    assert_int_equal(json_array_size(json_object_get(p.json, "plugins")), 1);
    assert_true(json_number(p.json, "rev", 0) > rev);
    rev = json_number(p.json, "rev", 0);
    snprintf(target, sizeof target, "/api/v1/endpoint/config?after=%lld&wait=50", (long long)rev);
    assert_int_equal(get(target), 204);
    assert_int_equal(store_command_add(p.api.store, p.endpoint, "test", "{}", id, NULL), STATUS_OK);
    assert_int_equal(handle(false), 200);
    assert_int_equal(json_array_size(json_object_get(p.json, "commands")), 1);
    /* Answered, it is told no more. */
    snprintf(target, sizeof target, "/api/v1/commands/%s/result", id);
    assert_int_equal(post(target, "{\"ok\":true}"), 200);
    rev_now();
    assert_int_equal(json_array_size(json_object_get(p.json, "commands")), 0);
    /* A number from another time: told everything. */
    assert_int_equal(get("/api/v1/endpoint/config?after=12345&wait=50"), 200);
}

static void word_of_orders_ends_a_poll_that_asks_for_it(void **state)
{
    char target[200], mark[64], aware[200];
    (void)state;
    add_plugin("shop");
    int64_t rev = rev_now();
    text_copy(mark, sizeof mark, json_text(p.json, "orders_mark", ""));
    snprintf(aware, sizeof aware, "/api/v1/endpoint/config?after=%lld&wait=50&orders=%s",
             (long long)rev, mark);
    assert_int_equal(get(aware), 204);
    assert_true(p.answer.wait);
    add_order("shop", "o1");
    assert_int_equal(handle(false), 200);
    assert_string_not_equal(json_text(p.json, "orders_mark", ""), mark);
    assert_non_null(json_object_get(json_object_get(p.json, "orders"), "shop"));
    text_copy(mark, sizeof mark, json_text(p.json, "orders_mark", ""));
    rev = json_number(p.json, "rev", 0);
    snprintf(aware, sizeof aware, "/api/v1/endpoint/config?after=%lld&wait=50&orders=%s",
             (long long)rev, mark);
    assert_int_equal(get(aware), 204);
    assert_int_equal(store_order_cancel(p.api.store, "shop", "o1", &rev, NULL), STATUS_OK);
    assert_int_equal(handle(false), 200);
    /* An older endpoint does not ask for the mark, and is not woken by it. */
    rev = rev_now();
    snprintf(target, sizeof target, "/api/v1/endpoint/config?after=%lld&wait=50", (long long)rev);
    assert_int_equal(get(target), 204);
    add_order("shop", "o2");
    assert_int_equal(handle(false), 204);
    assert_true(p.answer.wait);
}

static void orders_come_in_pages(void **state)
{
    static const size_t counts[] = {2, 2, 1, 0};
    static const char *const wrong[] = {"0", "-1", "1001", "x", "", "1.5"};
    char target[200], cursor[STORE_CURSOR] = "";
    (void)state;
    add_plugin("shop");
    for (int i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "o%d", i);
        add_order("shop", id);
    }
    for (size_t i = 0, next = 0; i < COUNT_OF(counts); i++) {
        snprintf(target, sizeof target, "/api/v1/plugins/shop/orders?limit=2&wait=50&after=%s",
                 cursor);
        assert_int_equal(get(target), 200);
        const json_t *orders = json_object_get(p.json, "orders");
        assert_int_equal(json_array_size(orders), counts[i]);
        for (size_t k = 0; k < counts[i]; k++, next++) {
            char id[16];
            snprintf(id, sizeof id, "o%zu", next);
            assert_string_equal(json_text(json_array_get(orders, k), "id", ""), id);
        }
        assert_int_equal(p.answer.wait, counts[i] == 0);
        text_copy(cursor, sizeof cursor, json_text(p.json, "cursor", ""));
    }
    add_order("shop", "o5");
    assert_int_equal(handle(false), 200);
    assert_int_equal(json_array_size(json_object_get(p.json, "orders")), 1);
    /* Of before a restore, or of nobody: all again, rather than some never. */
    get("/api/v1/plugins/shop/orders?after=7-abcdef");
    assert_int_equal(json_array_size(json_object_get(p.json, "orders")), 6);
    get("/api/v1/plugins/shop/orders?after=%ff%zz");
    assert_int_equal(json_array_size(json_object_get(p.json, "orders")), 6);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        snprintf(target, sizeof target, "/api/v1/plugins/shop/orders?limit=%s", wrong[i]);
        get(target);
        expect_problem(400, "bad_request");
    }
}

static void outcomes_come_in_lists_of_some(void **state)
{
    struct buf many;
    (void)state;
    add_plugin("shop");
    post("/api/v1/plugins/shop/orders/outcomes", "{\"outcomes\":[]}");
    expect_problem(422, "outcomes_invalid");
    post("/api/v1/plugins/shop/orders/outcomes", "{\"outcomes\":7}");
    expect_problem(422, "outcomes_invalid");
    buf_init(&many, 1 << 20);
    buf_add_text(&many, "{\"outcomes\":[{}");
    for (int i = 1; i <= STORE_OUTCOMES; i++)
        buf_add_text(&many, ",{}");
    buf_add_text(&many, "]}");
    post("/api/v1/plugins/shop/orders/outcomes", buf_text(&many));
    expect_problem(422, "outcomes_invalid");
    buf_free(&many);
    /* One that is wrong keeps no other. */
    assert_int_equal(
        post("/api/v1/plugins/shop/orders/outcomes", "{\"outcomes\":[{\"order\":\"x\"}]}"), 200);
    assert_false(json_flag(json_array_get(json_object_get(p.json, "results"), 0), "ok", true));
}

static void entries_that_are_none_are_refused_whole(void **state)
{
    (void)state;
    assert_int_equal(post("/api/v1/endpoint/journal", ""), 200);
    assert_int_equal(post("/api/v1/endpoint/journal",
                          "{\"id\":1,\"at\":\"2026-01-05T10:00:00.000Z\","
                          "\"level\":\"info\",\"text\":\"a\"}\n"),
                     200);
    post("/api/v1/endpoint/journal", "{\"id\":2}\nnot json\n");
    expect_problem(422, "bad_row");
}

/* ---- starts ---------------------------------------------------------------------------------------------------------------- */

static int start(const char *life, const char *place, int64_t known, bool held)
{
    char body[400];
    snprintf(body, sizeof body,
             "{\"life\":\"%s\",\"place\":\"%s\",\"host\":\"h-%s\",\"last\":%lld,\"held\":%s}", life,
             place, place, (long long)known, held ? "true" : "false");
    return post("/api/v1/endpoint/start", body);
}

static int call_as(int64_t incarnation)
{
    return ask(.method = "POST", .target = "/api/v1/endpoint/status", .body = "{}",
               .incarnation = incarnation);
}

static void a_copy_is_held_while_the_first_one_lives(void **state)
{
    (void)state;
    assert_int_equal(start("life-a", "here", 0, false), 200);
    assert_string_equal(json_text(p.json, "state", ""), "go");
    assert_int_equal(json_number(p.json, "incarnation", 0), 1);
    assert_int_equal(json_number(p.json, "lease_ms", 0), STARTS_LEASE_MS * 4 / 5);
    assert_int_equal(call_as(1), 200);
    step(5 * SECOND);
    assert_int_equal(start("life-b", "there", 1, false), 200);
    assert_string_equal(json_text(p.json, "state", ""), "wait");
    step(SECOND);
    assert_int_equal(call_as(1), 200); /* it lives */
    step(SECOND);
    assert_int_equal(start("life-b", "there", 1, false), 403);
    expect_problem(403, "endpoint_twin");
    assert_string_equal(json_text(p.json, "host", ""), "h-here");
    assert_int_equal(json_number(p.json, "retry_s", 0), STARTS_HELD_S);
    /* The first one hears of it. */
    assert_int_equal(
        ask(.method = "GET", .target = "/api/v1/endpoint/config?after=0", .incarnation = 1), 200);
    assert_string_equal(json_text(json_object_get(p.json, "twin"), "host", ""), "h-there");
    assert_int_equal(call_as(1), 200);
}

static void one_that_is_silent_is_replaced_and_its_lease_waited_for(void **state)
{
    (void)state;
    start("life-a", "here", 0, false);
    assert_int_equal(call_as(1), 200);
    step(5 * SECOND);
    start("life-b", "there", 1, false);
    assert_string_equal(json_text(p.json, "state", ""), "wait");
    step(STARTS_ASK_MS - 1);
    start("life-b", "there", 1, false);
    assert_string_equal(json_text(p.json, "state", ""), "wait");
    step(1);
    start("life-b", "there", 1, false);
    assert_string_equal(json_text(p.json, "state", ""), "go");
    assert_int_equal(json_number(p.json, "incarnation", 0), 2);
    assert_int_equal(json_number(p.json, "orders_in_ms", 0), STARTS_LEASE_MS - 15 * SECOND);
    call_as(1);
    expect_problem(403, "endpoint_superseded");
    call_as(0);
    expect_problem(403, "start_missing");
    assert_int_equal(call_as(2), 200);
    /* Asked again after a lost answer: the same number, and what is left of the wait. */
    step(60 * SECOND);
    start("life-b", "there", 1, false);
    assert_int_equal(json_number(p.json, "incarnation", 0), 2);
    assert_int_equal(json_number(p.json, "orders_in_ms", 0), STARTS_LEASE_MS - 75 * SECOND);
}

/* A long poll that waits is a call, too: of one whose place was taken it ends. */
static void a_waiting_poll_of_a_replaced_one_ends(void **state)
{
    char target[100];
    (void)state;
    start("life-a", "here", 0, false);
    assert_int_equal(call_as(1), 200);
    ask(.method = "GET", .target = "/api/v1/endpoint/config?after=", .incarnation = 1);
    snprintf(target, sizeof target, "/api/v1/endpoint/config?after=%lld&wait=50",
             (long long)json_number(p.json, "rev", 0));
    assert_int_equal(ask(.method = "GET", .target = target, .incarnation = 1), 204);
    struct api_request waiting = last.r;
    char kept[sizeof last.path];
    text_copy(kept, sizeof kept, last.path);
    start("life-a2", "here", 1, false); /* started again at the same place */
    assert_string_equal(json_text(p.json, "state", ""), "go");
    assert_int_equal(json_number(p.json, "orders_in_ms", 0), 0); /* a lock keeps two apart there */
    last.r = waiting;
    text_copy(last.path, sizeof last.path, kept);
    handle(false);
    expect_problem(403, "endpoint_superseded");
}

static void who_says_goodbye_keeps_nobody_waiting(void **state)
{
    (void)state;
    start("life-a", "here", 0, false);
    assert_int_equal(call_as(1), 200);
    assert_int_equal(
        ask(.method = "POST", .target = "/api/v1/endpoint/stop", .body = "{}", .incarnation = 1),
        200);
    start("life-b", "there", 1, false);
    assert_string_equal(json_text(p.json, "state", ""), "go");
    assert_int_equal(json_number(p.json, "orders_in_ms", 0), 0);
}

static void a_start_is_looked_at(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "{\"life\":\"l\"}",
        "{\"place\":\"p\"}",
        "{\"life\":\"\",\"place\":\"p\"}",
        "{\"life\":\"l\",\"place\":\"p\",\"last\":-1}",
        "{\"life\":\"l\",\"place\":\"p\",\"last\":9223372036854775807}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        post("/api/v1/endpoint/start", bodies[i]);
        expect_problem(422, "start_invalid");
    }
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(nobody_is_answered_without_a_signature),
        T(a_signature_holds_for_one_request_only),
        T(clocks_may_differ_by_a_minute),
        T(a_request_is_taken_once),
        T(a_revoked_endpoint_is_turned_away_from_its_poll_too),
        T(an_old_key_is_good_for_another_day),
        T(a_token_is_good_once_and_for_its_time),
        T(who_guesses_waits_a_minute),
        T(a_registration_is_looked_at),
        T(an_unknown_path_is_said_to_be),
        T(a_method_that_a_path_does_not_take_is_told_which_it_does),
        T(what_is_not_the_endpoints_is_unknown),
        T(only_who_can_sign_may_send_much),
        T(a_longer_body_is_refused_by_who_sent_it),
        T(a_body_that_is_no_object_is_none),
        T(a_batch_says_which_rows_it_has),
        T(a_bomb_is_not_unpacked),
        T(a_poll_waits_when_there_is_nothing_new),
        T(a_poll_ends_with_each_kind_of_news),
        T(word_of_orders_ends_a_poll_that_asks_for_it),
        T(orders_come_in_pages),
        T(outcomes_come_in_lists_of_some),
        T(entries_that_are_none_are_refused_whole),
        T(a_copy_is_held_while_the_first_one_lives),
        T(one_that_is_silent_is_replaced_and_its_lease_waited_for),
        T(a_waiting_poll_of_a_replaced_one_ends),
        T(who_says_goodbye_keeps_nobody_waiting),
        T(a_start_is_looked_at),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
