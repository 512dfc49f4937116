/* store_endpoints.h – endpoints: their keys, what they said of themselves, and the revision by which
 * they see that the panel has news for them. */
#ifndef ENDPOINT_PANEL_STORE_STORE_ENDPOINTS_H
#define ENDPOINT_PANEL_STORE_STORE_ENDPOINTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "panel/store/store.h"

/* ---- keys and signatures ---- */

/* The keys that an endpoint may sign with now: its own, and for a day the one before.
 * STATUS_DENIED: endpoint_revoked, signature_invalid (not known). */
enum status store_keys(struct store *s, const char *endpoint, int64_t now_ms,
                       uint8_t keys[2][CRYPTO_KEY], size_t *count, struct error *e);
/* Remember a request's jti until it expires. STATUS_DENIED (token_replayed) when it was seen. */
enum status store_seen(struct store *s, const char *endpoint, const char *jti, int64_t expires_s,
                       int64_t now_s, struct error *e);
/* It signs with a new key (Ed25519, base64url) from now on. STATUS_INVALID (key_invalid). */
enum status store_rotate(struct store *s, const char *endpoint, const char *public_key,
                         int64_t now_ms, struct error *e);

/* ---- what is known of them ---- */

/* {"id","name","last_seen","account_id","account_name"}; no members when there is no such endpoint. */
enum status store_endpoint_card(struct store *s, const char *endpoint, json_t **card,
                                struct error *e);
/* An array of {"id","name","account_id","account","erp","version","platform","registered","last_seen",
 * "revoked","said"}, in the order in which they registered. endpoint: only this one; NULL: all. said: the
 * object that it sent as its status last; absent: none yet. */
enum status store_endpoints_list(struct store *s, const char *endpoint, json_t **endpoints,
                                 struct error *e);
/* The endpoint with this id, or whose id begins so (eight characters at least; base/ids.h); NULL: the only one that is not revoked. *count: how many there are that
 * fit; id is filled when it is 1. */
enum status store_endpoint_find(struct store *s, const char *endpoint, char id[CRYPTO_ID_TEXT],
                                size_t *count, struct error *e);
/* It called just now. */
enum status store_endpoint_heard(struct store *s, const char *endpoint, int64_t now_ms,
                                 struct error *e);
/* Keep what it says of itself, an object, instead of what it said before. */
enum status store_endpoint_says(struct store *s, const char *endpoint, const json_t *said,
                                struct error *e);
/* Refuse it from now on. STATUS_NOT_FOUND: there is no such endpoint. */
enum status store_endpoint_revoke(struct store *s, const char *endpoint, struct error *e);

/* ---- news for them ---- */

/* The number of its newest configuration; 0: there is no such endpoint. */
int64_t store_rev(struct store *s, const char *endpoint);
/* There is something new for it: what waits for its configuration is answered. */
enum status store_rev_raise(struct store *s, const char *endpoint, struct error *e);
/* Differs whenever any endpoint's revision or any plugin's orders have changed; 0: it cannot be told. */
int64_t store_revisions(struct store *s);

#endif
