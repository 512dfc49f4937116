/* options.h – what a session needs to be told: who, where, how encrypted, and how long it may take. */
#ifndef ENDPOINT_TDS_OPTIONS_H
#define ENDPOINT_TDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Borrowed texts, never NULL; "" where there is nothing to say. The names are those of the settings erp.*, which say what
 * each may be. */
struct session_options {
    const char *server, *database, *user, *auth;
    const char *encryption, *tls_verify, *tls_ca, *tls_pin, *tls_host;
    int port, browser_port;
    int64_t connect_timeout_ms, query_timeout_ms, lock_timeout_ms;
    bool read_intent; /* a readable secondary will do */
    bool snapshot;
    const char *private_dir; /* where the process may write its FreeTDS file (0600) */
    /* The password into text, with its NUL; asked for once, when it is needed. */
    enum status (*password)(const void *user, char *text, size_t size, struct error *e);
    const void *password_user;
};

#endif
