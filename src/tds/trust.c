#include "tds/trust.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "os/clock.h"

#define FALLBACK "SSL_Self_Signed_Fallback"

enum status trust_look(const struct session_options *o, const char *host, int port,
                       struct prelogin_seen *seen, struct error *e)
{
    const char *verify = o->tls_verify, *authorities = NULL;
    if (text_equal(verify, "ca"))
        authorities = o->tls_ca;
    else if (text_equal(verify, "system"))
        authorities = "";
    return prelogin_probe(host, port, o->connect_timeout_ms, authorities, seen, e);
}

bool trust_passing(const struct probe_certificate *certificate)
{
    return strstr(certificate->subject, FALLBACK) != NULL;
}

const char *trust_lasting_remedy(void)
{
    return N_(
        "Give the SQL Server a lasting certificate: make or buy one for its name, choose it in SQL Server "
        "Configuration Manager (Protocols, Properties, Certificate) and restart the SQL Server; then pin "
        "that one, or set erp.tls_verify = \"ca\".");
}

static void plain_hex(char *target, size_t size, const char *pin)
{
    size_t n = 0;
    for (; *pin && n + 1 < size; pin++)
        if (*pin != ':')
            target[n++] = *pin >= 'A' && *pin <= 'F' ? (char)(*pin + 32) : *pin;
    target[n] = '\0';
}

static enum status judge_pin(const char *pin, const struct probe_certificate *seen, struct error *e)
{
    char wanted[80];
    plain_hex(wanted, sizeof wanted, pin);
    if (text_equal(wanted, seen->fingerprint))
        return STATUS_OK;
    if (trust_passing(seen)) {
        error_set(
            e, STATUS_DENIED, "tls_pin",
            "the SQL Server's certificate has the fingerprint %s, not the pinned one: the server has "
            "no certificate of its own and makes a new one at each start (%s)",
            seen->fingerprint, "CN=" FALLBACK);
        return error_remedy(e, "%-s", trust_lasting_remedy());
    }
    error_set(e, STATUS_DENIED, "tls_pin",
              "the SQL Server's certificate has the fingerprint %s, not the pinned one",
              seen->fingerprint);
    return error_remedy(
        e, "If the server's certificate was renewed on purpose, set erp.tls_pin to the new "
           "fingerprint; if not, somebody may be listening in.");
}

static enum status untrusted(const struct session_options *o, const struct prelogin_seen *seen,
                             struct error *e)
{
    const struct probe_certificate *x = &seen->certificate;
    error_set(e, STATUS_DENIED, "tls_untrusted",
              "the SQL Server's certificate (for %s, issued by %s) is not trusted by %-s: %-s",
              x->names[0] ? x->names : x->subject, x->issuer,
              text_equal(o->tls_verify, "ca") ? o->tls_ca : N_("the system's authorities"),
              seen->untrusted);
    if (trust_passing(x))
        return error_remedy(e, "%-s", trust_lasting_remedy());
    return error_remedy(
        e,
        "Name its authority in erp.tls_ca, or pin it: erp.tls_verify = \"pin\", erp.tls_pin "
        "= \"%s\"",
        x->fingerprint);
}

static enum status judge_name(const char *expected, const struct probe_certificate *x,
                              struct error *e)
{
    if (probe_names_match(x, expected))
        return STATUS_OK;
    error_set(e, STATUS_DENIED, "tls_host",
              "the SQL Server's certificate is for the name %s, not "
              "for %s",
              x->names[0] ? x->names : x->subject, expected);
    return error_remedy(e,
                        "Set erp.tls_host to a name in the certificate, or pin the certificate: "
                        "erp.tls_verify = \"pin\", erp.tls_pin = \"%s\"",
                        x->fingerprint);
}

static enum status judge_dates(const struct probe_certificate *x, struct error *e)
{
    char date[CLOCK_TEXT];
    int64_t now = clock_wall_ms();
    bool ended = x->not_after_ms < now;
    if (!ended && x->not_before_ms <= now)
        return STATUS_OK;
    clock_format(date, ended ? x->not_after_ms : x->not_before_ms);
    error_set(e, STATUS_DENIED, "tls_expired",
              ended ? N_("the SQL Server's certificate expired on %.10s")
                    : N_("the SQL Server's certificate is valid only from %.10s on"),
              date);
    return error_remedy(
        e, "The SQL Server's administrator must renew it. Is this machine's clock right?");
}

enum status trust_judge(const struct session_options *o, const char *host,
                        const struct prelogin_seen *seen, struct error *e)
{
    const char *verify = o->tls_verify, *name = o->tls_host;
    if (text_equal(o->encryption, "off"))
        return STATUS_OK;
    if (!seen->encrypts) {
        error_set(e, STATUS_DENIED, "tls_off", "the SQL Server on %s does not encrypt", host);
        return error_remedy(
            e, "Switch encryption on there, or knowingly set erp.encryption = \"off\".");
    }
    if (text_equal(verify, "none"))
        return STATUS_OK;
    enum status status = STATUS_OK;
    if (text_equal(verify, "pin"))
        status = judge_pin(o->tls_pin, &seen->certificate, e);
    if (status == STATUS_OK)
        status = judge_dates(&seen->certificate, e);
    if (status == STATUS_OK && seen->untrusted[0])
        status = untrusted(o, seen, e);
    if (status == STATUS_OK && !text_equal(verify, "pin"))
        status = judge_name(*name ? name : host, &seen->certificate, e);
    return status;
}
