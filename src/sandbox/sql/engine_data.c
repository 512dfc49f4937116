/* The databases of a sandbox: made, filled, opened again. */
#include "sandbox/sql/engine_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/file.h"
#include "os/mutex.h"
#include "sandbox/company/seed.h"
#include "sandbox/company/seed_common.h"
#include "sandbox/sql/catalog.h"
#include "sandbox/sql/engine_internal.h"
#include "sandbox/sql/locks.h"
#include "sandbox/sql/parse_stmt.h"
#include "sandbox/sql/type.h"
#include "sandbox/sql/udf.h"
#include "store/db.h"

#define ARENA_MAX (64 << 20)

struct engine {
    struct database databases[COMPANY_DATABASES]; /* the company's first */
    size_t database_count;
    const struct company *company;
    bool temporary; /* the files go when the engine closes */
    struct mutex lock;
    int sessions;
    int64_t clock_ahead;
    bool read_only, snapshot_allowed;
    struct locks *locks;
};

static const char system_tables[] = "CREATE TABLE INFORMATION_SCHEMA.TABLES(TABLE_CATALOG "
                                    "nvarchar(128), TABLE_SCHEMA nvarchar(128), "
                                    "TABLE_NAME nvarchar(128), TABLE_TYPE varchar(10));"
                                    "CREATE TABLE INFORMATION_SCHEMA.COLUMNS(TABLE_CATALOG "
                                    "nvarchar(128), TABLE_SCHEMA nvarchar(128), "
                                    "TABLE_NAME nvarchar(128), COLUMN_NAME nvarchar(128), "
                                    "ORDINAL_POSITION int, IS_NULLABLE varchar(3), "
                                    "DATA_TYPE nvarchar(128), CHARACTER_MAXIMUM_LENGTH int, "
                                    "NUMERIC_PRECISION tinyint, NUMERIC_SCALE int, "
                                    "COLLATION_NAME nvarchar(128));"
                                    "CREATE TABLE sys.databases(name nvarchar(128), database_id "
                                    "int, collation_name nvarchar(128), state "
                                    "tinyint, snapshot_isolation_state tinyint);"
                                    "CREATE TABLE sys.objects(name nvarchar(128), object_id int, "
                                    "schema_id int, type char(2), type_desc "
                                    "nvarchar(60));"
                                    "CREATE TABLE sys.tables(name nvarchar(128), object_id int, "
                                    "schema_id int, type char(2), type_desc "
                                    "nvarchar(60));"
                                    "CREATE TABLE sys.columns(object_id int, name nvarchar(128), "
                                    "column_id int, system_type_id tinyint, is_nullable bit, "
                                    "is_identity bit, is_computed bit, default_object_id int);"
                                    "CREATE TABLE sys.schemas(name nvarchar(128), schema_id int);"
                                    "CREATE TABLE sys.extended_properties(class tinyint, major_id "
                                    "int, minor_id int, name nvarchar(128), "
                                    "value nvarchar(4000))";

/* Run T-SQL CREATE TABLE statements; system ones are not kept in _catalog. */
enum status engine_create_tables(struct catalog *catalog, sqlite3 *db, const char *tsql,
                                 bool system, struct error *e)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct sql_message m = {0};
    enum status status = STATUS_OK;
    const char *at = tsql;
    while (*at && status == STATUS_OK) {
        size_t length = strcspn(at, ";");
        struct statement *s = parse_batch(arena, at, length, NULL, 0, &m);
        if (!s || (s->kind == STATEMENT_CREATE_TABLE &&
                   !catalog_create(catalog, db, s, at, length, system, &m)))
            status = error_set(e, STATUS_INTERNAL, "schema", "the company's schema: %s", m.text);
        at += length;
        at += strspn(at, "; \n");
    }
    arena_free(arena);
    return status;
}

/* What sys.databases shows in each of them. */
static enum status list_databases(const struct company *company, sqlite3 *db, struct error *e)
{
    enum status status =
        db_exec(db, "INSERT INTO \"sys.databases\" VALUES('master',1,'Polish_CI_AS',0,1)", e);
    for (size_t i = 0; i < company->database_count && status == STATUS_OK; i++) {
        char sql[256];
        text_format(sql, sizeof sql,
                    "INSERT INTO \"sys.databases\" VALUES('%s',%zu,'Polish_CI_AS',0,0)",
                    company->databases[i].name, i + 5);
        status = db_exec(db, sql, e);
    }
    return status;
}

static enum status fill(struct database *d, const struct company *company,
                        const struct company_database *make, sqlite3 *db,
                        const struct engine_filling *f, struct error *e)
{
    enum status status = db_exec(db, "BEGIN IMMEDIATE", e);
    if (status == STATUS_OK)
        status = db_exec(db,
                         "CREATE TABLE _catalog(schema TEXT, name TEXT, sql TEXT);"
                         "CREATE TABLE _facts(name TEXT PRIMARY KEY, value TEXT);"
                         "CREATE TABLE _lock(x)",
                         e);
    if (status == STATUS_OK)
        status = engine_create_tables(d->catalog, db, system_tables, true, e);
    if (status == STATUS_OK)
        status = engine_create_tables(d->catalog, db, make->schema, false, e);
    if (status == STATUS_OK)
        status = list_databases(company, db, e);
    if (status == STATUS_OK)
        status = make->fill(db, f->rows, f->seed, f->progress, f->user, e);
    if (status == STATUS_OK)
        status = db_exec(db, make->indexes, e);
    if (status == STATUS_OK && !catalog_refresh(d->catalog, db, d->name))
        status = db_error(db, e, "describing the tables");
    char facts[256];
    text_format(facts, sizeof facts, "INSERT INTO _facts VALUES('erp','%s'),('seed','%llu')",
                company->name, (unsigned long long)f->seed);
    if (status == STATUS_OK)
        status = db_exec(db, facts, e);
    if (status == STATUS_OK)
        status = db_exec(db, "COMMIT; ANALYZE", e);
    return status;
}

/* The file already exists: is it this ERP's? */
static enum status adopt(struct database *d, sqlite3 *db, const char *erp, struct error *e)
{
    sqlite3_stmt *ask = NULL;
    enum status status = db_prepare(db, "SELECT value FROM _facts WHERE name='erp'", &ask, e);
    if (status == STATUS_OK)
        status = db_step(ask, e);
    if (status == STATUS_OK && !text_equal(db_text(ask, 0), erp))
        status = error_set(e, STATUS_EXISTS, "data_erp", "%s holds a company of %s, not of %s",
                           d->path, db_text(ask, 0), erp);
    sqlite3_finalize(ask);
    return status == STATUS_OK ? catalog_load(d->catalog, db, e) : status;
}

static bool is_filled(sqlite3 *db)
{
    sqlite3_stmt *ask = NULL;
    bool filled = sqlite3_prepare_v2(db, "SELECT 1 FROM _facts WHERE name='erp'", -1, &ask, NULL) ==
                      SQLITE_OK &&
                  sqlite3_step(ask) == SQLITE_ROW;
    sqlite3_finalize(ask);
    return filled;
}

/* The system tables exist in the file; only the catalog must know them. */
static void know_system_tables(struct database *d)
{
    sqlite3 *scratch = NULL;
    struct udf_state state = {0};
    if (sqlite3_open(":memory:", &scratch) == SQLITE_OK &&
        udf_register(scratch, &state) == SQLITE_OK)
        engine_create_tables(d->catalog, scratch, system_tables, true, NULL);
    sqlite3_close(scratch);
}

/* The company's database is the file itself; the others are beside it: FILE.NAME. */
static enum status open_database(struct engine *engine, const char *file,
                                 const struct company *company, size_t i,
                                 const struct engine_filling *filling, struct error *e)
{
    const struct company_database *make = &company->databases[i];
    struct database *d = &engine->databases[engine->database_count++];
    struct udf_state state = {0};
    sqlite3 *db = NULL;
    char path[4096];
    if (!text_format(path, sizeof path, "%s%s%s", file, i ? "." : "", i ? make->name : ""))
        return error_set(e, STATUS_INVALID, "path_long", "the path %.100s… is too long", file);
    d->name = make->name;
    d->path = mem_string(path);
    d->catalog = catalog_new();
    enum status status = db_open(path, DB_CREATE | DB_NORMAL, &db, e);
    if (status == STATUS_OK && udf_register(db, &state) != SQLITE_OK)
        status = db_error(db, e, "registering functions");
    if (status == STATUS_OK && is_filled(db)) {
        know_system_tables(d);
        status = adopt(d, db, company->name, e);
    } else if (status == STATUS_OK) {
        status = fill(d, company, make, db, filling, e);
    }
    db_close(db);
    return status;
}

static enum status unknown_company(const char *erp, struct error *e)
{
    struct buf known;
    buf_init(&known, 1024);
    for (size_t i = 0; seed_company_at(i); i++)
        buf_printf(&known, "%s%s", i ? ", " : "", seed_company_at(i)->name);
    error_set(e, STATUS_NOT_FOUND, "erp_unknown", "there is no company for the ERP \"%s\"", erp);
    error_remedy(e, "The sandbox has: %s.", buf_text(&known));
    buf_free(&known);
    return STATUS_NOT_FOUND;
}

enum status engine_open(const char *file, const char *erp, const struct engine_filling *filling,
                        struct engine **out, struct error *e)
{
    const struct company *company = seed_company_find(erp);
    char temporary[] = "/tmp/endpoint-sandbox.XXXXXX";
    *out = NULL;
    if (!company)
        return unknown_company(erp, e);
    struct engine *engine = mem_alloc(sizeof *engine);
    enum status status = STATUS_OK;
    engine->company = company;
    engine->locks = locks_new();
    if (text_empty(file)) {
        if (!file_make_temporary(temporary))
            status = error_set(e, STATUS_IO, "data_temp", "cannot make a temporary file in /tmp");
        file = temporary;
        engine->temporary = true;
    }
    for (size_t i = 0; i < company->database_count && status == STATUS_OK; i++)
        status = open_database(engine, file, company, i, filling, e);
    if (status != STATUS_OK) {
        engine_close(engine);
        return status;
    }
    *out = engine;
    return STATUS_OK;
}

void engine_close(struct engine *engine)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    if (!engine)
        return;
    locks_free(engine->locks);
    for (size_t i = 0; i < engine->database_count; i++) {
        struct database *d = &engine->databases[i];
        for (size_t k = 0; engine->temporary && d->path && k < COUNT_OF(suffixes); k++) {
            char path[4200];
            if (text_format(path, sizeof path, "%s%s", d->path, suffixes[k]))
                file_remove(path);
        }
        catalog_free(d->catalog);
        free(d->path);
    }
    free(engine);
}

const char *engine_database(const struct engine *engine, const char *name)
{
    const struct database *d = engine_database_find(engine, name);
    return d ? d->name : NULL;
}

const struct company *engine_company(const struct engine *engine)
{
    return engine->company;
}

const struct database *engine_database_at(const struct engine *engine, size_t index)
{
    return index < engine->database_count ? &engine->databases[index] : NULL;
}

const struct database *engine_database_find(const struct engine *engine, const char *name)
{
    if (text_empty(name) || text_compare_nocase(name, "master") == 0)
        return &engine->databases[0];
    for (size_t i = 0; i < engine->database_count; i++)
        if (text_compare_nocase(engine->databases[i].name, name) == 0)
            return &engine->databases[i];
    return NULL;
}

int engine_next_session(struct engine *engine)
{
    mutex_lock(&engine->lock);
    int number = engine->sessions++;
    mutex_unlock(&engine->lock);
    return number;
}

enum status engine_deny(struct engine *engine, const char *table, struct error *e)
{
    bool found = false;
    for (size_t i = 0; i < engine->database_count; i++)
        found |= catalog_deny(engine->databases[i].catalog, table);
    return found ? STATUS_OK
                 : error_set(e, STATUS_NOT_FOUND, "deny", "there is no table \"%.100s\"", table);
}

struct locks *engine_locks(struct engine *engine)
{
    return engine->locks;
}

void engine_allow_snapshot(struct engine *engine)
{
    engine->snapshot_allowed = true;
    for (size_t i = 0; i < engine->database_count; i++) {
        sqlite3 *db = NULL;
        struct error e = {0};
        if (db_open(engine->databases[i].path, DB_NORMAL, &db, &e) == STATUS_OK)
            db_exec(db, "UPDATE \"sys.databases\" SET snapshot_isolation_state = 1", NULL);
        db_close(db);
    }
}

bool engine_snapshot_allowed(const struct engine *engine)
{
    return engine->snapshot_allowed;
}

void engine_set_read_only(struct engine *engine)
{
    engine->read_only = true;
}

bool engine_read_only(const struct engine *engine)
{
    return engine->read_only;
}

void engine_set_clock(struct engine *engine, int64_t ahead)
{
    engine->clock_ahead = ahead;
}

int64_t engine_clock(const struct engine *engine)
{
    return engine->clock_ahead;
}
