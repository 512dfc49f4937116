/* session.h – one TDS connection, as the files of this room use it. */
#ifndef ENDPOINT_ERP_SESSION_H
#define ENDPOINT_ERP_SESSION_H

#include <sql.h>
#include <sqlext.h>

#include "erp/erp.h"

struct session {
    SQLHENV env;
    SQLHDBC dbc;
    volatile SQLHSTMT running; /* for session_cancel */
    int64_t query_timeout_ms;
    char server[300]; /* for messages */
    char database[200], user[200];
    bool connected; /* logged in once */
    bool dead;
    void (*alive)(void *user); /* before each statement; may be NULL */
    void *alive_user;
};

/* The diagnostics of a handle as an error: what was tried, the server's words, a remedy. */
enum status session_error(struct session *s, SQLSMALLINT type, SQLHANDLE handle, const char *what,
                          struct error *e);

/* Run a statement in UTF-8, and describe a column of its result. The driver manager takes bytes for Latin-1:
 * texts of SQL go to it and come from it as UTF-16. */
SQLRETURN session_execute(SQLHSTMT statement, const char *sql);
SQLRETURN session_describe(SQLHSTMT statement, SQLUSMALLINT number, char *name, size_t name_size,
                           SQLSMALLINT *type, SQLULEN *size, SQLSMALLINT *digits);

/* A statement handle with the session's time-out; SQLFreeHandle it. */
enum status session_statement(struct session *s, SQLHSTMT *statement, struct error *e);

/* Bind texts in UTF-8 to the statement's placeholders; both arrays must last until it has run. STATUS_INVALID:
 * one is not UTF-8, which the driver would notice only half way through sending it. */
enum status session_bind_texts(SQLHSTMT statement, const char *const *parameters, size_t count,
                               SQLLEN *lengths);

/* Append a column of a statement's result to list: {"name","type","as"}; as may be NULL. */
void session_column(SQLHSTMT statement, SQLUSMALLINT number, const char *as, json_t *list);
/* session_query that describes the columns first; columns may be NULL. */
enum status session_query_columns(struct session *s, const char *sql, const char *const *parameters,
                                  size_t parameter_count, json_t *columns,
                                  enum status (*row)(void *user, size_t columns,
                                                     const char *const *names,
                                                     const char *const *values, struct error *e),
                                  void *user, struct error *e);

/* Run a statement that changes something, to the end of all it answers. A server that does not know our
 * transaction to be broken off by an error leaves it to the caller. */
enum status session_change(struct session *s, const char *sql, const char *const *parameters,
                           size_t parameter_count, struct error *e);

/* The machine of erp.server, without its instance. */
enum status session_host(const struct config *c, char *host, size_t size, struct error *e);

#endif
