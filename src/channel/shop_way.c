#include "channel/shop_way.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "net/expiry.h"
#include "net/probe.h"
#include "os/clock.h"

#define PROBE_MS 10000
#define CLOCK_MS 120000 /* clocks further apart than this cause a warning */

bool shop_way_split(const char *url, struct shop_way *w)
{
    static const char scheme[] = "https://";
    if (!text_starts(url, scheme))
        return false;
    const char *s = url + sizeof scheme - 1;
    bool bracket = *s == '[';
    size_t length = bracket ? strcspn(++s, "]") : strcspn(s, ":/?#");
    if (length == 0 || length >= sizeof w->host)
        return false;
    memcpy(w->host, s, length);
    w->host[length] = '\0';
    s += length + (bracket && s[length] == ']');
    w->port = 443;
    if (*s == ':') {
        long port = strtol(s + 1, NULL, 10);
        if (port < 1 || port > 65535)
            return false;
        w->port = (int)port;
    }
    return true;
}

enum check_result shop_way_name(const struct shop_way *w, struct check *c)
{
    char addresses[512];
    struct error e = {0};
    if (w->http->proxy[0])
        return check_answer(c, CHECK_OK, "the proxy looks up %s itself", w->host);
    if (probe_resolve(w->host, addresses, sizeof addresses, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "%s is %s", w->host, addresses);
}

enum check_result shop_way_tcp(const struct shop_way *w, struct check *c)
{
    struct error e = {0};
    if (w->http->proxy[0])
        return check_answer(c, CHECK_OK, "it goes through the proxy");
    if (probe_tcp(w->host, w->port, PROBE_MS, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "port %d answers", w->port);
}

enum check_result shop_way_tls(const struct shop_way *w, struct check *c)
{
    struct error e = {0};
    char why[256];
    enum check_result result;
    if (w->http->proxy[0])
        return check_answer(c, CHECK_OK, "the certificate is verified through the proxy's tunnel");
    struct probe_certificate *seen = mem_alloc(sizeof *seen);
    if (probe_tls(w->host, w->port, w->http->ca_file, PROBE_MS, seen, why, sizeof why, &e) !=
        STATUS_OK)
        result = check_failed(c, &e);
    else if (why[0])
        result = check_answer(c, CHECK_FAIL, "the certificate, issued by %s, is not accepted: %s",
                              seen->issuer, why);
    else if ((result = expiry_check(seen, clock_wall_ms(), c)) == CHECK_OK)
        result = check_answer(c, CHECK_OK, "verified, issued by %s", seen->issuer);
    free(seen);
    return result;
}

enum check_result shop_way_clock(int64_t offset_ms, struct check *c)
{
    char difference[32];
    text_from_duration(difference, sizeof difference, offset_ms < 0 ? -offset_ms : offset_ms);
    if (offset_ms > -CLOCK_MS && offset_ms < CLOCK_MS)
        return check_answer(c, CHECK_OK, "agrees with the shop's");
    check_remedy(
        c, "Set this machine's clock (timedatectl set-ntp true). Until then Endpoint uses the "
           "shop's time.");
    return check_answer(c, CHECK_WARN,
                        offset_ms > 0 ? N_("this machine's clock is %s behind the shop's")
                                      : N_("this machine's clock is %s ahead of the shop's"),
                        difference);
}
