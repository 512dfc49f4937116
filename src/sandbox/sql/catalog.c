#include "sandbox/sql/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/mutex.h"
#include "sandbox/sql/message.h"
#include "sandbox/sql/parse_expr.h"
#include "sandbox/sql/parse_stmt.h"
#include "sandbox/sql/scaled.h"
#include "sandbox/sql/type.h"
#include "store/db.h"

struct catalog {
    struct mutex lock;
    struct table *first, **tail;
};

struct catalog *catalog_new(void)
{
    struct catalog *c = mem_alloc(sizeof *c);
    c->tail = &c->first;
    return c;
}

void catalog_free(struct catalog *c)
{
    if (!c)
        return;
    for (struct table *t = c->first; t;) {
        struct table *next = t->next;
        free(t->columns);
        free(t->key);
        free(t->sql);
        free(t);
        t = next;
    }
    free(c);
}

const struct table *catalog_find(struct catalog *c, const char *schema, const char *name)
{
    const struct table *found = NULL;
    if (!schema)
        schema = "dbo";
    mutex_lock(&c->lock);
    for (struct table *t = c->first; t && !found; t = t->next)
        if (!t->dropped && text_compare_nocase(t->name, name) == 0 &&
            text_compare_nocase(t->schema, schema) == 0)
            found = t;
    mutex_unlock(&c->lock);
    return found;
}

int catalog_object_id(struct catalog *c, const struct table *t)
{
    int id = 100000000;
    mutex_lock(&c->lock);
    for (const struct table *at = c->first; at && at != t; at = at->next)
        id += 16;
    mutex_unlock(&c->lock);
    return id;
}

const struct table *catalog_first(struct catalog *c)
{
    return c->first;
}

bool catalog_deny(struct catalog *c, const char *name)
{
    const char *dot = strchr(name, '.');
    char schema[SQL_NAME];
    if (!dot || !text_format(schema, sizeof schema, "%.*s", (int)(dot - name), name))
        return false;
    struct table *t = (struct table *)catalog_find(c, schema, dot + 1);
    if (t)
        t->denied = true;
    return t != NULL;
}

void catalog_quote_name(struct buf *b, const char *name)
{
    buf_add_byte(b, '"');
    for (; *name; name++) {
        if (*name == '"')
            buf_add_byte(b, '"');
        buf_add_byte(b, *name);
    }
    buf_add_byte(b, '"');
}

void catalog_quote_table(struct buf *b, const struct table *t)
{
    char name[2 * SQL_NAME];
    text_format(name, sizeof name, "%s.%s", t->schema, t->name);
    catalog_quote_name(b, name);
}

static struct table *table_from(const struct statement *s, const char *sql, size_t length)
{
    struct table *t = mem_alloc(sizeof *t);
    struct buf key;
    buf_init(&key, 8192);
    text_copy(t->schema, sizeof t->schema, s->schema ? s->schema : "dbo");
    text_copy(t->name, sizeof t->name, s->table);
    for (const struct column_def *c = s->columns; c; c = c->next)
        t->column_count++;
    t->columns = mem_array(t->column_count, sizeof t->columns[0]);
    size_t i = 0;
    for (const struct column_def *c = s->columns; c; c = c->next, i++) {
        t->columns[i] = c->column;
        t->columns[i].defaulted = c->fallback != NULL;
        if (c->primary) {
            buf_add_text(&key, key.length ? "," : "");
            catalog_quote_name(&key, c->column.name);
        }
    }
    for (const struct name_list *n = s->names; n; n = n->next) {
        for (i = 0; i < t->column_count; i++)
            if (text_compare_nocase(t->columns[i].name, n->name) == 0)
                t->columns[i].nullable = false;
        buf_add_text(&key, key.length ? "," : "");
        catalog_quote_name(&key, n->name);
    }
    t->key = buf_take(&key);
    t->sql = mem_string_n(sql, length);
    return t;
}

static const char *storage_of(enum sql_type type)
{
    if (type_exact(type))
        return "INTEGER";
    if (type_float(type))
        return "REAL";
    if (type_text(type))
        return "TEXT COLLATE PL";
    return type_binary(type) ? "BLOB" : "TEXT";
}

/* A literal default in SQLite's form. Anything but a literal is refused. */
static bool add_default(struct buf *b, const struct column_def *c, struct sql_message *m)
{
    const struct expr *e = c->fallback;
    int64_t scaled;
    bool negative = e->kind == EXPR_UNARY && e->text[0] == '-';
    if (e->kind == EXPR_UNARY)
        e = e->a;
    buf_add_text(b, " DEFAULT ");
    if (e->kind == EXPR_NUMBER && type_exact(c->column.type) &&
        scaled_parse(e->text, e->length, type_scale(&c->column), &scaled)) {
        buf_printf(b, "%s%lld", negative ? "-" : "", (long long)scaled);
    } else if (e->kind == EXPR_STRING && type_text(c->column.type)) {
        buf_add_byte(b, '\'');
        for (size_t i = 0; i < e->length; i++) {
            if (e->text[i] == '\'')
                buf_add_byte(b, '\'');
            buf_add_byte(b, e->text[i]);
        }
        buf_add_byte(b, '\'');
    } else if (e->kind == EXPR_NULL) {
        buf_add_text(b, "NULL");
    } else {
        message_set(m, 40000, e->line,
                    "The sandbox does not take this DEFAULT for %.60s: a literal of "
                    "the column's type is allowed",
                    c->column.name);
        return false;
    }
    return true;
}

static bool add_create(struct buf *b, const struct table *t, const struct statement *s,
                       struct sql_message *m)
{
    bool rowid_key = false, composite = strchr(t->key, ',') != NULL;
    buf_add_text(b, "CREATE TABLE ");
    catalog_quote_table(b, t);
    buf_add_text(b, "(");
    for (const struct column_def *c = s->columns; c; c = c->next) {
        struct buf name;
        buf_init(&name, 1024);
        catalog_quote_name(&name, c->column.name);
        bool is_key = strcmp(buf_text(&name), t->key) == 0;
        buf_printf(b, "%s%s ", c == s->columns ? "" : ",", buf_text(&name));
        buf_free(&name);
        if (is_key && c->column.type <= SQLT_BIGINT) {
            /* SQLite's own key: it is fast and numbers rows automatically. AUTOINCREMENT never
             * reuses a number. */
            buf_printf(b, "INTEGER PRIMARY KEY%s",
                       c->column.identity ? " AUTOINCREMENT" : " NOT NULL");
            rowid_key = true;
            continue;
        }
        buf_add_text(b, storage_of(c->column.type));
        if (c->column.rowversion) {
            buf_add_text(b, " NOT NULL DEFAULT x'0000000000000000'");
            composite = false; /* the triggers find rows by SQLite's own key */
            continue;
        }
        if (!c->column.nullable)
            buf_add_text(b, " NOT NULL");
        if (c->fallback && !add_default(b, c, m))
            return false;
    }
    if (*t->key && !rowid_key)
        buf_printf(b, ",PRIMARY KEY(%s)", t->key);
    buf_add_text(b, *t->key && !rowid_key && composite ? ") WITHOUT ROWID" : ")");
    return !b->failed;
}

/* Triggers that raise the row version of each written row, from one counter for the whole database.
 * A row that brings its own value (seeding) keeps it. */
static bool add_row_versions(sqlite3 *db, const struct table *t)
{
    struct buf b, name, column;
    bool ok = true;
    buf_init(&b, 65536);
    buf_init(&name, 1024);
    buf_init(&column, 1024);
    catalog_quote_table(&name, t);
    for (size_t i = 0; i < t->column_count && ok; i++) {
        if (!t->columns[i].rowversion)
            continue;
        catalog_quote_name(&column, t->columns[i].name);
        const char *table = buf_text(&name), *stamp = buf_text(&column);
        buf_add_text(
            &b, "CREATE TABLE IF NOT EXISTS _rowversion(value INTEGER NOT NULL);"
                "INSERT INTO _rowversion SELECT 2000 WHERE NOT EXISTS(SELECT 1 FROM _rowversion);"
                "CREATE TABLE IF NOT EXISTS _held(value INTEGER PRIMARY KEY);");
        for (int update = 0; update < 2; update++)
            buf_printf(&b,
                       "CREATE TRIGGER \"_rv%d.%s.%s\" AFTER %s ON %s WHEN NEW.%s IS %s%s BEGIN "
                       "UPDATE _rowversion SET value=value+1; "
                       "UPDATE %s SET %s=ep_rowversion((SELECT value FROM _rowversion),1) WHERE "
                       "rowid=NEW.rowid; END;",
                       update, t->schema, t->name, update ? "UPDATE" : "INSERT", table, stamp,
                       update ? "OLD." : "x'0000000000000000'", update ? stamp : "", table, stamp);
        ok = !b.failed;
    }
    char *sql = buf_take(&b);
    ok = ok && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    free(sql);
    buf_free(&name);
    buf_free(&column);
    return ok;
}

static void add_table(struct catalog *c, struct table *t)
{
    mutex_lock(&c->lock);
    *c->tail = t;
    c->tail = &t->next;
    mutex_unlock(&c->lock);
}

static bool sqlite_failed(sqlite3 *db, struct sql_message *m, int line)
{
    message_set(m, 50000, line, "%.400s", sqlite3_errmsg(db));
    return false;
}

bool catalog_create(struct catalog *c, sqlite3 *db, const struct statement *s, const char *sql,
                    size_t length, bool system, struct sql_message *m)
{
    struct buf b;
    sqlite3_stmt *keep = NULL;
    if (catalog_find(c, s->schema, s->table)) {
        message_set(m, 2714, s->line, "There is already an object named '%.100s' in the database.",
                    s->table);
        return false;
    }
    struct table *t = table_from(s, sql, length);
    t->system = system;
    buf_init(&b, 1 << 20);
    bool ok = add_create(&b, t, s, m);
    if (ok && sqlite3_exec(db, buf_text(&b), NULL, NULL, NULL) != SQLITE_OK)
        ok = sqlite_failed(db, m, s->line);
    if (ok && !add_row_versions(db, t))
        ok = sqlite_failed(db, m, s->line);
    if (ok && !system) {
        ok = sqlite3_prepare_v2(db, "INSERT INTO _catalog(schema,name,sql) VALUES(?,?,?)", -1,
                                &keep, NULL) == SQLITE_OK;
        if (ok) {
            sqlite3_bind_text(keep, 1, t->schema, -1, SQLITE_STATIC);
            sqlite3_bind_text(keep, 2, t->name, -1, SQLITE_STATIC);
            sqlite3_bind_text(keep, 3, t->sql, -1, SQLITE_STATIC);
            ok = sqlite3_step(keep) == SQLITE_DONE;
        }
        if (!ok)
            sqlite_failed(db, m, s->line);
        sqlite3_finalize(keep);
    }
    buf_free(&b);
    if (ok) {
        add_table(c, t);
    } else {
        free(t->columns);
        free(t->key);
        free(t->sql);
        free(t);
    }
    return ok;
}

bool catalog_drop(struct catalog *c, sqlite3 *db, const char *schema, const char *name,
                  struct sql_message *m)
{
    struct table *t = (struct table *)catalog_find(c, schema, name);
    struct buf b;
    sqlite3_stmt *forget = NULL;
    buf_init(&b, 2048);
    buf_add_text(&b, "DROP TABLE ");
    catalog_quote_table(&b, t);
    bool ok = sqlite3_exec(db, buf_text(&b), NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "DELETE FROM _catalog WHERE schema=? AND name=?", -1, &forget,
                                 NULL) == SQLITE_OK;
    if (ok) {
        sqlite3_bind_text(forget, 1, t->schema, -1, SQLITE_STATIC);
        sqlite3_bind_text(forget, 2, t->name, -1, SQLITE_STATIC);
        ok = sqlite3_step(forget) == SQLITE_DONE;
    }
    if (ok) {
        mutex_lock(&c->lock);
        t->dropped = true;
        mutex_unlock(&c->lock);
    } else {
        sqlite_failed(db, m, 1);
    }
    sqlite3_finalize(forget);
    buf_free(&b);
    return ok;
}

enum status catalog_load(struct catalog *c, sqlite3 *db, struct error *e)
{
    sqlite3_stmt *ask = NULL;
    enum status status = db_prepare(db, "SELECT sql FROM _catalog ORDER BY rowid", &ask, e);
    while (status == STATUS_OK && (status = db_step(ask, e)) == STATUS_OK) {
        struct arena *arena = arena_new(8 << 20);
        struct sql_message m = {0};
        const char *sql = db_text(ask, 0);
        struct statement *s = parse_batch(arena, sql, strlen(sql), NULL, 0, &m);
        if (s && s->kind == STATEMENT_CREATE_TABLE)
            add_table(c, table_from(s, sql, strlen(sql)));
        else
            status = error_set(e, STATUS_INVALID, "catalog",
                               "the data file's catalog is damaged: %s", m.text);
        arena_free(arena);
    }
    sqlite3_finalize(ask);
    return status == STATUS_END ? STATUS_OK : status;
}

static void bind(sqlite3_stmt *s, const char *const *values, int count)
{
    for (int i = 0; i < count; i++)
        sqlite3_bind_text(s, i + 1, values[i], -1, SQLITE_TRANSIENT);
    sqlite3_step(s);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

static void describe_columns(sqlite3_stmt *s, const struct table *t, const char *database)
{
    for (size_t i = 0; i < t->column_count; i++) {
        const struct sql_column *c = &t->columns[i];
        char type[40], length[16], precision[16], scale[16], position[16];
        type_name(c, type, sizeof type);
        type[strcspn(type, "(")] = '\0';
        if (c->rowversion)
            text_copy(type, sizeof type, "timestamp");
        text_format(length, sizeof length, "%d", c->length == 0 ? -1 : c->length);
        text_format(precision, sizeof precision, "%d", type_precision(c));
        text_format(scale, sizeof scale, "%d", type_scale(c));
        text_format(position, sizeof position, "%zu", i + 1);
        bool has_length = type_text(c->type) || type_binary(c->type);
        const char *row[] = {database,
                             t->schema,
                             t->name,
                             c->name,
                             position,
                             c->nullable ? "YES" : "NO",
                             type,
                             has_length ? length : NULL,
                             type_exact(c->type) ? precision : NULL,
                             type_exact(c->type) ? scale : NULL,
                             type_text(c->type) ? "Polish_CI_AS" : NULL};
        bind(s, row, COUNT_OF(row));
    }
}

/* Type numbers as in sys.types. */
static int type_number(const struct sql_column *c)
{
    static const int numbers[] = {[SQLT_BIT] = 104,
                                  [SQLT_TINYINT] = 48,
                                  [SQLT_SMALLINT] = 52,
                                  [SQLT_INT] = 56,
                                  [SQLT_BIGINT] = 127,
                                  [SQLT_FLOAT] = 62,
                                  [SQLT_REAL] = 59,
                                  [SQLT_MONEY] = 60,
                                  [SQLT_SMALLMONEY] = 122,
                                  [SQLT_DECIMAL] = 106,
                                  [SQLT_CHAR] = 175,
                                  [SQLT_VARCHAR] = 167,
                                  [SQLT_NCHAR] = 239,
                                  [SQLT_NVARCHAR] = 231,
                                  [SQLT_TEXT] = 35,
                                  [SQLT_NTEXT] = 99,
                                  [SQLT_BINARY] = 173,
                                  [SQLT_VARBINARY] = 165,
                                  [SQLT_DATE] = 40,
                                  [SQLT_TIME] = 41,
                                  [SQLT_DATETIME] = 61,
                                  [SQLT_SMALLDATETIME] = 58,
                                  [SQLT_DATETIME2] = 42,
                                  [SQLT_DATETIMEOFFSET] = 43,
                                  [SQLT_UNIQUEIDENTIFIER] = 36};
    if (c->rowversion)
        return 189;
    return (size_t)c->type < COUNT_OF(numbers) ? numbers[c->type] : 0;
}

/* sys.columns */
static void list_columns(sqlite3_stmt *s, const struct table *t, int object)
{
    for (size_t i = 0; i < t->column_count; i++) {
        const struct sql_column *c = &t->columns[i];
        int n = (int)i + 1;
        sqlite3_bind_int(s, 1, object);
        sqlite3_bind_text(s, 2, c->name, -1, SQLITE_STATIC);
        sqlite3_bind_int(s, 3, n);
        sqlite3_bind_int(s, 4, type_number(c));
        sqlite3_bind_int(s, 5, c->nullable);
        sqlite3_bind_int(s, 6, c->identity);
        sqlite3_bind_int(s, 7, c->defaulted ? object + n : 0);
        sqlite3_step(s);
        sqlite3_reset(s);
    }
}

bool catalog_refresh(struct catalog *c, sqlite3 *db, const char *database)
{
    sqlite3_stmt *tables = NULL, *columns = NULL, *objects = NULL, *all = NULL;
    bool ok = sqlite3_exec(db,
                           "DELETE FROM \"INFORMATION_SCHEMA.TABLES\";"
                           "DELETE FROM \"INFORMATION_SCHEMA.COLUMNS\";"
                           "DELETE FROM \"sys.tables\";DELETE FROM \"sys.objects\";"
                           "DELETE FROM \"sys.columns\"",
                           NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "INSERT INTO \"INFORMATION_SCHEMA.TABLES\" VALUES(?,?,?,?)",
                                 -1, &tables, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db,
                                 "INSERT INTO \"INFORMATION_SCHEMA.COLUMNS\" "
                                 "VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                                 -1, &columns, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "INSERT INTO \"sys.columns\" VALUES(?,?,?,?,?,?,0,?)", -1,
                                 &all, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "INSERT INTO \"sys.objects\" VALUES(?,?,1,'U','USER_TABLE')",
                                 -1, &objects, NULL) == SQLITE_OK;
    for (const struct table *t = ok ? c->first : NULL; t; t = t->next) {
        char number[16];
        if (t->dropped || t->system)
            continue;
        const char *row[] = {database, t->schema, t->name, "BASE TABLE"};
        bind(tables, row, COUNT_OF(row));
        describe_columns(columns, t, database);
        int id = catalog_object_id(c, t);
        list_columns(all, t, id);
        text_format(number, sizeof number, "%d", id);
        const char *object[] = {t->name, number};
        bind(objects, object, COUNT_OF(object));
    }
    ok = ok && sqlite3_exec(db, "INSERT INTO \"sys.tables\" SELECT * FROM \"sys.objects\"", NULL,
                            NULL, NULL) == SQLITE_OK;
    sqlite3_finalize(tables);
    sqlite3_finalize(columns);
    sqlite3_finalize(objects);
    sqlite3_finalize(all);
    return ok;
}
