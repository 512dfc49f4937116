/* Checks the way to the ERP hop by hop, and holds the list of all checks of an ERP. */
#include "erp/checks_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "erp/access.h"
#include "erp/checks_writes.h"
#include "net/expiry.h"
#include "os/clock.h"
#include "tds/session.h"
#include "tds/trust.h"

static bool address(struct erp_checks *x, char *host, size_t size, int *port, struct check *c,
                    enum check_result *result)
{
    struct error e = {0};
    const struct session_options o = access_options(x->config, x->private_dir);
    if (session_address(&o, host, size, port, &e) == STATUS_OK)
        return true;
    *result = check_failed(c, &e);
    return false;
}

static enum check_result check_name(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char host[256], addresses[512];
    struct error e = {0};
    const struct session_options o = access_options(x->config, x->private_dir);
    if (session_host(&o, host, sizeof host, &e) != STATUS_OK ||
        probe_resolve(host, addresses, sizeof addresses, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "%s is %s", host, addresses);
}

/* Where does the instance listen? Set in the configuration, or found out. */
static enum check_result check_port(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char host[256];
    const char *instance = strchr(config_text(x->config, "erp.server"), '\\');
    int port;
    enum check_result result;
    if (!address(x, host, sizeof host, &port, c, &result))
        return result;
    if (config_integer(x->config, "erp.port") || !instance || strchr(instance, ','))
        return check_answer(c, CHECK_OK, "port %d", port);
    return check_answer(c, CHECK_OK,
                        "SQL Server Browser says that the instance %s listens on port %d",
                        instance + 1, port);
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

/* Amber for anything less safe than it could be. */
static enum check_result weak_tls(const struct erp_checks *x,
                                  const struct probe_certificate *certificate, struct check *c)
{
    const char *who = certificate->names[0] ? certificate->names : certificate->subject;
    bool off = text_equal(config_text(x->config, "erp.encryption"), "off");
    if (off)
        check_answer(c, CHECK_WARN, "not encrypted, not even the password");
    else
        check_answer(c, CHECK_WARN,
                     "encrypted, but the certificate (%s, issued by %s) is not verified", who,
                     certificate->issuer);
    if (!certificate->fingerprint[0])
        check_remedy(c,
                     "Set erp.encryption = \"required\", once the SQL Server has a certificate.");
    else if (trust_passing(certificate)) /* a pin would fit only until its next start */
        check_remedy(c, "%-s", trust_lasting_remedy());
    else if (off)
        check_remedy(
            c,
            "Set erp.encryption = \"required\"; to trust this server's certificate: erp.tls_verify = "
            "\"pin\", erp.tls_pin = \"%s\"",
            certificate->fingerprint);
    else
        check_remedy(c, "To trust only this server: erp.tls_verify = \"pin\", erp.tls_pin = \"%s\"",
                     certificate->fingerprint);
    return CHECK_WARN;
}

static void remedy_expiry(const char *verify, const struct probe_certificate *certificate,
                          struct check *c)
{
    if (text_equal(verify, "pin"))
        check_remedy(c, "The SQL Server's administrator must renew it; then set erp.tls_pin to "
                        "the new fingerprint.");
    else
        check_remedy(c, "The SQL Server's administrator must renew it; %s issued it.",
                     certificate->issuer);
}

static enum check_result describe_tls(const struct erp_checks *x, const char *host,
                                      const struct prelogin_seen *seen, struct check *c)
{
    const struct probe_certificate *certificate = &seen->certificate;
    const char *encryption = config_text(x->config, "erp.encryption");
    const char *verify = config_text(x->config, "erp.tls_verify");
    struct error e = {0};
    const struct session_options o = access_options(x->config, x->private_dir);
    if (text_equal(encryption, "off") || (seen->encrypts && text_equal(verify, "none")))
        return weak_tls(x, certificate, c);
    enum check_result end =
        seen->encrypts ? expiry_check(certificate, clock_wall_ms(), c) : CHECK_OK;
    if (end != CHECK_FAIL && trust_judge(&o, host, seen, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (end != CHECK_OK) {
        remedy_expiry(verify, certificate, c);
        return end;
    }
    if (text_equal(verify, "pin") && trust_passing(certificate)) {
        check_remedy(c, "%-s", trust_lasting_remedy());
        return check_answer(
            c, CHECK_WARN,
            "encrypted, and the certificate is the pinned one; but the server makes a new "
            "one at each start, and then nothing is read until you pin that one");
    }
    if (text_equal(encryption, "login")) {
        check_remedy(c, "Set erp.encryption = \"required\".");
        return check_answer(c, CHECK_WARN, "only the login is encrypted, the data is not");
    }
    return check_answer(c, CHECK_OK, "encrypted; certificate of %s, issued by %s, fingerprint %s",
                        certificate->names[0] ? certificate->names : certificate->subject,
                        certificate->issuer, certificate->fingerprint);
}

static enum check_result check_tls(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char host[256];
    int port;
    struct error e = {0};
    enum check_result result;
    if (!address(x, host, sizeof host, &port, c, &result))
        return result;
    struct prelogin_seen *seen = mem_alloc(sizeof *seen);
    const struct session_options o = access_options(x->config, x->private_dir);
    if (trust_look(&o, host, port, seen, &e) != STATUS_OK)
        result = check_failed(c, &e);
    else
        result = describe_tls(x, host, seen, c);
    free(seen);
    return result;
}

static enum check_result check_login(void *context, struct check *c)
{
    struct erp_checks *x = context;
    struct error e = {0};
    const struct session_options o = access_options(x->config, x->private_dir);
    if (session_open(&o, &x->session, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "logged in as %s to the database %s",
                        config_text(x->config, "erp.user"), config_text(x->config, "erp.database"));
}

void checks_end(struct erp_checks *x)
{
    session_close(x->session);
    x->session = NULL;
    if (x->tables) {
        tables_free(x->tables);
        free(x->tables);
        x->tables = NULL;
    }
}

const struct check_def checks_list[] = {
    {"erp.name", N_("ERP: server's name"), NULL, check_name},
    {"erp.port", N_("ERP: port"), "erp.name", check_port},
    {"erp.tcp", N_("ERP: connection"), "erp.port", check_tcp},
    {"erp.tls", N_("ERP: encryption"), "erp.tcp", check_tls},
    {"erp.login", N_("ERP: login"), "erp.tls", check_login},
    {"erp.server", N_("ERP: SQL Server"), "erp.login", check_server},
    {"erp.snapshot", N_("ERP: snapshot"), "erp.login", check_snapshot},
    {"erp.kind", N_("ERP: right database"), "erp.login", check_kind},
    {"erp.version", N_("ERP: version"), "erp.kind", check_version},
    {"erp.company", N_("ERP: company"), "erp.kind", check_company},
    {"erp.collation", N_("ERP: letters"), "erp.kind", check_collation},
    {"erp.clock", N_("ERP: clock"), "erp.login", check_clock},
    {"erp.operator", N_("ERP: operator"), "erp.kind", check_operator},
    {"erp.rights", N_("ERP: rights to read"), "erp.kind", check_rights},
    {"erp.writes", N_("ERP: only reading"), "erp.kind", check_writes},
    {"erp.speed", N_("ERP: speed"), "erp.rights", check_speed},
    {"orders.writer", N_("Orders: writing"), "erp.kind", check_writer},
};
const size_t checks_count = COUNT_OF(checks_list);
