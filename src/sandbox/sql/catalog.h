/* catalog.h – the tables of a sandbox and their columns, as SQL Server would describe them.
 *
 * SQLite keeps the CREATE TABLE text of each table (in the table _catalog). It is read at start and
 * shared by all sessions. A table that was found stays valid until the catalog is closed, even if
 * it is dropped.
 */
#ifndef ENDPOINT_SANDBOX_SQL_CATALOG_H
#define ENDPOINT_SANDBOX_SQL_CATALOG_H

#include <sqlite3.h>

#include "base/buf.h"
#include "sandbox/sql/ast.h"

struct table {
    char schema[SQL_NAME], name[SQL_NAME];
    struct sql_column *columns;
    size_t column_count;
    char *key; /* names of the primary key's columns, comma-separated, quoted; "" none */
    char *sql; /* T-SQL text, as it was created */
    bool system, dropped;
    bool denied; /* the login may not read it */
    struct table *next;
};

struct catalog;

struct catalog *catalog_new(void);
void catalog_free(struct catalog *c);

/* Read the tables of a database that already has them. */
enum status catalog_load(struct catalog *c, sqlite3 *db, struct error *e);

/* Find by name, without regard to case; schema NULL: dbo. Thread-safe. */
const struct table *catalog_find(struct catalog *c, const char *schema, const char *name);
/* The value of OBJECT_ID for this table. */
int catalog_object_id(struct catalog *c, const struct table *t);
/* All tables in order of creation; NULL at the end. The list only grows. */
const struct table *catalog_first(struct catalog *c);

/* Let nobody read a table of this name, "dbo.tw_Cena"; false: no such table. Call it before
 * sessions are opened. */
bool catalog_deny(struct catalog *c, const char *name);

/* Create a table from its parsed statement: in SQLite and in the catalog. False: *m says why. */
bool catalog_create(struct catalog *c, sqlite3 *db, const struct statement *s, const char *sql,
                    size_t length, bool system, struct sql_message *m);
bool catalog_drop(struct catalog *c, sqlite3 *db, const char *schema, const char *name,
                  struct sql_message *m);

/* Fill INFORMATION_SCHEMA and sys again after the tables changed. */
bool catalog_refresh(struct catalog *c, sqlite3 *db, const char *database);

/* Append "schema.name" as a quoted SQLite name; any name quoted. */
void catalog_quote_table(struct buf *b, const struct table *t);
void catalog_quote_name(struct buf *b, const char *name);

#endif
