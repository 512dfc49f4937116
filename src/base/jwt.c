#include "base/i18n.h"
#include "base/jwt.h"

#include <jansson.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

void jwt_hash_request(const char *method, const char *target, uint8_t hash[CRYPTO_HASH])
{
    struct buf b;
    buf_init(&b, 65536);
    buf_add_text(&b, method);
    buf_add_byte(&b, ' ');
    buf_add_text(&b, target);
    crypto_sha256(buf_text(&b), b.length, hash);
    buf_free(&b);
}

/* A hash as a claim. */
static void add_hash(json_t *claims, const char *name, const uint8_t hash[CRYPTO_HASH])
{
    struct buf b;
    buf_init(&b, 64);
    crypto_base64url(&b, hash, CRYPTO_HASH);
    json_set_text(claims, name, buf_text(&b));
    buf_free(&b);
}

static bool take_hash(const json_t *claims, const char *name, uint8_t hash[CRYPTO_HASH])
{
    const char *text = json_string_value(json_object_get(claims, name));
    size_t length = CRYPTO_HASH;
    return text && crypto_base64url_decode(text, strlen(text), hash, &length) &&
           length == CRYPTO_HASH;
}

enum status jwt_sign(struct buf *b, const struct jwt *jwt, const uint8_t seed[CRYPTO_KEY],
                     struct error *e)
{
    struct buf token;
    buf_init(&token, JWT_MAXIMUM);
    json_t *header = json_pack("{s:s,s:s,s:s}", "alg", "EdDSA", "typ", "JWT", "kid", jwt->issuer);
    json_t *claims =
        json_pack("{s:s,s:s,s:I,s:I,s:s}", "iss", jwt->issuer, "aud", jwt->audience, "iat",
                  (json_int_t)jwt->issued_at, "exp", (json_int_t)jwt->expires_at, "jti", jwt->id);
    if (claims)
        add_hash(claims, "bh", jwt->body_hash);
    if (claims && jwt->has_request)
        add_hash(claims, "rh", jwt->request_hash);
    if (claims && jwt->incarnation > 0)
        json_set_number(claims, "inc", jwt->incarnation);
    char *header_text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    char *claims_text = claims ? json_dumps(claims, JSON_COMPACT) : NULL;
    uint8_t signature[CRYPTO_SIGNATURE];
    enum status status = STATUS_OK;
    if (header_text && claims_text) {
        crypto_base64url(&token, header_text, strlen(header_text));
        buf_add_byte(&token, '.');
        crypto_base64url(&token, claims_text, strlen(claims_text));
    }
    if (!header_text || !claims_text || token.failed ||
        !crypto_ed25519_sign(seed, token.data, token.length, signature)) {
        status = error_set(e, STATUS_INTERNAL, "jwt_sign", "the request could not be signed");
    } else {
        buf_add_byte(&token, '.');
        crypto_base64url(&token, signature, sizeof signature);
        buf_add(b, token.data, token.length);
    }
    free(header_text);
    free(claims_text);
    json_decref(header);
    json_decref(claims);
    buf_free(&token);
    return status;
}

/* Split "a.b.c"; false unless exactly three non-empty parts. */
static bool split(const char *token, size_t length, const char *part[3], size_t part_length[3])
{
    size_t n = 0, start = 0;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && token[i] != '.')
            continue;
        if (n == 3 || i == start)
            return false;
        part[n] = token + start;
        part_length[n++] = i - start;
        start = i + 1;
    }
    return n == 3;
}

static json_t *decode_part(const char *part, size_t length)
{
    uint8_t bytes[JWT_MAXIMUM];
    size_t n = sizeof bytes;
    if (!crypto_base64url_decode(part, length, bytes, &n))
        return NULL;
    return json_parse((const char *)bytes, n, NULL);
}

static bool claim(json_t *object, const char *name, char *target, size_t size)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value && *value && text_copy(target, size, value);
}

enum status jwt_read(const char *token, size_t length, struct jwt *jwt, struct error *e)
{
    const char *part[3];
    size_t part_length[3];
    char kid[sizeof jwt->issuer];
    json_t *header = NULL, *claims = NULL;
    memset(jwt, 0, sizeof *jwt);
    bool ok = length <= JWT_MAXIMUM && split(token, length, part, part_length);
    if (ok) {
        header = decode_part(part[0], part_length[0]);
        claims = decode_part(part[1], part_length[1]);
    }
    ok = ok && header && claims &&
         text_equal(json_string_value(json_object_get(header, "alg")), "EdDSA") &&
         claim(header, "kid", kid, sizeof kid) &&
         claim(claims, "iss", jwt->issuer, sizeof jwt->issuer) && text_equal(kid, jwt->issuer) &&
         claim(claims, "aud", jwt->audience, sizeof jwt->audience) &&
         claim(claims, "jti", jwt->id, sizeof jwt->id) && take_hash(claims, "bh", jwt->body_hash) &&
         json_is_integer(json_object_get(claims, "iat")) &&
         json_is_integer(json_object_get(claims, "exp"));
    jwt->has_request = ok && json_object_get(claims, "rh");
    if (jwt->has_request)
        ok = take_hash(claims, "rh", jwt->request_hash);
    if (ok) {
        jwt->issued_at = json_integer_value(json_object_get(claims, "iat"));
        jwt->expires_at = json_integer_value(json_object_get(claims, "exp"));
        jwt->incarnation = json_integer_value(json_object_get(claims, "inc"));
    }
    json_decref(header);
    json_decref(claims);
    if (!ok)
        return error_set(e, STATUS_INVALID, "signature_invalid",
                         "the request's signature is not a well-formed EdDSA token");
    return STATUS_OK;
}

static enum status bad(struct error *e, const char *why)
{
    return error_set(e, STATUS_DENIED, "signature_invalid", "the request's signature %-s", why);
}

enum status jwt_verify(const char *token, size_t length, const struct jwt *jwt,
                       const struct jwt_expected *expected, struct error *e)
{
    const char *part[3];
    size_t part_length[3];
    uint8_t signature[CRYPTO_SIGNATURE];
    size_t signature_length = sizeof signature;
    if (!split(token, length, part, part_length) ||
        !crypto_base64url_decode(part[2], part_length[2], signature, &signature_length) ||
        signature_length != sizeof signature)
        return bad(e, N_("is malformed"));
    size_t signed_length = (size_t)(part[2] - token) - 1;
    if (!crypto_ed25519_verify(expected->public_key, token, signed_length, signature))
        return bad(e, N_("does not match the endpoint's key"));
    if (!text_equal(jwt->audience, expected->audience))
        return bad(e, N_("was made for another panel"));
    /* Differences of hostile numbers could overflow; compare against bounds instead. */
    if (jwt->issued_at < 0 || jwt->issued_at > INT64_C(253402300799) ||
        jwt->expires_at <= jwt->issued_at || jwt->expires_at > jwt->issued_at + JWT_LIFE_SECONDS)
        return bad(e, N_("has an impossible life time"));
    if (jwt->issued_at > expected->now + JWT_SKEW_SECONDS)
        return bad(e, N_("was made in the future"));
    if (jwt->expires_at < expected->now - JWT_SKEW_SECONDS)
        return bad(e, N_("has expired"));
    if (jwt->has_request && !crypto_equal(jwt->request_hash, expected->request_hash, CRYPTO_HASH))
        return bad(e, N_("belongs to another request"));
    if (!crypto_equal(jwt->body_hash, expected->body_hash, CRYPTO_HASH))
        return bad(e, N_("belongs to another body"));
    return STATUS_OK;
}
