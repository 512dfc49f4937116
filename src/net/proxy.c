#include "net/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

#define DEFAULT_PORT 1080

/* The address with the login in it, %-encoded. CURLOPT_PROXYPASSWORD does not work: libcurl decodes
 * %XX in it, too (seen with 7.88), although only the documentation of the address says so. */
static void set_with_login(CURL *curl, const struct http_options *o)
{
    struct buf address;
    const char *host = strstr(o->proxy, "://");
    host = host ? host + 3 : o->proxy;
    buf_init(&address, 4096);
    buf_add(&address, o->proxy, (size_t)(host - o->proxy));
    text_percent(&address, o->proxy_user);
    buf_add_byte(&address, ':');
    text_percent(&address, o->proxy_password);
    buf_printf(&address, "@%s", host);
    curl_easy_setopt(curl, CURLOPT_PROXY, buf_text(&address));
    mem_wipe(address.data, address.length);
    buf_free(&address);
}

void proxy_setup(CURL *curl, const struct http_options *o)
{
    if (o->proxy[0] && !o->proxy_user[0])
        curl_easy_setopt(curl, CURLOPT_PROXY, o->proxy);
    if (o->proxy[0] && o->proxy_user[0]) {
        set_with_login(curl, o);
        curl_easy_setopt(curl, CURLOPT_PROXYAUTH,
                         (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST | CURLAUTH_NTLM));
    } else if (o->proxy[0]) {
        curl_easy_setopt(curl, CURLOPT_PROXYUSERPWD, ":");
        curl_easy_setopt(curl, CURLOPT_PROXYAUTH, (long)CURLAUTH_NEGOTIATE);
    }
}

bool proxy_split(const char *proxy, char *host, size_t size, int *port)
{
    const char *s = strstr(proxy, "://"), *at;
    s = s ? s + 3 : proxy;
    size_t end = strcspn(s, "/?#");
    at = memrchr(s, '@', end);
    if (at) {
        end -= (size_t)(at + 1 - s);
        s = at + 1;
    }
    bool bracket = *s == '[';
    size_t length = bracket ? strcspn(++s, "]") : strcspn(s, ":/?#");
    if (length == 0 || length >= size)
        return false;
    memcpy(host, s, length);
    host[length] = '\0';
    s += length + (bracket && s[length] == ']');
    long number = DEFAULT_PORT;
    if (*s == ':')
        number = strtol(s + 1, NULL, 10);
    *port = number > 0 && number < 65536 ? (int)number : DEFAULT_PORT;
    return true;
}

/* The proxy that a transfer used: ours, or the environment's. NULL: unknown. */
static const char *proxy_of(const struct http_options *o)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    if (o->proxy[0])
        return o->proxy;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return NULL;
}

static bool refused_connect(long answer, const struct http_options *o, const char *proxy,
                            const char *where, struct error *e)
{
    if (answer == 407 && o->proxy_user[0]) {
        error_set(e, STATUS_DENIED, "proxy_login", "the proxy %s refuses the login \"%s\"", proxy,
                  o->proxy_user);
        error_remedy(e, "Check panel.proxy_user, and enter the password again: endpointctl "
                        "config set panel.proxy_password");
    } else if (answer == 407) {
        error_set(e, STATUS_DENIED, "proxy_login", "the proxy %s requires a login", proxy);
        error_remedy(e, "Set panel.proxy_user, then: endpointctl config set "
                        "panel.proxy_password");
    } else if (answer >= 500) {
        error_set(e, STATUS_UNREACHABLE, "proxy_refused", "the proxy %s cannot reach %s (HTTP %ld)",
                  proxy, where, answer);
        error_remedy(e, "Is the address right? Whoever runs the proxy can see why; it is "
                        "tried again automatically.");
    } else {
        error_set(e, STATUS_DENIED, "proxy_refused",
                  "the proxy %s does not let us through to %s (HTTP %ld)", proxy, where, answer);
        error_remedy(e, "Ask whoever runs the proxy to allow this address.");
    }
    return true;
}

bool proxy_failed(CURL *curl, CURLcode code, const struct http_options *o, const char *where,
                  const char *said, struct error *e)
{
    char host[256], shown[300];
    int port;
    long answer = 0;
    const char *proxy = proxy_of(o);
    if (!proxy || !proxy_split(proxy, host, sizeof host, &port))
        return false;
    text_format(shown, sizeof shown, strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
    if (code == CURLE_COULDNT_RESOLVE_PROXY) {
        error_set(e, STATUS_UNREACHABLE, "proxy_name",
                  "the name of the proxy %s cannot be resolved", shown);
        error_remedy(e, "Check panel.proxy, and this machine's DNS.");
        return true;
    }
    curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &answer);
    if (answer >= 300)
        return refused_connect(answer, o, shown, where, e);
    if (code == CURLE_COULDNT_CONNECT && strstr(said, host)) {
        error_set(e, STATUS_UNREACHABLE, "proxy_unreachable", "the proxy %s does not answer: %s",
                  shown, said);
        error_remedy(e, "Check panel.proxy, and whether the proxy runs. It is tried again "
                        "automatically.");
        return true;
    }
    return false;
}
