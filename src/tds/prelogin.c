#include "tds/prelogin.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/net.h"

#define HEADER     8
#define PACKET_MAX 32768

/* A conversation in progress. It has one deadline as a whole, however slowly the other side sends. */
struct talk {
    int fd;
    int64_t until_ms; /* mono */
    uint8_t *payload; /* of the packet read last */
    bool ended;       /* the other side closed the connection */
};

static bool read_all(struct talk *t, uint8_t *bytes, size_t length)
{
    while (length > 0) {
        int64_t left = t->until_ms - clock_mono_ms();
        if (left <= 0 || !net_wait(t->fd, left))
            return false;
        ptrdiff_t n = net_receive(t->fd, bytes, length);
        t->ended = n == 0 || (n < 0 && errno == ECONNRESET);
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* One TDS packet's payload; its length, or -1. */
static int read_packet(struct talk *t)
{
    uint8_t header[HEADER];
    if (!read_all(t, header, HEADER))
        return -1;
    int length = (header[2] << 8 | header[3]) - HEADER;
    if (length < 0 || length > PACKET_MAX || !read_all(t, t->payload, (size_t)length))
        return -1;
    return length;
}

static bool write_packet(int fd, const void *payload, size_t length)
{
    uint8_t packet[PACKET_MAX];
    if (length + HEADER > sizeof packet)
        return false;
    size_t total = length + HEADER;
    const uint8_t header[HEADER] = {18, 1, (uint8_t)(total >> 8), (uint8_t)total, 0, 0, 1, 0};
    memcpy(packet, header, HEADER);
    memcpy(packet + HEADER, payload, length);
    for (size_t sent = 0; sent < total;) {
        ptrdiff_t n = net_send(fd, packet + sent, total - sent);
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    return true;
}

/* The ENCRYPTION option of the server's answer, or -1. */
static int encryption_of(const uint8_t *p, int length)
{
    for (int i = 0; i + 5 <= length && p[i] != 0xFF; i += 5) {
        int offset = p[i + 1] << 8 | p[i + 2];
        if (p[i] == 1 && offset < length)
            return p[offset];
    }
    return -1;
}

static bool handshake(struct talk *t, SSL *ssl)
{
    uint8_t out[16384];
    for (int round = 0; round < 20; round++) {
        int code = SSL_do_handshake(ssl), n;
        int error = SSL_get_error(ssl, code);
        while ((n = BIO_read(SSL_get_wbio(ssl), out, sizeof out)) > 0)
            if (!write_packet(t->fd, out, (size_t)n))
                return false;
        if (code == 1)
            return true;
        if (error != SSL_ERROR_WANT_READ)
            return false;
        int length = read_packet(t);
        if (length <= 0 || BIO_write(SSL_get_rbio(ssl), t->payload, length) != length)
            return false;
    }
    return false;
}

/* Make the handshake verify against `authorities`; false: why not. */
static bool use_authorities(SSL_CTX *ctx, const char *authorities, char *untrusted, size_t size)
{
    bool loaded = *authorities ? SSL_CTX_load_verify_file(ctx, authorities) == 1
                               : SSL_CTX_set_default_verify_paths(ctx) == 1;
    /* The driver's library has its own rules for what is too weak. */
    SSL_CTX_set_security_level(ctx, 0);
    if (!loaded)
        said_format(untrusted, size, "the authorities' file %s cannot be read", authorities);
    return loaded;
}

static bool look(struct talk *t, const char *host, const char *authorities,
                 struct prelogin_seen *seen)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    bool verify = ctx && authorities &&
                  use_authorities(ctx, authorities, seen->untrusted, sizeof seen->untrusted);
    SSL *ssl = ctx ? SSL_new(ctx) : NULL;
    bool ok = false;
    if (ssl) {
        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
        SSL_set_tlsext_host_name(ssl, host);
        SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl);
        ok = handshake(t, ssl);
        X509 *x = ok ? SSL_get1_peer_certificate(ssl) : NULL;
        ok = x != NULL;
        if (x)
            probe_describe(x, &seen->certificate);
        if (x && verify && SSL_get_verify_result(ssl) != X509_V_OK)
            text_copy(seen->untrusted, sizeof seen->untrusted,
                      X509_verify_cert_error_string(SSL_get_verify_result(ssl)));
        X509_free(x);
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}

static enum status not_tds(const struct talk *t, const char *host, int port, struct error *e)
{
    if (t->ended) {
        error_set(e, STATUS_UNREACHABLE, "tds_closed",
                  "%s port %d closes the connection at the first message", host, port);
        return error_remedy(
            e, "Is the SQL Server just starting or stopping, or does something in between "
               "close connections? Its error log says whether it saw this one.");
    }
    error_set(e, STATUS_INVALID, "tds_prelogin",
              "the program that listens on %s port %d does not answer like a SQL Server", host,
              port);
    return error_remedy(
        e, "Check erp.server and erp.port; SQL Server Configuration Manager shows the port.");
}

enum status prelogin_talk(int fd, const char *host, int port, int64_t timeout_ms,
                          const char *authorities, struct prelogin_seen *seen, struct error *e)
{
    static const uint8_t hello[] = {0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 9, 0, 0, 0, 0, 0, 1};
    struct talk t = {
        .fd = fd, .until_ms = clock_mono_ms() + timeout_ms, .payload = mem_alloc(PACKET_MAX)};
    int length = -1, encryption = -1;
    enum status status = STATUS_OK;
    memset(seen, 0, sizeof *seen);
    t.ended = !write_packet(fd, hello, sizeof hello);
    if (!t.ended && (length = read_packet(&t)) > 0)
        encryption = encryption_of(t.payload, length);
    if (encryption < 0) {
        status = not_tds(&t, host, port, e);
    } else if (encryption != 2) {
        seen->encrypts = true;
        if (!look(&t, host, authorities, seen)) {
            status = error_set(e, STATUS_UNREACHABLE, "tls_handshake",
                               "the TLS handshake with %s port %d failed", host, port);
            error_remedy(
                e, "The SQL Server may not support TLS 1.2, or have no certificate; its error "
                   "log says so.");
        }
    }
    free(t.payload);
    return status;
}

/* A server that accepts only TDS 8.0 closes the connection on unencrypted data and answers a TLS
 * handshake ([MS-TDS] 2.2.6.5: strict encryption). */
static bool is_strict(const char *host, int port, int64_t timeout_ms)
{
    static const uint8_t protocol[] = "\x07tds/8.0";
    const uint8_t *chosen = NULL;
    unsigned length = 0;
    bool strict = false;
    int fd;
    if (probe_connect(host, port, timeout_ms, &fd, NULL) != STATUS_OK)
        return false;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = ctx ? SSL_new(ctx) : NULL;
    if (ssl && SSL_set_alpn_protos(ssl, protocol, sizeof protocol - 1) == 0) {
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
        SSL_set_tlsext_host_name(ssl, host);
        SSL_set_fd(ssl, fd);
        if (probe_handshake(ssl) == 1)
            SSL_get0_alpn_selected(ssl, &chosen, &length);
        strict = length == sizeof protocol - 2 && memcmp(chosen, protocol + 1, length) == 0;
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    net_close(&fd);
    return strict;
}

enum status prelogin_probe(const char *host, int port, int64_t timeout_ms, const char *authorities,
                           struct prelogin_seen *seen, struct error *e)
{
    int fd;
    struct error why = {0};
    memset(seen, 0, sizeof *seen);
    enum status status = probe_connect(host, port, timeout_ms, &fd, &why);
    if (status == STATUS_OK) {
        status = prelogin_talk(fd, host, port, timeout_ms, authorities, seen, &why);
        net_close(&fd);
    }
    if (status == STATUS_NOT_FOUND) /* if the name server is away, the name is not wrong */
        why.status = status = STATUS_UNREACHABLE;
    if (text_equal(why.code, "tds_closed") && is_strict(host, port, timeout_ms)) {
        status = error_set(&why, STATUS_DENIED, "tds_strict",
                           "the SQL Server on %s requires strict encryption (TDS 8.0), "
                           "which this service's driver does not support",
                           host);
        error_remedy(&why,
                     "In SQL Server Configuration Manager, Protocols, Properties, set Force Strict "
                     "Encryption to No and Force Encryption to Yes, and restart the SQL Server.");
    }
    if (status != STATUS_OK && e)
        *e = why;
    return status;
}
