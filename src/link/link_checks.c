#include "link/link_checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/config.h"
#include "link/identity.h"
#include "link/link.h"
#include "net/expiry.h"
#include "net/probe.h"
#include "net/proxy.h"
#include "os/clock.h"

/* Host and port of the panel's URL. */
static bool split(struct link_checks *x)
{
    const char *s = strstr(x->panel_url, "://");
    if (!s)
        return false;
    x->port = text_starts(x->panel_url, "https") ? 443 : 80;
    s += 3;
    bool bracket = *s == '[';
    size_t length = bracket ? strcspn(++s, "]") : strcspn(s, ":/");
    if (length == 0 || length >= sizeof x->host)
        return false;
    memcpy(x->host, s, length);
    x->host[length] = '\0';
    s += length + bracket;
    if (*s == ':') {
        long port = strtol(s + 1, NULL, 10);
        x->port = port > 0 && port < 65536 ? (int)port : x->port;
    }
    return true;
}

static enum check_result check_name(void *context, struct check *c)
{
    struct link_checks *x = context;
    char addresses[512];
    struct error e = {0};
    if (!split(x)) {
        check_remedy(
            c, "Set panel.url to the panel's address: endpointctl config set panel.url https://…");
        return check_answer(c, CHECK_FAIL, "no panel is configured");
    }
    if (x->http.proxy[0]) {
        if (!proxy_split(x->http.proxy, x->proxy_host, sizeof x->proxy_host, &x->proxy_port)) {
            check_remedy(c, "Set panel.proxy to http://host:port.");
            return check_answer(c, CHECK_FAIL, "\"%.100s\" is not a proxy's address",
                                x->http.proxy);
        }
        if (probe_resolve(x->proxy_host, addresses, sizeof addresses, &e) != STATUS_OK)
            return check_failed(c, &e);
        return check_answer(c, CHECK_OK, "the proxy %s is %s; it looks up %s itself", x->proxy_host,
                            addresses, x->host);
    }
    if (probe_resolve(x->host, addresses, sizeof addresses, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "%s is %s", x->host, addresses);
}

static enum check_result check_tcp(void *context, struct check *c)
{
    struct link_checks *x = context;
    struct error e = {0};
    if (x->http.proxy[0]) {
        if (probe_tcp(x->proxy_host, x->proxy_port, 10000, &e) != STATUS_OK) {
            error_prefix(&e, "the proxy");
            return check_failed(c, &e);
        }
        return check_answer(c, CHECK_OK, "the proxy's port %d answers", x->proxy_port);
    }
    if (probe_tcp(x->host, x->port, 10000, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "port %d answers", x->port);
}

/* libcurl verifies the panel's certificate through the proxy's tunnel, as for every request. */
static enum check_result through_tunnel(struct link_checks *x, struct check *c)
{
    struct http_client *client = NULL;
    struct http_answer answer;
    struct error e = {0};
    const struct http_request request = {
        .method = "GET", .url = x->panel_url, .timeout_ms = 15000, .answer_maximum = 1 << 20};
    http_answer_init(&answer, request.answer_maximum);
    enum status status = http_client_open(&x->http, &client, &e);
    if (status == STATUS_OK)
        status = http_perform(client, &request, &answer, NULL, &e);
    http_client_close(client);
    http_answer_free(&answer);
    if (status != STATUS_OK && status != STATUS_FULL)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "the certificate is verified through the proxy's tunnel");
}

static enum check_result check_tls(void *context, struct check *c)
{
    struct link_checks *x = context;
    struct error e = {0};
    char why[500];
    if (!config_is_https(x->panel_url)) {
        check_remedy(c, "Use an address that begins with https://.");
        return check_answer(c, CHECK_FAIL, "%s is not encrypted", x->panel_url);
    }
    if (x->http.proxy[0])
        return through_tunnel(x, c);
    struct probe_certificate *seen = mem_alloc(sizeof *seen);
    enum check_result result;
    if (probe_tls(x->host, x->port, x->http.ca_file, 10000, seen, why, sizeof why, &e) !=
        STATUS_OK) {
        result = check_failed(c, &e);
    } else if ((result = expiry_check(seen, clock_wall_ms(), c)) != CHECK_OK &&
               (result == CHECK_FAIL || !why[0])) {
        check_remedy(c, "Whoever runs the panel must renew it; %s issued it.", seen->issuer);
    } else if (why[0]) {
        result = check_answer(c, CHECK_FAIL, "the certificate, issued by %s, is not accepted: %-s",
                              seen->issuer, why);
        check_remedy(
            c,
            "It is verified with %-s. If the panel has its own authority, give its file in "
            "panel.ca.",
            x->http.ca_file[0] ? x->http.ca_file : N_("the system's authorities"));
    } else {
        result = check_answer(c, CHECK_OK, "verified, issued by %s", seen->issuer);
    }
    free(seen);
    return result;
}

/* Ask the panel about ourselves; this teaches us the clock even if we are refused. */
static enum status ask(struct link_checks *x, json_t **json, struct error *e)
{
    struct http_client *client = NULL;
    enum status status = http_client_open(&x->http, &client, e);
    const struct link_ask ask = {.method = "GET", .path = "/endpoint", .timeout_ms = 15000};
    struct link_reply reply = {0};
    if (status == STATUS_OK)
        status = link_call(&x->link, client, &ask, NULL, json ? &reply : NULL, e);
    if (json)
        *json = reply.json;
    http_client_close(client);
    return status;
}

enum check_result link_clock_judge(struct check *c, int64_t offset)
{
    char difference[32];
    text_from_duration(difference, sizeof difference, offset < 0 ? -offset : offset);
    if (offset > -60000 && offset < 60000)
        return check_answer(c, CHECK_OK, "agrees with the panel's");
    bool wrong = clock_disagrees(offset);
    if (wrong)
        check_remedy(c,
                     "Find out which clock is wrong: timedatectl shows this machine's; the panel's "
                     "administrator checks the other. Decisions that depend on the time, such as "
                     "whether an order is too old, wait until they agree.");
    else
        check_remedy(
            c, "Set this machine's clock (timedatectl set-ntp true). Until then Endpoint works "
               "with the panel's time.");
    return check_answer(c, wrong ? CHECK_FAIL : CHECK_WARN,
                        offset > 0 ? N_("this machine's clock is %s behind the panel's")
                                   : N_("this machine's clock is %s ahead of the panel's"),
                        difference);
}

static enum check_result check_clock(void *context, struct check *c)
{
    struct link_checks *x = context;
    struct error e = {0};
    if (identity_load(x->state_dir, &x->id, NULL) != STATUS_OK)
        memset(&x->id, 0, sizeof x->id);
    link_init(&x->link, x->panel_url, &x->id);
    ask(x, NULL, &e);
    if (!x->link.clock_known)
        return e.status != STATUS_OK
                   ? check_failed(c, &e)
                   : check_answer(c, CHECK_WARN, "the panel does not send the time");
    return link_clock_judge(c, x->link.clock_offset_ms);
}

static enum check_result check_identity(void *context, struct check *c)
{
    struct link_checks *x = context;
    struct error e = {0};
    json_t *json = NULL;
    if (identity_load(x->state_dir, &x->id, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (!x->id.endpoint_id[0]) {
        check_remedy(c, "Get a token from the panel, then: endpointctl register");
        return check_answer(c, CHECK_FAIL, "the registration was started but not finished");
    }
    x->link.id = x->id;
    if (ask(x, &json, &e) != STATUS_OK)
        return check_failed(c, &e);
    enum check_result result =
        check_answer(c, CHECK_OK, "endpoint %s of %s", x->id.endpoint_id,
                     json_text(json_object_get(json, "account"), "name", x->id.account_name));
    json_decref(json);
    return result;
}

const struct check_def link_check_list[] = {
    {"panel.name", N_("Panel: name"), NULL, check_name},
    {"panel.tcp", N_("Panel: connection"), "panel.name", check_tcp},
    {"panel.tls", N_("Panel: encryption"), "panel.tcp", check_tls},
    {"panel.clock", N_("Panel: clock"), "panel.tls", check_clock},
    {"panel.identity", N_("Panel: identity"), "panel.tls", check_identity},
};
const size_t link_check_count = COUNT_OF(link_check_list);
