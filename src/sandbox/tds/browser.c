#include "sandbox/tds/browser.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/net.h"
#include "os/thread.h"

struct browser {
    struct thread thread;
    int fd;
    atomic_bool stopping;
    char instance[64];
    char answer[512]; /* SVR_RESP */
    size_t length;
};

/* Is the datagram a question for this instance? Questions for other names are ignored. */
static bool is_for_us(const struct browser *b, const uint8_t *request, size_t length)
{
    if (length < 1)
        return false;
    if (request[0] == 0x02 || request[0] == 0x03)
        return true;
    const char *name = (const char *)request + 1;
    return request[0] == 0x04 && length > 1 && memchr(name, '\0', length - 1) &&
           text_compare_nocase(name, b->instance) == 0;
}

static void answer(void *argument)
{
    struct browser *b = argument;
    uint8_t request[256];
    while (!b->stopping) {
        struct net_address from;
        if (!net_wait(b->fd, 200))
            continue;
        ptrdiff_t n = net_receive_from(b->fd, request, sizeof request, &from);
        if (n > 0 && is_for_us(b, request, (size_t)n))
            net_send_to(b->fd, b->answer, b->length, &from);
    }
}

enum status browser_start(const char *address, int udp_port, const char *instance, int tcp_port,
                          struct browser **out, struct error *e)
{
    struct net_address a;
    struct browser *b = mem_alloc(sizeof *b);
    char tcp[32] = "";
    *out = NULL;
    if (tcp_port)
        text_format(tcp, sizeof tcp, "tcp;%d;", tcp_port);
    text_copy(b->instance, sizeof b->instance, instance);
    text_format(b->answer + 3, sizeof b->answer - 3,
                "ServerName;SANDBOX;InstanceName;%s;IsClustered;No;Version;15.0.2000.5;"
                "%s;",
                instance, tcp);
    size_t length = strlen(b->answer + 3);
    b->answer[0] = 5;
    b->answer[1] = (char)(length & 0xFF);
    b->answer[2] = (char)(length >> 8);
    b->length = length + 3;
    errno = EINVAL;
    b->fd = net_address_parse(address, udp_port, &a) ? net_listen(&a, NET_UDP, &udp_port) : -1;
    if (b->fd < 0 || thread_start(&b->thread, answer, b) != 0) {
        enum status status =
            error_errno(e, errno, "browser", "cannot answer on %s, UDP port %d", address, udp_port);
        net_close(&b->fd);
        free(b);
        return status;
    }
    *out = b;
    return STATUS_OK;
}

void browser_stop(struct browser *b)
{
    if (!b)
        return;
    b->stopping = true;
    thread_join(&b->thread);
    net_close(&b->fd);
    free(b);
}
