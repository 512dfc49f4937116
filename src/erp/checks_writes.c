/* May the login change the ERP's data although we never do? */
#include "erp/checks_writes.h"

#include "erp/checks_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "tds/session.h"
#include "erp/checks.h"
#include "mapping/mapping.h"
#include "mapping/tsql.h"
#include "mapping/mapping_stamp.h"

/* What a login may do, widest first. */
static const struct {
    const char *sql, *name;
} everywhere[] = {
    {"SELECT IS_SRVROLEMEMBER(N'sysadmin') AS v",
     N_("it is an administrator of the whole server (sysadmin)")},
    {"SELECT IS_MEMBER(N'db_owner') AS v", N_("it owns the database (db_owner)")},
    {"SELECT IS_MEMBER(N'db_datawriter') AS v", N_("it is a member of db_datawriter")},
    {"SELECT HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'INSERT') AS v",
     N_("it may insert rows into every table")},
    {"SELECT HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'UPDATE') AS v",
     N_("it may change rows in every table")},
    {"SELECT HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'DELETE') AS v",
     N_("it may delete rows from every table")},
};

static enum status is_one(struct session *s, const char *sql, bool *yes, struct error *e)
{
    char value[32];
    struct mapping_sql statement = {
        .name = (char *)"rights", .sql = (char *)sql, .file = (char *)"endpoint"};
    enum status status = mapping_first_value(s, &statement, value, sizeof value, e);
    *yes = text_equal(value, "1");
    return status;
}

/* The mapping's tables that it may write to; "" for none. */
static enum status find_table(const struct erp_checks *x, char *name, size_t size, struct error *e)
{
    static const char *const rights[] = {"INSERT", "UPDATE", "DELETE"};
    enum status status = STATUS_OK;
    struct buf full, sql;
    bool yes = false;
    *name = '\0';
    buf_init(&full, 2048);
    buf_init(&sql, 4096);
    for (size_t i = 0; i < x->tables->count && status == STATUS_OK && !yes; i++) {
        const struct mapping_table *t = &x->tables->list[i];
        if (t->state != TABLE_READABLE)
            continue;
        buf_reset(&full);
        tsql_name(&full, t->schema);
        buf_add_byte(&full, '.');
        tsql_name(&full, t->name);
        for (size_t k = 0; k < COUNT_OF(rights) && status == STATUS_OK && !yes; k++) {
            buf_reset(&sql);
            buf_add_text(&sql, "SELECT HAS_PERMS_BY_NAME(");
            tsql_text(&sql, buf_text(&full));
            buf_printf(&sql, ", N'OBJECT', N'%s') AS v", rights[k]);
            status = is_one(x->session, buf_text(&sql), &yes, e);
        }
        if (yes)
            text_format(name, size, "%s.%s", t->schema, t->name);
    }
    buf_free(&full);
    buf_free(&sql);
    return status;
}

static enum check_result may_write(const struct erp_checks *x, const char *why, struct check *c)
{
    const char *login = config_text(x->config, "erp.user");
    if (text_equal(config_text(x->config, "orders.writer"), "sql"))
        return check_answer(c, CHECK_OK, "%s may write, as orders.writer = \"sql\" needs: %-s",
                            login, why);
    check_remedy(c, "Nothing here writes to the database. Create a login that may only read: "
                    "`endpointctl erp grants NAME` prints the script; then set erp.user and "
                    "erp.password.");
    return check_answer(
        c, CHECK_WARN, "%s may change the ERP's data, but only reading is needed: %-s", login, why);
}

enum check_result check_writes(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct error e = {0};
    char table[300], why[400];
    for (size_t i = 0; i < COUNT_OF(everywhere); i++) {
        bool yes = false;
        if (is_one(x->session, everywhere[i].sql, &yes, &e) != STATUS_OK)
            return check_failed(c, &e);
        if (yes)
            return may_write(x, everywhere[i].name, c);
    }
    if (checks_database_tables(x, &e) != STATUS_OK ||
        find_table(x, table, sizeof table, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (!*table)
        return check_answer(c, CHECK_OK, "%s may only read", config_text(x->config, "erp.user"));
    said_format(why, sizeof why, "it may write to %s", table);
    return may_write(x, why, c);
}
