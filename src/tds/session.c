#include "tds/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/log.h"
#include "os/private.h"
#include "os/waiting.h"
#include "tds/address.h"
#include "tds/browser.h"
#include "tds/connect_string.h"
#include "tds/freetds_conf.h"
#include "tds/guest.h"
#include "tds/messages.h"
#include "tds/trust.h"
#include "tds/watch.h"
#include "config.h"

/* ---- errors ------------------------------------------------------------------------------------ */

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

/* FreeTDS' own messages: about a connection, and about converting a text. Every other number came
 * from the server. */
static bool of_driver(int native)
{
    return native == 0 || (native >= 20000 && native < 20300) || (native >= 2400 && native < 2410);
}

enum { RECORDS = 16 };

struct diagnosis {
    struct message_said said[RECORDS];
    struct buf texts[RECORDS]; /* the texts of `said` */
    size_t count;              /* of both: the server's messages */
    char own[900];             /* the driver's: the first with a number, else the first */
    int own_native;
    char state[6];   /* of the record read last */
    bool conversion; /* a text's conversion failed */
    bool timed_out;  /* one of the records says so, not always the last */
};

/* Read a record; false: no more. */
static bool read_record(struct session *s, SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                        struct diagnosis *d)
{
    SQLWCHAR wide_state[6] = {0}, message[1024];
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    struct buf all, *clean = &d->texts[d->count];
    if (!SQL_SUCCEEDED(SQLGetDiagRecW(type, handle, number, wide_state, &native, message,
                                      COUNT_OF(message), &length)))
        return false;
    for (size_t k = 0; k < 5; k++)
        d->state[k] = (char)wide_state[k];
    d->timed_out |= memcmp(d->state, "HYT", 3) == 0;
    guest_refused((int)native);
    size_t units = length < 0 ? 0 : (size_t)length;
    buf_init(&all, 8192);
    buf_init(clean, 8192);
    text_from_utf16(&all, (const uint8_t *)message,
                    2 * (units < COUNT_OF(message) ? units : COUNT_OF(message) - 1));
    const char *words = without_brackets(buf_text(&all));
    text_repair(clean, words, strlen(words));
    buf_free(&all);
    /* 20000 and up are FreeTDS' own: no connection, or a broken one. 2400 to 2404 are its text
     * conversions (TDSEICONV… in its tds.h): half a packet may have been sent, and the next answer
     * would belong to that. */
    d->conversion |= native >= 2400 && native <= 2404;
    if (d->conversion || (native >= 20000 && native < 20100 && native != 20018))
        s->dead = true;
    if (!of_driver((int)native)) {
        d->said[d->count++] = (struct message_said){
            .number = (int)native,
            .information = memcmp(d->state, "01", 2) == 0,
            .text = buf_text(clean),
        };
        return true;
    }
    if (!d->own[0] || (native != 0 && d->own_native == 0)) {
        text_copy(d->own, sizeof d->own, buf_text(clean));
        d->own_native = (int)native;
    }
    buf_free(clean);
    return true;
}

/* The driver's own error, if the server refused nothing. */
static enum status driver_error(struct session *s, const struct diagnosis *d, const char *what,
                                struct error *e)
{
    if (d->timed_out) {
        char limit[40];
        text_from_duration(limit, sizeof limit,
                           s->connected ? s->query_timeout_ms : s->connect_timeout_ms);
        error_set(e, STATUS_TIMEOUT, "erp_timeout",
                  "%-s: the SQL Server did not answer within %s (%s)", what, limit,
                  s->connected ? "erp.query_timeout" : "erp.connect_timeout");
        return error_remedy(e, s->connected
                                   ? N_("If the server is just slow, raise erp.query_timeout.")
                                   : N_("If the server is just slow, raise erp.connect_timeout."));
    }
    if (memcmp(d->state, "HY008", 5) == 0 || s->watch.cancelled_ms)
        return error_set(e, STATUS_CANCELLED, "erp_cancelled", "%-s: cancelled", what);
    if (d->conversion) {
        error_set(
            e, STATUS_UNREACHABLE, "erp_conversion",
            "%-s: a text could not be converted for or from the SQL Server, and the connection "
            "is made anew: %s",
            what, d->own);
        return error_remedy(e, "Tell support what you were doing; the text itself is not shown.");
    }
    if (s->dead || memcmp(d->state, "08", 2) == 0) {
        s->dead = true;
        error_set(e, STATUS_UNREACHABLE, "erp_unreachable",
                  "%-s: the connection to %s broke or could not be "
                  "made: %s",
                  what, s->server, d->own);
        return error_remedy(e, "Is the SQL Server running, and does a firewall let us through?");
    }
    return d->own[0] ? error_set(e, STATUS_REFUSED, "erp_refused", "%-s: %s", what, d->own)
                     : error_set(e, STATUS_REFUSED, "erp_refused", "%-s: %-s", what,
                                 N_("no reason given"));
}

void session_note_dead(struct session *s)
{
    SQLUINTEGER dead = SQL_CD_FALSE;
    if (SQL_SUCCEEDED(
            SQLGetConnectAttr(s->dbc, SQL_ATTR_CONNECTION_DEAD, &dead, SQL_IS_UINTEGER, NULL)) &&
        dead == SQL_CD_TRUE)
        s->dead = true;
}

enum status session_error(struct session *s, SQLSMALLINT type, SQLHANDLE handle, const char *what,
                          struct error *e)
{
    struct diagnosis *d = mem_alloc(sizeof *d);
    struct error why = {0};
    for (SQLSMALLINT i = 1; i <= RECORDS && read_record(s, type, handle, i, d); i++)
        ;
    session_note_dead(s);
    enum status status = watch_error(s, what, &why);
    if (status == STATUS_OK)
        status = messages_error(d->said, d->count, what, &why);
    if (status == STATUS_OK)
        status = driver_error(s, d, what, &why);
    else if (text_equal(why.code, "erp_locked") && s->lock_timeout_ms)
        status = guest_locked(s, &why);
    else if (text_equal(why.code, "erp_refused") && s->connected && s->dead)
        why.status = status = STATUS_UNREACHABLE; /* another session is possible */
    if (s->dead && s->broke.status == STATUS_OK)
        s->broke = why; /* later calls also get this reason, even if this caller ignores it */
    if (e)
        *e = why;
    for (size_t i = 0; i < d->count; i++)
        buf_free(&d->texts[i]);
    free(d);
    return status;
}

#define SQL_SERVER_PORT 1433
#define RESOLVE_MS      60000 /* how long the resolver may take, with several servers */

/* ---- connecting --------------------------------------------------------------------------------- */

enum status session_host(const struct session_options *o, char *host, size_t size, struct error *e)
{
    char instance[BROWSER_NAME];
    int port;
    return address_split(o->server, o->port, host, size, instance, &port, e);
}

enum status session_address(const struct session_options *o, char *host, size_t size, int *port,
                            struct error *e)
{
    char instance[BROWSER_NAME];
    enum status status = address_split(o->server, o->port, host, size, instance, port, e);
    if (status != STATUS_OK || *port)
        return status;
    *port = SQL_SERVER_PORT;
    if (!*instance || text_equal_nocase(instance, "MSSQLSERVER"))
        return STATUS_OK;
    return browser_port(host, instance, o->browser_port, o->connect_timeout_ms, port, e);
}

enum status session_instances(const struct session_options *o, json_t **rows, struct error *e)
{
    char host[256];
    size_t count = 0;
    *rows = NULL;
    enum status status = session_host(o, host, sizeof host, e);
    if (status != STATUS_OK)
        return status;
    struct browser_instance *list = mem_array(BROWSER_INSTANCES, sizeof *list);
    status = browser_list(host, o->browser_port, o->connect_timeout_ms, list, BROWSER_INSTANCES,
                          &count, e);
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

/* FreeTDS accepts neither a pin nor a name other than the one that it connects to, so the server's
 * certificate is fetched and judged here first. */
static enum status look_first(const struct session_options *o, const char *host, int port,
                              struct prelogin_seen *seen, struct error *e)
{
    const char *verify = o->tls_verify;
    bool pin = text_equal(verify, "pin");
    if (text_equal(o->encryption, "off") || text_equal(verify, "none") || (!pin && !*o->tls_host))
        return STATUS_OK;
    enum status status = trust_look(o, host, port, seen, e);
    return status == STATUS_OK ? trust_judge(o, host, seen, e) : status;
}

/* For anything before the login, and for a connection cut during it, FreeTDS only says that there
 * is no connection. Report instead what can be seen from outside; the certificate is blamed only if
 * erp.tls_* refuse it. */
static enum status explain(const struct session *s, const struct session_options *o,
                           const char *host, int port, struct error *e)
{
    struct error why = {0};
    struct prelogin_seen *seen = mem_alloc(sizeof *seen);
    enum status status = trust_look(o, host, port, seen, &why);
    bool answers = status == STATUS_OK;
    if (answers)
        status = trust_judge(o, host, seen, &why);
    free(seen);
    if (status != STATUS_OK) {
        *e = why;
        return error_prefix(e, "connecting to %s, database %s", s->server, s->database);
    }
    return error_remedy(
        e, "The SQL Server answers there, but the connection ended during the login, without a "
           "reason. Is it starting, stopping or full? Its error log says. It is tried again "
           "automatically.");
}

/* Can erp.auth use this erp.user? */
static enum status check_auth(const struct session *s, const char *auth, struct error *e)
{
    bool windows = strchr(s->user, '\\') != NULL;
    if (text_equal(auth, "sql") && windows) {
        error_set(e, STATUS_INVALID, "erp_auth", "erp.user is \"%s\", a Windows account", s->user);
        return error_remedy(
            e,
            "Set erp.auth = \"ntlm\" (with the account's password) or \"kerberos\" (with a ticket); or give "
            "a login of the SQL Server.");
    }
    if (text_equal(auth, "ntlm") && !windows) {
        error_set(e, STATUS_INVALID, "erp_auth",
                  "erp.user is \"%s\": erp.auth = \"ntlm\" needs DOMAIN\\name", s->user);
        return error_remedy(e,
                            "Write the domain, too; in endpoint.conf itself with two backslashes.");
    }
    return STATUS_OK;
}

static char own_name[100] = "endpoint";

void session_name(const char *name)
{
    size_t n = 0;
    for (; *name && n < sizeof own_name - 1; name++)
        if (!strchr("{};=", *name)) /* a connection string cannot contain these */
            own_name[n++] = *name;
    own_name[n] = '\0';
}

/* Append a value; false: this driver cannot be given it in a string. */
static bool add_value(struct session *s, struct buf *b, const char *name, const char *value)
{
    if (connect_string_needs_braces(value) && s->braces == BRACES_NOT_ASKED)
        s->braces = connect_string_ask(s->env);
    return connect_string_add(b, name, value, s->braces);
}

/* The whole connection string; false: it cannot hold everything. FreeTDS takes a name with a
 * backslash as a Windows account (NTLMv2), and uses the Kerberos ticket when there is no name.
 * unixODBC reads braces differently and may find a DRIVER inside a password: our first DRIVER keeps
 * it from looking for a DSN, and the last one is the one that it uses; the word before that one may
 * get merged into a misread value. */
static bool compose(struct session *s, bool ticket, const char *password, struct buf *b)
{
    buf_add_text(b, "DRIVER=" TDSODBC_PATH ";Servername=erp;TDS_Version=7.4;ClientCharset=UTF-8");
    bool all = add_value(s, b, "APP", own_name) && add_value(s, b, "Database", s->database);
    if (ticket)
        buf_add_text(b, ";Trusted_Connection=Yes");
    else
        all = all && add_value(s, b, "UID", s->user) && add_value(s, b, "PWD", password);
    buf_add_text(b, ";End=;DRIVER=" TDSODBC_PATH ";");
    return all;
}

/* Everything is passed as UTF-16: before it is connected FreeTDS does not know that our bytes are
 * UTF-8, and a password with a Polish letter would be refused. Returns the units without the final
 * zero; wipe and free them. */
static SQLSMALLINT widen(struct buf *wide, const char *text)
{
    size_t length = strlen(text);
    buf_init(wide, 2 * length + 16);
    text_to_utf16(wide, text, length);
    length = wide->length / 2;
    buf_add(wide, "\0", 2);
    return (SQLSMALLINT)length;
}

static void wipe(struct buf *b)
{
    if (b->data)
        mem_wipe(b->data, b->length);
    buf_free(b);
}

static SQLRETURN by_string(struct session *s, const char *string)
{
    struct buf wide;
    SQLSMALLINT length = widen(&wide, string);
    SQLRETURN code = SQLDriverConnectW(s->dbc, NULL, (SQLWCHAR *)(void *)wide.data, length, NULL, 0,
                                       NULL, SQL_DRIVER_NOPROMPT);
    wipe(&wide);
    return code;
}

/* Pass the values as arguments, outside of any string, which every driver understands; only our
 * program's name cannot be given then. The data source is in our own file, and its important parts
 * are in freetds.conf. */
static SQLRETURN by_arguments(struct session *s, bool ticket, const char *password)
{
    static const SQLWCHAR source[] = {'e', 'r', 'p'};
    struct buf database, user, secret;
    SQLSMALLINT user_length = widen(&user, ticket ? "" : s->user),
                secret_length = widen(&secret, ticket ? "" : password);
    widen(&database, s->database); /* with a length, unixODBC takes it for bytes */
    SQLRETURN code = SQLSetConnectAttrW(s->dbc, SQL_ATTR_CURRENT_CATALOG, database.data, SQL_NTS);
    if (SQL_SUCCEEDED(code))
        code = SQLConnectW(s->dbc, (SQLWCHAR *)(uintptr_t)source, COUNT_OF(source),
                           (SQLWCHAR *)(void *)user.data, user_length,
                           (SQLWCHAR *)(void *)secret.data, secret_length);
    wipe(&database);
    wipe(&user);
    wipe(&secret);
    return code;
}

static enum status connect_odbc(struct session *s, const struct session_options *o, struct error *e)
{
    const char *auth = o->auth;
    bool ticket = text_equal(auth, "kerberos");
    struct buf string;
    char password[512];
    int64_t timeout = o->connect_timeout_ms;
    enum status status = check_auth(s, auth, e);
    if (status == STATUS_OK)
        status = o->password(o->password_user, password, sizeof password, e);
    if (status != STATUS_OK)
        return status;
    buf_init(&string, 8192);
    bool all = compose(s, ticket, password, &string);
    if (!all)
        status = freetds_conf_source(o->private_dir, e);
    SQLULEN seconds = (SQLULEN)((timeout + 999) / 1000);
    SQLSetConnectAttr(s->dbc, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)seconds, SQL_IS_UINTEGER);
    watch_prepare(s);
    watch_name(s, N_("connecting"));
    watch_enter(s, NULL, timeout);
    SQLRETURN code = status != STATUS_OK ? SQL_ERROR
                     : all               ? by_string(s, buf_text(&string))
                                         : by_arguments(s, ticket, password);
    watch_leave(s);
    watch_connected(s);
    mem_wipe(password, sizeof password);
    wipe(&string);
    private_descriptors(PRIVATE_FIRST); /* order programs must not inherit the socket */
    if (status != STATUS_OK)
        return status;
    if (!SQL_SUCCEEDED(code)) {
        char what[400];
        said_format(what, sizeof what, "connecting to %s, database %s", s->server, s->database);
        return session_error(s, SQL_HANDLE_DBC, s->dbc, what, e);
    }
    s->connected = true;
    return STATUS_OK;
}

enum status session_open(const struct session_options *o, struct session **out, struct error *e)
{
    struct session *s = mem_alloc(sizeof *s);
    struct error own = {0};
    char host[256];
    int port;
    if (!e)
        e = &own;
    *out = NULL;
    text_copy(s->database, sizeof s->database, o->database);
    text_copy(s->user, sizeof s->user, o->user);
    s->query_timeout_ms = o->query_timeout_ms;
    s->connect_timeout_ms = o->connect_timeout_ms;
    s->watch.fd = -1;
    /* Names that nobody resolves, Browser and a probe each have their own time-out. */
    waiting_begin(N_("the SQL Server: connecting"), 4 * s->connect_timeout_ms + RESOLVE_MS, NULL,
                  NULL);
    enum status status = session_address(o, host, sizeof host, &port, e);
    if (status == STATUS_OK) {
        text_format(s->server, sizeof s->server, "%s port %d", host, port);
        status = dir_ensure(o->private_dir, 0700, e);
    }
    struct prelogin_seen *seen = mem_alloc(sizeof *seen);
    if (status == STATUS_OK)
        status = look_first(o, host, port, seen, e);
    if (status == STATUS_OK)
        status = freetds_conf_write(o, host, port, o->private_dir, seen, e);
    free(seen);
    if (status == STATUS_OK &&
        (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &s->env)) ||
         !SQL_SUCCEEDED(
             SQLSetEnvAttr(s->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0)) ||
         !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, s->env, &s->dbc))))
        status = error_set(e, STATUS_INTERNAL, "odbc", "unixODBC could not be initialised");
    if (status == STATUS_OK)
        status = connect_odbc(s, o, e);
    if (status == STATUS_UNREACHABLE && text_equal(e->code, "erp_unreachable"))
        status = explain(s, o, host, port, e);
    if (status == STATUS_OK)
        status = guest_begin(s, o, e);
    waiting_end();
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
        watch_name(s, N_("disconnecting"));
        watch_enter(s, NULL, WATCH_CLOSE_MS);
        SQLDisconnect(s->dbc);
        watch_leave(s);
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
    if (s->broke.status != STATUS_OK && e)
        *e = s->broke;
    if (s->broke.status != STATUS_OK)
        return s->broke.status;
    if (s->dead) /* nobody knows its state */
        return error_set(e, STATUS_UNREACHABLE, "erp_unreachable",
                         "the connection to %s broke; it is made anew", s->server);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, s->dbc, statement)))
        return session_error(s, SQL_HANDLE_DBC, s->dbc, N_("making a statement"), e);
    SQLULEN seconds = (SQLULEN)((s->query_timeout_ms + 999) / 1000);
    SQLSetStmtAttr(*statement, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)seconds, SQL_IS_UINTEGER);
    return STATUS_OK;
}

SQLRETURN session_execute(struct session *s, SQLHSTMT statement, const char *sql)
{
    struct buf wide;
    size_t length = strlen(sql);
    buf_init(&wide, 2 * length + 16);
    text_to_utf16(&wide, sql, length);
    watch_enter(s, s->keep ? NULL : statement, s->query_timeout_ms);
    SQLRETURN code =
        SQLExecDirectW(statement, (SQLWCHAR *)(void *)wide.data, (SQLINTEGER)(wide.length / 2));
    watch_leave(s);
    buf_free(&wide);
    return code;
}

SQLRETURN session_fetch(struct session *s, SQLHSTMT statement)
{
    watch_enter(s, statement, s->query_timeout_ms);
    SQLRETURN code = SQLFetch(statement);
    watch_leave(s);
    if (code != SQL_NO_DATA)
        return code;
    session_note_dead(s);
    return s->dead ? SQL_ERROR : code;
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
