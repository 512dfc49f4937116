/* link.h – the panel: who we are to it, and every request of its protocol (doc/panel-api.yaml).
 *
 * This module builds requests and interprets answers; net carries them. So the daemon
 * (asynchronous) and the blocking programs (worker, ctl) share one implementation.
 */
#ifndef ENDPOINT_LINK_LINK_H
#define ENDPOINT_LINK_LINK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/error.h"
#include "check/check.h"
#include "net/http.h"

/* STATE/identity.json (0600): the private key and what the panel gave us. The key is made and on
 * disk before the token is used, so that after a lost reply the request can be repeated with the
 * same key. */
struct identity {
    char endpoint_id[128]; /* "" before registration */
    char account_id[128];
    char account_name[256];
    char panel_url[256]; /* where it registered: base URL without a slash at the end */
    int64_t registered_ms;
    uint8_t seed[CRYPTO_KEY];
    uint8_t public_key[CRYPTO_KEY];
    bool has_pending; /* a rotation has begun: this key comes next */
    uint8_t pending_seed[CRYPTO_KEY];
};

/* A conversation: identity plus the panel's clock. */
struct link {
    const struct clock *clock; /* our clock; link_init sets the system's */
    struct identity id;
    char base[256];          /* panel URL; the API is below it at /api/v1 */
    int64_t clock_offset_ms; /* panel's time minus ours, learnt from Date */
    bool clock_known;
    int64_t incarnation; /* of this start, from the panel (link/incarnation.h); 0: none */
};

void link_init(struct link *l, const char *panel_url, const struct identity *id);
void link_wipe(struct link *l);

/* A request ready for http_perform or http_start. Strings live in the structure. */
struct link_request {
    struct http_request http;
    char url[4096];
    char authorization[2304];
    char content_type[96];
    char extra[2][128];
    struct buf body; /* owned; may be filled by the caller before link_sign */
};

void link_request_free(struct link_request *r);

/* What is asked of the panel. */
struct link_ask {
    const char *method; /* "GET" */
    const char *path;   /* "/endpoint/status", with its query */
    const char *type;   /* of the body; NULL: there is none */
    const void *body;   /* sent byte for byte; NULL: what the link_request's body holds already */
    size_t length;
    const char *extra[2]; /* further headers; may be NULL */
    int64_t timeout_ms;
};

/* Prepare and sign. */
enum status link_sign(const struct link *l, struct link_request *r, const struct link_ask *ask,
                      struct error *e);

/* Interpret an answer. Learns the clock. On 2xx parses the JSON body into *json (may be NULL; 204
 * gives NULL). Otherwise the problem document becomes e: text = detail, code = its code, remedy for
 * the codes that we know. *retry_after_ms (may be NULL): -1 or the time that the panel asked for.
 * 401/403 → DENIED, 404 → NOT_FOUND, 409 → EXISTS (json is given too), 413 → FULL, 422 → REFUSED
 * (json too), 429/503 → BUSY, other 4xx → REFUSED, 3xx, 408 and 5xx → UNREACHABLE. An answer that
 * is not from the panel has code panel_error, a redirect panel_redirect, a good answer that is not
 * JSON panel_answer. */
enum status link_answer(struct link *l, const struct http_answer *answer, json_t **json,
                        int64_t *retry_after_ms, struct error *e);

struct link_reply {
    json_t *json; /* as link_answer gives it; the caller's */
    int64_t retry_after_ms;
};

/* The whole call, blocking: sign, send, interpret; and once more if the panel refused the signature
 * and its Date taught us a better clock. reply: may be NULL. */
enum status link_call(struct link *l, struct http_client *client, const struct link_ask *ask,
                      const volatile int *cancel, struct link_reply *reply, struct error *e);

/* What an endpoint says of itself when it registers. */
struct link_newcomer {
    const char *panel_url, *token;
    const char *name; /* NULL or "": this machine's */
    const char *erp;  /* name of the mapping */
};

/* Register: make the key (identity_prepare), post the token, store the identity. Repeating it after
 * a lost reply succeeds. The token is wiped from the request. */
enum status link_register(const char *state_dir, const struct link_newcomer *me,
                          const struct http_options *http, struct identity *id, struct error *e);

/* Rotate the key: POST /endpoint/key, signed with the old key, then replace the identity file. */
enum status link_rotate(struct link *l, const char *state_dir, struct http_client *client,
                        struct error *e);

/* The list of checks for the panel: name, TCP, TLS, clock, identity. */
struct link_checks {
    const char *state_dir;
    const char *panel_url;
    struct http_options http;
    /* filled by the checks */
    struct identity id;
    struct link link;
    char host[256], proxy_host[256];
    int port, proxy_port;
};
extern const struct check_def link_check_list[];
extern const size_t link_check_count;

#endif
