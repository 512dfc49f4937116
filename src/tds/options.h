/* options.h – a session's options: who, where, how encrypted, and how long it may take. */
#ifndef ENDPOINT_TDS_OPTIONS_H
#define ENDPOINT_TDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Borrowed texts, never NULL; "" for nothing. The names are those of the settings erp.*, which
 * explain the values. */
struct session_options {
    const char *server, *database, *user, *auth;
    const char *encryption, *tls_verify, *tls_ca, *tls_pin, *tls_host;
    int port, browser_port;
    int64_t connect_timeout_ms, query_timeout_ms, lock_timeout_ms;
    bool read_intent; /* a readable secondary is good enough */
    bool snapshot;
    const char *private_dir; /* where the process may write its FreeTDS file (0600) */
    /* Write the password into text, with its NUL; called once, when it is needed. */
    enum status (*password)(const void *user, char *text, size_t size, struct error *e);
    const void *password_user;
};

#endif
