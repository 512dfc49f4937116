#include "channel/woocommerce_http.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <openssl/evp.h>

#include "os/clock.h"
#include "base/hooks.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "channel/loose.h"
#include "channel/woocommerce_value.h"

#define ROOT       "/wp-json/wc/v3"
#define TIMEOUT_MS 90000
#define SECRET_MAX 120

/* ---- opening -------------------------------------------------------------------------------- */

/* "https://Shop.example/sklep/wp-json/" → base, host, port and account. */
static enum status take_address(struct woocommerce *w, const char *url, struct error *e)
{
    char text[sizeof w->base], *rest;
    if (!text_copy(text, sizeof text, url) || !text_starts(text, "https://") ||
        strpbrk(text + 8, "?#@ \\")) {
        error_set(e, STATUS_INVALID, "shop_settings",
                  "the shop's address \"%.200s\" cannot be used", url);
        return error_remedy(
            e, "Give it as https://shop.example.com, with the path if the shop has one.");
    }
    text_trim(text);
    for (size_t n = strlen(text); n > 8 && text[n - 1] == '/'; n--)
        text[n - 1] = '\0';
    if (text_ends(text, "/wp-json"))
        text[strlen(text) - 8] = '\0';
    text_copy(w->base, sizeof w->base, text);
    text_copy(w->account, sizeof w->account, text + 8);
    size_t length = strcspn(w->account, "/");
    for (size_t i = 0; i < length; i++)
        if (w->account[i] >= 'A' && w->account[i] <= 'Z')
            w->account[i] = (char)(w->account[i] + 32);
    text_format(w->host, sizeof w->host, "%.*s", (int)length, w->account);
    w->port = 443;
    if ((rest = strrchr(w->host, ':')) && !strchr(rest, ']')) {
        long port = 0;
        if (!text_to_long(rest + 1, 1, 65535, &port))
            return error_set(e, STATUS_INVALID, "shop_settings",
                             "the shop's address \"%.200s\" cannot be used", url);
        w->port = (int)port;
        *rest = '\0';
    }
    if (w->host[0])
        return STATUS_OK;
    return error_set(e, STATUS_INVALID, "shop_settings",
                     "the shop's address \"%.200s\" cannot be used", url);
}

static enum status take_secret(const struct channel_place *place, const char *name, char *value,
                               size_t size, struct error *e)
{
    enum status status =
        place->secret ? place->secret(place->secret_user, name, value, size, e) : STATUS_NOT_FOUND;
    if (status == STATUS_OK && value[0] && value[strcspn(value, "\r\n: ")] == '\0')
        return STATUS_OK;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    error_set(e, STATUS_DENIED, "channel_no_secret",
              "the shop's %s is not stored here, or is "
              "not valid",
              name);
    return error_remedy(
        e,
        "Make a key pair in the shop (WooCommerce, Settings, Advanced, REST API), then: "
        "endpointctl channel set %s %s",
        place->plugin_id, name);
}

static enum status take_keys(struct woocommerce *w, struct error *e)
{
    char key[SECRET_MAX], secret[SECRET_MAX], pair[2 * SECRET_MAX + 2], coded[400] = "";
    enum status status = take_secret(w->place, "key", key, sizeof key, e);
    if (status == STATUS_OK)
        status = take_secret(w->place, "secret", secret, sizeof secret, e);
    if (status == STATUS_OK) {
        text_format(pair, sizeof pair, "%s:%s", key, secret);
        EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)pair, (int)strlen(pair));
        text_format(w->authorization, sizeof w->authorization, "Authorization: Basic %s", coded);
    }
    mem_wipe(key, sizeof key);
    mem_wipe(secret, sizeof secret);
    mem_wipe(pair, sizeof pair);
    mem_wipe(coded, sizeof coded);
    return status;
}

enum status woocommerce_http_open(struct woocommerce *w, const struct channel_place *place,
                                  struct error *e)
{
    const char *hook = hooks_value("ENDPOINT_SHOP_TIMEOUT_MS");
    memset(w, 0, sizeof *w);
    w->place = place;
    w->timeout_ms = json_number(place->settings, "timeout", TIMEOUT_MS / 1000) * 1000;
    if (hook)
        text_to_i64(hook, &w->timeout_ms);
    w->batch = (int)json_number(place->settings, "batch", 50);
    w->shop_now_ms = -1;
    w->kind = KIND_COUNT;
    for (int i = 0; i < KIND_COUNT; i++)
        if (text_equal(kind_at((size_t)i)->name, place->kind))
            w->kind = (enum kind_id)i;
    woocommerce_terms_read(&w->terms, place->mark ? place->mark : "");
    w->ean = text_equal(json_text(place->settings, "match_in_shop", "sku"), "ean");
    enum status status = take_address(w, json_text(place->settings, "url", ""), e);
    if (status == STATUS_OK)
        take_keys(w, &w->keyless);
    return status == STATUS_OK ? http_client_open(place->http, &w->client, e) : status;
}

void woocommerce_http_close(struct woocommerce *w)
{
    http_client_close(w->client);
    mem_wipe(w->authorization, sizeof w->authorization);
}

/* ---- the meaning of an answer ------------------------------------------------------------------- */

/* Parse the JSON, without the text that extensions printed before and after it; its numbers become
 * texts. */
static json_t *parse_noisy(const char *text, size_t length)
{
    json_t *json = loose_parse(text, length, NULL);
    size_t end = length;
    while (end > 0 && text[end - 1] != '}' && text[end - 1] != ']')
        end--;
    return json || end == length ? json : loose_parse(text, end, NULL);
}

/* Describe for people what came instead of JSON: its type and its first words. */
static void describe(const struct http_answer *answer, char *target, size_t size)
{
    struct buf b;
    size_t length = strcspn(answer->content_type, "; ");
    buf_init(&b, 400);
    text_printable(&b, buf_text(&answer->body),
                   answer->body.length < 60 ? answer->body.length : 60);
    text_format(target, size, "%.*s \"%s\"", (int)length, answer->content_type, buf_text(&b));
    buf_free(&b);
}

static enum status not_json(const char *base, const struct http_answer *answer, struct error *e)
{
    char what[512];
    describe(answer, what, sizeof what);
    error_set(e, STATUS_UNREACHABLE, "shop_answer",
              "%s answers with something that is not from its API: %s", base, what);
    return error_remedy(
        e, "A page came instead of data: from a protection against robots, a cache, or a faulty "
           "extension. Let requests to /wp-json pass unchanged. Endpoint tries again by itself.");
}

/* Why a 401 or 403 came: the shop's codes distinguish a wrong secret from missing rights, but not
 * from an unknown key. */
static enum status denied(const char *base, const char *code, const char *message, struct error *e)
{
    if (!*code) {
        error_set(e, STATUS_DENIED, "shop_denied", "%s refuses us before WooCommerce is asked",
                  base);
        return error_remedy(
            e, "A firewall or a security extension protects the shop: allow this machine's "
               "requests to /wp-json in it.");
    }
    bool known = text_equal(code, "woocommerce_rest_authentication_error");
    if (known && strstr(message, "permission")) {
        error_set(e, STATUS_DENIED, "shop_denied",
                  "the shop's key does not have these rights: %.300s", message);
        return error_remedy(
            e, "Make a key pair with the rights Read/Write in the shop, and store it here.");
    }
    if (known) {
        error_set(e, STATUS_DENIED, "shop_denied",
                  "the shop's key is known, its secret is wrong: %.300s", message);
        return error_remedy(
            e, "Store the consumer secret again: endpointctl channel set PLUGIN secret");
    }
    error_set(e, STATUS_DENIED, "shop_denied",
              "the shop does not know the key, or its user may not do this: %.300s", message);
    return error_remedy(
        e, "Check the consumer key, and that its user is an administrator or a shop manager. If "
           "both are right, perhaps the web server hides the header Authorization from PHP: ask "
           "the host.");
}

static enum status status_of(int code)
{
    switch (code) {
    case 404:
    case 410: return STATUS_NOT_FOUND;
    case 408: return STATUS_TIMEOUT;
    case 413: return STATUS_FULL;
    case 429:
    case 503: return STATUS_BUSY;
    default: return code >= 400 && code < 500 ? STATUS_REFUSED : STATUS_UNREACHABLE;
    }
}

static enum status refused(const char *base, const struct http_answer *answer, const char *code,
                           const char *message, struct error *e)
{
    enum status status = status_of(answer->code);
    char said[500];
    said_value_or(said, sizeof said, message, N_("no reason given"));
    if (status == STATUS_BUSY)
        return error_set(e, status, "shop_busy", "%s asks us to wait for a while (%d)", base,
                         answer->code);
    if (status == STATUS_NOT_FOUND && (!*code || text_equal(code, "rest_no_route"))) {
        error_set(e, status, "shop_no_rest", "%s does not know WooCommerce's API there (%d)", base,
                  answer->code);
        return error_remedy(
            e,
            "Check the address; WooCommerce must be active, and the permalinks of WordPress must not be "
            "\"Plain\" (Settings, Permalinks).");
    }
    if (status == STATUS_NOT_FOUND)
        return error_set(e, status, "shop_gone", "the shop does not have it: %.300s", message);
    if (status == STATUS_REFUSED || (status == STATUS_FULL && *code))
        return error_set(e, status, "shop_refused", "the shop refuses: %-s (%.60s)", said,
                         *code ? code : "400");
    if (status == STATUS_TIMEOUT)
        return error_set(e, status, "http_timeout", "%s gave up waiting (%d)", base, answer->code);
    if (*message)
        return error_set(e, status, "shop_error", "%s has an internal fault (%d): %.300s", base,
                         answer->code, message);
    error_set(e, status, "shop_error", "%s has an internal fault (%d)", base, answer->code);
    return status;
}

enum status woocommerce_http_answer(const char *base, const struct http_answer *answer,
                                    struct woocommerce_call *call, json_t **json, struct error *e)
{
    char message[400];
    *json = NULL;
    call->code[0] = '\0';
    call->problem = NULL;
    if (answer->code >= 300 && answer->code < 400) {
        char to[SAID_MAX];
        said_value_or(to, sizeof to, answer->location, N_("an address that it does not name"));
        error_set(e, STATUS_UNREACHABLE, "shop_redirect", "%s answers with a redirect to %-s", base,
                  to);
        return error_remedy(e, "Set the channel's url to the address that the shop really has.");
    }
    json_t *body = parse_noisy(buf_text(&answer->body), answer->body.length);
    if (answer->code >= 200 && answer->code < 300) {
        if (!json_is_object(body) && !json_is_array(body)) {
            json_decref(body);
            return not_json(base, answer, e);
        }
        *json = body;
        return STATUS_OK;
    }
    text_copy(call->code, sizeof call->code, woocommerce_http_text(body, "code"));
    woocommerce_http_plain(message, sizeof message, woocommerce_http_text(body, "message"));
    call->problem = json_incref(json_object_get(body, "data"));
    json_decref(body);
    if (answer->code == 401 || answer->code == 403)
        return denied(base, call->code, message, e);
    return refused(base, answer, call->code, message, e);
}

bool woocommerce_http_unclear(enum status status, const struct error *e)
{
    return status == STATUS_TIMEOUT || status == STATUS_UNREACHABLE ||
           (status == STATUS_FULL && text_equal(e->code, "http_long"));
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* Change net/http.h's error texts about a panel into texts about a shop. */
static void say_of_shop(struct error *e)
{
    if (text_starts(e->code, "tls_host"))
        error_remedy(e, "Use the name that the certificate carries in the channel's url.");
    else if (text_starts(e->code, "tls_expired"))
        error_remedy(e, "Renew the shop's certificate (or check this machine's clock).");
    else if (text_starts(e->code, "tls_"))
        error_remedy(e, "The shop's certificate must be one that this system trusts.");
    else if (text_equal(e->code, "http_long"))
        error_remedy(
            e, "No shop answers at such length: check what answers there. Endpoint asks again by "
               "itself.");
}

static enum status perform(struct woocommerce *w, const struct http_request *request,
                           struct http_answer *answer, struct error *e)
{
    struct error own = {0}, *told = e ? e : &own;
    if (w->place->alive)
        w->place->alive(w->place->alive_user);
    enum status status = http_perform(w->client, request, answer, w->place->cancel, told);
    if (status != STATUS_OK) {
        say_of_shop(told);
        return status;
    }
    w->shop_now_ms = answer->date_ms;
    w->took_ms = answer->took_ms;
    if (answer->date_ms >= 0)
        w->clock_offset_ms = answer->date_ms - clock_wall_ms();
    return STATUS_OK;
}

enum status woocommerce_http_call(struct woocommerce *w, struct woocommerce_call *call,
                                  json_t **json, int64_t *retry_after_ms, struct error *e)
{
    struct buf url, body;
    struct http_answer answer;
    *json = NULL;
    *retry_after_ms = -1;
    call->code[0] = '\0';
    call->problem = NULL;
    if (w->keyless.status != STATUS_OK) {
        if (e)
            *e = w->keyless;
        return w->keyless.status;
    }
    buf_init(&url, 32768);
    buf_init(&body, 8 << 20);
    buf_printf(&url, "%s" ROOT "%s", w->base, call->path);
    if (call->body)
        json_add(&body, call->body);
    struct http_request request = {.method = call->method,
                                   .url = buf_text(&url),
                                   .headers = {w->authorization, "Accept: application/json"},
                                   .body = call->body ? buf_text(&body) : NULL,
                                   .body_length = body.length,
                                   .timeout_ms = w->timeout_ms,
                                   .answer_maximum =
                                       call->maximum ? call->maximum : WOOCOMMERCE_ANSWER,
                                   .once = call->body != NULL};
    if (call->body)
        request.headers[2] =
            "Content-Type: application/json"; /* the shop ignores any other type, and answers 200 */
    http_answer_init(&answer, request.answer_maximum);
    enum status status = url.failed || body.failed
                             ? error_set(e, STATUS_FULL, "shop_refused", "a request is too long")
                             : perform(w, &request, &answer, e);
    if (status == STATUS_OK) {
        status = woocommerce_http_answer(w->base, &answer, call, json, e);
        *retry_after_ms = answer.retry_after_ms;
    }
    http_answer_free(&answer);
    buf_free(&url);
    buf_free(&body);
    return status;
}

enum status woocommerce_http_get(struct woocommerce *w, const char *path, json_t **json,
                                 int64_t *retry_after_ms, struct error *e)
{
    struct woocommerce_call call = {.method = "GET", .path = path};
    enum status status = woocommerce_http_call(w, &call, json, retry_after_ms, e);
    json_decref(call.problem);
    return status;
}

enum status woocommerce_http_index(struct woocommerce *w, json_t **json, struct error *e)
{
    struct woocommerce_call call = {0};
    struct http_answer answer;
    char url[512];
    *json = NULL;
    text_format(url, sizeof url, "%s/wp-json/", w->base);
    struct http_request request = {.method = "GET",
                                   .url = url,
                                   .headers = {"Accept: application/json"},
                                   .timeout_ms = w->timeout_ms,
                                   .answer_maximum = WOOCOMMERCE_ANSWER};
    http_answer_init(&answer, WOOCOMMERCE_ANSWER);
    enum status status = perform(w, &request, &answer, e);
    if (status == STATUS_OK)
        status = woocommerce_http_answer(w->base, &answer, &call, json, e);
    json_decref(call.problem);
    http_answer_free(&answer);
    return status;
}

/* ---- the shop's JSON ------------------------------------------------------------------------ */

int64_t woocommerce_http_number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    int64_t number = -1;
    if (json_is_integer(value))
        return json_integer_value(value);
    return json_is_string(value) && text_to_i64(json_string_value(value), &number) ? number : -1;
}

const char *woocommerce_http_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) ? text : "";
}

/* The character of the entity at text ("&amp;", "&#8211;"), and its length; 0: there is no entity. */
static size_t entity(const char *text, uint32_t *point)
{
    static const struct {
        const char *name;
        uint32_t point;
    } names[] = {{"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
                 {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", 0xa0}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (text_starts(text, names[i].name)) {
            *point = names[i].point;
            return strlen(names[i].name);
        }
    }
    if (!text_starts(text, "&#"))
        return 0;
    bool hex = text[2] == 'x' || text[2] == 'X';
    char *end;
    unsigned long value = strtoul(text + (hex ? 3 : 2), &end, hex ? 16 : 10);
    if (*end != ';' || end - text > 10 || value < 0x20 || value > 0x10ffff)
        return 0;
    *point = (uint32_t)value;
    return (size_t)(end - text) + 1;
}

void woocommerce_http_plain(char *target, size_t size, const char *text)
{
    struct buf b;
    uint32_t point;
    char bytes[4];
    buf_init(&b, 65536);
    while (*text && !b.failed) {
        size_t used = *text == '&' ? entity(text, &point) : 0;
        bool tag = *text == '<' && (text[1] == '/' || (text[1] | 32) >= 'a') &&
                   (text[1] == '/' || (text[1] | 32) <= 'z');
        const char *end = tag ? strchr(text, '>') : NULL;
        if (end) {
            text = end + 1;
        } else if (used) {
            buf_add(&b, bytes, text_encode(bytes, point));
            text += used;
        } else {
            buf_add_byte(&b, *text++);
        }
    }
    text_copy(target, size, buf_text(&b));
    text_trim(target);
    buf_free(&b);
}
