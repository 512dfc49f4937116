/* probe.h – is there a way: name resolution, a TCP connection, a TLS handshake. For checks. */
#ifndef ENDPOINT_NET_PROBE_H
#define ENDPOINT_NET_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/error.h"
#include "check/check.h"

/* Addresses of host as text, comma-separated. */
enum status probe_resolve(const char *host, char *addresses, size_t size, struct error *e);

/* Connect and close. */
enum status probe_tcp(const char *host, int port, int64_t timeout_ms, struct error *e);

/* Connect; *fd is a connected blocking socket with send/receive time-outs set. */
enum status probe_connect(const char *host, int port, int64_t timeout_ms, int *fd, struct error *e);

/* SSL_connect, without the signal that would kill the program if the other side hangs up. */
int probe_handshake(SSL *ssl);

/* What a server showed about itself. */
struct probe_certificate {
    char subject[256];
    char issuer[256];
    char names[512];      /* subject alternative names, comma-separated */
    char fingerprint[72]; /* SHA-256 of the certificate, lower-case hex */
    int64_t not_before_ms, not_after_ms;
    char pem[8192];
    bool self_signed;
};

/* Describe a certificate. */
void probe_describe(X509 *x, struct probe_certificate *certificate);

/* Does the certificate carry this name (or address), wildcards included? */
bool probe_names_match(const struct probe_certificate *certificate, const char *name);

/* A TLS handshake with host (through a proxy if given) that verifies nothing but reports
 * everything: the certificate, and in *verify_error ("": fine) why it would not be trusted with
 * ca_file ("": the system's store) for this host. */
enum status probe_tls(const char *host, int port, const char *ca_file, int64_t timeout_ms,
                      struct probe_certificate *certificate, char *verify_error, size_t size,
                      struct error *e);

#endif
