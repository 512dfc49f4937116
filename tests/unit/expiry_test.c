/* When a certificate's end is said: certificates are made here, dated around a fixed now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "net/probe.h"
#include "net/expiry.h"

#define NOW INT64_C(1772409600) /* 2026-03-02T00:00:00Z */
#define DAY INT64_C(86400)

/* A certificate signed by itself that ends at `ends` (seconds); as a server shows it. */
static void make(struct probe_certificate *c, int64_t ends)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    assert_non_null(key);
    assert_non_null(x);
    assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(ends - 365 * DAY)));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)ends));
    X509_NAME *name = X509_get_subject_name(x);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)"srv-erp", -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(x, name), 1);
    assert_int_equal(X509_set_pubkey(x, key), 1);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    probe_describe(x, c);
    X509_free(x);
    EVP_PKEY_free(key);
}

static void the_end_is_said_in_time(void **state)
{
    static const struct {
        int64_t ends; /* seconds from now */
        enum check_result result;
        const char *text;
    } table[] = {
        {3650 * DAY, CHECK_OK, ""},
        {30 * DAY + 1, CHECK_OK, ""},
        {30 * DAY, CHECK_WARN, "the certificate ends on 2026-04-01 (days left: 30)"},
        {30 * DAY - 1, CHECK_WARN, "the certificate ends on 2026-03-31 (days left: 29)"},
        {DAY, CHECK_WARN, "the certificate ends on 2026-03-03 (days left: 1)"},
        {DAY - 1, CHECK_WARN, "the certificate ends on 2026-03-02 (days left: 0)"},
        {0, CHECK_WARN, "the certificate ends on 2026-03-02 (days left: 0)"},
        {-1, CHECK_FAIL, "the certificate ended on 2026-03-01 (days ago: 0)"},
        {-DAY, CHECK_FAIL, "the certificate ended on 2026-03-01 (days ago: 1)"},
        {-3650 * DAY, CHECK_FAIL, "the certificate ended on 2016-03-04 (days ago: 3650)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct probe_certificate c;
        struct check k = {0};
        make(&c, NOW + table[i].ends);
        assert_int_equal(expiry_check(&c, NOW * 1000, &k), table[i].result);
        assert_string_equal(k.text, table[i].text);
    }
}

static void an_end_that_cannot_be_read_is_no_reason(void **state)
{
    struct probe_certificate c = {0};
    struct check k = {0};
    (void)state;
    assert_int_equal(expiry_check(&c, NOW * 1000, &k), CHECK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_said_in_time),
        cmocka_unit_test(an_end_that_cannot_be_read_is_no_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
