/* prelogin.h – fetches a SQL Server's certificate: the first steps of TDS ([MS-TDS] 2.2.6.5)
 * without logging in. */
#ifndef ENDPOINT_TDS_PRELOGIN_H
#define ENDPOINT_TDS_PRELOGIN_H

#include "net/probe.h"

/* What a SQL Server showed before the login. */
struct prelogin_seen {
    bool encrypts; /* does it support encryption? If not, the certificate is empty */
    struct probe_certificate certificate;
    char untrusted
        [300]; /* why the authorities do not vouch for it; "": they do, or it was not checked */
};

/* Connect, ask for encryption, handshake, and describe the certificate. authorities: a PEM file to
 * verify the chain with, or "" for the system's; NULL: do not verify. A chain that fails is not an
 * error here. Names are not compared. UNREACHABLE (name, tcp, tls_handshake; tds_closed: it hangs
 * up), DENIED (tds_strict: it requires TDS 8.0), INVALID (tds_prelogin: not a SQL Server). */
enum status prelogin_probe(const char *host, int port, int64_t timeout_ms, const char *authorities,
                           struct prelogin_seen *seen, struct error *e);

/* The same on a connected socket, which stays open; host and port for the messages. */
enum status prelogin_talk(int fd, const char *host, int port, int64_t timeout_ms,
                          const char *authorities, struct prelogin_seen *seen, struct error *e);

#endif
