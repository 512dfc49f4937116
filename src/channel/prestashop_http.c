#include "channel/prestashop_http.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/hooks.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "os/clock.h"

#define TIMEOUT_MS 90000
#define KEY_MAX    120
#define BODY_MAX   (8 << 20)

/* ---- opening -------------------------------------------------------------------------------- */

static enum status bad_address(const char *url, struct error *e)
{
    error_set(e, STATUS_INVALID, "shop_settings", "the shop's address \"%.200s\" cannot be used",
              url);
    return error_remedy(e,
                        "Give it as https://shop.example.com, with the path if the shop has one.");
}

/* "https://Shop.example/sklep/api/" → base, host and port, and account. */
static enum status take_address(struct prestashop *p, const char *url, struct error *e)
{
    char text[sizeof p->base];
    if (!text_copy(text, sizeof text, url) || !text_starts(text, "https://") ||
        strpbrk(text + 8, "?#@ \\"))
        return bad_address(url, e);
    text_trim(text);
    for (size_t n = strlen(text); n > 8 && text[n - 1] == '/'; n--)
        text[n - 1] = '\0';
    if (text_ends(text, "/api"))
        text[strlen(text) - 4] = '\0';
    text_copy(p->base, sizeof p->base, text);
    text_copy(p->account, sizeof p->account, text + 8);
    size_t length = strcspn(p->account, "/");
    for (size_t i = 0; i < length; i++)
        if (p->account[i] >= 'A' && p->account[i] <= 'Z')
            p->account[i] = (char)(p->account[i] + 32);
    p->way.http = p->place->http;
    if (!shop_way_split(text, &p->way))
        return bad_address(url, e);
    if (p->id_shop >
        0) { /* shops of one installation number their orders together, but have separate orders */
        size_t used = strlen(p->account);
        text_format(p->account + used, sizeof p->account - used, "#%" PRId64, p->id_shop);
    }
    return STATUS_OK;
}

static enum status take_key(struct prestashop *p, struct error *e)
{
    char key[KEY_MAX], pair[KEY_MAX + 2], coded[2 * KEY_MAX] = "";
    const struct channel_place *place = p->place;
    enum status status = place->secret
                             ? place->secret(place->secret_user, "key", key, sizeof key, e)
                             : STATUS_NOT_FOUND;
    if (status == STATUS_OK && key[0] && key[strcspn(key, "\r\n: ")] == '\0') {
        text_format(pair, sizeof pair, "%s:", key);
        EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)pair, (int)strlen(pair));
        text_format(p->authorization, sizeof p->authorization, "Authorization: Basic %s", coded);
    } else if (status == STATUS_OK || status == STATUS_NOT_FOUND) {
        error_set(e, STATUS_DENIED, "shop_denied", "the shop's key is not stored here, or is none");
        status = error_remedy(e,
                              "Make a key in the shop (Advanced Parameters, Webservice), then: "
                              "endpointctl channel set %s key",
                              place->plugin_id);
    }
    mem_wipe(key, sizeof key);
    mem_wipe(pair, sizeof pair);
    mem_wipe(coded, sizeof coded);
    return status;
}

enum status prestashop_http_open(struct prestashop *p, const struct channel_place *place,
                                 struct error *e)
{
    const char *hook = hooks_value("ENDPOINT_SHOP_TIMEOUT_MS"),
               *dialect = json_text(place->settings, "dialect", "auto");
    memset(p, 0, sizeof *p);
    p->place = place;
    p->timeout_ms = json_number(place->settings, "timeout", TIMEOUT_MS / 1000) * 1000;
    if (hook)
        text_to_i64(hook, &p->timeout_ms);
    p->shop_now_ms = -1;
    p->fixed = json_object();
    p->kind = KIND_COUNT;
    for (int i = 0; i < KIND_COUNT; i++)
        if (text_equal(kind_at((size_t)i)->name, place->kind))
            p->kind = (enum kind_id)i;
    p->ean = text_equal(json_text(place->settings, "match_in_shop", "sku"), "ean");
    p->id_shop = json_number(place->settings, "id_shop", 0);
    p->dialect = text_equal(dialect, "put")     ? PRESTASHOP_PUT
                 : text_equal(dialect, "patch") ? PRESTASHOP_PATCH
                                                : PRESTASHOP_ASK;
    enum status status = take_address(p, json_text(place->settings, "url", ""), e);
    if (status == STATUS_OK && p->kind == KIND_ORDERS)
        status = zone_load(json_text(place->settings, "zone", "Europe/Warsaw"), &p->zone, e);
    if (status == STATUS_OK)
        take_key(p, &p->keyless);
    return status == STATUS_OK ? http_client_open(place->http, &p->client, e) : status;
}

void prestashop_http_close(struct prestashop *p)
{
    http_client_close(p->client);
    zone_free(p->zone);
    json_decref(p->fixed);
    mem_wipe(p->authorization, sizeof p->authorization);
}

/* ---- the meaning of an answer ------------------------------------------------------------------- */

/* The content of <prestashop>, without the text that PHP printed before it; NULL: there is none.
 * json_decref it. */
static json_t *parse(const struct buf *body)
{
    const char *text = buf_text(body), *start = strstr(text, "<?xml");
    json_t *tree = NULL, *inside;
    if (!start)
        start = strstr(text, "<prestashop");
    if (!start || xml_read(start, body->length - (size_t)(start - text), &tree, NULL) != STATUS_OK)
        return NULL;
    inside = json_incref(json_object_get(tree, "prestashop"));
    json_decref(tree);
    if (json_is_string(inside)) { /* <prestashop/> */
        json_decref(inside);
        inside = json_object();
    }
    if (!json_is_object(inside)) {
        json_decref(inside);
        inside = NULL;
    }
    return inside;
}

static enum status not_xml(const char *base, const struct http_answer *answer, struct error *e)
{
    struct buf b;
    buf_init(&b, 400);
    text_printable(&b, buf_text(&answer->body),
                   answer->body.length < 60 ? answer->body.length : 60);
    error_set(e, STATUS_UNREACHABLE, "shop_answer",
              "%s answers with something that is not of its webservice: %.*s \"%s\"", base,
              (int)strcspn(answer->content_type, "; "), answer->content_type, buf_text(&b));
    buf_free(&b);
    return error_remedy(
        e,
        "A page came where data was expected: a protection against robots, a cache, or a module that "
        "fails. Have requests below /api let through as they are. It is tried again by itself.");
}

/* The first of the shop's errors: its code and words. */
static void take_fault(const json_t *tree, struct prestashop_call *call)
{
    json_t *list = xml_list(json_object_get(tree, "errors"), "error");
    const json_t *first = json_array_get(list, 0);
    text_to_i64(xml_text(json_object_get(first, "code"), ""), &call->code);
    text_copy(call->message, sizeof call->message, xml_text(json_object_get(first, "message"), ""));
    json_decref(list);
}

static enum status denied(const char *base, const struct prestashop_call *call, struct error *e)
{
    if (!call->code) {
        error_set(e, STATUS_DENIED, "shop_denied",
                  "%s turns us away before PrestaShop is asked (%d)", base, call->http);
        return error_remedy(
            e, "Check the key; a firewall or a module may stand before the shop, or the "
               "web server keeps the header Authorization from PHP: ask the host.");
    }
    if (call->http == 405) {
        error_set(e, STATUS_DENIED, "shop_denied", "the shop's key may not do this: %.300s",
                  call->message);
        return error_remedy(e,
                            "Give the key the rights that endpoint-prestashop(7) lists: Advanced "
                            "Parameters, Webservice.");
    }
    if (call->http == 503) {
        error_set(e, STATUS_DENIED, "shop_denied", "the shop's webservice is off: %.300s",
                  call->message);
        return error_remedy(e, "Switch it on in the shop: Advanced Parameters, Webservice.");
    }
    error_set(e, STATUS_DENIED, "shop_denied", "the shop does not take the key: %.300s",
              call->message);
    return error_remedy(e, "Check the key and that it is enabled in the shop (Advanced Parameters, "
                           "Webservice), and store it again: endpointctl channel set PLUGIN key");
}

static enum status missing(const char *base, const struct http_answer *answer,
                           const struct prestashop_call *call, struct error *e)
{
    bool one = strchr(call->path ? call->path + 1 : "/", '/') != NULL;
    if (call->code || (one && answer->body.length == 0))
        return error_set(e, STATUS_NOT_FOUND, "shop_gone", "the shop does not have it: %.300s (%d)",
                         call->message, call->http);
    error_set(e, STATUS_NOT_FOUND, "shop_no_rest",
              "there is no webservice of PrestaShop at %s/api/", base);
    return error_remedy(
        e, "Check the address; the web server must lead /api to PrestaShop (its .htaccess "
           "does: Shop Parameters, Traffic & SEO).");
}

static enum status refused(const char *base, const struct http_answer *answer,
                           const struct prestashop_call *call, struct error *e)
{
    switch (call->http) {
    case 401:
    case 403:
    case 405: return denied(base, call, e);
    case 404:
    case 410: return missing(base, answer, call, e);
    case 408:
        return error_set(e, STATUS_TIMEOUT, "http_timeout", "%s gave up waiting (%d)", base,
                         call->http);
    case 413: return error_set(e, STATUS_REFUSED, "shop_refused", "a request is too long");
    case 503:
        if (call->code)
            return denied(base, call, e);
        /* fall through */
    case 429:
        return error_set(e, STATUS_BUSY, "shop_busy", "%s asks us to wait for a while (%d)", base,
                         call->http);
    default: break;
    }
    if (call->http >= 400 && call->http < 500)
        return error_set(e, STATUS_REFUSED, "shop_refused", "the shop refuses: %.300s (%d)",
                         call->message, call->code ? (int)call->code : call->http);
    return error_set(e, STATUS_UNREACHABLE, "shop_error", "%s has a fault of its own (%d) %.300s",
                     base, call->http, call->message);
}

enum status prestashop_http_answer(const char *base, const struct http_answer *answer,
                                   struct prestashop_call *call, json_t **tree, struct error *e)
{
    *tree = NULL;
    call->code = 0;
    call->message[0] = '\0';
    call->http = answer->code;
    if (answer->code >= 300 && answer->code < 400) {
        if (answer->location[0])
            error_set(e, STATUS_UNREACHABLE, "shop_redirect", "%s answers with a redirect to %s",
                      base, answer->location);
        else
            error_set(e, STATUS_UNREACHABLE, "shop_redirect", "%s answers with a redirect", base);
        return error_remedy(e, "Set the channel's url to the address that the shop really has.");
    }
    json_t *inside = parse(&answer->body);
    bool faulty = json_object_get(inside, "errors") != NULL;
    if (answer->code >= 200 && answer->code < 300 && inside && !faulty) {
        *tree = inside;
        return STATUS_OK;
    }
    if (faulty)
        take_fault(inside, call);
    json_decref(inside);
    if (answer->code >= 200 && answer->code < 300)
        return faulty ? error_set(e, STATUS_UNREACHABLE, "shop_error",
                                  "%s has a fault of its own (%d) %.300s", base, answer->code,
                                  call->message)
                      : not_xml(base, answer, e);
    return refused(base, answer, call, e);
}

bool prestashop_http_unclear(enum status status, const struct error *e)
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

static enum status perform(struct prestashop *p, const struct http_request *request,
                           struct http_answer *answer, struct error *e)
{
    if (p->place->alive)
        p->place->alive(p->place->alive_user);
    enum status status = http_perform(p->client, request, answer, p->place->cancel, e);
    if (status != STATUS_OK) {
        say_of_shop(e);
        return status;
    }
    p->shop_now_ms = answer->date_ms;
    p->took_ms = answer->took_ms;
    if (answer->date_ms >= 0)
        p->clock_offset_ms = answer->date_ms - clock_wall_ms();
    return STATUS_OK;
}

static void add_body(struct buf *b, const json_t *inside)
{
    json_t *tree = json_object();
    buf_add_text(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    json_object_set(tree, "prestashop", (json_t *)inside);
    xml_write(b, tree);
    json_decref(tree);
}

enum status prestashop_http_call(struct prestashop *p, struct prestashop_call *call, json_t **tree,
                                 int64_t *retry_after_ms, struct error *e)
{
    struct buf url, body;
    struct http_answer answer;
    struct error own = {0}, *told = e ? e : &own;
    *tree = NULL;
    *retry_after_ms = -1;
    call->code = 0;
    call->http = 0;
    call->message[0] = '\0';
    if (p->keyless.status != STATUS_OK) {
        *told = p->keyless;
        return p->keyless.status;
    }
    buf_init(&url, 32768);
    buf_init(&body, BODY_MAX);
    buf_printf(&url, "%s/api%s", p->base, call->path);
    if (p->id_shop > 0)
        buf_printf(&url, "%cid_shop=%" PRId64, strchr(call->path, '?') ? '&' : '?', p->id_shop);
    if (call->body)
        add_body(&body, call->body);
    struct http_request request = {.method = call->method,
                                   .url = buf_text(&url),
                                   .headers = {p->authorization},
                                   .body = call->body ? buf_text(&body) : NULL,
                                   .body_length = body.length,
                                   .timeout_ms = p->timeout_ms,
                                   .answer_maximum = PRESTASHOP_ANSWER,
                                   .once = call->body != NULL};
    if (call->body)
        request.headers[1] = "Content-Type: text/xml; charset=UTF-8";
    http_answer_init(&answer, request.answer_maximum);
    enum status status = url.failed || body.failed ? error_set(told, STATUS_REFUSED, "shop_refused",
                                                               "a request is too long")
                                                   : perform(p, &request, &answer, told);
    if (status == STATUS_OK) {
        status = prestashop_http_answer(p->base, &answer, call, tree, told);
        *retry_after_ms = answer.retry_after_ms;
    }
    http_answer_free(&answer);
    buf_free(&url);
    buf_free(&body);
    return status;
}

enum status prestashop_http_get(struct prestashop *p, const char *path, json_t **tree,
                                int64_t *retry_after_ms, struct error *e)
{
    struct prestashop_call call = {.method = "GET", .path = path};
    return prestashop_http_call(p, &call, tree, retry_after_ms, e);
}
