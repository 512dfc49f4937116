/* endpoint-sandbox: a demo ERP that speaks TDS. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/certificate.h"
#include "base/file.h"
#include "base/private.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "sandbox/tds/browser.h"
#include "sandbox/company/import.h"
#include "sandbox/options.h"
#include "sandbox/tds/server.h"
#include "sandbox/sql/engine_data.h"
#include "sandbox/sql/script.h"
#include "sandbox/tds/tds_session.h"
#include "sandbox/company/import_watch.h"

static volatile int stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void progress(uint64_t done, uint64_t of, void *user)
{
    (void)user;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\rmaking the company: %llu of %llu products", (unsigned long long)done,
                (unsigned long long)of);
    if (isatty(STDERR_FILENO) && done == of)
        fputc('\n', stderr);
}

static enum status open_tls(const struct sandbox_options *o, SSL_CTX **ctx, struct error *e)
{
    char cert[600], key[600];
    enum status status = STATUS_OK;
    *ctx = NULL;
    if (o->encrypt == TDS_ENCRYPT_OFF)
        return STATUS_OK;
    text_copy(cert, sizeof cert, o->cert);
    text_copy(key, sizeof key, o->key);
    if (o->make_cert) {
        status = certificate_make(o->make_cert, "endpoint-sandbox", e);
        text_format(cert, sizeof cert, "%s/server.pem", o->make_cert);
        text_format(key, sizeof key, "%s/server.key", o->make_cert);
    }
    return status == STATUS_OK ? tds_tls_open(cert, key, ctx, e) : status;
}

static enum status announce(const struct sandbox_options *o, int port, struct error *e)
{
    char text[16];
    text_format(text, sizeof text, "%d\n", port);
    printf("listening on %s:%d\n", o->listen, port);
    fflush(stdout);
    return o->port_file ? file_replace(o->port_file, text, strlen(text), 0644, NULL, e) : STATUS_OK;
}

static enum status serve(const struct sandbox_options *o, struct engine *engine, struct error *e)
{
    struct tds_options tds = {.encrypt = o->encrypt,
                              .drop_after_rows = o->drop_after_rows,
                              .stall_after_rows = o->stall_after_rows,
                              .lose_commit = o->lose_commit,
                              .login_messages = o->login_messages,
                              .batch_messages = o->batch_messages,
                              .secondary = o->secondary};
    struct import_watch *watch = NULL;
    struct browser *browser = NULL;
    int fault_used = 0, port = o->port, fd;
    tds.fault_used = &fault_used;
    text_copy(tds.user, sizeof tds.user, o->user);
    enum status status = options_password(o, tds.password, sizeof tds.password, e);
    if (status == STATUS_OK)
        status = open_tls(o, &tds.tls, e);
    if (status == STATUS_OK)
        status = server_listen(o->listen, &port, &fd, e);
    if (status == STATUS_OK) {
        if (o->import_dir)
            status = import_watch_start(engine, o->import_dir, o->keep_imported, &watch, e);
        if (status == STATUS_OK && o->browser_port)
            status = browser_start(o->listen, o->browser_port, o->instance, o->no_tcp ? 0 : port,
                                   &browser, e);
        if (status == STATUS_OK)
            status = announce(o, port, e);
        if (status == STATUS_OK)
            server_run(fd, engine, &tds, &stopping);
        import_watch_stop(watch);
        browser_stop(browser);
        close(fd);
    }
    SSL_CTX_free(tds.tls);
    mem_wipe(tds.password, sizeof tds.password);
    return status;
}

int main(int argc, char **argv)
{
    struct sandbox_options o;
    struct error e = {0};
    struct engine *engine = NULL;
    private_process();
    int code = options_read(argc, argv, &o);
    if (code >= 0)
        return code;
    log_open("endpoint-sandbox", LOG_INFO);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    enum status status = STATUS_OK;
    if (o.imports && access(o.data, F_OK) != 0)
        status =
            error_set(&e, STATUS_NOT_FOUND, "data_missing", "there is no company in %s", o.data);
    if (status == STATUS_OK)
        status = engine_open(o.data, o.erp, o.rows, o.seed, progress, NULL, &engine, &e);
    if (status == STATUS_OK)
        engine_set_clock(engine, o.clock_ahead);
    if (status == STATUS_OK && o.read_only)
        engine_set_read_only(engine);
    if (status == STATUS_OK && o.snapshot)
        engine_allow_snapshot(engine);
    for (size_t i = 0; i < o.deny_count && status == STATUS_OK; i++)
        status = engine_deny(engine, o.deny[i], &e);
    if (status == STATUS_OK && o.imports)
        while (*o.imports && status == STATUS_OK)
            status = import_by_hand(engine, *o.imports++, o.import_dir, o.keep_imported, &e);
    else if (status == STATUS_OK && o.print_schema)
        status = engine_print_schema(engine, STDOUT_FILENO, &e);
    else if (status == STATUS_OK)
        status = serve(&o, engine, &e);
    engine_close(engine);
    if (status != STATUS_OK)
        log_problem(LOG_ERROR, "endpoint-sandbox", &e);
    return status == STATUS_OK ? 0 : text_equal(e.code, "erp_unknown") ? 2 : 1;
}
