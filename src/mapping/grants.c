/* Writes the rights that a login needs, as a script for a SQL Server's administrator. */
#include "mapping/grants.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mapping/tables.h"
#include "mapping/tsql.h"
#include "mapping/mapping.h"

/* The databases whose tables are read: "" is the company's. */
static bool is_first_of(const struct mapping_tables *t, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (text_equal_nocase(t->list[k].database, t->list[i].database))
            return false;
    return true;
}

static void add_login(struct buf *b, const char *login)
{
    buf_add_text(b, "USE [master];\nGO\nIF SUSER_ID(");
    tsql_text(b, login);
    buf_add_text(b, ") IS NULL\n");
    if (strchr(login, '\\')) {
        buf_add_text(b, "    CREATE LOGIN ");
        tsql_name(b, login);
        buf_add_text(b, " FROM WINDOWS;\nGO\n");
        return;
    }
    buf_add_text(
        b,
        "    -- Put a password of your own between the quotes: an empty one is refused.\n    CREATE LOGIN ");
    tsql_name(b, login);
    buf_add_text(b, " WITH PASSWORD = N'', CHECK_POLICY = ON, CHECK_EXPIRATION = OFF;\nGO\n");
}

static void add_database(struct buf *b, const struct mapping_tables *t, const char *name,
                         const char *database, const char *login)
{
    buf_add_text(b, "\nUSE ");
    tsql_name(b, name);
    buf_add_text(b, ";\nGO\nIF DATABASE_PRINCIPAL_ID(");
    tsql_text(b, login);
    buf_add_text(b, ") IS NULL\n    CREATE USER ");
    tsql_name(b, login);
    buf_add_text(b, " FOR LOGIN ");
    tsql_name(b, login);
    buf_add_text(b, ";\nGO\n");
    for (size_t i = 0; i < t->count; i++) {
        if (!text_equal_nocase(t->list[i].database, database))
            continue;
        if (!t->list[i].required) {
            /* Tables that only lists and names are read from may be missing in some versions. */
            buf_add_text(b, "IF OBJECT_ID(");
            struct buf name_of;
            buf_init(&name_of, 1024);
            tsql_name(&name_of, t->list[i].schema);
            buf_add_byte(&name_of, '.');
            tsql_name(&name_of, t->list[i].name);
            tsql_text(b, buf_text(&name_of));
            buf_free(&name_of);
            buf_add_text(b, ") IS NOT NULL\n    ");
        }
        tsql_grant(b, &t->list[i], login);
        buf_add_byte(b, '\n');
    }
    buf_add_text(b, "GO\n");
}

void grants_script(const struct mapping *m, bool rows, const char *database, const char *login,
                   struct buf *script)
{
    struct mapping_tables t;
    rows = rows && m->orders.sql.present;
    tables_of(m, rows, &t);
    buf_printf(
        script, "-- The rights that Endpoint needs to read %s, and no others: %s\n",
        mapping_title(m),
        rows ? "it can add rows to the tables\n-- of orders (orders.writer = \"sql\"), and change "
               "nothing that is there."
             : "it can change nothing there.");
    buf_add_text(
        script,
        "-- Run it as an administrator of the SQL Server (SQL Server Management Studio, or sqlcmd -i FILE).\n"
        "-- Running it again does no harm.\n");
    add_login(script, login);
    for (size_t i = 0; i < t.count; i++)
        if (is_first_of(&t, i))
            add_database(script, &t, t.list[i].database[0] ? t.list[i].database : database,
                         t.list[i].database, login);
    tables_free(&t);
}
