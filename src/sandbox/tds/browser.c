#include "sandbox/tds/browser.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

struct browser {
    pthread_t thread;
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
           strcasecmp(name, b->instance) == 0;
}

static void *answer(void *argument)
{
    struct browser *b = argument;
    uint8_t request[256];
    while (!b->stopping) {
        struct pollfd p = {.fd = b->fd, .events = POLLIN};
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        if (poll(&p, 1, 200) <= 0)
            continue;
        ssize_t n = recvfrom(b->fd, request, sizeof request, 0, (struct sockaddr *)&from, &size);
        if (n > 0 && is_for_us(b, request, (size_t)n))
            sendto(b->fd, b->answer, b->length, MSG_NOSIGNAL, (struct sockaddr *)&from, size);
    }
    return NULL;
}

enum status browser_start(const char *address, int udp_port, const char *instance, int tcp_port,
                          struct browser **out, struct error *e)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)udp_port)};
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
    b->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (b->fd < 0 || inet_pton(AF_INET, address, &a.sin_addr) != 1 ||
        bind(b->fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        pthread_create(&b->thread, NULL, answer, b) != 0) {
        enum status status =
            error_errno(e, errno, "browser", "cannot answer on %s, UDP port %d", address, udp_port);
        if (b->fd >= 0)
            close(b->fd);
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
    pthread_join(b->thread, NULL);
    close(b->fd);
    free(b);
}
