/* options.h – the command line of endpoint-sandbox. */
#ifndef ENDPOINT_SANDBOX_OPTIONS_H
#define ENDPOINT_SANDBOX_OPTIONS_H

#include "sandbox/tds/tds.h"

struct sandbox_options {
    const char *erp, *data, *listen, *port_file, *cert, *key, *make_cert, *user, *password_file,
        *import_dir, *login_messages, *batch_messages;
    char **imports; /* files to import by hand, NULL-terminated; NULL: serve */
    uint64_t rows, seed;
    int port;
    enum tds_encrypt encrypt;
    bool print_schema, allow_remote, keep_imported;
    int64_t drop_after_rows, stall_after_rows, clock_ahead;
    enum commit_fault lose_commit;
    bool read_only, snapshot;
    const char *deny[64], *instance;
    int browser_port;
    bool no_tcp, secondary;
    size_t deny_count;
};

/* Read the options. ≥ 0: exit with this code (help, version: 0; mistakes: 2). */
int options_read(int argc, char **argv, struct sandbox_options *o);

/* The login's password: the file's first line, or "sandbox" when no file was given. */
enum status options_password(const struct sandbox_options *o, char *target, size_t size,
                             struct error *e);

#endif
