/* tds_session.h – one client: its requests and their answers. */
#ifndef ENDPOINT_SANDBOX_TDS_TDS_SESSION_H
#define ENDPOINT_SANDBOX_TDS_TDS_SESSION_H

#include "sandbox/tds/tds.h"

/* Serve a connection until it ends. Takes over fd. */
void tds_serve(int fd, struct engine *engine, const struct tds_options *options);

/* ---- tokens and requests ---- */
void tds_put_message(struct tds *t, const struct sql_message *m);

void tds_put_done(struct tds *t, unsigned token, unsigned status, int64_t rows);

void tds_put_env(struct tds *t, unsigned type, const void *now, size_t now_length, const void *old,
                 size_t old_length);

void tds_put_env_text(struct tds *t, unsigned type, const char *now, const char *old);

void tds_batch(struct tds *t);

void tds_rpc(struct tds *t);

void tds_transaction(struct tds *t);

struct engine_sink tds_sink(struct tds *t);

void tds_transaction_changed(struct tds *t, bool before);

/* A server's TLS context from PEM files; or self-made into directory (ca.pem, server.pem, server.key). */
enum status tds_tls_open(const char *cert, const char *key, SSL_CTX **ctx, struct error *e);

#endif
