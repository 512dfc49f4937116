/* The signed token of a request, as a panel reads it. */
#include "fuzz.h"

#include "base/jwt.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[CRYPTO_KEY] = {1}, hash[CRYPTO_HASH] = {2};
    uint8_t public_key[CRYPTO_KEY];
    struct jwt jwt, again;
    struct error e = {0};
    struct buf token;
    crypto_ed25519_public(seed, public_key);
    if (jwt_read((const char *)data, size, &jwt, &e) != STATUS_OK) {
        MUST(e.code[0]);
        return 0;
    }
    struct jwt_expected expected = {public_key, "https://panel.example", 1790000000, hash, hash};
    jwt_verify((const char *)data, size, &jwt, &expected, &e);
    /* What it claims can be said again, and then holds for us. */
    jwt.issued_at = 1790000000;
    jwt.expires_at = 1790000060;
    memcpy(jwt.body_hash, hash, sizeof hash);
    memcpy(jwt.request_hash, hash, sizeof hash);
    buf_init(&token, JWT_MAXIMUM);
    if (jwt_sign(&token, &jwt, seed, &e) == STATUS_OK) {
        MUST(jwt_read(token.data, token.length, &again, &e) == STATUS_OK);
        MUST(again.has_request == jwt.has_request);
        MUST(strcmp(again.issuer, jwt.issuer) == 0 && strcmp(again.id, jwt.id) == 0);
        expected.audience = jwt.audience;
        MUST(jwt_verify(token.data, token.length, &again, &expected, &e) == STATUS_OK);
        expected.audience = "https://other.example";
        MUST(jwt_verify(token.data, token.length, &again, &expected, &e) != STATUS_OK ||
             strcmp(jwt.audience, "https://other.example") == 0);
    }
    buf_free(&token);
    return 0;
}
