#include "net/probe.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "os/net.h"
#include "os/stop.h"

static enum status resolve(const char *host, int port, struct net_address list[NET_ADDRESSES],
                           size_t *count, struct error *e)
{
    const char *why = net_resolve(host, port, NET_TCP, list, count);
    if (!why)
        return STATUS_OK;
    error_set(e, STATUS_NOT_FOUND, "name", "the name %s cannot be resolved: %-s", host, why);
    return error_remedy(e, "Check the name, and this machine's DNS or /etc/hosts.");
}

enum status probe_resolve(const char *host, char *addresses, size_t size, struct error *e)
{
    struct net_address list[NET_ADDRESSES];
    struct buf b;
    size_t count;
    enum status status = resolve(host, 0, list, &count, e);
    if (status != STATUS_OK)
        return status;
    buf_init(&b, 4096);
    for (size_t i = 0; i < count; i++) {
        char text[NET_TEXT];
        if (net_address_text(&list[i], text) && !strstr(buf_text(&b), text))
            buf_printf(&b, "%s%s", b.length ? ", " : "", text);
    }
    text_copy(addresses, size, buf_text(&b));
    buf_free(&b);
    return STATUS_OK;
}

enum status probe_connect(const char *host, int port, int64_t timeout_ms, int *fd, struct error *e)
{
    struct net_address list[NET_ADDRESSES];
    size_t count;
    int error = 0;
    *fd = -1;
    enum status status = resolve(host, port, list, &count, e);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < count && *fd < 0; i++) {
        *fd = net_connect(&list[i], timeout_ms);
        if (*fd < 0)
            error = errno;
    }
    if (*fd >= 0)
        return STATUS_OK;
    status = error_errno(e, error, "tcp", "no connection to %s port %d", host, port);
    if (e && status != STATUS_TIMEOUT)
        e->status = status = STATUS_UNREACHABLE;
    if (error == ECONNREFUSED)
        error_remedy(e, "Nothing listens there: check that the server runs, and the port.");
    else
        error_remedy(e, "Check the address, and the firewalls between here and there.");
    return status;
}

enum status probe_tcp(const char *host, int port, int64_t timeout_ms, struct error *e)
{
    int fd;
    enum status status = probe_connect(host, port, timeout_ms, &fd, e);
    if (status == STATUS_OK)
        net_close(&fd);
    return status;
}

static void name_text(const X509_NAME *name, char *target, size_t size)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    long length = BIO_get_mem_data(bio, &data);
    struct buf b;
    buf_init(&b, 4096);
    text_repair(&b, data, (size_t)(length < 1000 ? length : 1000));
    text_copy(target, size, buf_text(&b));
    buf_free(&b);
    BIO_free(bio);
}

static int64_t time_ms(const ASN1_TIME *time)
{
    struct tm tm;
    return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) * 1000 : 0;
}

static void add_names(X509 *x, struct buf *b)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
        char address[NET_TEXT];
        if (n->type == GEN_DNS) {
            const char *text = (const char *)ASN1_STRING_get0_data(n->d.dNSName);
            buf_add_text(b, b->length ? ", " : "");
            text_printable(b, text, (size_t)ASN1_STRING_length(n->d.dNSName));
        } else if (n->type == GEN_IPADD) {
            int length = ASN1_STRING_length(n->d.iPAddress);
            if (net_bytes_text(ASN1_STRING_get0_data(n->d.iPAddress), (size_t)length, address))
                buf_printf(b, "%s%s", b->length ? ", " : "", address);
        }
    }
    GENERAL_NAMES_free(names);
}

void probe_describe(X509 *x, struct probe_certificate *c)
{
    uint8_t hash[CRYPTO_HASH];
    unsigned length = sizeof hash;
    struct buf names;
    memset(c, 0, sizeof *c);
    name_text(X509_get_subject_name(x), c->subject, sizeof c->subject);
    name_text(X509_get_issuer_name(x), c->issuer, sizeof c->issuer);
    c->self_signed = X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0;
    if (X509_digest(x, EVP_sha256(), hash, &length) == 1)
        crypto_hex(c->fingerprint, hash, sizeof hash);
    c->not_before_ms = time_ms(X509_get0_notBefore(x));
    c->not_after_ms = time_ms(X509_get0_notAfter(x));
    buf_init(&names, sizeof c->names - 1);
    add_names(x, &names);
    text_copy(c->names, sizeof c->names, buf_text(&names));
    buf_free(&names);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    if (bio && PEM_write_bio_X509(bio, x) == 1) {
        long size = BIO_get_mem_data(bio, &data);
        if (size > 0 && (size_t)size < sizeof c->pem)
            memcpy(c->pem, data, (size_t)size);
    }
    BIO_free(bio);
}

bool probe_names_match(const struct probe_certificate *c, const char *name)
{
    bool match = false;
    BIO *bio = BIO_new_mem_buf(c->pem, -1);
    X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    if (x)
        match = X509_check_host(x, name, 0, 0, NULL) == 1 || X509_check_ip_asc(x, name, 0) == 1;
    X509_free(x);
    BIO_free(bio);
    return match;
}

int probe_handshake(SSL *ssl)
{
    struct stop_quiet quiet;
    stop_quiet_begin(&quiet);
    int code = SSL_connect(ssl);
    stop_quiet_end(&quiet);
    return code;
}

enum status probe_tls(const char *host, int port, const char *ca_file, int64_t timeout_ms,
                      struct probe_certificate *certificate, char *verify_error, size_t size,
                      struct error *e)
{
    int fd;
    memset(certificate, 0, sizeof *certificate);
    verify_error[0] = '\0';
    enum status status = probe_connect(host, port, timeout_ms, &fd, e);
    if (status != STATUS_OK)
        return status;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = ctx ? SSL_new(ctx) : NULL;
    if (ssl) {
        bool loaded = *ca_file ? SSL_CTX_load_verify_file(ctx, ca_file) == 1
                               : SSL_CTX_set_default_verify_paths(ctx) == 1;
        if (!loaded)
            said_format(verify_error, size, "the authorities' file %s cannot be read", ca_file);
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
        SSL_set_tlsext_host_name(ssl, host);
        SSL_set_fd(ssl, fd);
    }
    X509 *x = NULL;
    if (!ssl || probe_handshake(ssl) != 1 || !(x = SSL_get1_peer_certificate(ssl))) {
        status = error_set(e, STATUS_UNREACHABLE, "tls_handshake",
                           "the TLS handshake with %s port %d failed", host, port);
        error_remedy(e, "The program that listens there may not support TLS 1.2 or later.");
    } else {
        long verify = SSL_get_verify_result(ssl);
        probe_describe(x, certificate);
        if (!verify_error[0] && verify != X509_V_OK)
            text_copy(verify_error, size, X509_verify_cert_error_string(verify));
        else if (!verify_error[0] && !probe_names_match(certificate, host))
            said_format(verify_error, size, "it is for the name %s, not for %s",
                        certificate->names[0] ? certificate->names : certificate->subject, host);
    }
    X509_free(x);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    net_close(&fd);
    return status;
}
