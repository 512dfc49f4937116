/* tds.h – the wire of the sandbox: TDS 7.4 as a server speaks it ([MS-TDS]).
 *
 * One thread serves a connection. Every length from the wire is bounded before it is used: messages
 * to 8 MiB, parameters to 2,100, prepared statements to 1,000.
 */
#ifndef ENDPOINT_SANDBOX_TDS_TDS_H
#define ENDPOINT_SANDBOX_TDS_TDS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "sandbox/sql/engine.h"

#define TDS_MESSAGE_MAX   (8 << 20)
#define TDS_PARAMETER_MAX 2100
#define TDS_PREPARED_MAX  1000

enum tds_packet_type {
    TDS_BATCH = 1,
    TDS_RPC = 3,
    TDS_REPLY = 4,
    TDS_ATTENTION = 6,
    TDS_BULK = 7,
    TDS_TRANSACTION = 14,
    TDS_LOGIN = 16,
    TDS_PRELOGIN = 18,
};

enum tds_encrypt { TDS_ENCRYPT_OFF, TDS_ENCRYPT_LOGIN, TDS_ENCRYPT_REQUIRED };

/* A COMMIT at which the connection breaks, once: before or after it took effect. */
enum commit_fault { COMMIT_KEPT, COMMIT_LOST_BEFORE, COMMIT_LOST_AFTER, COMMIT_REFUSED };

/* What a server is started with. */
struct tds_options {
    enum tds_encrypt encrypt;
    SSL_CTX *tls;   /* NULL with TDS_ENCRYPT_OFF */
    char user[385]; /* 128 characters of UTF-16 */
    char password[257];
    int64_t drop_after_rows;  /* 0: never; else cut the first result longer than this, once */
    int64_t stall_after_rows; /* the same, but stop sending and hold the connection */
    enum commit_fault lose_commit;
    const char *login_messages, *batch_messages; /* files, see answers.h; NULL: none */
    bool secondary;  /* accept only logins with read-only intent, like a readable secondary */
    int *fault_used; /* shared by the connections of a server */
};

struct tds_prepared {
    int handle;
    char *declaration, *statement;
};

struct tds {
    int fd; /* connected socket with time-outs set */
    const struct tds_options *options;
    struct engine *engine;
    struct engine_session *session;
    const char *database; /* that the login asked for */
    /* transport */
    SSL *ssl;     /* memory BIOs on both sides; NULL: plain */
    bool tls_on;  /* application data goes through ssl */
    uint8_t *out; /* one packet being filled */
    size_t out_used, packet_size;
    uint8_t packet_id;
    bool broken;   /* the peer went away or sent something impossible */
    struct buf in; /* the message being read */
    /* conversation */
    bool cancelled; /* an attention arrived */
    struct tds_prepared *prepared;
    size_t prepared_count;
    int next_handle;
    /* the response being written */
    bool in_procedure;
    bool failed;
    bool done_waits; /* the last statement's DONE: it ends the response, if nothing follows */
    int64_t done_rows;
    int64_t rows_sent;
    struct sql_column *columns;
    size_t column_count;
    struct buf scratch;
    struct sql_parameter *results; /* output parameters, sent at the end */
    size_t result_count;
};

/* ---- reading: a cursor over a message ---- */
struct tds_in {
    const uint8_t *at, *end;
    bool bad; /* something reached beyond the end */
};

#endif
