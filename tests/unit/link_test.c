/* link: signing, the panel's clock, the blocking call, registration and the change of keys, with a clock and a panel that the
 * test plays. */
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
#include "base/jwt.h"
#include "base/memory.h"
#include "base/text.h"
#include "link/identity.h"
#include "link/incarnation.h"
#include "link/link.h"
#include "os/dir.h"
#include "os/file.h"
#include "unit.h"

#define HOUR INT64_C(3600000)

static int64_t now; /* ours, by the wall */

static int64_t read_now(const struct clock *c)
{
    (void)c;
    return now;
}

static const struct clock stepped = {read_now, read_now};

/* The panel: what it answers to each request, in turn; the last answer is repeated. */
struct reply {
    enum status status; /* no answer came when it is not OK */
    int code;
    const char *body;
    int64_t ahead, retry_ms; /* of its clock; INT64_MIN: it says no time */
};

static struct {
    const struct reply *replies;
    size_t count, requests;
    char token[4][2304], url[4][400];
    json_t *body[4];
    bool has_key_on_disk[4]; /* a key to follow was on the disk when the request came */
} panel;

static char dir[64];
static struct link link_;
static struct identity me;
static struct error e;

enum status __wrap_http_perform(struct http_client *client, const struct http_request *request,
                                struct http_answer *answer, const volatile int *cancel,
                                struct error *error);
enum status __wrap_http_perform(struct http_client *client, const struct http_request *request,
                                struct http_answer *answer, const volatile int *cancel,
                                struct error *error)
{
    size_t n = panel.requests++;
    struct identity on_disk;
    (void)client, (void)cancel;
    assert_true(panel.count > 0 && n < COUNT_OF(panel.token));
    const struct reply *r = &panel.replies[n < panel.count ? n : panel.count - 1];
    text_copy(panel.token[n], sizeof panel.token[n], request->headers[0]);
    text_copy(panel.url[n], sizeof panel.url[n], request->url);
    panel.body[n] =
        request->body_length ? json_parse(request->body, request->body_length, NULL) : NULL;
    panel.has_key_on_disk[n] =
        identity_load(dir, &on_disk, NULL) == STATUS_OK && on_disk.has_pending;
    if (r->status != STATUS_OK)
        return error_set(error, r->status, "away", "no answer");
    answer->code = r->code;
    answer->date_ms = r->ahead == INT64_MIN ? -1 : now + r->ahead;
    answer->retry_after_ms = r->retry_ms;
    if (r->body)
        buf_add_text(&answer->body, r->body);
    return STATUS_OK;
}

static void forget_requests(void)
{
    for (size_t i = 0; i < COUNT_OF(panel.body); i++)
        json_decref(panel.body[i]);
    memset(&panel, 0, sizeof panel);
}

#define panel_says(...)                                           \
    do {                                                          \
        static const struct reply unit_replies[] = {__VA_ARGS__}; \
        forget_requests();                                        \
        panel.replies = unit_replies;                             \
        panel.count = COUNT_OF(unit_replies);                     \
    } while (0)

static int open_it(void **state)
{
    (void)state;
    unit_directory(dir, sizeof dir);
    assert_true(clock_parse("2026-03-29T00:59:30Z", &now));
    memset(&me, 0, sizeof me);
    text_copy(me.endpoint_id, sizeof me.endpoint_id, "endpoint-1");
    crypto_ed25519_generate(me.seed, me.public_key);
    link_init(&link_, "https://panel.test/shops//", &me);
    link_.clock = &stepped;
    error_clear(&e);
    memset(&panel, 0, sizeof panel);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    forget_requests();
    link_wipe(&link_);
    return dir_remove(dir, NULL) == STATUS_OK ? 0 : -1;
}

static enum status ask(json_t **json, int64_t *retry)
{
    const struct link_ask asked = {.method = "POST",
                                   .path = "/endpoint/status?a=1",
                                   .type = "application/json",
                                   .body = "{}",
                                   .length = 2,
                                   .timeout_ms = 1000};
    struct link_reply reply;
    error_clear(&e);
    enum status status = link_call(&link_, NULL, &asked, NULL, json || retry ? &reply : NULL, &e);
    if (json)
        *json = reply.json;
    else if (retry)
        json_decref(reply.json);
    if (retry)
        *retry = reply.retry_after_ms;
    return status;
}

static void claims(size_t request, struct jwt *jwt)
{
    const char *token = panel.token[request] + strlen("Authorization: Bearer ");
    assert_true(text_starts(panel.token[request], "Authorization: Bearer "));
    assert_int_equal(jwt_read(token, strlen(token), jwt, NULL), STATUS_OK);
}

/* Would a panel whose clock says this let it in? */
static bool let_in(size_t request, int64_t panel_ms, const char *target, const char *body)
{
    const char *token = panel.token[request] + strlen("Authorization: Bearer ");
    uint8_t asked[CRYPTO_HASH], content[CRYPTO_HASH];
    struct jwt jwt;
    claims(request, &jwt);
    jwt_hash_request("POST", target, asked);
    crypto_sha256(body, strlen(body), content);
    return jwt_verify(token, strlen(token), &jwt,
                      &(struct jwt_expected){me.public_key, "https://panel.test/shops",
                                             panel_ms / 1000, asked, content},
                      NULL) == STATUS_OK;
}

/* ---- signing ---------------------------------------------------------------------------------------------- */

static void a_request_is_signed_for_two_minutes(void **state)
{
    static const char target[] = "/api/v1/endpoint/status?a=1";
    struct jwt jwt;
    (void)state;
    link_.incarnation = 12;
    panel_says({STATUS_OK, 200, "{}", 0, -1});
    assert_int_equal(ask(NULL, NULL), STATUS_OK);
    assert_string_equal(panel.url[0], "https://panel.test/shops/api/v1/endpoint/status?a=1");
    claims(0, &jwt);
    assert_string_equal(jwt.issuer, "endpoint-1");
    assert_int_equal(jwt.issued_at, now / 1000);
    assert_int_equal(jwt.expires_at, now / 1000 + 120);
    assert_int_equal(jwt.incarnation, 12);
    assert_true(let_in(0, now, target, "{}"));
    assert_true(let_in(0, now + 120000 + 59000, target, "{}"));
    assert_false(let_in(0, now + 120000 + 61000, target, "{}"));
    assert_true(let_in(0, now - 59000, target, "{}"));
    assert_false(let_in(0, now - 61000, target, "{}"));
    assert_false(let_in(0, now, "/api/v1/endpoint/status?a=2", "{}"));
    assert_false(let_in(0, now, target, "{\"x\":1}"));
}

static void an_address_too_long_is_refused(void **state)
{
    char path[4200];
    (void)state;
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    const struct link_ask asked = {.method = "GET", .path = path, .timeout_ms = 1};
    assert_int_equal(link_call(&link_, NULL, &asked, NULL, NULL, &e), STATUS_INVALID);
    assert_string_equal(e.code, "url_long");
    assert_int_equal(panel.requests, 0);
}

/* ---- the panel's clock -------------------------------------------------------------------------------------- */

static void the_clock_is_learnt_from_each_answer(void **state)
{
    static const struct {
        int64_t ahead, known;
    } cases[] = {{0, 0},
                 {1999, 0},
                 {-1999, 0},
                 {2000, 2000},
                 {-2000, -2000},
                 {HOUR, HOUR},
                 {INT64_MIN, HOUR}, /* it said none: as before */
                 {-24 * HOUR, -24 * HOUR},
                 {500, 0}};
    struct http_answer a;
    struct jwt jwt;
    (void)state;
    assert_false(link_.clock_known);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        http_answer_init(&a, 0);
        a.code = 204;
        a.date_ms = cases[i].ahead == INT64_MIN ? -1 : now + cases[i].ahead;
        assert_int_equal(link_answer(&link_, &a, NULL, NULL, &e), STATUS_OK);
        assert_true(link_.clock_known);
        assert_int_equal(link_.clock_offset_ms, cases[i].known);
        http_answer_free(&a);
        panel_says({STATUS_OK, 200, "{}", INT64_MIN, -1});
        assert_int_equal(ask(NULL, NULL), STATUS_OK);
        claims(0, &jwt);
        assert_int_equal(jwt.issued_at, (now + cases[i].known) / 1000);
    }
}

static void a_wrong_clock_costs_one_more_request(void **state)
{
    static const char refused[] = "{\"code\":\"signature_invalid\",\"detail\":\"iat\"}";
    struct jwt first, second;
    (void)state;
    panel_says({STATUS_OK, 401, refused, 3 * HOUR, -1},
               {STATUS_OK, 200, "{\"a\":1}", 3 * HOUR, -1});
    json_t *json = NULL;
    assert_int_equal(ask(&json, NULL), STATUS_OK);
    assert_int_equal(json_number(json, "a", 0), 1);
    json_decref(json);
    assert_int_equal(panel.requests, 2);
    claims(0, &first);
    claims(1, &second);
    assert_int_equal(second.issued_at - first.issued_at, 3 * 3600);
    assert_string_not_equal(first.id, second.id); /* else it is a replay */
    /* Known by now: the next one is right at once. */
    panel_says({STATUS_OK, 200, "{}", 3 * HOUR, -1});
    assert_int_equal(ask(NULL, NULL), STATUS_OK);
    assert_int_equal(panel.requests, 1);
}

static void a_signature_that_is_refused_for_another_reason_is_not_repeated(void **state)
{
    static const char refused[] = "{\"code\":\"signature_invalid\",\"detail\":\"key\"}";
    (void)state;
    panel_says({STATUS_OK, 401, refused, 0, -1});
    assert_int_equal(ask(NULL, NULL), STATUS_DENIED);
    assert_string_equal(e.code, "signature_invalid");
    assert_int_equal(panel.requests, 1);
    /* Another time each time: it is not run after. */
    panel_says({STATUS_OK, 401, refused, HOUR, -1}, {STATUS_OK, 401, refused, -HOUR, -1});
    assert_int_equal(ask(NULL, NULL), STATUS_DENIED);
    assert_int_equal(panel.requests, 2);
    /* Nor what only looks like it. */
    panel_says({STATUS_OK, 401, "{\"code\":\"endpoint_revoked\",\"detail\":\"x\"}", 5 * HOUR, -1});
    assert_int_equal(ask(NULL, NULL), STATUS_DENIED);
    assert_int_equal(panel.requests, 1);
}

/* ---- answers -------------------------------------------------------------------------------------------------- */

static void each_code_has_its_status(void **state)
{
    static const struct {
        int code;
        enum status status;
        bool json;
    } cases[] = {{200, STATUS_OK, true},           {204, STATUS_OK, true},
                 {401, STATUS_DENIED, false},      {403, STATUS_DENIED, false},
                 {404, STATUS_NOT_FOUND, false},   {409, STATUS_EXISTS, true},
                 {410, STATUS_REFUSED, false},     {413, STATUS_FULL, false},
                 {422, STATUS_REFUSED, true},      {425, STATUS_UNREACHABLE, false},
                 {429, STATUS_BUSY, false},        {503, STATUS_BUSY, false},
                 {408, STATUS_UNREACHABLE, false}, {500, STATUS_UNREACHABLE, false},
                 {302, STATUS_UNREACHABLE, false}, {418, STATUS_REFUSED, false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_answer a;
        json_t *json = NULL;
        int64_t retry = 0;
        http_answer_init(&a, 0);
        a.code = cases[i].code;
        a.date_ms = -1;
        a.retry_after_ms = 7000;
        buf_add_text(&a.body, "{\"code\":\"c\",\"detail\":\"d\",\"acked\":5}");
        assert_int_equal(link_answer(&link_, &a, &json, &retry, &e), cases[i].status);
        assert_int_equal(json != NULL, cases[i].json);
        assert_int_equal(retry, 7000);
        json_decref(json);
        http_answer_free(&a);
    }
}

static void what_the_panel_asks_for_reaches_the_caller(void **state)
{
    int64_t retry = 0;
    (void)state;
    panel_says({STATUS_OK, 503, "{\"code\":\"busy\",\"detail\":\"x\"}", 0, 90000});
    assert_int_equal(ask(NULL, &retry), STATUS_BUSY);
    assert_int_equal(retry, 90000);
    assert_int_equal(panel.requests, 1);
    panel_says({STATUS_UNREACHABLE, 0, NULL, 0, -1});
    assert_int_equal(ask(NULL, &retry), STATUS_UNREACHABLE);
    assert_int_equal(panel.requests, 1); /* when to try again is the caller's to say */
}

/* ---- registration ---------------------------------------------------------------------------------------------- */

static enum status register_it(void)
{
    struct http_options o = {.connect_timeout_ms = 100};
    const struct link_newcomer newcomer = {
        .panel_url = "https://panel.test/", .token = "token-1", .name = "shop", .erp = "generic"};
    error_clear(&e);
    return link_register(dir, &newcomer, &o, &me, &e);
}

static const char welcome[] =
    "{\"endpoint_id\":\"ep-9\",\"account\":{\"id\":\"a\",\"name\":\"Sklep\"}}";

static void a_lost_reply_is_asked_for_again_with_the_same_key(void **state)
{
    struct identity kept;
    (void)state;
    panel_says({STATUS_TIMEOUT, 0, NULL, 0, -1}, {STATUS_OK, 200, welcome, 0, -1});
    assert_int_equal(register_it(), STATUS_OK);
    assert_int_equal(panel.requests, 2);
    assert_true(json_equal(panel.body[0], panel.body[1]));
    assert_string_equal(json_text(panel.body[0], "token", ""), "token-1");
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_OK);
    assert_string_equal(kept.endpoint_id, "ep-9");
    assert_string_equal(kept.account_name, "Sklep");
    assert_string_equal(kept.panel_url, "https://panel.test");
    assert_true(kept.registered_ms > 0);
}

static void after_a_crash_it_goes_on_with_the_key_that_was_made(void **state)
{
    struct identity before, after;
    (void)state;
    panel_says({STATUS_TIMEOUT, 0, NULL, 0, -1});
    assert_int_equal(register_it(), STATUS_TIMEOUT);
    assert_int_equal(identity_load(dir, &before, &e), STATUS_OK);
    assert_string_equal(before.endpoint_id, "");
    panel_says({STATUS_OK, 200, welcome, 0, -1});
    assert_int_equal(register_it(), STATUS_OK);
    assert_int_equal(identity_load(dir, &after, &e), STATUS_OK);
    assert_memory_equal(before.seed, after.seed, CRYPTO_KEY);
}

static void a_refused_token_is_not_tried_again(void **state)
{
    struct identity kept;
    (void)state;
    panel_says({STATUS_OK, 401, "{\"code\":\"token_used\",\"detail\":\"x\"}", 0, -1});
    assert_int_equal(register_it(), STATUS_DENIED);
    assert_string_equal(e.code, "token_used");
    assert_int_equal(panel.requests, 1);
    panel_says({STATUS_OK, 200, "{}", 0, -1}); /* it says no id */
    assert_int_equal(register_it(), STATUS_UNREACHABLE);
    assert_string_equal(e.code, "panel_answer");
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_OK);
    assert_string_equal(kept.endpoint_id, "");
}

/* ---- a new key --------------------------------------------------------------------------------------------------- */

static void a_new_key_is_on_the_disk_before_the_panel_hears_of_it(void **state)
{
    uint8_t old[CRYPTO_KEY], pending[CRYPTO_KEY];
    struct identity kept;
    (void)state;
    memcpy(old, me.seed, CRYPTO_KEY);
    panel_says({STATUS_TIMEOUT, 0, NULL, 0, -1}, {STATUS_OK, 200, "{}", 0, -1});
    assert_int_equal(link_rotate(&link_, dir, NULL, &e), STATUS_TIMEOUT);
    assert_true(panel.has_key_on_disk[0]);
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_OK);
    assert_memory_equal(kept.seed, old, CRYPTO_KEY); /* both may be the one */
    assert_true(kept.has_pending);
    memcpy(pending, kept.pending_seed, CRYPTO_KEY);
    /* Tried again: the same key, so that a reply that got lost does no harm. */
    assert_int_equal(link_rotate(&link_, dir, NULL, &e), STATUS_OK);
    assert_true(json_equal(panel.body[0], panel.body[1]));
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_OK);
    assert_memory_equal(kept.seed, pending, CRYPTO_KEY);
    assert_false(kept.has_pending);
}

/* ---- what is kept --------------------------------------------------------------------------------------------------- */

static void an_identity_that_others_can_read_is_none(void **state)
{
    char path[120];
    struct identity kept;
    (void)state;
    snprintf(path, sizeof path, "%s/identity.json", dir);
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_NOT_FOUND);
    assert_int_equal(identity_save(dir, &me, &e), STATUS_OK);
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_OK);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_DENIED);
    assert_string_equal(e.code, "identity_open");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(file_replace(path, "{\"private_key\":\"AA\"}", 20, 0600, NULL, &e), STATUS_OK);
    assert_int_equal(identity_load(dir, &kept, &e), STATUS_INVALID);
    assert_string_equal(e.code, "identity_damaged");
}

static void a_start_remembers_its_number_and_is_another_life(void **state)
{
    char path[120];
    struct incarnation first, second;
    (void)state;
    incarnation_begin(dir, "endpoint-1", &first);
    assert_int_equal(first.last, 0);
    assert_false(first.held);
    first.last = 41;
    first.held = true;
    assert_int_equal(incarnation_save(dir, &first, &e), STATUS_OK);
    incarnation_begin(dir, "endpoint-1", &second);
    assert_int_equal(second.last, 41);
    assert_true(second.held);
    assert_string_not_equal(first.life, second.life);
    assert_string_equal(first.place, second.place);
    incarnation_begin(dir, "endpoint-2", &second); /* another identity begins anew */
    assert_int_equal(second.last, 0);
    assert_false(second.held);
    snprintf(path, sizeof path, "%s/incarnation.json", dir);
    assert_int_equal(file_replace(path, "{\"last\":-7", 10, 0600, NULL, &e), STATUS_OK);
    incarnation_begin(dir, "endpoint-1", &second);
    assert_int_equal(second.last, 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(a_request_is_signed_for_two_minutes),
        T(an_address_too_long_is_refused),
        T(the_clock_is_learnt_from_each_answer),
        T(a_wrong_clock_costs_one_more_request),
        T(a_signature_that_is_refused_for_another_reason_is_not_repeated),
        T(each_code_has_its_status),
        T(what_the_panel_asks_for_reaches_the_caller),
        T(a_lost_reply_is_asked_for_again_with_the_same_key),
        T(after_a_crash_it_goes_on_with_the_key_that_was_made),
        T(a_refused_token_is_not_tried_again),
        T(a_new_key_is_on_the_disk_before_the_panel_hears_of_it),
        T(an_identity_that_others_can_read_is_none),
        T(a_start_remembers_its_number_and_is_another_life),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
