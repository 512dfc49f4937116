/* Lookups, probes and checks: what a mapping offers beside its streams. */
#include "erp/erp.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "erp/mapping.h"
#include "erp/prelogin.h"
#include "erp/session.h"
#include "erp/writer.h"

#define LOOKUP_ROWS 10000

static enum status add_row(void *user, size_t columns, const char *const *names, const char *const *values,
                           struct error *e)
{
    json_t *rows = user, *row = json_object();
    if (json_array_size(rows) >= LOOKUP_ROWS) {
        json_decref(row);
        return error_set(e, STATUS_FULL, "erp_lookup", "a lookup gives more than %d rows", LOOKUP_ROWS);
    }
    for (size_t i = 0; i < columns; i++) {
        char text[8192] = "";
        text_copy(text, sizeof text, values[i]);
        size_t length = strlen(text);
        while (length > 0 && text[length - 1] == ' ')
            text[--length] = '\0';
        json_set_text(row, names[i], values[i] ? text : NULL);
    }
    json_array_append_new(rows, row);
    return STATUS_OK;
}

static enum status query(struct session *s, const struct mapping_sql *sql, json_t **rows, struct error *e)
{
    *rows = json_array();
    enum status status = session_query(s, sql->sql, NULL, 0, add_row, *rows, e);
    if (status != STATUS_OK) {
        error_prefix(e, "%s (%s:%d)", sql->name, sql->file, sql->line);
        json_decref(*rows);
        *rows = NULL;
    }
    return status;
}

enum status erp_lookup(struct session *s, const struct mapping *m, const char *lookup, json_t **rows,
                       struct error *e)
{
    const struct mapping_sql *sql = mapping_lookup(m, lookup);
    *rows = NULL;
    if (!sql) {
        struct buf known;
        buf_init(&known, 4096);
        for (size_t i = 0; i < m->lookup_count; i++)
            buf_printf(&known, "%s%s", i ? ", " : "", m->lookups[i].name);
        error_set(e, STATUS_NOT_FOUND, "erp_lookup", "%s has no lookup \"%.60s\"", mapping_title(m), lookup);
        error_remedy(e, "There are: %s.", buf_text(&known));
        buf_free(&known);
        return STATUS_NOT_FOUND;
    }
    return query(s, sql, rows, e);
}

const char *mapping_lookup_database(const struct mapping *m, const char *lookup)
{
    const struct mapping_sql *sql = mapping_lookup(m, lookup);
    return sql ? sql->database : NULL;
}

/* ---- checks -------------------------------------------------------------------------------------- */

static bool address(struct erp_checks *x, char *host, size_t size, int *port, struct check *c,
                    enum check_result *result)
{
    struct error e = {0};
    if (session_address(x->config, host, size, port, &e) == STATUS_OK)
        return true;
    *result = check_failed(c, &e);
    return false;
}

static enum check_result check_name(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char host[256], addresses[512];
    int port;
    struct error e = {0};
    enum check_result result;
    if (!address(x, host, sizeof host, &port, c, &result))
        return result;
    if (probe_resolve(host, addresses, sizeof addresses, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "%s is %s", host, addresses);
}

static enum check_result check_tcp(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char host[256];
    int port;
    struct error e = {0};
    enum check_result result;
    if (!address(x, host, sizeof host, &port, c, &result))
        return result;
    if (probe_tcp(host, port, config_integer(x->config, "erp.connect_timeout"), &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "port %d answers", port);
}

static enum check_result describe_tls(const struct erp_checks *x, const struct probe_certificate *seen,
                                      struct check *c)
{
    const char *encryption = config_text(x->config, "erp.encryption");
    const char *verify = config_text(x->config, "erp.tls_verify");
    const char *who = seen->names[0] ? seen->names : seen->subject;
    if (text_equal(encryption, "off")) {
        check_remedy(c, "Set erp.encryption = \"required\"; to trust this server's certificate: erp.tls_verify = "
                        "\"pin\", erp.tls_pin = \"%s\"", seen->fingerprint);
        return check_answer(c, CHECK_WARN, "not encrypted, not even the password");
    }
    if (text_equal(verify, "none")) {
        check_remedy(c, "To trust only this server: erp.tls_verify = \"pin\", erp.tls_pin = \"%s\"",
                     seen->fingerprint);
        return check_answer(c, CHECK_WARN, "encrypted, but the certificate (%s, issued by %s) is not verified",
                            who, seen->issuer);
    }
    if (text_equal(encryption, "login")) {
        check_remedy(c, "Set erp.encryption = \"required\".");
        return check_answer(c, CHECK_WARN, "only the login is encrypted, the data is not");
    }
    return check_answer(c, CHECK_OK, "encrypted; certificate of %s, issued by %s, fingerprint %s", who,
                        seen->issuer, seen->fingerprint);
}

static enum check_result check_tls(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct probe_certificate *seen = mem_alloc(sizeof *seen);
    char host[256];
    int port;
    bool encrypts;
    struct error e = {0};
    enum check_result result;
    if (!address(x, host, sizeof host, &port, c, &result)) {
        free(seen);
        return result;
    }
    if (prelogin_probe(host, port, config_integer(x->config, "erp.connect_timeout"), seen, &encrypts, &e) !=
        STATUS_OK) {
        result = check_failed(c, &e);
    } else if (!encrypts && !text_equal(config_text(x->config, "erp.encryption"), "off")) {
        result = check_answer(c, CHECK_FAIL, "the SQL Server does not encrypt");
        check_remedy(c, "Switch encryption on there, or set erp.encryption = \"off\" knowingly.");
    } else {
        result = describe_tls(x, seen, c);
    }
    free(seen);
    return result;
}

static enum check_result check_login(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct error e = {0};
    if (session_open(x->config, x->private_dir, &x->session, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "logged in as %s to the database %s",
                        config_text(x->config, "erp.user"), config_text(x->config, "erp.database"));
}

static enum check_result check_kind(void *context, struct check *c)
{
    struct erp_checks *x = context;
    for (size_t i = 0; i < x->mapping->probe_count; i++) {
        const struct mapping_probe *p = &x->mapping->probes[i];
        struct error e = {0};
        char value[256];
        if (mapping_first_value(x->session, &p->statement, value, sizeof value, &e) != STATUS_OK)
            return check_failed(c, &e);
        if (!text_equal(value, p->expect)) {
            check_remedy(c, "Check erp.database: it must name the company's database of %s. The probe %s "
                            "expected \"%s\" and got \"%s\".", mapping_title(x->mapping), p->statement.name,
                         p->expect, value);
            return check_answer(c, CHECK_FAIL, "the database %s is not one of %s: it is not %s",
                                config_text(x->config, "erp.database"), mapping_title(x->mapping), p->title);
        }
    }
    return check_answer(c, CHECK_OK, "a company database of %s", mapping_title(x->mapping));
}

static enum check_result check_version(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct error e = {0};
    char value[256];
    if (!x->mapping->version.sql)
        return check_answer(c, CHECK_OK, "the mapping does not ask for a version");
    if (mapping_first_value(x->session, &x->mapping->version, value, sizeof value, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (!value[0])
        return check_answer(c, CHECK_WARN, "the database does not say which version it is");
    return check_answer(c, CHECK_OK, "database version %s", value);
}

/* May we read what the streams read? Each statement is started and its first row fetched. */
static enum check_result check_rights(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct buf good;
    buf_init(&good, 512);
    for (size_t i = 0; i < x->mapping->stream_count; i++) {
        const char *name = x->mapping->streams[i].statement.name;
        struct error e = {0};
        struct reader *r = NULL;
        const struct record *record;
        enum status status = reader_open(x->session, x->mapping, name, NULL, &r, &e);
        if (status == STATUS_OK)
            status = reader_next(r, &record, &e);
        reader_close(r);
        if (status != STATUS_OK && status != STATUS_END) {
            buf_free(&good);
            return check_failed(c, &e);
        }
        buf_printf(&good, "%s%s", i ? ", " : "", name);
    }
    enum check_result result = check_answer(c, CHECK_OK, "may read %s", buf_text(&good));
    buf_free(&good);
    return result;
}

/* Does the ERP know the user in whose name documents are entered? */
static enum check_result check_operator(void *context, struct check *c)
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
    if (erp_lookup(x->session, x->mapping, "operators", &rows, &e) != STATUS_OK)
        return check_failed(c, &e);
    json_array_foreach (rows, i, row)
        json_object_foreach (row, key, value)
            found |= text_equal_nocase(json_string_value(value), wanted);
    json_decref(rows);
    if (found)
        return check_answer(c, CHECK_OK, "%s is an active operator", wanted);
    check_remedy(c, "Correct erp.operator; `endpointctl lookup operators` lists those that there are.");
    return check_answer(c, CHECK_FAIL, "the ERP has no active operator \"%s\"", wanted);
}

/* Can orders be handed over? The code is that of what can be wrong: the directory, or the program. */
static enum check_result check_writer(void *context, struct check *c)
{
    struct erp_checks *x = context;
    const char *name = config_text(x->config, "orders.writer");
    const struct writer_ops *ops = writer_find(name);
    struct writer *w = NULL;
    struct error e = {0};
    if (text_equal(name, "off"))
        return check_answer(c, CHECK_SKIPPED, "orders.writer is off; only orders need one");
    if (text_equal(name, "epp"))
        text_copy(c->code, sizeof c->code, "orders.directory");
    else if (text_equal(name, "command"))
        text_copy(c->code, sizeof c->code, "orders.command");
    if (!ops) {
        check_remedy(c, "Set orders.writer to one that there is, or to \"off\".");
        return check_answer(c, CHECK_FAIL, "there is no writer \"%s\"", name);
    }
    if (ops->open(x->config, x->mapping, x->session, &w, &e) != STATUS_OK)
        return check_failed(c, &e);
    ops->close(w);
    if (text_equal(name, "epp"))
        return check_answer(c, CHECK_OK, "files may be made and renamed in %s", config_text(x->config, "orders.epp_dir"));
    return check_answer(c, CHECK_OK, "orders.writer = \"%s\" can be used", name);
}

const struct check_def erp_check_list[] = {
    {"erp.name", "ERP: server's name", NULL, check_name},
    {"erp.tcp", "ERP: connection", "erp.name", check_tcp},
    {"erp.tls", "ERP: encryption", "erp.tcp", check_tls},
    {"erp.login", "ERP: login", "erp.tls", check_login},
    {"erp.kind", "ERP: right database", "erp.login", check_kind},
    {"erp.version", "ERP: version", "erp.kind", check_version},
    {"erp.operator", "ERP: operator", "erp.kind", check_operator},
    {"erp.rights", "ERP: rights to read", "erp.kind", check_rights},
    {"orders.writer", "Orders: writing", "erp.kind", check_writer},
};
const size_t erp_check_count = COUNT_OF(erp_check_list);
