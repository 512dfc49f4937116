#include "sandbox/serve.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "net/certificate.h"
#include "os/file.h"
#include "os/net.h"
#include "sandbox/company/import_watch.h"
#include "sandbox/tds/browser.h"
#include "sandbox/tds/server.h"
#include "sandbox/tds/tds_session.h"

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

enum status serve(const struct sandbox_options *o, struct engine *engine,
                  const volatile int *stopping, struct error *e)
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
            server_run(fd, engine, &tds, stopping);
        import_watch_stop(watch);
        browser_stop(browser);
        net_close(&fd);
    }
    SSL_CTX_free(tds.tls);
    mem_wipe(tds.password, sizeof tds.password);
    return status;
}
