/* crypto.h – the few primitives that Endpoint needs, over OpenSSL's libcrypto.
 *
 * Failures of OpenSSL itself (no entropy, out of memory) abort: nothing sensible can be done.
 * Functions that depend on bytes from outside return false.
 */
#ifndef ENDPOINT_BASE_CRYPTO_H
#define ENDPOINT_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define CRYPTO_HASH      32 /* SHA-256 */
#define CRYPTO_KEY       32 /* Ed25519 seed, Ed25519 public key, AES-256 key */
#define CRYPTO_SIGNATURE 64 /* Ed25519 */
#define CRYPTO_ID_TEXT   33 /* room for crypto_random_id */

void crypto_random(void *bytes, size_t length);
uint32_t crypto_random_u32(void);

/* 128 random bits as 32 lower-case hex digits. */
void crypto_random_id(char target[CRYPTO_ID_TEXT]);

void crypto_sha256(const void *bytes, size_t length, uint8_t hash[CRYPTO_HASH]);

/* Equal in constant time. */
bool crypto_equal(const void *a, const void *b, size_t length);

/* Lower-case hex; target has 2 * length + 1 bytes. */
void crypto_hex(char *target, const uint8_t *bytes, size_t length);

/* base64url without padding (RFC 4648 section 5). Decoding refuses padding, blanks and bits beyond
 * the last byte; *length is in: room, out: bytes. */
void crypto_base64url(struct buf *b, const void *bytes, size_t length);
bool crypto_base64url_decode(const char *text, size_t text_length, uint8_t *bytes, size_t *length);

/* Ed25519 (RFC 8032). */
void crypto_ed25519_generate(uint8_t seed[CRYPTO_KEY], uint8_t public_key[CRYPTO_KEY]);
bool crypto_ed25519_public(const uint8_t seed[CRYPTO_KEY], uint8_t public_key[CRYPTO_KEY]);
bool crypto_ed25519_sign(const uint8_t seed[CRYPTO_KEY], const void *bytes, size_t length,
                         uint8_t signature[CRYPTO_SIGNATURE]);
bool crypto_ed25519_verify(const uint8_t public_key[CRYPTO_KEY], const void *bytes, size_t length,
                           const uint8_t signature[CRYPTO_SIGNATURE]);

/* AES-256-GCM. Sealed form: 12 bytes nonce, ciphertext, 16 bytes tag. `context` is authenticated,
 * not stored: the same must be given to open it. */
void crypto_seal(struct buf *sealed, const uint8_t key[CRYPTO_KEY], const void *plain,
                 size_t length, const char *context);
bool crypto_open(struct buf *plain, const uint8_t key[CRYPTO_KEY], const void *sealed,
                 size_t length, const char *context);

#endif
