#include "erp/prelogin.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/memory.h"

#define HEADER     8
#define PACKET_MAX 32768

/* A conversation in progress: it must end in time as a whole, however slowly the other side drips. */
struct talk {
    int fd;
    int64_t until_ms; /* mono */
    uint8_t *payload; /* of the packet read last */
};

static bool read_all(const struct talk *t, uint8_t *bytes, size_t length)
{
    while (length > 0) {
        struct pollfd p = {.fd = t->fd, .events = POLLIN};
        int64_t left = t->until_ms - clock_mono_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            return false;
        ssize_t n = recv(t->fd, bytes, length, 0);
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* One TDS packet's payload; its length, or -1. */
static int read_packet(const struct talk *t)
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
    return fd_write_all(fd, packet, total);
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

static bool handshake(const struct talk *t, SSL *ssl)
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

static bool look(const struct talk *t, const char *host, struct probe_certificate *certificate)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
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
            probe_describe(x, certificate);
        X509_free(x);
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}

enum status prelogin_talk(int fd, const char *host, int port, int64_t timeout_ms,
                          struct probe_certificate *certificate, bool *encrypts, struct error *e)
{
    static const uint8_t hello[] = {0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 9, 0, 0, 0, 0, 0, 1};
    struct talk t = {
        .fd = fd, .until_ms = clock_mono_ms() + timeout_ms, .payload = mem_alloc(PACKET_MAX)};
    int length = -1, encryption = -1;
    enum status status = STATUS_OK;
    memset(certificate, 0, sizeof *certificate);
    *encrypts = false;
    if (write_packet(fd, hello, sizeof hello) && (length = read_packet(&t)) > 0)
        encryption = encryption_of(t.payload, length);
    if (encryption < 0) {
        status = error_set(e, STATUS_INVALID, "tds_prelogin",
                           _("what listens on %s port %d does not answer as a SQL Server does"),
                           host, port);
        error_remedy(
            e,
            _("Check erp.server and erp.port; SQL Server Configuration Manager shows the port."));
    } else if (encryption != 2) {
        *encrypts = true;
        if (!look(&t, host, certificate)) {
            status = error_set(e, STATUS_UNREACHABLE, "tls_handshake",
                               _("the TLS handshake with %s port %d failed"), host, port);
            error_remedy(
                e,
                _("The SQL Server may know no TLS 1.2, or have no certificate; its error log says so."));
        }
    }
    free(t.payload);
    return status;
}

enum status prelogin_probe(const char *host, int port, int64_t timeout_ms,
                           struct probe_certificate *certificate, bool *encrypts, struct error *e)
{
    int fd;
    memset(certificate, 0, sizeof *certificate);
    *encrypts = false;
    enum status status = probe_connect(host, port, timeout_ms, &fd, e);
    if (status != STATUS_OK)
        return status;
    status = prelogin_talk(fd, host, port, timeout_ms, certificate, encrypts, e);
    close(fd);
    return status;
}
