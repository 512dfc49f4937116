#include "erp/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config.h"
#include "erp/browser.h"
#include "erp/prelogin.h"

/* ---- errors ------------------------------------------------------------------------------------ */

/* Server messages that we know, with what to do. Numbers: SQL Server's documentation of errors. */
static const struct {
    int native;
    enum status status;
    const char *code, *remedy;
} known[] = {
    {18456, STATUS_DENIED, "erp_login",
     "Check erp.user and the password (endpointctl config set erp.password), and that the server allows SQL "
     "Server logins (mixed mode)."},
    {18452, STATUS_DENIED, "erp_login",
     "The server does not take this account of Windows: is its domain one that the server trusts, and is "
     "erp.auth what was meant?"},
    {18470, STATUS_DENIED, "erp_login", "The login is disabled on the server; have it enabled."},
    {18487, STATUS_DENIED, "erp_login",
     "The login's password has expired; set a new one on the server."},
    {4060, STATUS_DENIED, "erp_database",
     "Check the name in erp.database, and that the login has a user in it."},
    {229, STATUS_DENIED, "erp_rights",
     "Give the login the right to read: GRANT SELECT, or db_datareader."},
    {230, STATUS_DENIED, "erp_rights",
     "Give the login the right to read that column too, or the whole table."},
    {916, STATUS_DENIED, "erp_rights",
     "Give the login a user in that database: `endpointctl erp grants` prints how."},
    {208, STATUS_NOT_FOUND, "erp_object",
     "The mapping names a table that this database does not have: is it another ERP, or another version?"},
    {207, STATUS_NOT_FOUND, "erp_column",
     "The mapping names a column that this table does not have: is it another version of the ERP?"},
    {2628, STATUS_INVALID, "erp_long",
     "A text is longer than the ERP's column; its width in the mapping's orders.widths is too large."},
    {8152, STATUS_INVALID, "erp_long",
     "A text is longer than the ERP's column; its width in the mapping's orders.widths is too large."},
    {2601, STATUS_BUSY, "erp_duplicate", "Somebody took that number first; it is tried again."},
    {2627, STATUS_BUSY, "erp_duplicate", "Somebody took that number first; it is tried again."},
    {1205, STATUS_BUSY, "erp_deadlock",
     "The server chose our statement as a deadlock's victim; it is tried again."},
    {1222, STATUS_BUSY, "erp_locked", "Somebody holds a lock in the ERP; it is tried again."},
};

/* "[FreeTDS][SQL Server]text" without the brackets. */
static const char *without_brackets(const char *text)
{
    while (*text == '[') {
        const char *close = strchr(text, ']');
        if (!close)
            break;
        text = close + 1;
    }
    return text;
}

static enum status by_number(struct error *e, const char *what, int native, const char *text)
{
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (known[i].native == native) {
            error_set(e, known[i].status, known[i].code, "%s: %s", what, text);
            return error_remedy(e, "%s", known[i].remedy);
        }
    }
    return STATUS_OK;
}

/* How much a message of several says: what failed comes first, and behind it only that it did. */
static int weight(int native)
{
    static const int echoes[] = {3609, 3616, 3621, 3930,
                                 3998}; /* "… has been terminated", and the like */
    for (size_t i = 0; i < COUNT_OF(echoes); i++)
        if (native == echoes[i])
            return 2;
    return native == 0 ? 0 : native >= 20000 && native < 20100 ? 1 : 3;
}

enum status session_error(struct session *s, SQLSMALLINT type, SQLHANDLE handle, const char *what,
                          struct error *e)
{
    SQLWCHAR wide_state[6] = {0}, message[1024];
    char state[6] = "";
    SQLINTEGER native = 0;
    SQLSMALLINT length;
    SQLUINTEGER dead = SQL_CD_FALSE;
    char text[900] = "";
    int best = -1;
    bool conversion = false;
    enum status status = STATUS_OK;
    for (SQLSMALLINT i = 1; i <= 16 && status == STATUS_OK; i++) {
        if (!SQL_SUCCEEDED(SQLGetDiagRecW(type, handle, i, wide_state, &native, message,
                                          COUNT_OF(message), &length)))
            break;
        struct buf all, clean;
        buf_init(&all, 8192);
        buf_init(&clean, 8192);
        for (size_t k = 0; k < 5; k++)
            state[k] = (char)wide_state[k];
        size_t units = length < 0 ? 0 : (size_t)length;
        text_from_utf16(&all, (const uint8_t *)message,
                        2 * (units < COUNT_OF(message) ? units : COUNT_OF(message) - 1));
        const char *words = without_brackets(buf_text(&all));
        text_repair(&clean, words, strlen(words));
        buf_free(&all);
        status = by_number(e, what, (int)native, buf_text(&clean));
        /* 20000 … are FreeTDS' own: no connection, or a broken one. 2400 to 2404 are its conversions of texts
         * (TDSEICONV… of its tds.h): a packet may have been sent half, and what comes next is answered to that. */
        conversion |= native >= 2400 && native <= 2404;
        if (conversion || (native >= 20000 && native < 20100 && native != 20018))
            s->dead = true;
        if (weight((int)native) > best) {
            best = weight((int)native);
            text_copy(text, sizeof text, buf_text(&clean));
        }
        buf_free(&clean);
    }
    if (SQL_SUCCEEDED(
            SQLGetConnectAttr(s->dbc, SQL_ATTR_CONNECTION_DEAD, &dead, SQL_IS_UINTEGER, NULL)) &&
        dead == SQL_CD_TRUE)
        s->dead = true;
    if (status != STATUS_OK)
        return status;
    if (memcmp(state, "HYT", 3) == 0) {
        error_set(e, STATUS_TIMEOUT, "erp_timeout", _("%s: the SQL Server did not answer in time"),
                  what);
        return error_remedy(e, _("If the server is only slow, raise erp.query_timeout."));
    }
    if (memcmp(state, "HY008", 5) == 0)
        return error_set(e, STATUS_CANCELLED, "erp_cancelled", _("%s: cancelled"), what);
    if (conversion) {
        error_set(
            e, STATUS_UNREACHABLE, "erp_conversion",
            _("%s: a text could not be converted for or from the SQL Server, and the connection "
              "is made anew: %s"),
            what, text);
        return error_remedy(e,
                            _("Tell support what was being done; the text itself is not shown."));
    }
    if (s->dead || memcmp(state, "08", 2) == 0) {
        s->dead = true;
        error_set(e, STATUS_UNREACHABLE, "erp_unreachable",
                  _("%s: the connection to %s broke or could not be "
                    "made: %s"),
                  what, s->server, text);
        return error_remedy(e, _("Is the SQL Server running, and does a firewall let us through?"));
    }
    return error_set(e, STATUS_REFUSED, "erp_refused", _("%s: %s"), what,
                     text[0] ? text : "no reason given");
}

#define SQL_SERVER_PORT 1433

/* ---- connecting --------------------------------------------------------------------------------- */

/* "host\INSTANCE,port" taken apart; the network is not asked. *port 0: not given. */
static enum status split_server(const struct config *c, char *host, size_t size,
                                char instance[BROWSER_NAME], int *port, struct error *e)
{
    const char *server = config_text(c, "erp.server");
    long given;
    text_copy(host, size, server);
    instance[0] = '\0';
    *port = (int)config_integer(c, "erp.port");
    char *comma = strchr(host, ',');
    if (comma) {
        *comma = '\0';
        if (!text_to_long(comma + 1, 1, 65535, &given))
            return error_set(e, STATUS_INVALID, "erp_port",
                             _("erp.server is \"%s\": after the comma a port is "
                               "expected"),
                             server);
        *port = (int)given;
    }
    char *slash = strchr(host, '\\');
    if (slash) {
        *slash = '\0';
        if (!slash[1] || strpbrk(slash + 1, "\\;") ||
            !text_copy(instance, BROWSER_NAME, slash + 1)) {
            error_set(e, STATUS_INVALID, "erp_instance",
                      _("erp.server is \"%s\": after the backslash the name of an "
                        "instance is expected"),
                      server);
            return error_remedy(
                e, _("Write SERVER\\INSTANCE, in endpoint.conf itself with two backslashes."));
        }
    }
    if (text_equal(host, ".") || text_equal_nocase(host, "(local)"))
        text_copy(host, size, "localhost");
    if (!*host)
        return error_set(e, STATUS_INVALID, "erp_server", _("erp.server is empty"));
    return STATUS_OK;
}

enum status session_host(const struct config *c, char *host, size_t size, struct error *e)
{
    char instance[BROWSER_NAME];
    int port;
    return split_server(c, host, size, instance, &port, e);
}

enum status erp_address(const struct config *c, char *host, size_t size, int *port, struct error *e)
{
    char instance[BROWSER_NAME];
    enum status status = split_server(c, host, size, instance, port, e);
    if (status != STATUS_OK || *port)
        return status;
    *port = SQL_SERVER_PORT;
    if (!*instance || text_equal_nocase(instance, "MSSQLSERVER"))
        return STATUS_OK;
    return browser_port(host, instance, (int)config_integer(c, "erp.browser_port"),
                        config_integer(c, "erp.connect_timeout"), port, e);
}

enum status erp_instances(const struct config *c, json_t **rows, struct error *e)
{
    char host[256];
    size_t count = 0;
    *rows = NULL;
    enum status status = session_host(c, host, sizeof host, e);
    if (status != STATUS_OK)
        return status;
    struct browser_instance *list = mem_array(BROWSER_INSTANCES, sizeof *list);
    status =
        browser_list(host, (int)config_integer(c, "erp.browser_port"),
                     config_integer(c, "erp.connect_timeout"), list, BROWSER_INSTANCES, &count, e);
    if (status == STATUS_OK)
        *rows = json_array();
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        char id[400];
        json_t *row = json_object();
        text_format(id, sizeof id, "%s\\%s", host, list[i].name);
        json_set_text(row, "id", id);
        json_set_text(row, "name", list[i].name);
        json_set_text(row, "version", list[i].version);
        json_set_number(row, "port", list[i].port);
        json_array_append_new(*rows, row);
    }
    free(list);
    return status;
}

static void plain_hex(char *target, size_t size, const char *pin)
{
    size_t n = 0;
    for (; *pin && n + 1 < size; pin++)
        if (*pin != ':')
            target[n++] = *pin >= 'A' && *pin <= 'F' ? (char)(*pin + 32) : *pin;
    target[n] = '\0';
}

/* Fetch the certificate, compare it with the pin, and keep it as the only authority. */
static enum status pin_certificate(const struct config *c, const char *host, int port,
                                   const char *dir, char *ca, size_t size, struct error *e)
{
    struct probe_certificate *seen = mem_alloc(sizeof *seen);
    char wanted[80];
    bool encrypts;
    plain_hex(wanted, sizeof wanted, config_text(c, "erp.tls_pin"));
    enum status status =
        prelogin_probe(host, port, config_integer(c, "erp.connect_timeout"), seen, &encrypts, e);
    if (status == STATUS_OK && !encrypts) {
        status = error_set(e, STATUS_DENIED, "tls_off", _("the SQL Server on %s does not encrypt"),
                           host);
        error_remedy(e,
                     _("Switch encryption on there, or set erp.encryption = \"off\" knowingly."));
    } else if (status == STATUS_OK && !text_equal(wanted, seen->fingerprint)) {
        status =
            error_set(e, STATUS_DENIED, "tls_pin",
                      _("the SQL Server's certificate has the fingerprint %s, not the pinned one"),
                      seen->fingerprint);
        error_remedy(
            e, _("If the server's certificate was renewed on purpose, set erp.tls_pin to the new "
                 "fingerprint; if not, somebody may be listening in."));
    }
    if (status == STATUS_OK)
        status = path_join(ca, size, dir, "erp-pin.pem", e);
    if (status == STATUS_OK)
        status = file_replace(ca, seen->pem, strlen(seen->pem), 0600, NULL, e);
    free(seen);
    return status;
}

/* FreeTDS takes a CA and the host name check only from its own configuration file. */
static enum status write_freetds(const struct config *c, const char *host, int port,
                                 const char *dir, struct error *e)
{
    char path[1024], ca[1024] = "";
    const char *encryption = config_text(c, "erp.encryption"),
               *verify = config_text(c, "erp.tls_verify");
    struct buf b;
    bool off = text_equal(encryption, "off");
    enum status status = path_join(path, sizeof path, dir, "freetds.conf", e);
    if (status == STATUS_OK && !off && text_equal(verify, "pin"))
        status = pin_certificate(c, host, port, dir, ca, sizeof ca, e);
    if (status != STATUS_OK)
        return status;
    if (text_equal(verify, "ca"))
        text_copy(ca, sizeof ca, config_text(c, "erp.tls_ca"));
    else if (text_equal(verify, "system"))
        text_copy(ca, sizeof ca, "system");
    if (strpbrk(ca, "\r\n") || strpbrk(host, "\r\n"))
        return error_set(e, STATUS_INVALID, "erp_path",
                         _("a setting of the ERP contains a line break"));
    buf_init(&b, 8192);
    buf_printf(&b,
               "[erp]\nhost = %s\nport = %d\ntds version = 7.4\nclient charset = UTF-8\n"
               "encryption = %s\n",
               host, port,
               off                               ? "off"
               : text_equal(encryption, "login") ? "request"
                                                 : "require");
    if (!off && *ca)
        buf_printf(&b, "ca file = %s\n", ca);
    bool by_name = (text_equal(verify, "ca") || text_equal(verify, "system")) &&
                   !*config_text(c, "erp.tls_host"); /* else: check_other_name */
    buf_printf(&b, "check certificate hostname = %s\n", !off && by_name ? "yes" : "no");
    status = file_replace(path, buf_text(&b), b.length, 0600, NULL, e);
    buf_free(&b);
    if (status == STATUS_OK)
        setenv("FREETDSCONF", path, 1);
    return status;
}

/* FreeTDS compares the certificate with the name it connects to. When another name is expected, the
 * probe does the comparison. */
static enum status check_other_name(const struct config *c, const char *host, int port,
                                    struct error *e)
{
    const char *expected = config_text(c, "erp.tls_host"),
               *verify = config_text(c, "erp.tls_verify");
    if (!*expected || text_equal(config_text(c, "erp.encryption"), "off") ||
        text_equal(verify, "none") || text_equal(verify, "pin"))
        return STATUS_OK;
    struct probe_certificate *seen = mem_alloc(sizeof *seen);
    bool encrypts;
    enum status status =
        prelogin_probe(host, port, config_integer(c, "erp.connect_timeout"), seen, &encrypts, e);
    if (status == STATUS_OK && (!encrypts || !probe_names_match(seen, expected))) {
        status = error_set(e, STATUS_DENIED, "tls_host",
                           _("the SQL Server's certificate is for the name %s, not "
                             "for %s"),
                           seen->names[0] ? seen->names : seen->subject, expected);
        error_remedy(
            e,
            _("Set erp.tls_host to a name that the certificate carries, or pin the certificate."));
    }
    free(seen);
    return status;
}

/* A value of a connection string in braces. FreeTDS takes all up to "};" as it stands (a doubled brace
 * stays doubled), so only that pair cannot be said. */
static void add_value(struct buf *b, const char *name, const char *value)
{
    buf_printf(b, ";%s={%s}", name, value);
}

static enum status explain_tls(const struct config *c, const char *host, int port, struct error *e)
{
    /* FreeTDS says only that the connection failed. Was it the certificate? */
    const char *verify = config_text(c, "erp.tls_verify");
    struct probe_certificate *seen = mem_alloc(sizeof *seen);
    bool encrypts = false;
    if (e->status == STATUS_UNREACHABLE && !text_equal(config_text(c, "erp.encryption"), "off") &&
        !text_equal(verify, "none") &&
        prelogin_probe(host, port, config_integer(c, "erp.connect_timeout"), seen, &encrypts,
                       NULL) == STATUS_OK) {
        if (!encrypts) {
            error_set(e, STATUS_DENIED, "tls_off", _("the SQL Server on %s does not encrypt"),
                      host);
            error_remedy(
                e, _("Switch encryption on there, or set erp.encryption = \"off\" knowingly."));
        } else {
            error_set(
                e, STATUS_DENIED, "tls_untrusted",
                _("the SQL Server's certificate (for %s, issued by %s) is not trusted by %s, or does not "
                  "carry the name %s"),
                seen->names[0] ? seen->names : seen->subject, seen->issuer,
                text_equal(verify, "ca") ? config_text(c, "erp.tls_ca")
                                         : _("the system's authorities"),
                host);
            error_remedy(
                e,
                _("Give its authority in erp.tls_ca, or pin it: erp.tls_verify = \"pin\", erp.tls_pin = "
                  "\"%s\""),
                seen->fingerprint);
        }
    }
    free(seen);
    return e->status;
}

/* Is erp.user one that erp.auth can use? */
static enum status check_auth(const struct session *s, const char *auth, struct error *e)
{
    bool windows = strchr(s->user, '\\') != NULL;
    if (text_equal(auth, "sql") && windows) {
        error_set(e, STATUS_INVALID, "erp_auth", _("erp.user is \"%s\", an account of Windows"),
                  s->user);
        return error_remedy(
            e,
            _("Set erp.auth = \"ntlm\" (with the account's password) or \"kerberos\" (with a ticket); or give "
              "a login of the SQL Server."));
    }
    if (text_equal(auth, "ntlm") && !windows) {
        error_set(e, STATUS_INVALID, "erp_auth",
                  _("erp.user is \"%s\": erp.auth = \"ntlm\" needs DOMAIN\\name"), s->user);
        return error_remedy(
            e, _("Write the domain too, in endpoint.conf itself with two backslashes."));
    }
    return STATUS_OK;
}

/* Who logs in. FreeTDS takes a name with a backslash as an account of Windows (NTLMv2), and Kerberos'
 * ticket when there is no name. */
static void add_account(struct buf *b, const struct session *s, const char *auth,
                        const char *password)
{
    if (text_equal(auth, "kerberos")) {
        buf_add_text(b, ";Trusted_Connection=Yes");
        return;
    }
    add_value(b, "UID", s->user);
    add_value(b, "PWD", password);
}

static enum status connect_odbc(struct session *s, const struct config *c, struct error *e)
{
    const char *auth = config_text(c, "erp.auth");
    struct buf b;
    char password[512];
    int64_t timeout = config_integer(c, "erp.connect_timeout");
    enum status status = check_auth(s, auth, e);
    if (status == STATUS_OK)
        status = config_secret(c, "erp.password", password, sizeof password, e);
    if (status != STATUS_OK)
        return status;
    if (strstr(password, "};") || strstr(s->user, "};") || strstr(s->database, "};")) {
        mem_wipe(password, sizeof password);
        error_set(e, STATUS_INVALID, "erp_value",
                  _("user, password and database may not contain the characters };"));
        return error_remedy(e, _("Give the SQL login another password."));
    }
    buf_init(&b, 8192);
    buf_printf(&b, "DRIVER=%s;Servername=erp;TDS_Version=7.4;ClientCharset=UTF-8;APP=endpoint",
               TDSODBC_PATH);
    add_value(&b, "Database", s->database);
    add_account(&b, s, auth, password);
    buf_add_byte(
        &b, ';'); /* FreeTDS looks for "};": without it the brace would belong to the password */
    mem_wipe(password, sizeof password);
    SQLULEN seconds = (SQLULEN)((timeout + 999) / 1000);
    SQLSetConnectAttr(s->dbc, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)seconds, SQL_IS_UINTEGER);
    /* As UTF-16: until it is connected FreeTDS does not know that our bytes are UTF-8, and a password
     * with a Polish letter would be refused. */
    struct buf wide;
    buf_init(&wide, 2 * b.maximum);
    text_to_utf16(&wide, buf_text(&b), b.length);
    SQLRETURN code =
        SQLDriverConnectW(s->dbc, NULL, (SQLWCHAR *)(void *)wide.data,
                          (SQLSMALLINT)(wide.length / 2), NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    mem_wipe(b.data, b.length);
    mem_wipe(wide.data, wide.length);
    buf_free(&b);
    buf_free(&wide);
    if (!SQL_SUCCEEDED(code)) {
        char what[400];
        text_format(what, sizeof what, "connecting to %s, database %s", s->server, s->database);
        return session_error(s, SQL_HANDLE_DBC, s->dbc, what, e);
    }
    return STATUS_OK;
}

enum status session_open(const struct config *c, const char *private_dir, struct session **out,
                         struct error *e)
{
    struct session *s = mem_alloc(sizeof *s);
    struct error own = {0};
    char host[256];
    int port;
    if (!e)
        e = &own;
    *out = NULL;
    text_copy(s->database, sizeof s->database, config_text(c, "erp.database"));
    text_copy(s->user, sizeof s->user, config_text(c, "erp.user"));
    s->query_timeout_ms = config_integer(c, "erp.query_timeout");
    enum status status = erp_address(c, host, sizeof host, &port, e);
    if (status == STATUS_OK) {
        text_format(s->server, sizeof s->server, "%s port %d", host, port);
        status = dir_ensure(private_dir, 0700, e);
    }
    if (status == STATUS_OK)
        status = check_other_name(c, host, port, e);
    if (status == STATUS_OK)
        status = write_freetds(c, host, port, private_dir, e);
    if (status == STATUS_OK &&
        (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &s->env)) ||
         !SQL_SUCCEEDED(
             SQLSetEnvAttr(s->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0)) ||
         !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, s->env, &s->dbc))))
        status = error_set(e, STATUS_INTERNAL, "odbc", _("unixODBC could not be initialised"));
    if (status == STATUS_OK)
        status = connect_odbc(s, c, e);
    if (status == STATUS_UNREACHABLE)
        status = explain_tls(c, host, port, e);
    if (status != STATUS_OK) {
        session_close(s);
        return status;
    }
    *out = s;
    return STATUS_OK;
}

void session_close(struct session *s)
{
    if (!s)
        return;
    if (s->dbc) {
        SQLDisconnect(s->dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, s->dbc);
    }
    if (s->env)
        SQLFreeHandle(SQL_HANDLE_ENV, s->env);
    free(s);
}

bool session_dead(const struct session *s)
{
    return s->dead;
}

void session_cancel(struct session *s)
{
    SQLHSTMT statement = s->running;
    if (statement)
        SQLCancel(statement);
}

void session_on_alive(struct session *s, void (*alive)(void *user), void *user)
{
    s->alive = alive;
    s->alive_user = user;
}

enum status session_statement(struct session *s, SQLHSTMT *statement, struct error *e)
{
    if (s->alive)
        s->alive(s->alive_user);
    if (s->dead) /* what state it is in nobody knows */
        return error_set(e, STATUS_UNREACHABLE, "erp_unreachable",
                         _("the connection to %s broke; it is made anew"), s->server);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, s->dbc, statement)))
        return session_error(s, SQL_HANDLE_DBC, s->dbc, "making a statement", e);
    SQLULEN seconds = (SQLULEN)((s->query_timeout_ms + 999) / 1000);
    SQLSetStmtAttr(*statement, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)seconds, SQL_IS_UINTEGER);
    return STATUS_OK;
}

SQLRETURN session_execute(SQLHSTMT statement, const char *sql)
{
    struct buf wide;
    size_t length = strlen(sql);
    buf_init(&wide, 2 * length + 16);
    text_to_utf16(&wide, sql, length);
    SQLRETURN code =
        SQLExecDirectW(statement, (SQLWCHAR *)(void *)wide.data, (SQLINTEGER)(wide.length / 2));
    buf_free(&wide);
    return code;
}

SQLRETURN session_describe(SQLHSTMT statement, SQLUSMALLINT number, char *name, size_t name_size,
                           SQLSMALLINT *type, SQLULEN *size, SQLSMALLINT *digits)
{
    enum { UNITS = 132 }; /* a name has at most 128 */
    SQLWCHAR wide[UNITS] = {0};
    SQLSMALLINT length = 0, nullable;
    struct buf b;
    SQLRETURN code =
        SQLDescribeColW(statement, number, wide, UNITS, &length, type, size, digits, &nullable);
    if (!SQL_SUCCEEDED(code))
        return code;
    buf_init(&b, 1024);
    text_from_utf16(&b, (const uint8_t *)wide,
                    2 * (size_t)(length < 0       ? 0
                                 : length < UNITS ? length
                                                  : UNITS - 1));
    text_copy(name, name_size, buf_text(&b));
    buf_free(&b);
    return code;
}
