/* db.h – SQLite with our errors: for the ledger, the journal, the panel and the sandbox.
 *
 * One connection per thread. Statements are prepared once and reset, never built from values.
 */
#ifndef ENDPOINT_STORE_DB_H
#define ENDPOINT_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum db_flags {
    DB_CREATE = 1, /* create the file (0600) if missing */
    DB_READ_ONLY = 2,
    DB_NORMAL = 4, /* synchronous=NORMAL: a power cut may lose the last transactions, never more */
};

/* Open in WAL mode with synchronous=FULL (unless DB_NORMAL), foreign keys on, 5 s busy time-out. Two
 * threads may not use the same connection at once. */
enum status db_open(const char *path, int flags, sqlite3 **db, struct error *e);
void db_close(sqlite3 *db);

/* Run one or more statements without results. */
enum status db_exec(sqlite3 *db, const char *sql, struct error *e);

/* Prepare one statement; sqlite3_finalize it. */
enum status db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement, struct error *e);

/* STATUS_OK: a row. STATUS_END: no (more) rows; the statement is reset then, and on failure. */
enum status db_step(sqlite3_stmt *statement, struct error *e);

/* For statements without result rows: step, reset, clear the bindings. */
enum status db_run(sqlite3_stmt *statement, struct error *e);

/* The error of the last call on db, with what was tried (a said text). A full disk is STATUS_FULL; the code
 * "db_damaged" means that the file is not a database, or not a whole one. */
enum status db_error(sqlite3 *db, struct error *e, const char *what);

/* The schema's version (PRAGMA user_version): a list of scripts, [i] brings version i to i + 1.
 * A file newer than the list is refused. Each step is one transaction. */
enum status db_migrate(sqlite3 *db, const char *const *scripts, int count, struct error *e);

/* The version that the file has now; 0: none yet. */
enum status db_version(sqlite3 *db, int *version, struct error *e);

/* SQLite's version, such as "3.40.1". */
const char *db_library(void);

/* Does the table have this column? One that an older version wrote and we only read may lack it. */
bool db_has_column(sqlite3 *db, const char *table, const char *column);

/* Text column as a C string, "" for NULL; valid until the next step. */
const char *db_text(sqlite3_stmt *statement, int column);

#endif
