/* Writes the company as a T-SQL script for a real SQL Server: tables, rows, indexes, properties. */
#include "sandbox/sql/script.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/fd.h"
#include "sandbox/company/seed.h"
#include "sandbox/sql/engine_internal.h"
#include "sandbox/sql/scaled.h"
#include "sandbox/sql/type.h"
#include "sandbox/sql/udf.h"
#include "store/db.h"

#define ROWS_MAX 1000 /* in one INSERT … VALUES, SQL Server's own limit */

struct script {
    int fd;
    sqlite3 *db;
    struct buf out;
    bool failed;
};

static void flush(struct script *s)
{
    if (!s->failed && !fd_write_all(s->fd, buf_text(&s->out), s->out.length))
        s->failed = true;
    buf_reset(&s->out);
}

/* A literal. Control characters are written as CHAR(n): a line that reads GO would end the batch
 * even inside quotes. */
static void add_text(struct buf *b, const char *text, bool wide)
{
    const char *prefix = wide ? "N" : "";
    buf_printf(b, "%s'", prefix);
    for (; *text; text++) {
        if ((unsigned char)*text < ' ') {
            buf_printf(b, "'+%sCHAR(%d)+%s'", prefix, *text, prefix);
            continue;
        }
        if (*text == '\'')
            buf_add_byte(b, '\'');
        buf_add_byte(b, *text);
    }
    buf_add_byte(b, '\'');
}

/* In the ISO form with a T, which every language setting of the server reads the same way. */
static void add_date(struct buf *b, const char *text, const struct sql_column *c)
{
    const char *blank = strchr(text, ' ');
    if (blank && c->type != SQLT_TIME)
        buf_printf(b, "'%.*sT%s'", (int)(blank - text), text, blank + 1);
    else
        buf_printf(b, "'%s'", text);
}

static void add_value(struct buf *b, sqlite3_stmt *st, int i, const struct sql_column *c)
{
    char number[32];
    if (sqlite3_column_type(st, i) == SQLITE_NULL) {
        buf_add_text(b, "NULL");
    } else if (type_exact(c->type)) {
        scaled_print(sqlite3_column_int64(st, i), type_scale(c), number);
        buf_add_text(b, number);
    } else if (type_float(c->type)) {
        buf_printf(b, "%.17e", sqlite3_column_double(st, i));
    } else if (type_binary(c->type)) {
        const uint8_t *bytes = sqlite3_column_blob(st, i);
        buf_add_text(b, "0x");
        for (int k = 0; k < sqlite3_column_bytes(st, i); k++)
            buf_printf(b, "%02X", bytes[k]);
    } else if (type_date(c->type)) {
        add_date(b, db_text(st, i), c);
    } else {
        add_text(b, db_text(st, i), type_wide(c->type));
    }
}

static void begin_insert(struct buf *b, const struct table *t)
{
    buf_printf(b, "INSERT INTO [%s].[%s] (", t->schema, t->name);
    for (size_t i = 0; i < t->column_count; i++)
        buf_printf(b, "%s[%s]", i ? "," : "", t->columns[i].name);
    buf_add_text(b, ") VALUES");
}

static enum status print_rows(struct script *s, const struct table *t, struct error *e)
{
    sqlite3_stmt *st = NULL;
    struct buf sql;
    size_t row = 0;
    bool identity = false;
    buf_init(&sql, 65536);
    buf_add_text(&sql, "SELECT * FROM ");
    catalog_quote_table(&sql, t);
    enum status status = db_prepare(s->db, buf_text(&sql), &st, e);
    buf_free(&sql);
    for (size_t i = 0; i < t->column_count; i++)
        identity |= t->columns[i].identity;
    while (status == STATUS_OK && !s->failed && (status = db_step(st, e)) == STATUS_OK) {
        if (row == 0 && identity)
            buf_printf(&s->out, "SET IDENTITY_INSERT [%s].[%s] ON;\n", t->schema, t->name);
        if (row % ROWS_MAX == 0) {
            buf_add_text(&s->out, row ? ";\nGO\n" : "");
            begin_insert(&s->out, t);
        }
        buf_add_text(&s->out, row++ % ROWS_MAX ? ",\n(" : "\n(");
        for (size_t i = 0; i < t->column_count; i++) {
            if (i)
                buf_add_byte(&s->out, ',');
            add_value(&s->out, st, (int)i, &t->columns[i]);
        }
        buf_add_byte(&s->out, ')');
        if (s->out.length > 1 << 16)
            flush(s);
    }
    sqlite3_finalize(st);
    if (row)
        buf_add_text(&s->out, ";\nGO\n");
    if (row && identity)
        buf_printf(&s->out, "SET IDENTITY_INSERT [%s].[%s] OFF;\nGO\n", t->schema, t->name);
    flush(s);
    return status == STATUS_END || status == STATUS_OK ? STATUS_OK : status;
}

/* Before the first table of a schema the schema itself is created. */
static void print_table(struct script *s, const struct catalog *c, const struct table *t)
{
    const struct table *before = catalog_first((struct catalog *)c);
    while (before != t && (before->system || strcmp(before->schema, t->schema) != 0))
        before = before->next;
    if (before == t && strcmp(t->schema, "dbo") != 0)
        buf_printf(&s->out, "CREATE SCHEMA [%s];\nGO\n", t->schema);
    buf_printf(&s->out, "%s;\nGO\n", t->sql);
}

/* CREATE INDEX x ON "dbo.t"(a, b COLLATE PL), written as T-SQL. */
static enum status print_indexes(struct script *s, struct error *e)
{
    sqlite3_stmt *st = NULL;
    enum status status = db_prepare(s->db,
                                    "SELECT replace(sql,' COLLATE PL','') FROM sqlite_master WHERE "
                                    "type='index' AND sql LIKE '%ON \"%.%\"%' ORDER BY rowid",
                                    &st, e);
    while (status == STATUS_OK && (status = db_step(st, e)) == STATUS_OK) {
        const char *sql = db_text(st, 0), *open = strchr(sql, '"'), *dot = strchr(open, '.');
        const char *close = strchr(open + 1, '"');
        if (dot && close && dot < close)
            buf_printf(&s->out, "%.*s[%.*s].[%.*s]%s;\nGO\n", (int)(open - sql), sql,
                       (int)(dot - open - 1), open + 1, (int)(close - dot - 1), dot + 1, close + 1);
    }
    sqlite3_finalize(st);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status print_properties(struct script *s, struct error *e)
{
    sqlite3_stmt *st = NULL;
    enum status status = db_prepare(
        s->db, "SELECT name,value FROM \"sys.extended_properties\" WHERE class=0", &st, e);
    while (status == STATUS_OK && (status = db_step(st, e)) == STATUS_OK) {
        buf_add_text(&s->out, "EXEC sys.sp_addextendedproperty @name = ");
        add_text(&s->out, db_text(st, 0), true);
        buf_add_text(&s->out, ", @value = ");
        add_text(&s->out, db_text(st, 1), true);
        buf_add_text(&s->out, ";\nGO\n");
    }
    sqlite3_finalize(st);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status print_database(struct script *s, const struct database *d,
                                  const char *procedures, struct error *e)
{
    struct udf_state state = {0};
    enum status status = db_open(d->path, DB_READ_ONLY, &s->db, e);
    if (status == STATUS_OK && udf_register(s->db, &state) != SQLITE_OK)
        status = db_error(s->db, e, "registering functions");
    if (status == STATUS_OK)
        status = db_exec(s->db, "BEGIN", e); /* one snapshot of the data, whoever writes */
    for (const struct table *t = catalog_first(d->catalog); t && status == STATUS_OK; t = t->next) {
        if (t->system || t->dropped)
            continue;
        print_table(s, d->catalog, t);
        status = print_rows(s, t, e);
    }
    if (status == STATUS_OK)
        status = print_indexes(s, e);
    if (status == STATUS_OK && procedures)
        buf_add_text(&s->out, procedures);
    if (status == STATUS_OK)
        status = print_properties(s, e);
    db_close(s->db);
    flush(s);
    return status;
}

enum status script_print(struct engine *engine, int fd, struct error *e)
{
    const struct company *company = engine_company(engine);
    struct script s = {.fd = fd};
    enum status status = STATUS_OK;
    buf_init(&s.out, 16 << 20);
    buf_add_text(&s.out,
                 "-- The sandbox's company as a script for SQL Server, in UTF-8; for sqlcmd:\n"
                 "-- sqlcmd -f 65001 -x -b -i FILE, in an empty database with the collation "
                 "Polish_CI_AS.\n");
    for (size_t i = 0; i < company->database_count && status == STATUS_OK; i++) {
        const struct database *d = engine_database_at(engine, i);
        if (company->database_count > 1)
            buf_printf(&s.out, "CREATE DATABASE [%s] COLLATE Polish_CI_AS;\nGO\nUSE [%s];\nGO\n",
                       d->name, d->name);
        status = print_database(&s, d, company->databases[i].procedures, e);
    }
    buf_free(&s.out);
    if (status == STATUS_OK && s.failed)
        status = error_set(e, STATUS_IO, "print", "the script could not be written");
    return status;
}
