#include "net/certificate.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/crypto.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/path.h"

#define DAYS 825 /* the longest time that common verifiers accept */

/* Extensions that RFC 5280 (4.2.1) requires and strict verifiers check (openssl verify
 * -x509_strict, Python 3.13): identifiers of both keys, the authority's after the subject's because
 * a self-signed certificate names its own. An elliptic key signs and encrypts nothing (RFC 8813). */
static const struct extension {
    int nid;
    const char *value;
} of_authority[] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                    {NID_subject_key_identifier, "hash"},
                    {NID_authority_key_identifier, "keyid:always"},
                    {NID_key_usage, "critical,keyCertSign,cRLSign"},
                    {0, NULL}},
  of_server[] = {{NID_basic_constraints, "critical,CA:FALSE"},
                 {NID_subject_key_identifier, "hash"},
                 {NID_authority_key_identifier, "keyid:always"},
                 {NID_key_usage, "critical,digitalSignature"},
                 {NID_ext_key_usage, "serverAuth"},
                 {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"},
                 {0, NULL}};

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static X509 *make(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *cert = X509_new();
    bool ca = issuer == NULL;
    if (!cert)
        return NULL;
    X509_NAME *subject = X509_get_subject_name(cert);
    bool ok = X509_set_version(cert, 2) == 1 &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), crypto_random_u32() | 1U) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(cert), -86400) &&
              X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * DAYS) &&
              X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
                                         -1, -1, 0) == 1 &&
              X509_set_issuer_name(cert, ca ? subject : X509_get_subject_name(issuer)) == 1 &&
              X509_set_pubkey(cert, key) == 1;
    for (const struct extension *x = ca ? of_authority : of_server; x->value; x++)
        ok = ok && add_extension(cert, ca ? cert : issuer, x->nid, x->value);
    ok = ok && X509_sign(cert, ca ? key : issuer_key, EVP_sha256()) > 0;
    if (!ok) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

static enum status write_pem(BIO *bio, const char *directory, const char *name, unsigned mode,
                             struct error *e)
{
    char path[PATH_MAX], *data;
    enum status status = path_join(path, sizeof path, directory, name, e);
    long length = BIO_get_mem_data(bio, &data);
    return status == STATUS_OK ? file_replace(path, data, (size_t)length, mode, NULL, e) : status;
}

static enum status write_all(X509 *ca, X509 *server, EVP_PKEY *key, const char *directory,
                             struct error *e)
{
    enum status status =
        error_set(e, STATUS_INTERNAL, "cert_write", "the certificate cannot be written");
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
        status = write_pem(bio, directory, "server.key", 0600, e);
    BIO_reset(bio);
    if (status == STATUS_OK && PEM_write_bio_X509(bio, server) == 1)
        status = write_pem(bio, directory, "server.pem", 0644, e);
    BIO_reset(bio);
    if (status == STATUS_OK && PEM_write_bio_X509(bio, ca) == 1)
        status = write_pem(bio, directory, "ca.pem", 0644, e);
    BIO_free(bio);
    return status;
}

enum status certificate_make(const char *directory, const char *common_name, struct error *e)
{
    char path[PATH_MAX];
    enum status status = dir_ensure(directory, 0700, e);
    if (status == STATUS_OK)
        status = path_join(path, sizeof path, directory, "ca.pem", e);
    if (status != STATUS_OK || file_may_read(path))
        return status;
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    /* Two authorities with the same name would confuse anybody who got the wrong one. */
    char authority[64];
    text_format(authority, sizeof authority, "Endpoint local authority %08x", crypto_random_u32());
    X509 *ca = ca_key ? make(ca_key, authority, NULL, NULL) : NULL;
    X509 *server = ca && key ? make(key, common_name, ca, ca_key) : NULL;
    if (server)
        status = write_all(ca, server, key, directory, e);
    else
        status = error_set(e, STATUS_INTERNAL, "cert_make", "a certificate could not be made");
    X509_free(ca);
    X509_free(server);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
    return status;
}
