#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Abort on a fault of the library itself, not of its input. */
static void must(int ok, const char *what)
{
    if (ok <= 0) {
        fprintf(stderr, "cryptography failed: %s\n", what);
        abort();
    }
}

void crypto_random(void *bytes, size_t length)
{
    must(RAND_bytes(bytes, (int)length), "random bytes");
}

uint32_t crypto_random_u32(void)
{
    uint32_t v;
    crypto_random(&v, sizeof v);
    return v;
}

void crypto_random_id(char target[CRYPTO_ID_TEXT])
{
    uint8_t bytes[16];
    crypto_random(bytes, sizeof bytes);
    crypto_hex(target, bytes, sizeof bytes);
}

void crypto_sha256(const void *bytes, size_t length, uint8_t hash[CRYPTO_HASH])
{
    must(EVP_Digest(bytes, length, hash, NULL, EVP_sha256(), NULL), "SHA-256");
}

bool crypto_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

void crypto_hex(char *target, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        target[2 * i] = digits[bytes[i] >> 4];
        target[2 * i + 1] = digits[bytes[i] & 15];
    }
    target[2 * length] = '\0';
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void crypto_base64url(struct buf *b, const void *bytes, size_t length)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t v = (uint32_t)p[i] << 16;
        if (left > 1)
            v |= (uint32_t)p[i + 1] << 8;
        if (left > 2)
            v |= p[i + 2];
        char four[4] = {base64_digits[v >> 18], base64_digits[v >> 12 & 63],
                        base64_digits[v >> 6 & 63], base64_digits[v & 63]};
        buf_add(b, four, left > 2 ? 4 : left + 1);
    }
}

static int base64_value(char c)
{
    const char *found = c ? strchr(base64_digits, c) : NULL;
    return found ? (int)(found - base64_digits) : -1;
}

bool crypto_base64url_decode(const char *text, size_t text_length, uint8_t *bytes, size_t *length)
{
    size_t room = *length, made = 0;
    if (text_length % 4 == 1)
        return false;
    for (size_t i = 0; i < text_length; i += 4) {
        size_t have = text_length - i < 4 ? text_length - i : 4;
        uint32_t v = 0;
        for (size_t j = 0; j < 4; j++) {
            int digit = j < have ? base64_value(text[i + j]) : 0;
            if (digit < 0)
                return false;
            v = v << 6 | (uint32_t)digit;
        }
        size_t count = have - 1;
        if (made + count > room)
            return false;
        if ((have == 2 && (v & 0xFFFF)) || (have == 3 && (v & 0xFF)))
            return false;
        for (size_t j = 0; j < count; j++)
            bytes[made++] = (uint8_t)(v >> (16 - 8 * j));
    }
    *length = made;
    return true;
}

void crypto_ed25519_generate(uint8_t seed[CRYPTO_KEY], uint8_t public_key[CRYPTO_KEY])
{
    crypto_random(seed, CRYPTO_KEY);
    must(crypto_ed25519_public(seed, public_key), "Ed25519 key");
}

bool crypto_ed25519_public(const uint8_t seed[CRYPTO_KEY], uint8_t public_key[CRYPTO_KEY])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CRYPTO_KEY);
    size_t length = CRYPTO_KEY;
    bool ok = key && EVP_PKEY_get_raw_public_key(key, public_key, &length) == 1;
    EVP_PKEY_free(key);
    return ok;
}

bool crypto_ed25519_sign(const uint8_t seed[CRYPTO_KEY], const void *bytes, size_t length,
                         uint8_t signature[CRYPTO_SIGNATURE])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CRYPTO_KEY);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t made = CRYPTO_SIGNATURE;
    bool ok = key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestSign(ctx, signature, &made, bytes, length) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}

bool crypto_ed25519_verify(const uint8_t public_key[CRYPTO_KEY], const void *bytes, size_t length,
                           const uint8_t signature[CRYPTO_SIGNATURE])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, CRYPTO_KEY);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(ctx, signature, CRYPTO_SIGNATURE, bytes, length) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}

#define NONCE 12
#define TAG   16

void crypto_seal(struct buf *sealed, const uint8_t key[CRYPTO_KEY], const void *plain,
                 size_t length, const char *context)
{
    uint8_t *out = (uint8_t *)buf_reserve(sealed, NONCE + length + TAG);
    if (!out)
        return;
    int n = 0;
    crypto_random(out, NONCE);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    must(ctx != NULL, "cipher");
    must(EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, out), "AES-256-GCM");
    must(EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *)context, (int)strlen(context)), "AAD");
    if (length)
        must(EVP_EncryptUpdate(ctx, out + NONCE, &n, plain, (int)length), "encryption");
    must(EVP_EncryptFinal_ex(ctx, out + NONCE + length, &n), "encryption");
    must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + length), "tag");
    EVP_CIPHER_CTX_free(ctx);
    buf_commit(sealed, NONCE + length + TAG);
}

bool crypto_open(struct buf *plain, const uint8_t key[CRYPTO_KEY], const void *sealed,
                 size_t length, const char *context)
{
    if (length < NONCE + TAG || length > 1 << 24)
        return false;
    const uint8_t *in = sealed;
    size_t body = length - NONCE - TAG;
    uint8_t tag[TAG];
    memcpy(tag, in + NONCE + body, TAG);
    uint8_t *out = (uint8_t *)buf_reserve(plain, body + 1);
    if (!out)
        return false;
    int n = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    must(ctx != NULL, "cipher");
    must(EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, in), "AES-256-GCM");
    must(EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *)context, (int)strlen(context)), "AAD");
    if (body)
        must(EVP_DecryptUpdate(ctx, out, &n, in + NONCE, (int)body), "decryption");
    must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag), "tag");
    bool ok = EVP_DecryptFinal_ex(ctx, out + body, &n) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (ok)
        buf_commit(plain, body);
    else
        OPENSSL_cleanse(out, body);
    return ok;
}
