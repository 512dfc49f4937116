/* store_endpoints.h – endpoints: their keys, what they said about themselves, and the revision that
 * tells them whether the panel has news. */
#ifndef ENDPOINT_PANEL_STORE_STORE_ENDPOINTS_H
#define ENDPOINT_PANEL_STORE_STORE_ENDPOINTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "panel/store/store.h"

/* ---- keys and signatures ---- */

/* The keys that an endpoint may sign with now: the current one, and for a day the previous one.
 * STATUS_DENIED: endpoint_revoked, signature_invalid (not known). */
enum status store_keys(struct store *s, const char *endpoint, int64_t now_ms,
                       uint8_t keys[2][CRYPTO_KEY], size_t *count, struct error *e);
/* Remember a request's jti until it expires. STATUS_DENIED (token_replayed) when it was seen. */
enum status store_seen(struct store *s, const char *endpoint, const char *jti, int64_t expires_s,
                       int64_t now_s, struct error *e);
/* It signs with a new key (Ed25519, base64url) from now on. STATUS_INVALID (key_invalid). */
enum status store_rotate(struct store *s, const char *endpoint, const char *public_key,
                         int64_t now_ms, struct error *e);

/* ---- what is known about them ---- */

/* {"id","name","last_seen","account_id","account_name"}; no members when there is no such endpoint. */
enum status store_endpoint_card(struct store *s, const char *endpoint, json_t **card,
                                struct error *e);
/* An array of {"id","name","account_id","account","erp","version","platform","registered","last_seen",
 * "revoked","said"}, in the order in which they registered. endpoint: only this one; NULL: all.
 * said: the last object that it sent as its status; absent: none yet. */
enum status store_endpoints_list(struct store *s, const char *endpoint, json_t **endpoints,
                                 struct error *e);
/* The endpoint with this id, or with an id that begins with it (at least eight characters;
 * base/ids.h); NULL: the only one that is not revoked. *count: how many fit; id is filled if it is
 * 1. */
enum status store_endpoint_find(struct store *s, const char *endpoint, char id[CRYPTO_ID_TEXT],
                                size_t *count, struct error *e);
/* Record that it just called. */
enum status store_endpoint_heard(struct store *s, const char *endpoint, int64_t now_ms,
                                 struct error *e);
/* Keep what it says about itself, an object, in place of its previous one. */
enum status store_endpoint_says(struct store *s, const char *endpoint, const json_t *said,
                                struct error *e);
/* Refuse it from now on. STATUS_NOT_FOUND: there is no such endpoint. */
enum status store_endpoint_revoke(struct store *s, const char *endpoint, struct error *e);

/* ---- news for them ---- */

/* The number of its newest configuration; 0: there is no such endpoint. */
int64_t store_rev(struct store *s, const char *endpoint);
/* There is something new for it: answer the poll that waits for its configuration. */
enum status store_rev_raise(struct store *s, const char *endpoint, struct error *e);
/* A number that changes whenever any endpoint's revision or any plugin's orders change; 0: unknown. */
int64_t store_revisions(struct store *s);

#endif
