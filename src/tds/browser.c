#include "tds/browser.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/net.h"

#define UNICAST_ALL  0x03
#define UNICAST_ONE  0x04
#define RESPONSE     0x05
#define ANSWER_MAX   65535
#define INSTANCE_MAX 32   /* bytes of a name in a request */
#define TRIES        3    /* a datagram may get lost */
#define WAIT_MAX_MS  3000 /* on one machine or one network an answer takes milliseconds */

/* ---- the answer ----------------------------------------------------------------------------------- */

/* Take the text up to the next ';', cut to fit and made printable. Returns the place after the ';'. */
static const uint8_t *take_field(const uint8_t *at, const uint8_t *end, char *target, size_t size)
{
    size_t n = 0;
    for (; at < end && *at != ';'; at++)
        if (n + 1 < size)
            target[n++] = *at >= 0x20 && *at < 0x7F ? (char)*at : '?';
    target[n] = '\0';
    return at < end ? at + 1 : end;
}

static void take_pair(struct browser_instance *i, const char *name, const char *value)
{
    long port;
    if (text_equal_nocase(name, "ServerName"))
        text_copy(i->server, sizeof i->server, value);
    else if (text_equal_nocase(name, "InstanceName"))
        text_copy(i->name, sizeof i->name, value);
    else if (text_equal_nocase(name, "Version"))
        text_copy(i->version, sizeof i->version, value);
    else if (text_equal_nocase(name, "tcp") && text_to_long(value, 1, 65535, &port))
        i->port = (int)port;
}

bool browser_parse(const uint8_t *bytes, size_t length, struct browser_instance *list, size_t max,
                   size_t *count)
{
    struct browser_instance one = {0};
    *count = 0;
    if (length < 3 || bytes[0] != RESPONSE)
        return false;
    size_t data = (size_t)(bytes[1] | bytes[2] << 8);
    if (data > length - 3)
        return false;
    const uint8_t *at = bytes + 3, *end = at + data;
    while (at < end) {
        char name[32], value[256];
        at = take_field(at, end, name, sizeof name);
        if (name[0]) {
            at = take_field(at, end, value, sizeof value);
            take_pair(&one, name, value);
        }
        if (name[0] && at < end)
            continue;
        if (one.name[0] && *count < max) /* an empty name, or the end, ends an instance */
            list[(*count)++] = one;
        one = (struct browser_instance){0};
    }
    return true;
}

/* ---- asking --------------------------------------------------------------------------------------- */

struct answer {
    uint8_t bytes[ANSWER_MAX];
    size_t length;
};

/* Send to one address until an answer comes; returns an errno. Only answers from that address
 * count. */
static int ask_address(const struct net_address *to, const uint8_t *request, size_t length,
                       int64_t until_ms, struct answer *answer)
{
    int error = ETIMEDOUT, fd = net_connect_udp(to);
    if (fd < 0)
        return errno;
    int64_t step = (until_ms - clock_mono_ms()) / TRIES + 1;
    for (int i = 0; i < TRIES && error == ETIMEDOUT; i++) {
        if (net_send(fd, request, length) < 0) {
            error = errno;
        } else if (net_wait(fd, step > 0 ? step : 1)) {
            ptrdiff_t n = net_receive(fd, answer->bytes, sizeof answer->bytes);
            answer->length = n > 0 ? (size_t)n : 0;
            error = n >= 0 ? 0 : errno;
        }
    }
    net_close(&fd);
    return error;
}

static enum status ask(const char *host, int udp_port, const uint8_t *request, size_t length,
                       int64_t timeout_ms, struct answer *answer, struct error *e)
{
    struct net_address list[NET_ADDRESSES];
    size_t addresses;
    int error = ETIMEDOUT;
    const char *why = net_resolve(host, udp_port, NET_UDP, list, &addresses);
    if (why) {
        error_set(e, STATUS_UNREACHABLE, "name", "the name %s cannot be resolved: %-s", host, why);
        return error_remedy(e, "Check the name, and this machine's DNS or /etc/hosts.");
    }
    int64_t each = (timeout_ms < WAIT_MAX_MS ? timeout_ms : WAIT_MAX_MS) / (int64_t)addresses;
    for (size_t i = 0; i < addresses && error; i++)
        error = ask_address(&list[i], request, length, clock_mono_ms() + each, answer);
    if (!error)
        return STATUS_OK;
    error_set(e, error == ETIMEDOUT ? STATUS_TIMEOUT : STATUS_UNREACHABLE, "erp_browser",
              "SQL Server Browser does not answer on %s (UDP port %d): neither the instances nor "
              "their ports can be found out",
              host, udp_port);
    return error_remedy(
        e,
        "Start the service \"SQL Server Browser\" there and let UDP port %d through its firewall; or give "
        "the instance a fixed TCP port in SQL Server Configuration Manager, and set erp.port to it.",
        udp_port);
}

/* Whom to ask what. */
struct question {
    const char *host;
    int udp_port;
    const uint8_t *request;
    size_t length;
    int64_t timeout_ms;
};

static enum status ask_and_parse(const struct question *q, struct browser_instance *list,
                                 size_t max, size_t *count, struct error *e)
{
    struct answer *answer = mem_alloc(sizeof *answer);
    *count = 0;
    enum status status = ask(q->host, q->udp_port, q->request, q->length, q->timeout_ms, answer, e);
    if (status == STATUS_OK && !browser_parse(answer->bytes, answer->length, list, max, count)) {
        status = error_set(e, STATUS_INVALID, "erp_browser",
                           "the program that answers on %s, UDP port %d, is not SQL Server "
                           "Browser",
                           q->host, q->udp_port);
        error_remedy(e, "Set erp.port to the instance's TCP port; then SQL Server Browser is not "
                        "needed.");
    }
    free(answer);
    return status;
}

enum status browser_list(const char *host, int udp_port, int64_t timeout_ms,
                         struct browser_instance *list, size_t max, size_t *count, struct error *e)
{
    const uint8_t request = UNICAST_ALL;
    const struct question all = {host, udp_port, &request, 1, timeout_ms};
    return ask_and_parse(&all, list, max, count, e);
}

/* Nobody answers for an instance that does not exist: so list those that do. A stopped instance is
 * not listed either, so we try again soon. */
static enum status not_there(const char *host, const char *instance, int udp_port,
                             int64_t timeout_ms, struct browser_instance *list, struct error *e)
{
    size_t count;
    struct buf names;
    enum status status =
        browser_list(host, udp_port, timeout_ms, list, BROWSER_INSTANCES, &count, e);
    if (status != STATUS_OK)
        return status;
    buf_init(&names, 8192);
    for (size_t i = 0; i < count; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", list[i].name);
    error_set(e, STATUS_UNREACHABLE, "erp_instance", "%s has no running instance \"%.40s\"", host,
              instance);
    if (count == 0)
        error_remedy(e, "Is the instance started? Otherwise correct erp.server. No instance "
                        "runs there.");
    else if (count == 1)
        error_remedy(e,
                     "Is the instance started? Otherwise correct erp.server. Running "
                     "instance: %s.",
                     buf_text(&names));
    else
        error_remedy(e,
                     "Is the instance started? Otherwise correct erp.server. Running "
                     "instances: %s.",
                     buf_text(&names));
    buf_free(&names);
    return STATUS_UNREACHABLE;
}

enum status browser_port(const char *host, const char *instance, int udp_port, int64_t timeout_ms,
                         int *port, struct error *e)
{
    uint8_t request[INSTANCE_MAX + 2] = {UNICAST_ONE};
    size_t length = strlen(instance), count = 0;
    if (length == 0 || length > INSTANCE_MAX)
        return error_set(e, STATUS_INVALID, "erp_instance",
                         "\"%.60s\" is not the name of an instance", instance);
    memcpy(request + 1, instance, length);
    struct browser_instance *list = mem_array(BROWSER_INSTANCES, sizeof *list);
    struct error own = {0};
    const struct question one = {host, udp_port, request, length + 2, timeout_ms};
    enum status status = ask_and_parse(&one, list, BROWSER_INSTANCES, &count, &own);
    const struct browser_instance *found = NULL;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        if (text_equal_nocase(list[i].name, instance))
            found = &list[i];
    if (status == STATUS_TIMEOUT || (status == STATUS_OK && !found)) {
        status = not_there(host, instance, udp_port, timeout_ms, list, e);
    } else if (status != STATUS_OK) {
        if (e)
            *e = own;
    } else if (!found->port) {
        status = error_set(e, STATUS_NOT_FOUND, "erp_instance",
                           "the instance %s on %s does not listen on TCP", instance, host);
        error_remedy(
            e, "Enable TCP/IP for it in SQL Server Configuration Manager, under Protocols, and "
               "restart it.");
    } else {
        *port = found->port;
    }
    free(list);
    return status;
}
