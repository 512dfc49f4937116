/* Checks of what comes after the login: the server, the database, and what may be read there. */
#include "erp/checks_database.h"

#include "erp/checks_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "document/import_dir.h"
#include "document/insert.h"
#include "document/order_prepare.h"
#include "document/writer.h"
#include "erp/checks.h"
#include "erp/reader.h"
#include "mapping/lookup.h"
#include "mapping/mapping.h"
#include "mapping/mapping_stamp.h"
#include "mapping/tsql.h"
#include "os/clock.h"
#include "os/zone.h"
#include "tds/session.h"
#include "tds/session_query.h"

#define CLOCK_SLACK_MS 60000
#define HALF_YEAR_MS   (INT64_C(182) * 86400 * 1000)
#define SPEED_RECORDS  5000
#define SPEED_MS       2000
#define SPEED_ENOUGH   100 /* records; with fewer, speed cannot be judged */
#define SERVER_TOO_OLD 11  /* SQL Server 2012: CONCAT, OFFSET … FETCH */

/* ---- the server ----------------------------------------------------------------------------------- */

/* The first value of one of our own statements (not a mapping's); "": none. */
static enum status ask(struct session *s, const char *name, const char *sql, char *value,
                       size_t size, struct error *e)
{
    struct mapping_sql statement = {
        .name = (char *)name, .sql = (char *)sql, .file = (char *)"endpoint"};
    return mapping_first_value(s, &statement, value, size, e);
}

enum check_result check_server(void *context, struct check *c)
{
    static const struct {
        long major;
        const char *name;
    } names[] = {{8, "2000"},  {9, "2005"},  {10, "2008"}, {11, "2012"}, {12, "2014"},
                 {13, "2016"}, {14, "2017"}, {15, "2019"}, {16, "2022"}, {17, "2025"}};
    struct erp_checks *x = context;
    char value[256], *edition;
    const char *name = "";
    long major = 0;
    struct error e = {0};
    if (ask(x->session, "server",
            "SELECT CONCAT(CAST(SERVERPROPERTY(N'ProductVersion') AS NVARCHAR(50)), N'|', "
            "CAST(SERVERPROPERTY(N'Edition') AS NVARCHAR(100))) AS v",
            value, sizeof value, &e) != STATUS_OK)
        return check_failed(c, &e);
    if ((edition = strchr(value, '|')) != NULL)
        *edition++ = '\0';
    char digits[8];
    text_format(digits, sizeof digits, "%.*s", (int)(strcspn(value, ".") % sizeof digits), value);
    if (!text_to_long(digits, 0, 1000, &major))
        return check_answer(c, CHECK_WARN,
                            "the server does not state its version "
                            "(\"%.60s\")",
                            value);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].major == major)
            name = names[i].name;
    if (major < SERVER_TOO_OLD) {
        check_remedy(
            c,
            "The ERP's vendor says which SQL Server its version runs on; 2012 is the oldest that works.");
        return check_answer(
            c, CHECK_FAIL,
            "SQL Server %s (%s) is too old: it lacks features that every statement here "
            "needs",
            name, value);
    }
    return check_answer(c, CHECK_OK, "SQL Server %s%s%s, %s", name,
                        *name ? ", version " : "version ", value,
                        edition ? edition : "edition unknown");
}

/* Does this machine's clock show the zone's time, now and in half a year? */
static bool zone_is_ours(const struct zone *z)
{
    int64_t now = clock_wall_ms();
    for (int i = 0; i < 2; i++, now += HALF_YEAR_MS) {
        time_t t = (time_t)(now / 1000);
        struct tm ours, theirs;
        localtime_r(&t, &ours);
        zone_local(z, now, &theirs);
        if (ours.tm_mday != theirs.tm_mday || ours.tm_hour != theirs.tm_hour ||
            ours.tm_min != theirs.tm_min)
            return false;
    }
    return true;
}

/* The clocks agree: in which time zone are documents dated? */
static enum check_result check_zone(struct erp_checks *x, struct check *c, const char *apart)
{
    const char *name = config_text(x->config, "orders.timezone");
    struct error e = {0};
    struct zone *z;
    if (zone_load(name, &z, &e) != STATUS_OK) {
        if (text_equal(config_text(x->config, "orders.writer"), "off"))
            return check_answer(c, CHECK_OK, "the same time here and there (%s apart)", apart);
        check_remedy(c, "%-s", error_advice_said(&e));
        return check_answer(c, CHECK_WARN, "%-s", error_said(&e));
    }
    bool ours = zone_is_ours(z);
    zone_free(z);
    if (ours)
        return check_answer(c, CHECK_OK, "the same time here and there (%s apart)", apart);
    return check_answer(
        c, CHECK_OK,
        "the same time here and there (%s apart); this machine's time zone is not the "
        "shop's, so documents have the dates of %s",
        apart, name);
}

enum check_result check_clock(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char value[64];
    int64_t theirs, before = clock_wall_ms();
    struct error e = {0};
    if (ask(x->session, "clock",
            "SELECT CONCAT(CONVERT(NVARCHAR(23), GETUTCDATE(), 126), N'Z') AS v", value,
            sizeof value, &e) != STATUS_OK)
        return check_failed(c, &e);
    int64_t ours = before + (clock_wall_ms() - before) / 2;
    if (!clock_parse(value, &theirs))
        return check_answer(c, CHECK_WARN, "the server's time is not a time: \"%.40s\"", value);
    int64_t apart = theirs > ours ? theirs - ours : ours - theirs;
    char text[32];
    text_from_duration(text, sizeof text, apart);
    if (apart > CLOCK_SLACK_MS) {
        check_remedy(
            c, "Set both machines' clocks from a time server (here: timedatectl set-ntp true).");
        return check_answer(c, CHECK_WARN,
                            theirs > ours ? N_("the ERP's server is %s ahead of this machine")
                                          : N_("the ERP's server is %s behind this machine"),
                            text);
    }
    return check_zone(x, c, text);
}

/* The database's collation decides how names are compared and sorted. */
enum check_result check_collation(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char value[200];
    struct error e = {0};
    if (ask(x->session, "collation",
            "SELECT d.collation_name AS v FROM sys.databases AS d WHERE d.name = DB_NAME()", value,
            sizeof value, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (!value[0])
        return check_answer(c, CHECK_WARN, "the database does not state its collation");
    bool exact = strstr(value, "_CS_") || strstr(value, "_BIN");
    if (!text_starts(value, "Polish_") && !text_starts(value, "SQL_Polish") &&
        !x->mapping->orders.unicode) {
        check_remedy(
            c,
            "Compare a product whose name has Polish letters in the ERP and with `endpointctl erp preview "
            "products`. The vendor's tools convert a database; do not change its collation by hand.");
        return check_answer(
            c, CHECK_WARN,
            "the collation is %s, not a Polish one: Polish letters may be lost in the ERP "
            "itself",
            value);
    }
    if (exact) {
        check_remedy(c, "Write symbols and codes in the shop exactly as the ERP has them.");
        return check_answer(c, CHECK_WARN,
                            "the collation is %s: \"abc\" and \"ABC\" are different symbols there",
                            value);
    }
    return check_answer(c, CHECK_OK, "collation %s", value);
}

/* ---- the database --------------------------------------------------------------------------------- */

/* Do all probes give the expected value? *failed is the first that does not, value is what it gave.
 * A server error other than a missing table is an error. */
static enum status probe_all(struct session *s, const struct mapping *m,
                             const struct mapping_probe **failed, char *value, size_t size,
                             struct error *e)
{
    *failed = NULL;
    for (size_t i = 0; i < m->probe_count; i++) {
        const struct mapping_probe *p = &m->probes[i];
        struct error why = {0};
        enum status status = mapping_first_value(s, &p->statement, value, size, &why);
        if (status == STATUS_NOT_FOUND) {
            text_copy(value, size, "");
        } else if (status != STATUS_OK) {
            *e = why;
            return status;
        }
        if (!text_equal(value, p->expect)) {
            *failed = p;
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

static bool same_probes(const struct mapping *a, const struct mapping *b)
{
    bool same = a->probe_count == b->probe_count;
    for (size_t i = 0; same && i < a->probe_count; i++)
        same = text_equal(a->probes[i].statement.sql, b->probes[i].statement.sql);
    return same;
}

/* Is it the database of another ERP that we know? Append the names and settings of those that fit. */
static size_t find_others(struct erp_checks *x, struct buf *titles, struct buf *types)
{
    json_t *list = NULL, *row;
    size_t i, count = 0;
    if (!x->erp_dir || !x->config_dir ||
        mapping_list(x->erp_dir, x->config_dir, &list, NULL) != STATUS_OK) {
        json_decref(list);
        return 0;
    }
    json_array_foreach (list, i, row) {
        const char *name = json_text(row, "name", "");
        const struct mapping_probe *failed = NULL;
        struct mapping *other = NULL;
        char value[256];
        struct error e = {0};
        if (!text_equal(name, x->mapping->name) &&
            mapping_load(x->erp_dir, x->config_dir, name, &other, NULL, NULL, NULL) == STATUS_OK &&
            other->probe_count && !same_probes(other, x->mapping) &&
            probe_all(x->session, other, &failed, value, sizeof value, &e) == STATUS_OK &&
            !failed) {
            buf_printf(titles, "%s%s", count ? " or " : "", mapping_title(other));
            buf_printf(types, "%s\"%s\"", count ? " or " : "", name);
            count++;
        }
        mapping_free(other);
    }
    json_decref(list);
    return count;
}

enum status checks_database_tables(struct erp_checks *x, struct error *e)
{
    if (x->tables)
        return STATUS_OK;
    x->tables = mem_alloc(sizeof *x->tables);
    tables_of(x->mapping, text_equal(config_text(x->config, "orders.writer"), "sql"), x->tables);
    enum status status = tables_look(x->session, x->tables, e);
    if (status != STATUS_OK) {
        tables_free(x->tables);
        free(x->tables);
        x->tables = NULL;
    }
    return status;
}

/* A database that could be mistaken for this ERP's, and that the mapping knows. */
static const struct mapping_probe *known_other(struct erp_checks *x)
{
    for (size_t i = 0; i < x->mapping->other_count; i++) {
        const struct mapping_probe *p = &x->mapping->others[i];
        char value[256];
        if (mapping_first_value(x->session, &p->statement, value, sizeof value, NULL) ==
                STATUS_OK &&
            text_equal(value, p->expect))
            return p;
    }
    return NULL;
}

static enum check_result wrong_kind(struct erp_checks *x, const struct mapping_probe *failed,
                                    const char *value, struct check *c)
{
    const char *database = config_text(x->config, "erp.database"),
               *title = mapping_title(x->mapping);
    const struct mapping_probe *other;
    struct buf titles, types;
    if ((other = known_other(x)) != NULL) {
        check_remedy(c,
                     "Set erp.database to a company's database of %s; `endpointctl erp databases` "
                     "lists them.",
                     title);
        return check_answer(c, CHECK_FAIL, "the database %s is %s", database, other->title);
    }
    buf_init(&titles, 4096);
    buf_init(&types, 4096);
    if (find_others(x, &titles, &types)) {
        check_remedy(c,
                     "Set erp.type = %s; or, if %s was intended, set erp.database to its "
                     "database.",
                     buf_text(&types), title);
        check_answer(c, CHECK_FAIL, "the database %s belongs to %s, not to %s", database,
                     buf_text(&titles), title);
    } else {
        check_remedy(
            c,
            "Check erp.database: it must name a company's database of %s; `endpointctl erp "
            "databases` lists them. The probe \"%s\" expected \"%s\" and got \"%.60s\".",
            title, failed->statement.name, failed->expect, value);
        check_answer(c, CHECK_FAIL,
                     "the database %s does not belong to %s: it is not one "
                     "that %s",
                     database, title, failed->title);
    }
    buf_free(&titles);
    buf_free(&types);
    return CHECK_FAIL;
}

/* A login sees only the tables that it may read, so missing rights look like another database. */
enum check_result check_kind(void *context, struct check *c)
{
    struct erp_checks *x = context;
    const struct mapping_probe *failed;
    char value[256] = "";
    struct error e = {0};
    if (probe_all(x->session, x->mapping, &failed, value, sizeof value, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (!failed)
        return check_answer(c, CHECK_OK, "a company database of %s", mapping_title(x->mapping));
    if (checks_database_tables(x, &e) != STATUS_OK)
        return check_failed(c, &e);
    size_t denied = tables_count(x->tables, TABLE_DENIED);
    if (denied)
        return check_answer(
            c, CHECK_WARN,
            "probably one of %s: %zu of its %zu tables exist, but the login may not see them",
            mapping_title(x->mapping), denied, x->tables->count);
    return wrong_kind(x, failed, value, c);
}

enum check_result check_version(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct error e = {0};
    char value[256];
    if (!x->mapping->version.sql)
        return check_answer(c, CHECK_OK, "the mapping has no query for the version");
    if (mapping_first_value(x->session, &x->mapping->version, value, sizeof value, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (!value[0])
        return check_answer(c, CHECK_WARN, "the database does not state its version");
    return check_answer(c, CHECK_OK, "database version %s", value);
}

struct company {
    char name[256], tax_id[64];
};

static enum status take_company(void *user, size_t columns, const char *const *names,
                                const char *const *values, struct error *e)
{
    struct company *company = user;
    (void)e;
    for (size_t i = 0; i < columns && !company->name[0]; i++) {
        if (text_equal_nocase(names[i], "tax_id"))
            text_copy(company->tax_id, sizeof company->tax_id, values[i] ? values[i] : "");
    }
    for (size_t i = 0; i < columns && !company->name[0]; i++)
        if (text_equal_nocase(names[i], "name"))
            text_copy(company->name, sizeof company->name, values[i] ? values[i] : "");
    return STATUS_OK;
}

void checks_about(struct session *s, const struct mapping *m, json_t *about)
{
    struct company *company = mem_alloc(sizeof *company);
    char version[256] = "";
    if (m->company.sql)
        session_query(s, m->company.sql, NULL, 0, take_company, company, NULL);
    if (m->version.sql)
        mapping_first_value(s, &m->version, version, sizeof version, NULL);
    json_set_text(about, "company", company->name[0] ? company->name : NULL);
    json_set_text(about, "tax_id", company->tax_id[0] ? company->tax_id : NULL);
    json_set_text(about, "version", version[0] ? version : NULL);
    free(company);
}

/* Whose books are these? Shown to people: nobody wants to find out from another firm's stock. */
enum check_result check_company(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct company *company = mem_alloc(sizeof *company);
    struct error e = {0};
    enum check_result result;
    if (!x->mapping->company.sql)
        result = check_answer(c, CHECK_SKIPPED, "the mapping has no query for the company");
    else if (session_query(x->session, x->mapping->company.sql, NULL, 0, take_company, company,
                           &e) != STATUS_OK)
        result = text_equal(e.code, "erp_rights") || text_equal(e.code, "erp_object")
                     ? check_answer(c, CHECK_SKIPPED, "the database does not say whose it is")
                     : check_failed(c, &e);
    else if (!company->name[0])
        result = check_answer(c, CHECK_WARN, "the database contains no company name");
    else
        result = check_answer(c, CHECK_OK, "%s%s%s", company->name,
                              company->tax_id[0] ? ", NIP " : "", company->tax_id);
    free(company);
    return result;
}

/* ---- what may be read ----------------------------------------------------------------------------- */

static enum check_result missing_rights(const struct erp_checks *x, struct check *c)
{
    const char *login = config_text(x->config, "erp.user");
    struct buf names, grants, one;
    size_t shown = 0, denied = tables_count(x->tables, TABLE_DENIED);
    buf_init(&names, 16384);
    buf_init(&grants, 65536);
    buf_init(&one, 4096);
    for (size_t i = 0; i < x->tables->count; i++) {
        const struct mapping_table *t = &x->tables->list[i];
        if (t->state != TABLE_DENIED)
            continue;
        buf_printf(&names, "%s%s.%s", names.length ? ", " : "", t->schema, t->name);
        buf_reset(&one);
        tsql_grant(&one, t, login);
        if (grants.length + one.length + 120 < sizeof c->remedy) {
            buf_printf(&grants, "%s%s", grants.length ? " " : "", buf_text(&one));
            shown++;
        }
    }
    check_remedy(
        c,
        "As an administrator of the SQL Server, in this database: %s%s `endpointctl erp grants` prints the "
        "whole script.",
        buf_text(&grants), shown < denied ? " …" : "");
    check_answer(c, CHECK_FAIL, "%s may not read %zu of %zu tables: %s", login, denied,
                 x->tables->count, buf_text(&names));
    buf_free(&names);
    buf_free(&grants);
    buf_free(&one);
    return CHECK_FAIL;
}

static enum check_result missing_tables(const struct erp_checks *x, struct check *c)
{
    for (size_t i = 0; i < x->tables->count; i++) {
        const struct mapping_table *t = &x->tables->list[i];
        if (t->state != TABLE_MISSING || !t->required)
            continue;
        check_remedy(
            c,
            "Is it another version of the ERP? `endpointctl erp check` runs every statement; a site's own "
            "copy of the mapping can leave the table out.");
        return check_answer(c, CHECK_FAIL, "the database has no table %s.%s, which %s reads",
                            t->schema, t->name, t->used_by);
    }
    return CHECK_OK;
}

/* The login may have the right to a table but not to a column, so start each stream and fetch a
 * row. */
static enum check_result try_streams(struct erp_checks *x, struct buf *good, struct check *c)
{
    for (size_t i = 0; i < x->mapping->stream_count; i++) {
        const char *name = x->mapping->streams[i].statement.name;
        struct error e = {0};
        struct reader *r = NULL;
        const struct record *record;
        enum status status = reader_open(x->session, x->mapping, name, NULL, &r, &e);
        if (status == STATUS_OK)
            status = reader_next(r, &record, &e);
        reader_close(r);
        if (status != STATUS_OK && status != STATUS_END)
            return check_failed(c, &e);
        buf_printf(good, "%s%s", i ? ", " : "", name);
    }
    return CHECK_OK;
}

enum check_result check_rights(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct error e = {0};
    struct buf good;
    if (checks_database_tables(x, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (tables_count(x->tables, TABLE_DENIED))
        return missing_rights(x, c);
    if (missing_tables(x, c) != CHECK_OK)
        return CHECK_FAIL;
    buf_init(&good, 4096);
    enum check_result result = try_streams(x, &good, c);
    if (result == CHECK_OK)
        check_answer(c, CHECK_OK, "may read %zu tables: %s",
                     tables_count(x->tables, TABLE_READABLE), buf_text(&good));
    buf_free(&good);
    return result;
}

enum check_result check_speed(void *context, struct check *c)
{
    struct erp_checks *x = context;
    const char *stream = mapping_has_stream(x->mapping, "products") ? "products"
                         : x->mapping->stream_count ? x->mapping->streams[0].statement.name
                                                    : NULL;
    struct error e = {0};
    struct reader *r = NULL;
    const struct record *record;
    int64_t count = 0, began = clock_mono_ms(), first = 0, took = 0;
    if (!stream)
        return check_answer(c, CHECK_SKIPPED, "the mapping has no stream");
    enum status status = reader_open(x->session, x->mapping, stream, NULL, &r, &e);
    while (status == STATUS_OK && count < SPEED_RECORDS && clock_mono_ms() - began < SPEED_MS &&
           (status = reader_next(r, &record, &e)) == STATUS_OK)
        if (count++ == 0)
            first = clock_mono_ms() - began;
    took = clock_mono_ms() - began;
    reader_close(r);
    if (status != STATUS_OK && status != STATUS_END)
        return check_failed(c, &e);
    if (count < SPEED_ENOUGH && took < SPEED_MS)
        return check_answer(c, CHECK_OK,
                            "all %lld records of %s in %lld ms: too few to measure the speed",
                            (long long)count, stream, (long long)took);
    long long rate = count * 1000 / (took > 0 ? took : 1);
    const char *word = rate >= 5000   ? "fast"
                       : rate >= 1000 ? "good"
                       : rate >= 200  ? "slow"
                                      : "very slow";
    check_answer(c, CHECK_OK, "%lld records of %s in a second (%s); the first after %lld ms", rate,
                 stream, word, (long long)first);
    if (rate >= 200)
        return CHECK_OK;
    check_remedy(c,
                 "Is the line to the SQL Server slow, or is the server busy? Then read less often "
                 "(see the plugins' schedules).");
    return CHECK_WARN;
}

/* ---- orders --------------------------------------------------------------------------------------- */

/* Does the ERP know the user in whose name orders are entered? */
enum check_result check_operator(void *context, struct check *c)
{
    struct erp_checks *x = context;
    const char *wanted = config_text(x->config, "erp.operator");
    struct error e = {0};
    json_t *rows = NULL, *row, *value;
    const char *key;
    size_t i;
    bool found = false;
    if (!*wanted)
        return check_answer(c, CHECK_SKIPPED, "no operator is set; only orders need one");
    if (!mapping_lookup(x->mapping, "operators"))
        return check_answer(c, CHECK_SKIPPED, "the mapping has no list of operators");
    if (lookup_rows(x->session, x->mapping, "operators", &rows, &e) != STATUS_OK)
        return check_failed(c, &e);
    json_array_foreach (rows, i, row)
        json_object_foreach (row, key, value)
            found |= text_equal_nocase(json_string_value(value), wanted);
    json_decref(rows);
    if (found)
        return check_answer(c, CHECK_OK, "%s is an active operator", wanted);
    check_remedy(c,
                 "Correct erp.operator; `endpointctl lookup operators` lists the existing ones.");
    return check_answer(c, CHECK_FAIL, "the ERP has no active operator \"%s\"", wanted);
}

/* Warn about columns that get the neutral value of their type because the mapping does not name
 * them. */
static bool warn_of_neutral(const struct erp_checks *x, struct check *c)
{
    const struct mapping_insert *const inserts[] = {&x->mapping->orders.sql.document,
                                                    &x->mapping->orders.sql.lines};
    struct buf names, sql;
    buf_init(&names, INSERT_NEUTRAL);
    buf_init(&sql, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(inserts); i++)
        insert_compose(x->session, inserts[i], &sql, &names, NULL);
    bool any = names.length > 0;
    if (any) {
        check_remedy(c, "Look at the first documents in the ERP. `endpointctl erp check` lists the "
                        "columns; a copy of the mapping can set other values.");
        check_answer(
            c, CHECK_WARN,
            "rows can be inserted into %s.%s and %s.%s, as orders.sql_unsupported_by_vendor allows; "
            "columns that the mapping does not name get an empty text, 0 or 1900-01-01: %s",
            inserts[0]->schema, inserts[0]->table, inserts[1]->schema, inserts[1]->table,
            buf_text(&names));
    }
    buf_free(&names);
    buf_free(&sql);
    return any;
}

/* Can orders be handed over? */
enum check_result check_writer(void *context, struct check *c)
{
    struct erp_checks *x = context;
    const struct order_settings orders = order_settings_of(x->config);
    const char *name = orders.writer;
    const struct writer_ops *ops = writer_find(name);
    struct writer *w = NULL;
    struct error e = {0};
    if (text_equal(name, "off"))
        return check_answer(c, CHECK_SKIPPED, "orders.writer is off; only orders need one");
    if (!ops) {
        check_remedy(c, "Set orders.writer to an existing one, or to \"off\".");
        return check_answer(c, CHECK_FAIL, "there is no writer \"%s\"", name);
    }
    if (ops->open(&orders, x->mapping, x->session, &w, &e) != STATUS_OK)
        return check_failed(c, &e);
    ops->close(w);
    if (order_type_known(&orders, x->mapping, &e) != STATUS_OK)
        return check_failed(c, &e);
    const char *dir = orders.epp_dir;
    if (text_equal(name, "epp") && x->us && import_dir_check(dir, x->us, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (text_equal(name, "epp"))
        return check_answer(c, CHECK_OK, "files may be created and renamed in %s", dir);
    if (text_equal(name, "sql") && warn_of_neutral(x, c))
        return CHECK_WARN;
    if (text_equal(name, "sql"))
        return check_answer(
            c, CHECK_OK,
            "rows can be inserted into %s.%s and %s.%s, as orders.sql_unsupported_by_vendor allows",
            x->mapping->orders.sql.document.schema, x->mapping->orders.sql.document.table,
            x->mapping->orders.sql.lines.schema, x->mapping->orders.sql.lines.table);
    return check_answer(c, CHECK_OK, "orders.writer = \"%s\" can be used", name);
}
