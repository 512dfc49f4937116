/* base: the ground that everything stands on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/jwt.h"
#include "base/lines.h"
#include "base/text.h"
#include "base/zip.h"
#include "os/dir.h"
#include "os/file.h"

static void copies_are_cut_at_a_character(void **state)
{
    (void)state;
    char small[4];
    assert_false(text_copy(small, sizeof small, "abż"));
    assert_string_equal(small, "ab");
}

static void a_word_that_a_shell_could_run_is_not_bare(void **state)
{
    static const char *const good[] = {"A-1", "stock", "ZK_12/2026", "a.b:c@d%e+f,g=h"},
                             *const bad[] = {"",    "-x",    "a b", "a;b",    "$(a)",     "`a`",
                                             "a&b", "a|b",   "a>b", "a<b",    "a*",       "a?",
                                             "[a]", "{a}",   "~a",  "#a",     "!a",       "a\\b",
                                             "'a'", "\"a\"", "a\n", "\x1b[m", "\xc2\x9bm"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(text_bare(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(text_bare(bad[i]));
}

static void malformed_utf8_is_seen_and_repaired(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xC5",
                                      "a\xFFz"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(text_is_utf8(bad[i], strlen(bad[i])));
    /* Wherever a fault stands among what is read eight bytes at a time. */
    for (size_t before = 0; before < 20; before++) {
        for (size_t after = 0; after < 20; after++) {
            char text[64];
            int n = snprintf(text, sizeof text, "%.*s\xC5\xBC%.*s", (int)before,
                             "aaaaaaaaaaaaaaaaaaaa", (int)after,
                             "\xE2\x82\xAC"
                             "bbbbbbbbbbbbbbbbb");
            size_t length = (size_t)n;
            assert_true(text_is_utf8(text, length) == (after == 0 || after > 2));
            text[before + 1] = 'x';
            assert_false(text_is_utf8(text, length));
        }
    }
    struct buf b;
    buf_init(&b, 100);
    text_repair(&b, "a\xFFz", 3);
    assert_string_equal(buf_text(&b), "a\xEF\xBF\xBDz");
    buf_free(&b);
}

static void a_buffer_prints_up_to_its_maximum_and_not_a_byte_more(void **state)
{
    (void)state;
    struct buf b;
    for (int maximum = 1; maximum < 40; maximum++) {
        buf_init(&b, (size_t)maximum);
        for (int i = 1; i < maximum; i++)
            buf_printf(&b, "%d", i % 10);
        assert_int_equal(b.length, maximum - 1);
        buf_printf(&b, "%s", "ab");
        assert_true(b.failed);
        assert_int_equal(strlen(buf_text(&b)), maximum - 1);
        b.failed = false;
        buf_printf(&b, "%c", 'z');
        assert_false(b.failed);
        assert_int_equal(buf_text(&b)[maximum - 1], 'z');
        assert_int_equal(strlen(buf_text(&b)), maximum);
        buf_free(&b);
    }
}

static void times_are_read_and_written(void **state)
{
    (void)state;
    int64_t ms;
    char text[CLOCK_TEXT];
    assert_true(clock_parse("2026-01-31T23:59:59.123+01:00", &ms));
    clock_format(text, ms);
    assert_string_equal(text, "2026-01-31T22:59:59.123Z");
    assert_true(clock_parse_http("Sun, 06 Nov 1994 08:49:37 GMT", &ms));
    assert_int_equal(ms, INT64_C(784111777000));
    assert_false(clock_parse("2026-02-30T00:00:00Z", &ms));
    assert_false(clock_parse("2026-01-31", &ms));
}

static void overlong_lines_are_dropped_and_the_next_one_is_read(void **state)
{
    (void)state;
    struct lines l;
    char *line, big[3000];
    size_t length;
    lines_init(&l, 100);
    memset(big, 'x', sizeof big);
    for (int i = 0; i < 100; i++)
        lines_feed(&l, big, sizeof big);
    lines_feed(&l, "\nshort\r\n", 8);
    assert_int_equal(lines_next(&l, &line, &length), STATUS_OK);
    assert_string_equal(line, "short");
    assert_int_equal(lines_next(&l, &line, &length), STATUS_FULL);
    assert_int_equal(lines_next(&l, &line, &length), STATUS_END);
    lines_free(&l);
}

static void base64url_is_strict(void **state)
{
    (void)state;
    uint8_t bytes[8];
    size_t n = sizeof bytes;
    assert_true(crypto_base64url_decode("-_8", 3, bytes, &n));
    assert_int_equal(n, 2);
    static const char *const bad[] = {"A", "AB==", "A+/=", "AB",
                                      "AAB"}; /* the last two: bits beyond the end */
    for (size_t i = 0; i < 5; i++) {
        n = sizeof bytes;
        assert_false(crypto_base64url_decode(bad[i], strlen(bad[i]), bytes, &n));
    }
}

/* RFC 8032, section 7.1, test 1. */
static void ed25519_gives_the_published_signature(void **state)
{
    (void)state;
    static const uint8_t seed[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
                                     0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
                                     0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
                                     0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
    uint8_t public_key[32], signature[64];
    char hex[129];
    assert_true(crypto_ed25519_public(seed, public_key));
    crypto_hex(hex, public_key, 32);
    assert_string_equal(hex, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_true(crypto_ed25519_sign(seed, "", 0, signature));
    crypto_hex(hex, signature, 4);
    assert_string_equal(hex, "e5564300");
    assert_true(crypto_ed25519_verify(public_key, "", 0, signature));
    signature[0] ^= 1;
    assert_false(crypto_ed25519_verify(public_key, "", 0, signature));
}

static void a_jwt_holds_only_for_its_body_panel_and_time(void **state)
{
    (void)state;
    uint8_t seed[CRYPTO_KEY], public_key[CRYPTO_KEY], other[CRYPTO_HASH] = {1};
    struct jwt jwt = {.issued_at = 1000, .expires_at = 1100}, read;
    struct buf b;
    crypto_ed25519_generate(seed, public_key);
    text_copy(jwt.issuer, sizeof jwt.issuer, "ep");
    text_copy(jwt.audience, sizeof jwt.audience, "https://panel");
    text_copy(jwt.id, sizeof jwt.id, "j1");
    buf_init(&b, JWT_MAXIMUM);
    uint8_t request[CRYPTO_HASH], asked[CRYPTO_HASH];
    jwt_hash_request("POST", "/api/v1/endpoint/status", request);
    memcpy(jwt.request_hash, request, sizeof request);
    jwt.has_request = true;
    assert_int_equal(jwt_sign(&b, &jwt, seed, NULL), STATUS_OK);
    assert_int_equal(jwt_read(b.data, b.length, &read, NULL), STATUS_OK);
    static const char *const others[][2] = {{"GET", "/api/v1/endpoint/status"},
                                            {"POST", "/api/v1/endpoint/journal"},
                                            {"POST", "/api/v1/endpoint/status?x=1"}};
    for (size_t i = 0; i < 3; i++) {
        jwt_hash_request(others[i][0], others[i][1], asked);
        assert_int_equal(jwt_verify(b.data, b.length, &read,
                                    &(struct jwt_expected){public_key, "https://panel", 1050, asked,
                                                           jwt.body_hash},
                                    NULL),
                         STATUS_DENIED);
    }
#define VERIFY(audience, now, hash)     \
    jwt_verify(b.data, b.length, &read, \
               &(struct jwt_expected){public_key, audience, now, request, hash}, NULL)
    assert_int_equal(VERIFY("https://panel", 1050, jwt.body_hash), STATUS_OK);
    assert_int_equal(VERIFY("https://other", 1050, jwt.body_hash), STATUS_DENIED);
    assert_int_equal(VERIFY("https://panel", 5000, jwt.body_hash), STATUS_DENIED);
    assert_int_equal(VERIFY("https://panel", 100, jwt.body_hash), STATUS_DENIED);
    assert_int_equal(VERIFY("https://panel", 1050, other), STATUS_DENIED);
    b.data[b.length - 5] = b.data[b.length - 5] == 'A' ? 'B' : 'A';
    assert_int_equal(VERIFY("https://panel", 1050, jwt.body_hash), STATUS_DENIED);
    assert_int_equal(jwt_read("a.b", 3, &read, NULL), STATUS_INVALID);
    buf_free(&b);
}

static void a_zip_bomb_is_refused(void **state)
{
    (void)state;
    struct buf packed, plain;
    char *zeros = calloc(1, 1 << 20);
    buf_init(&packed, 2 << 20);
    buf_init(&plain, 1000);
    assert_int_equal(zip_pack(&packed, zeros, 1 << 20, NULL), STATUS_OK);
    assert_int_equal(zip_unpack(&plain, packed.data, packed.length, NULL), STATUS_FULL);
    buf_free(&plain);
    buf_init(&plain, 2 << 20);
    assert_int_equal(zip_unpack(&plain, packed.data, packed.length - 3, NULL), STATUS_INVALID);
    free(zeros);
    buf_free(&packed);
    buf_free(&plain);
}

static void a_sealed_value_opens_only_with_its_key_and_name(void **state)
{
    (void)state;
    uint8_t key[CRYPTO_KEY] = {7}, wrong[CRYPTO_KEY] = {8};
    struct buf sealed, plain;
    buf_init(&sealed, 1000);
    buf_init(&plain, 1000);
    crypto_seal(&sealed, key, "tajne", 5, "erp.password");
    assert_true(crypto_open(&plain, key, sealed.data, sealed.length, "erp.password"));
    assert_string_equal(buf_text(&plain), "tajne");
    assert_false(crypto_open(&plain, key, sealed.data, sealed.length, "other"));
    assert_false(crypto_open(&plain, wrong, sealed.data, sealed.length, "erp.password"));
    assert_false(crypto_open(&plain, key, sealed.data, 5, "erp.password"));
    buf_free(&sealed);
    buf_free(&plain);
}

static void a_file_is_replaced_whole_or_not_at_all(void **state)
{
    (void)state;
    char dir[] = "/tmp/endpoint-base.XXXXXX", path[64];
    struct file_stamp stamp;
    struct buf b;
    struct stat st;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/f", dir);
    assert_int_equal(file_replace(path, "one", 3, 0640, NULL, NULL), STATUS_OK);
    buf_init(&b, 100);
    assert_int_equal(file_read(path, &b, &stamp, NULL), STATUS_OK);
    assert_int_equal(file_replace(path, "second", 6, 0600, &stamp, NULL), STATUS_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    /* Somebody changed it since: refused, and what is there stays. */
    assert_int_equal(file_replace(path, "third", 5, 0600, &stamp, NULL), STATUS_EXISTS);
    buf_reset(&b);
    assert_int_equal(file_read(path, &b, NULL, NULL), STATUS_OK);
    assert_string_equal(buf_text(&b), "second");
    assert_int_equal(file_create(path, "x", 1, 0600, NULL), STATUS_EXISTS);
    buf_free(&b);
    assert_int_equal(dir_remove(dir, NULL), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_cut_at_a_character),
        cmocka_unit_test(a_word_that_a_shell_could_run_is_not_bare),
        cmocka_unit_test(malformed_utf8_is_seen_and_repaired),
        cmocka_unit_test(a_buffer_prints_up_to_its_maximum_and_not_a_byte_more),
        cmocka_unit_test(times_are_read_and_written),
        cmocka_unit_test(overlong_lines_are_dropped_and_the_next_one_is_read),
        cmocka_unit_test(base64url_is_strict),
        cmocka_unit_test(ed25519_gives_the_published_signature),
        cmocka_unit_test(a_jwt_holds_only_for_its_body_panel_and_time),
        cmocka_unit_test(a_zip_bomb_is_refused),
        cmocka_unit_test(a_sealed_value_opens_only_with_its_key_and_name),
        cmocka_unit_test(a_file_is_replaced_whole_or_not_at_all),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
