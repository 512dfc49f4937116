/* engine.h – the part of SQL Server that the sandbox plays: a database over SQLite that takes the
 * documented T-SQL subset, refuses everything else by name, and returns typed rows.
 *
 * The wire side (TDS) calls it and knows no SQL; this side knows no packets.
 */
#ifndef ENDPOINT_SANDBOX_SQL_ENGINE_H
#define ENDPOINT_SANDBOX_SQL_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* SQL Server's types that columns and parameters of the sandbox can have. */
enum sql_type {
    SQLT_BIT,
    SQLT_TINYINT,
    SQLT_SMALLINT,
    SQLT_INT,
    SQLT_BIGINT,
    SQLT_FLOAT,
    SQLT_REAL,
    SQLT_MONEY,
    SQLT_SMALLMONEY,
    SQLT_DECIMAL, /* precision, scale; NUMERIC too */
    SQLT_CHAR,
    SQLT_VARCHAR, /* cp1250 on the wire, collation Polish_CI_AS; length in bytes; 0: max */
    SQLT_NCHAR,
    SQLT_NVARCHAR, /* length in characters (UTF-16 units); 0: max */
    SQLT_TEXT,
    SQLT_NTEXT,
    SQLT_BINARY,
    SQLT_VARBINARY,
    SQLT_DATE,
    SQLT_TIME,
    SQLT_DATETIME,
    SQLT_SMALLDATETIME,
    SQLT_DATETIME2,
    SQLT_DATETIMEOFFSET,
    SQLT_UNIQUEIDENTIFIER,
};

struct sql_column {
    char name[132]; /* UTF-8; "" for an expression without alias */
    enum sql_type type;
    int length; /* see the types; 0: max */
    int precision, scale;
    bool nullable;
    bool identity;
    bool defaulted;  /* of a table: it has a DEFAULT */
    bool rowversion; /* of a table: changes on every INSERT and UPDATE */
};

/* A value on its way in or out. Exact numbers (bit to bigint, money, decimal) are `integer`, scaled
 * by the type's scale: money and DECIMAL(9,4) 12.5 are 125000. FLOAT and REAL are `real`. Texts are
 * UTF-8; dates "2026-01-31", times "23:59:59.1234567", both joined by a blank, an offset "+01:00"
 * after that; GUIDs in upper-case 8-4-4-4-12; binary is raw bytes. */
struct sql_value {
    bool null;
    int64_t integer;
    double real;
    const char *bytes;
    size_t length;
};

struct sql_parameter {
    char name[132]; /* "@P1"; "" : by position */
    struct sql_column type;
    struct sql_value value;
    bool output;
};

#define SQL_NAME        132
#define SQL_COLUMNS_MAX 512 /* of a table or a result */
#define SQL_BATCH_MAX   (4 << 20)

/* An error as SQL Server reports it. */
struct sql_message {
    int number;   /* 208, 2627, 102 … */
    int severity; /* 11 … 20; ≤ 10: information */
    int state;
    int line;
    char text[1024];
};

struct engine;         /* the data of one sandbox: thread-safe to open connections on */
struct engine_session; /* one login; used by one thread */

typedef void engine_progress(uint64_t done, uint64_t of, void *user);

enum status engine_connect(struct engine *engine, struct engine_session **s, struct error *e);
void engine_disconnect(struct engine_session *s);
/* Go to another database; not inside a transaction. False: there is none of that name ("" and
 * "master" leave the session where it is). */
bool engine_use(struct engine_session *s, const char *database);
const char *engine_current(const struct engine_session *s); /* the database where the session is */

/* Receives what a statement returns. A callback returns false to stop it (the client cancelled). */
struct engine_sink {
    bool (*columns)(void *user, const struct sql_column *columns, size_t count);
    bool (*row)(void *user, const struct sql_value *values, size_t count);
    /* End of one statement; affected < 0: no count (SET NOCOUNT ON, DDL). */
    bool (*done)(void *user, int64_t affected, bool had_rows);
    void (*message)(void *user, const struct sql_message *m);  /* errors and information */
    void (*result)(void *user, const struct sql_parameter *p); /* an output parameter's value */
    void (*moved)(void *user, const char *database, const char *before); /* USE; may be NULL */
    void *user;
    bool (*cancelled)(void *user); /* asked while a statement waits for a lock; may be NULL */
};

/* Run a batch with parameters (none: NULL, 0). Returns false when the sink got an error message.
 * The engine never crashes or hangs on any text; the caller bounds the length (4 MiB). */
bool engine_run(struct engine_session *s, const char *sql, size_t length,
                const struct sql_parameter *parameters, size_t count,
                const struct engine_sink *sink);

/* Only the columns that the statement would give (for sp_prepare and SET FMTONLY). */
bool engine_describe(struct engine_session *s, const char *sql, size_t length,
                     const struct sql_parameter *parameters, size_t count,
                     const struct engine_sink *sink);

/* Transactions, by T-SQL or by the transaction manager request. */
bool engine_begin(struct engine_session *s, const struct engine_sink *sink);
bool engine_commit(struct engine_session *s, const struct engine_sink *sink);
bool engine_rollback(struct engine_session *s, const struct engine_sink *sink);
bool engine_in_transaction(const struct engine_session *s);

/* Interrupt what s is running, from another thread. */
void engine_interrupt(struct engine_session *s);

#endif
