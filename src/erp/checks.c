/* The way to the ERP, checked hop by hop, and the list of all checks of an ERP. */
#include "erp/checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "erp/prelogin.h"
#include "erp/session.h"

static bool address(struct erp_checks *x, char *host, size_t size, int *port, struct check *c,
                    enum check_result *result)
{
    struct error e = {0};
    if (erp_address(x->config, host, size, port, &e) == STATUS_OK)
        return true;
    *result = check_failed(c, &e);
    return false;
}

static enum check_result check_name(void *context, struct check *c)
{
    struct erp_checks *x = context;
    char host[256], addresses[512];
    struct error e = {0};
    if (session_host(x->config, host, sizeof host, &e) != STATUS_OK ||
        probe_resolve(host, addresses, sizeof addresses, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, _("%s is %s"), host, addresses);
}

/* Where does the instance listen? Fixed by a setting, or asked for. */
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
        return check_answer(c, CHECK_OK, _("port %d"), port);
    return check_answer(c, CHECK_OK,
                        _("the instance %s listens on port %d, says SQL Server Browser"),
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
    return check_answer(c, CHECK_OK, _("port %d answers"), port);
}

static enum check_result describe_tls(const struct erp_checks *x,
                                      const struct probe_certificate *seen, struct check *c)
{
    const char *encryption = config_text(x->config, "erp.encryption");
    const char *verify = config_text(x->config, "erp.tls_verify");
    const char *who = seen->names[0] ? seen->names : seen->subject;
    if (text_equal(encryption, "off")) {
        check_remedy(
            c,
            _("Set erp.encryption = \"required\"; to trust this server's certificate: erp.tls_verify = "
              "\"pin\", erp.tls_pin = \"%s\""),
            seen->fingerprint);
        return check_answer(c, CHECK_WARN, _("not encrypted, not even the password"));
    }
    if (text_equal(verify, "none")) {
        check_remedy(c,
                     _("To trust only this server: erp.tls_verify = \"pin\", erp.tls_pin = \"%s\""),
                     seen->fingerprint);
        return check_answer(c, CHECK_WARN,
                            _("encrypted, but the certificate (%s, issued by %s) is not verified"),
                            who, seen->issuer);
    }
    enum check_result end = probe_check_expiry(seen, clock_wall_ms(), c);
    if (end != CHECK_OK) {
        if (text_equal(verify, "pin"))
            check_remedy(
                c, _("The administrator of the SQL Server renews it; then set erp.tls_pin to the "
                     "new fingerprint."));
        else
            check_remedy(c, _("The administrator of the SQL Server renews it; %s issued it."),
                         seen->issuer);
        return end;
    }
    if (text_equal(encryption, "login")) {
        check_remedy(c, _("Set erp.encryption = \"required\"."));
        return check_answer(c, CHECK_WARN, _("only the login is encrypted, the data is not"));
    }
    return check_answer(c, CHECK_OK,
                        _("encrypted; certificate of %s, issued by %s, fingerprint %s"), who,
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
    if (prelogin_probe(host, port, config_integer(x->config, "erp.connect_timeout"), seen,
                       &encrypts, &e) != STATUS_OK) {
        result = check_failed(c, &e);
    } else if (!encrypts && !text_equal(config_text(x->config, "erp.encryption"), "off")) {
        result = check_answer(c, CHECK_FAIL, _("the SQL Server does not encrypt"));
        check_remedy(c,
                     _("Switch encryption on there, or set erp.encryption = \"off\" knowingly."));
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
    return check_answer(c, CHECK_OK, _("logged in as %s to the database %s"),
                        config_text(x->config, "erp.user"), config_text(x->config, "erp.database"));
}

void erp_checks_end(struct erp_checks *x)
{
    session_close(x->session);
    x->session = NULL;
    if (x->tables) {
        tables_free(x->tables);
        free(x->tables);
        x->tables = NULL;
    }
}

const struct check_def erp_check_list[] = {
    {"erp.name", N_("ERP: server's name"), NULL, check_name},
    {"erp.port", N_("ERP: port"), "erp.name", check_port},
    {"erp.tcp", N_("ERP: connection"), "erp.port", check_tcp},
    {"erp.tls", N_("ERP: encryption"), "erp.tcp", check_tls},
    {"erp.login", N_("ERP: login"), "erp.tls", check_login},
    {"erp.server", N_("ERP: SQL Server"), "erp.login", check_server},
    {"erp.kind", N_("ERP: right database"), "erp.login", check_kind},
    {"erp.version", N_("ERP: version"), "erp.kind", check_version},
    {"erp.company", N_("ERP: company"), "erp.kind", check_company},
    {"erp.collation", N_("ERP: letters"), "erp.kind", check_collation},
    {"erp.clock", N_("ERP: clock"), "erp.login", check_clock},
    {"erp.operator", N_("ERP: operator"), "erp.kind", check_operator},
    {"erp.rights", N_("ERP: rights to read"), "erp.kind", check_rights},
    {"erp.speed", N_("ERP: speed"), "erp.rights", check_speed},
    {"orders.writer", N_("Orders: writing"), "erp.kind", check_writer},
};
const size_t erp_check_count = COUNT_OF(erp_check_list);
