/* jwt.h – the signed token of every request to the panel (RFC 7519, alg EdDSA of RFC 8037), with
 * hashes of the request line and of the body. Pure: no clock, no network.
 */
#ifndef ENDPOINT_BASE_JWT_H
#define ENDPOINT_BASE_JWT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/error.h"

#define JWT_LIFE_SECONDS 120 /* exp - iat at most (panel protocol) */
#define JWT_SKEW_SECONDS 60  /* how far apart the clocks may be */
#define JWT_MAXIMUM      2048

struct jwt {
    char issuer[128];    /* endpoint id; also the header's kid */
    char audience[256];  /* the panel's base URL */
    char id[64];         /* jti */
    int64_t issued_at;   /* seconds */
    int64_t expires_at;  /* seconds */
    int64_t incarnation; /* of the endpoint's start (POST /endpoint/start); 0: none */
    uint8_t body_hash[CRYPTO_HASH];
    uint8_t request_hash[CRYPTO_HASH]; /* of jwt_hash_request */
    bool has_request; /* false: a token of an older endpoint, which signs only the body */
};

/* The SHA-256 of a method, a blank, and the path with its query as sent, from "/api/v1" on: a proxy
 * may have removed what comes before that. */
void jwt_hash_request(const char *method, const char *target, uint8_t hash[CRYPTO_HASH]);

/* Append the compact form to b. */
enum status jwt_sign(struct buf *b, const struct jwt *jwt, const uint8_t seed[CRYPTO_KEY],
                     struct error *e);

/* Read the claims without trusting them, to learn whose key to verify with.
 * STATUS_INVALID for anything that is not a well-formed EdDSA token. */
enum status jwt_read(const char *token, size_t length, struct jwt *jwt, struct error *e);

/* What a request must have been signed with, and for what. */
struct jwt_expected {
    const uint8_t *public_key; /* CRYPTO_KEY bytes */
    const char *audience;
    int64_t now;                             /* seconds */
    const uint8_t *request_hash, *body_hash; /* CRYPTO_HASH bytes each */
};

/* Verify signature, audience, times against now and the hashes of the request (when the token has one) and
 * of the body. The caller checks for replays (jti). Otherwise STATUS_DENIED with code
 * signature_invalid. */
enum status jwt_verify(const char *token, size_t length, const struct jwt *jwt,
                       const struct jwt_expected *expected, struct error *e);

#endif
