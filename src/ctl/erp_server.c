/* What a form asks a server before anything is saved: its databases, instances and certificate. */
#include "ctl/erp_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/values.h"
#include "erp/access.h"
#include "mapping/lookup.h"
#include "mapping/mapping.h"
#include "os/dir.h"
#include "os/host.h"
#include "tds/prelogin.h"
#include "tds/session.h"
#include "tds/trust.h"

static enum status databases(struct ctl *c, struct config *config, json_t **rows, struct error *e)
{
    struct mapping *m = NULL;
    struct session *s = NULL;
    char dir[700];
    text_format(dir, sizeof dir, "%s/private/ctl-%d", c->paths.state_dir, (int)host_process());
    enum status status = mapping_load(c->paths.erp_dir, c->paths.config_dir,
                                      config_text(config, "erp.type"), &m, NULL, NULL, e);
    if (status == STATUS_OK && !lookup_database(m, "databases")) {
        status = error_set(e, STATUS_NOT_FOUND, "erp_lookup",
                           "the mapping of %s cannot list databases", mapping_title(m));
        error_remedy(e, "Enter the database's name in erp.database.");
    }
    struct session_options o = access_options(config, dir);
    if (status == STATUS_OK) {
        o.database = lookup_database(m, "databases");
        status = session_open(&o, &s, e);
    }
    if (status == STATUS_OK)
        status = lookup_rows(s, m, "databases", rows, e);
    session_close(s);
    dir_remove(dir, NULL);
    mapping_free(m);
    return status;
}

int erp_server_databases(struct ctl *c)
{
    int code;
    struct error e = {0};
    json_t *rows = NULL;
    struct config *config = values_config(c, NULL, &code);
    if (!config)
        return code;
    if (databases(c, config, &rows, &e) != STATUS_OK) {
        code = ctl_failed(c, &e);
    } else {
        code = EXIT_GOOD;
        if (c->json)
            ctl_print_json(json_pack("{s:b,s:O}", "ok", 1, "databases", rows));
        else
            ctl_print_table(rows);
    }
    json_decref(rows);
    config_free(config);
    return code;
}

int erp_server_instances(struct ctl *c)
{
    int code;
    struct error e = {0};
    json_t *rows = NULL;
    struct config *config = values_config(c, NULL, &code);
    if (!config)
        return code;
    code = EXIT_GOOD;
    const struct session_options o = access_options(config, "");
    if (session_instances(&o, &rows, &e) != STATUS_OK)
        code = ctl_failed(c, &e);
    else if (c->json)
        ctl_print_json(json_pack("{s:b,s:O}", "ok", 1, "instances", rows));
    else
        ctl_print_table(rows);
    json_decref(rows);
    config_free(config);
    return code;
}

static json_t *certificate_to_json(const struct probe_certificate *seen)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    json_t *o = json_object();
    clock_format(from, seen->not_before_ms);
    clock_format(to, seen->not_after_ms);
    json_set_flag(o, "ok", true);
    json_set_text(o, "subject", seen->subject);
    json_set_text(o, "issuer", seen->issuer);
    json_set_text(o, "names", seen->names);
    json_set_text(o, "fingerprint", seen->fingerprint);
    json_set_text(o, "not_before", from);
    json_set_text(o, "not_after", to);
    json_set_flag(o, "self_signed", seen->self_signed);
    json_set_flag(o, "lasting", !trust_passing(seen));
    return o;
}

static void print_certificate(const struct probe_certificate *seen)
{
    printf(_("Certificate of  %s\nNames           %s\nIssued by       %s\nSHA-256         %s\n"),
           ctl_shown(CTL_TEXT, seen->subject),
           seen->names[0] ? ctl_shown(CTL_TEXT, seen->names) : "-",
           ctl_shown(CTL_TEXT, seen->issuer), seen->fingerprint);
    if (trust_passing(seen))
        printf(_("The SQL Server has no certificate of its own and makes a new one at each "
                 "start: a pin on this one breaks at the next start.\n%s\n"),
               trust_lasting_remedy());
    printf(_("To trust only this certificate: erp.tls_verify = \"pin\", erp.tls_pin = \"%s\"\n"),
           seen->fingerprint);
}

int erp_server_certificate(struct ctl *c)
{
    int code;
    struct error e = {0};
    struct config *config = values_config(c, NULL, &code);
    if (!config)
        return code;
    struct prelogin_seen *seen = mem_alloc(sizeof *seen);
    char host[256];
    int port;
    const struct session_options o = access_options(config, "");
    enum status status = session_address(&o, host, sizeof host, &port, &e);
    if (status == STATUS_OK)
        status = prelogin_probe(host, port, o.connect_timeout_ms, NULL, seen, &e);
    if (status == STATUS_OK && !seen->encrypts)
        status = error_set(&e, STATUS_NOT_FOUND, "tls_none",
                           "the SQL Server has no certificate: it does not encrypt");
    code = EXIT_GOOD;
    if (status != STATUS_OK)
        code = ctl_failed(c, &e);
    else if (c->json)
        ctl_print_json(certificate_to_json(&seen->certificate));
    else
        print_certificate(&seen->certificate);
    free(seen);
    config_free(config);
    return code;
}
