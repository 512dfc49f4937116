/* The INSERT for a mapping's rows, composed for the table as this database has it. */
#include "document/insert.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "mapping/tables.h"
#include "mapping/tsql.h"
#include "tds/session.h"
#include "tds/session_query.h"

#define TABLE_COLUMNS 1000
#define LISTED_MAX    1500 /* bytes of names in one message */

struct table_column {
    char name[WRITER_NAME];
    bool needed;         /* allows no NULL, has no default, and is not filled automatically */
    const char *neutral; /* the neutral value of its type; NULL: unknown */
    bool given;
};

struct table_columns {
    struct table_column *list;
    size_t count;
};

static bool is_one(const char *value)
{
    return value && text_equal(value, "1");
}

/* By sys.types.system_type_id, which is the same in every version of SQL Server. */
static const char *neutral_of(const char *type)
{
    static const struct {
        const char *types, *value; /* blank-separated, with blanks around */
    } values[] = {
        /* text, ntext, varchar, char, nvarchar, nchar */
        {" 35 99 167 175 231 239 ", "N''"},
        /* tinyint, smallint, int, real, money, float, decimal, numeric, smallmoney, bigint; bit */
        {" 48 52 56 59 60 62 106 108 122 127 104 ", "0"},
        /* date, datetime2, datetimeoffset, smalldatetime, datetime: the day that 0 means */
        {" 40 42 43 58 61 ", "CONVERT(DATETIME, N'19000101', 112)"},
    };
    char word[16];
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (text_format(word, sizeof word, " %s ", type) && strstr(values[i].types, word))
            return values[i].value;
    return NULL;
}

static enum status take_column(void *user, size_t columns, const char *const *names,
                               const char *const *values, struct error *e)
{
    struct table_columns *t = user;
    (void)names;
    if (columns < 6 || !values[0] || !values[5] || t->count == TABLE_COLUMNS)
        return error_set(e, STATUS_INVALID, "erp_columns", "the table's columns cannot be read");
    struct table_column *c = &t->list[t->count++];
    text_copy(c->name, sizeof c->name, values[0]);
    c->neutral = neutral_of(values[5]);
    bool by_itself = is_one(values[2]) || is_one(values[3]);
    c->needed = !is_one(values[1]) && !by_itself && values[4] && text_equal(values[4], "0");
    return STATUS_OK;
}

static struct table_column *column_of(const struct table_columns *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (text_equal_nocase(t->list[i].name, name))
            return &t->list[i];
    return NULL;
}

static void qualified(const struct mapping_insert *t, struct buf *b)
{
    tsql_name(b, t->schema);
    buf_add_byte(b, '.');
    tsql_name(b, t->table);
}

/* The server fills columns of the type rowversion (189). */
static enum status ask_columns(struct session *s, const struct mapping_insert *t,
                               struct table_columns *found, struct error *e)
{
    struct buf name, sql;
    buf_init(&name, 1024);
    buf_init(&sql, 4096);
    qualified(t, &name);
    buf_add_text(
        &sql,
        "SELECT c.name AS name, CAST(c.is_nullable AS INT) AS nullable, CAST(c.is_identity AS INT) AS own, "
        "CASE WHEN c.is_computed = 1 OR c.system_type_id = 189 THEN 1 ELSE 0 END AS computed, "
        "CASE WHEN c.default_object_id = 0 THEN 0 ELSE 1 END AS defaulted, "
        "CAST(c.system_type_id AS INT) AS type "
        "FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(");
    tsql_text(&sql, buf_text(&name));
    buf_add_text(&sql, ") ORDER BY c.column_id");
    enum status status = session_query(s, buf_text(&sql), NULL, 0, take_column, found, e);
    buf_free(&sql);
    if (status == STATUS_OK && !found->count) {
        error_set(e, STATUS_NOT_FOUND, "erp_object",
                  "this database has no table %s, or the login may not see it", buf_text(&name));
        status = error_remedy(e, "`endpointctl erp grants` prints the needed rights.");
    }
    buf_free(&name);
    return status;
}

static void list_name(struct buf *b, const char *name)
{
    buf_printf(b, "%s%s", b->length ? ", " : "", name);
}

/* May the login insert there? */
static enum status take_right(void *user, size_t columns, const char *const *names,
                              const char *const *values, struct error *e)
{
    (void)names;
    (void)e;
    *(bool *)user = columns > 0 && is_one(values[0]);
    return STATUS_OK;
}

enum status insert_allowed(struct session *s, const struct mapping_insert *t, struct error *e)
{
    bool granted = false;
    struct buf name, sql;
    buf_init(&name, 1024);
    buf_init(&sql, 4096);
    qualified(t, &name);
    buf_add_text(&sql, "SELECT HAS_PERMS_BY_NAME(");
    tsql_text(&sql, buf_text(&name));
    buf_add_text(&sql, ", N'OBJECT', N'INSERT') AS granted");
    enum status status = session_query(s, buf_text(&sql), NULL, 0, take_right, &granted, e);
    buf_free(&sql);
    if (status == STATUS_OK && !granted) {
        error_set(e, STATUS_DENIED, "erp_rights", "the login may not insert rows into %s",
                  buf_text(&name));
        status = error_remedy(e, "`endpointctl erp grants` prints the needed rights.");
    }
    buf_free(&name);
    return status;
}

/* Is it a column that needs a value, is not named by the mapping, and gets its type's neutral
 * value? */
static bool filled(const struct table_column *c)
{
    return c->needed && !c->given && c->neutral;
}

/* there may be NULL: then use only the mapping's columns. */
static void add_statement(const struct mapping_insert *t, const bool *taken,
                          const struct table_columns *there, struct buf *sql)
{
    size_t columns = there ? there->count : 0;
    bool first = true;
    buf_add_text(sql, "INSERT INTO ");
    qualified(t, sql);
    for (size_t i = 0; i < t->count; i++) {
        if (!taken[i])
            continue;
        buf_add_text(sql, first ? " (" : ", ");
        tsql_name(sql, t->columns[i].name);
        first = false;
    }
    for (size_t i = 0; i < columns; i++) {
        if (!filled(&there->list[i]))
            continue;
        buf_add_text(sql, first ? " (" : ", ");
        tsql_name(sql, there->list[i].name);
        first = false;
    }
    buf_add_text(sql, t->from ? ") SELECT " : ") VALUES (");
    first = true;
    for (size_t i = 0; i < t->count; i++) {
        if (!taken[i])
            continue;
        buf_printf(sql, "%s%s", first ? "" : ", ", t->columns[i].value);
        first = false;
    }
    for (size_t i = 0; i < columns; i++) {
        if (!filled(&there->list[i]))
            continue;
        buf_printf(sql, "%s%s", first ? "" : ", ", there->list[i].neutral);
        first = false;
    }
    buf_printf(sql, "%s%s", t->from ? " " : ")", t->from ? t->from : "");
}

void insert_show(const struct mapping_insert *t, struct buf *sql)
{
    bool *all = mem_array(t->count + 1, sizeof *all);
    memset(all, true, t->count);
    add_statement(t, all, NULL, sql);
    free(all);
}

static enum status compare(const struct mapping_insert *t, struct table_columns *there,
                           struct buf *sql, struct buf *neutral, struct error *e)
{
    struct buf missing, needed;
    bool *taken = mem_array(t->count + 1, sizeof *taken);
    enum status status = STATUS_OK;
    buf_init(&missing, LISTED_MAX);
    buf_init(&needed, LISTED_MAX);
    for (size_t i = 0; i < t->count; i++) {
        struct table_column *c = column_of(there, t->columns[i].name);
        taken[i] = c != NULL;
        if (c)
            c->given = true;
        else if (!t->columns[i].may_miss)
            list_name(&missing, t->columns[i].name);
    }
    for (size_t i = 0; i < there->count; i++)
        if (filled(&there->list[i]))
            list_name(neutral, there->list[i].name);
        else if (there->list[i].needed && !there->list[i].given)
            list_name(&needed, there->list[i].name);
    if (missing.length || missing.failed) {
        status = error_set(e, STATUS_INVALID, "orders_columns", "the table %s.%s has no column %s",
                           t->schema, t->table, buf_text(&missing));
    } else if (needed.length || needed.failed) {
        status = error_set(e, STATUS_INVALID, "orders_columns",
                           "the table %s.%s needs values that the mapping does not give: %s",
                           t->schema, t->table, buf_text(&needed));
    } else {
        add_statement(t, taken, there, sql);
    }
    if (status != STATUS_OK)
        error_remedy(e, "The mapping was made for another version of the ERP: change orders.sql in "
                        "your own copy, or use orders.writer = \"command\".");
    buf_free(&missing);
    buf_free(&needed);
    free(taken);
    return status;
}

enum status insert_compose(struct session *s, const struct mapping_insert *t, struct buf *sql,
                           struct buf *neutral, struct error *e)
{
    struct table_columns there = {.list = mem_array(TABLE_COLUMNS, sizeof *there.list)};
    struct buf ignored;
    buf_init(&ignored, INSERT_NEUTRAL);
    enum status status = ask_columns(s, t, &there, e);
    if (status == STATUS_OK)
        status = compare(t, &there, sql, neutral ? neutral : &ignored, e);
    buf_free(&ignored);
    free(there.list);
    return status;
}
