#include "tds/address.h"

#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

/* Prefixes that Microsoft's clients accept in a server name; we support only TCP. */
static const struct {
    const char *prefix, *name;
} others[] = {
    {"np:", N_("named pipes")},       {"\\\\", N_("named pipes")},
    {"lpc:", N_("shared memory")},    {"admin:", N_("the dedicated administrator connection")},
    {"via:", N_("the VIA protocol")}, {"(localdb)", N_("LocalDB")},
};

static bool begins(const char *text, const char *prefix)
{
    return text_compare_nocase_n(text, prefix, strlen(prefix)) == 0;
}

static enum status refuse(const char *server, const char *way, struct error *e)
{
    error_set(e, STATUS_INVALID, "erp_server",
              "erp.server is \"%s\": this service connects only by TCP, not by %-s", server, way);
    return error_remedy(
        e, "Write just the machine's name, or SERVER\\INSTANCE, and enable TCP/IP for the "
           "instance in SQL Server Configuration Manager.");
}

/* What follows the comma, if there is one. */
static enum status take_port(const char *server, char *host, int *port, struct error *e)
{
    long given;
    char *comma = strchr(host, ',');
    if (!comma)
        return STATUS_OK;
    char *digits = comma + 1 + strspn(comma + 1, " ");
    *comma = '\0';
    if (!text_to_long(digits, 1, 65535, &given))
        return error_set(e, STATUS_INVALID, "erp_port",
                         "erp.server is \"%s\": a port is expected after the comma", server);
    *port = (int)given;
    return STATUS_OK;
}

static enum status take_instance(const char *server, char *host, char *instance, struct error *e)
{
    char *slash = strchr(host, '\\');
    if (!slash)
        return STATUS_OK;
    *slash = '\0';
    if (slash[1] && !strpbrk(slash + 1, "\\;") && text_copy(instance, BROWSER_NAME, slash + 1))
        return STATUS_OK;
    error_set(e, STATUS_INVALID, "erp_instance",
              "erp.server is \"%s\": the name of an instance is expected after the backslash",
              server);
    return error_remedy(e, "Write SERVER\\INSTANCE, in endpoint.conf itself with two backslashes.");
}

/* Refuse "host:1433", the usual form elsewhere. An IPv6 address has more than one colon. */
static enum status check_colon(const char *server, const char *host, struct error *e)
{
    const char *colon = strchr(host, ':');
    long port;
    if (!colon || strchr(colon + 1, ':') || !text_to_long(colon + 1, 1, 65535, &port))
        return STATUS_OK;
    error_set(e, STATUS_INVALID, "erp_port",
              "erp.server is \"%s\": write the port after a comma, not a colon", server);
    return error_remedy(e, "Write \"%.*s,%ld\", or set erp.port = %ld.", (int)(colon - host), host,
                        port, port);
}

enum status address_split(const char *server, int configured, char *host, size_t size,
                          char instance[BROWSER_NAME], int *port, struct error *e)
{
    const char *name = server + strspn(server, " ");
    instance[0] = '\0';
    *port = configured;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (begins(name, others[i].prefix))
            return refuse(server, others[i].name, e);
    if (begins(name, "tcp:"))
        name += strlen("tcp:");
    text_copy(host, size, name + strspn(name, " "));
    enum status status = take_port(server, host, port, e);
    if (status == STATUS_OK)
        status = take_instance(server, host, instance, e);
    if (status == STATUS_OK)
        status = check_colon(server, host, e);
    if (status != STATUS_OK)
        return status;
    for (size_t length = strlen(host); length > 0 && host[length - 1] == ' ';)
        host[--length] = '\0';
    if (text_equal(host, ".") || text_equal_nocase(host, "(local)"))
        text_copy(host, size, "localhost");
    if (!*host)
        return error_set(e, STATUS_INVALID, "erp_server", "erp.server is empty");
    return STATUS_OK;
}
