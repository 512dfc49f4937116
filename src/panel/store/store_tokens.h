/* store_tokens.h – registration tokens: made by a person, and turned into an endpoint once. */
#ifndef ENDPOINT_PANEL_STORE_STORE_TOKENS_H
#define ENDPOINT_PANEL_STORE_STORE_TOKENS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "panel/store/store.h"

#define STORE_TOKEN 64

/* Make a token for an account (id or name; NULL: the only one) that is valid for ttl_ms. It is
 * returned once; the store keeps its hash. STATUS_NOT_FOUND (account_unknown): no such account, or
 * several. */
enum status store_token_new(struct store *s, const char *account, int64_t ttl_ms,
                            char token[STORE_TOKEN], struct error *e);

/* What an endpoint says when it registers; public_key: Ed25519, base64url. */
struct registration {
    const char *token, *public_key, *name, *version, *platform, *erp;
};

/* Register with a token. answer: {"endpoint_id","account":{"id","name"},"time"}. *created: it is new;
 * the same key with the same token gets the same answer again, because the first may have been
 * lost. STATUS_DENIED: token_unknown, token_used, token_expired. */
enum status store_register(struct store *s, const struct registration *r, int64_t now_ms,
                           json_t **answer, bool *created, struct error *e);

#endif
