#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/jwt.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "link/identity.h"
#include "link/link_answer.h"
#include "os/clock.h"
#include "os/host.h"

#define BODY_MAX (32 << 20)

void link_init(struct link *l, const char *panel_url, const struct identity *id)
{
    memset(l, 0, sizeof *l);
    l->clock = &clock_system;
    l->id = *id;
    text_copy(l->base, sizeof l->base, panel_url);
    size_t length = strlen(l->base);
    while (length > 0 && l->base[length - 1] == '/')
        l->base[--length] = '\0';
}

void link_wipe(struct link *l)
{
    identity_wipe(&l->id);
}

void link_request_free(struct link_request *r)
{
    mem_wipe(r->authorization, sizeof r->authorization);
    buf_free(&r->body);
}

enum status link_sign(const struct link *l, struct link_request *r, const struct link_ask *ask,
                      struct error *e)
{
    struct jwt jwt = {0};
    struct buf token;
    size_t headers = 0;
    if (ask->body) {
        buf_reset(&r->body);
        buf_add(&r->body, ask->body, ask->length);
    }
    if (!text_format(r->url, sizeof r->url, "%s/api/v1%s", l->base, ask->path))
        return error_set(e, STATUS_INVALID, "url_long", "the panel's URL is too long");
    text_copy(jwt.issuer, sizeof jwt.issuer, l->id.endpoint_id);
    text_copy(jwt.audience, sizeof jwt.audience, l->base);
    crypto_random_id(jwt.id);
    jwt.incarnation = l->incarnation;
    jwt.issued_at = (clock_wall(l->clock) + l->clock_offset_ms) / 1000;
    jwt.expires_at = jwt.issued_at + JWT_LIFE_SECONDS;
    crypto_sha256(buf_text(&r->body), r->body.length, jwt.body_hash);
    jwt_hash_request(ask->method, r->url + strlen(l->base), jwt.request_hash);
    jwt.has_request = true;
    buf_init(&token, JWT_MAXIMUM);
    enum status status = jwt_sign(&token, &jwt, l->id.seed, e);
    if (status == STATUS_OK && !text_format(r->authorization, sizeof r->authorization,
                                            "Authorization: Bearer %s", buf_text(&token)))
        status = error_set(e, STATUS_INTERNAL, "jwt_long", "the request's signature is too long");
    buf_free(&token);
    if (status != STATUS_OK)
        return status;
    memset(&r->http, 0, sizeof r->http);
    r->http.method = ask->method;
    r->http.url = r->url;
    r->http.headers[headers++] = r->authorization;
    if (ask->type) {
        text_format(r->content_type, sizeof r->content_type, "Content-Type: %s", ask->type);
        r->http.headers[headers++] = r->content_type;
        r->http.body = buf_text(&r->body);
        r->http.body_length = r->body.length;
    }
    for (size_t i = 0; i < 2; i++) {
        if (ask->extra[i]) {
            text_copy(r->extra[i], sizeof r->extra[i], ask->extra[i]);
            r->http.headers[headers++] = r->extra[i];
        }
    }
    r->http.timeout_ms = ask->timeout_ms;
    r->http.answer_maximum = 16 << 20;
    return STATUS_OK;
}

enum status link_answer(struct link *l, const struct http_answer *answer, json_t **json,
                        int64_t *retry_after_ms, struct error *e)
{
    json_t *body = NULL;
    if (json)
        *json = NULL;
    if (retry_after_ms)
        *retry_after_ms = answer->retry_after_ms;
    if (answer->date_ms >= 0) {
        int64_t offset = answer->date_ms - clock_wall(l->clock);
        /* Date has whole seconds: a small difference does not count. */
        l->clock_offset_ms = offset > -2000 && offset < 2000 ? 0 : offset;
        l->clock_known = true;
    }
    if (answer->body.length)
        body = json_parse(buf_text(&answer->body), answer->body.length, e);
    if (answer->code >= 200 && answer->code < 300) {
        if (answer->code != 204 && !body)
            return link_answer_not_json(l->base, answer, e);
        if (json)
            *json = body;
        else
            json_decref(body);
        return STATUS_OK;
    }
    enum status status = link_answer_refused(l->base, answer, body, e);
    if (json && (answer->code == 409 || answer->code == 422))
        *json = body;
    else
        json_decref(body);
    return status;
}

enum status link_call(struct link *l, struct http_client *client, const struct link_ask *ask,
                      const volatile int *cancel, struct link_reply *reply, struct error *e)
{
    struct link_request r = {0};
    struct http_answer answer;
    struct link_reply unwanted;
    enum status status = STATUS_OK;
    bool wanted = reply != NULL;
    reply = wanted ? reply : &unwanted;
    *reply = (struct link_reply){.retry_after_ms = -1};
    if (ask->length > BODY_MAX)
        return error_set(e, STATUS_FULL, "body_long", "a request of %zu bytes is too long",
                         ask->length);
    buf_init(&r.body, BODY_MAX);
    for (int attempt = 0; attempt < 2; attempt++) {
        int64_t offset = l->clock_offset_ms;
        http_answer_init(&answer, 0);
        status = link_sign(l, &r, ask, e);
        if (status == STATUS_OK)
            status = http_perform(client, &r.http, &answer, cancel, e);
        if (status == STATUS_OK)
            status =
                link_answer(l, &answer, wanted ? &reply->json : NULL, &reply->retry_after_ms, e);
        http_answer_free(&answer);
        /* A wrong clock: the panel's Date has just taught us a better one. */
        int64_t moved = l->clock_offset_ms - offset;
        bool taught = status == STATUS_DENIED && e && text_equal(e->code, "signature_invalid") &&
                      (moved > 5000 || moved < -5000);
        if (!taught)
            break;
    }
    link_request_free(&r);
    return status;
}

static json_t *registration(const struct identity *id, const struct link_newcomer *me)
{
    struct host_system s;
    char platform[140] = "linux", host[128];
    struct buf key;
    json_t *body = json_object();
    if (host_system(&s)) {
        text_format(platform, sizeof platform, "linux-%.60s", s.machine);
        host_name(host, sizeof host);
    } else {
        text_copy(host, sizeof host, "endpoint");
    }
    buf_init(&key, 128);
    crypto_base64url(&key, id->public_key, CRYPTO_KEY);
    json_set_text(body, "token", me->token);
    json_set_text(body, "public_key", buf_text(&key));
    json_set_text(body, "name", text_empty(me->name) ? host : me->name);
    json_set_text(body, "version", ENDPOINT_VERSION);
    json_set_text(body, "platform", platform);
    json_set_text(body, "erp", me->erp);
    buf_free(&key);
    return body;
}

static enum status post_registration(struct link *l, const struct http_options *http,
                                     const char *text, json_t **json, struct error *e)
{
    struct http_client *client = NULL;
    struct http_answer answer;
    char url[400];
    enum status status = http_client_open(http, &client, e);
    if (status != STATUS_OK)
        return status;
    text_format(url, sizeof url, "%s/api/v1/register", l->base);
    struct http_request request = {.method = "POST",
                                   .url = url,
                                   .body = text,
                                   .body_length = strlen(text),
                                   .headers = {"Content-Type: application/json"},
                                   .timeout_ms = 30000};
    /* After a lost reply the request is repeated with the same token and key: that is allowed. */
    for (int attempt = 0; attempt < 2; attempt++) {
        http_answer_init(&answer, 0);
        status = http_perform(client, &request, &answer, NULL, e);
        if (status == STATUS_OK)
            status = link_answer(l, &answer, json, NULL, e);
        http_answer_free(&answer);
        if (status != STATUS_UNREACHABLE && status != STATUS_TIMEOUT)
            break;
    }
    http_client_close(client);
    return status;
}

enum status link_register(const char *state_dir, const struct link_newcomer *me,
                          const struct http_options *http, struct identity *id, struct error *e)
{
    struct link l;
    json_t *answer = NULL;
    enum status status = identity_prepare(state_dir, me->panel_url, id, e);
    if (status != STATUS_OK)
        return status;
    link_init(&l, me->panel_url, id);
    json_t *body = registration(id, me);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    status = post_registration(&l, http, text, &answer, e);
    mem_free_secret(text);
    if (status == STATUS_OK) {
        const json_t *account = json_object_get(answer, "account");
        const char *endpoint_id = json_text(answer, "endpoint_id", "");
        if (!*endpoint_id)
            status = error_set(e, STATUS_UNREACHABLE, "panel_answer",
                               "the panel's answer has no endpoint_id");
        text_copy(id->endpoint_id, sizeof id->endpoint_id, endpoint_id);
        text_copy(id->account_id, sizeof id->account_id, json_text(account, "id", ""));
        text_copy(id->account_name, sizeof id->account_name, json_text(account, "name", ""));
        text_copy(id->panel_url, sizeof id->panel_url, l.base);
        id->registered_ms = clock_wall(l.clock);
        if (status == STATUS_OK)
            status = identity_save(state_dir, id, e);
    }
    json_decref(answer);
    link_wipe(&l);
    return status;
}

enum status link_rotate(struct link *l, const char *state_dir, struct http_client *client,
                        struct error *e)
{
    uint8_t public_key[CRYPTO_KEY];
    struct buf key;
    /* The new key is on disk before the panel hears of it: whatever is lost on the way, one of the two
     * works, and both do for a day. */
    if (!l->id.has_pending) {
        crypto_ed25519_generate(l->id.pending_seed, public_key);
        l->id.has_pending = true;
        enum status status = identity_save(state_dir, &l->id, e);
        if (status != STATUS_OK)
            return status;
    }
    crypto_ed25519_public(l->id.pending_seed, public_key);
    buf_init(&key, 128);
    crypto_base64url(&key, public_key, CRYPTO_KEY);
    json_t *body = json_object();
    json_set_text(body, "public_key", buf_text(&key));
    buf_free(&key);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    const struct link_ask ask = {.method = "POST",
                                 .path = "/endpoint/key",
                                 .type = "application/json",
                                 .body = text,
                                 .length = strlen(text),
                                 .timeout_ms = 30000};
    enum status status = link_call(l, client, &ask, NULL, NULL, e);
    free(text);
    if (status != STATUS_OK)
        return status;
    memcpy(l->id.seed, l->id.pending_seed, CRYPTO_KEY);
    memcpy(l->id.public_key, public_key, CRYPTO_KEY);
    mem_wipe(l->id.pending_seed, CRYPTO_KEY);
    l->id.has_pending = false;
    return identity_save(state_dir, &l->id, e);
}
