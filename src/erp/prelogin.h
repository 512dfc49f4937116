/* prelogin.h – looks at a SQL Server's certificate: the first steps of TDS ([MS-TDS] 2.2.6.5) without
 * logging in. */
#ifndef ENDPOINT_ERP_PRELOGIN_H
#define ENDPOINT_ERP_PRELOGIN_H

#include "net/probe.h"

/* Connect, ask for encryption, handshake, and describe the certificate. Nothing is verified.
 * *encrypts: does the server take encryption at all (false: certificate is empty). */
enum status prelogin_probe(const char *host, int port, int64_t timeout_ms,
                           struct probe_certificate *certificate, bool *encrypts, struct error *e);

/* The same on a connected socket, which stays open; host and port for the messages. */
enum status prelogin_talk(int fd, const char *host, int port, int64_t timeout_ms,
                          struct probe_certificate *certificate, bool *encrypts, struct error *e);

#endif
