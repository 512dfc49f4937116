/* session_query.h – small queries of a session: a few rows as texts, column descriptions, and
 * changes. */
#ifndef ENDPOINT_TDS_SESSION_QUERY_H
#define ENDPOINT_TDS_SESSION_QUERY_H

#include "tds/session.h"

/* Bind texts in UTF-8 to the statement's placeholders; both arrays must last until it has run.
 * STATUS_INVALID: one is not UTF-8, which the driver would notice only in the middle of sending it. */
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

/* Run a statement that changes something, and read all its answers. If an error does not end our
 * transaction on the server, the caller has to. */
enum status session_change(struct session *s, const char *sql, const char *const *parameters,
                           size_t parameter_count, struct error *e);

/* Run one statement with text parameters and pass each row's columns (UTF-8, NULL for SQL NULL) to
 * row(); if row() does not return STATUS_OK, stop. For lookups and checks, not for streams. */
enum status session_query(struct session *s, const char *sql, const char *const *parameters,
                          size_t parameter_count,
                          enum status (*row)(void *user, size_t columns, const char *const *names,
                                             const char *const *values, struct error *e),
                          void *user, struct error *e);

#endif
