#include "os/net.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

#define FDS_MOST 1024 /* descriptors that are checked */

_Static_assert(sizeof(struct sockaddr_storage) <= sizeof(((struct net_address *)0)->system),
               "an address has room");

const char *net_resolve(const char *host, int port, enum net_kind kind,
                        struct net_address list[NET_ADDRESSES], size_t *count)
{
    struct addrinfo hints = {.ai_socktype = kind == NET_TCP ? SOCK_STREAM : SOCK_DGRAM,
                             .ai_family = AF_UNSPEC},
                    *found;
    char service[16];
    *count = 0;
    text_format(service, sizeof service, "%d", port);
    int code = getaddrinfo(host, service, &hints, &found);
    if (code != 0)
        return gai_strerror(code);
    for (const struct addrinfo *a = found; a && *count < NET_ADDRESSES; a = a->ai_next) {
        struct net_address *to = &list[(*count)++];
        memcpy(to->system, a->ai_addr, a->ai_addrlen);
        to->length = a->ai_addrlen;
    }
    freeaddrinfo(found);
    return NULL;
}

static const struct sockaddr *system_of(const struct net_address *a)
{
    return (const struct sockaddr *)(const void *)a->system;
}

bool net_address_text(const struct net_address *a, char target[NET_TEXT])
{
    return getnameinfo(system_of(a), a->length, target, NET_TEXT, NULL, 0, NI_NUMERICHOST) == 0;
}

bool net_bytes_text(const void *bytes, size_t length, char target[NET_TEXT])
{
    return (length == 4 || length == 16) &&
           inet_ntop(length == 16 ? AF_INET6 : AF_INET, bytes, target, NET_TEXT) != NULL;
}

int net_connect(const struct net_address *a, int64_t timeout_ms)
{
    int fd = socket(system_of(a)->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int error = 0;
    socklen_t length = sizeof error;
    if (connect(fd, system_of(a), a->length) != 0) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        if (errno != EINPROGRESS)
            error = errno;
        else if (poll(&p, 1, (int)timeout_ms) <= 0)
            error = ETIMEDOUT;
        else
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    }
    if (error) {
        close(fd);
        errno = error;
        return -1;
    }
    net_patience(fd, timeout_ms);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

int net_connect_udp(const struct net_address *a)
{
    int fd = socket(system_of(a)->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, system_of(a), a->length) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

ptrdiff_t net_send(int fd, const void *data, size_t length)
{
    return send(fd, data, length, MSG_NOSIGNAL);
}

ptrdiff_t net_receive(int fd, void *data, size_t size)
{
    return recv(fd, data, size, 0);
}

bool net_wait(int fd, int64_t timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, (int)timeout_ms) > 0;
}

void net_patience(int fd, int64_t ms)
{
    struct timeval t = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

void net_shut(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

void net_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int net_socket(int family, int type, int protocol)
{
    return socket(family, type | SOCK_CLOEXEC, protocol);
}

static bool is_connection(int fd)
{
    int type = 0;
    socklen_t length = sizeof type;
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    socklen_t own_length = sizeof own;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM &&
           getsockname(fd, (struct sockaddr *)&own, &own_length) == 0 &&
           (own.ss_family == AF_INET || own.ss_family == AF_INET6);
}

void net_each_connection(void (*take)(void *user, int fd), void *user)
{
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        long fd;
        if (text_to_long(entry->d_name, 0, FDS_MOST - 1, &fd) && is_connection((int)fd))
            take(user, (int)fd);
    }
    if (dir)
        closedir(dir);
}

uint64_t net_traffic(int fd)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    int unread = 0, unsent = 0;
    if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return 0;
    ioctl(fd, FIONREAD, &unread);
    ioctl(fd, TIOCOUTQ, &unsent);
    return info.tcpi_bytes_received * 3 + info.tcpi_bytes_acked * 5 + (uint64_t)unread * 7 +
           (uint64_t)unsent * 11;
}

/* ---- for servers ----------------------------------------------------------------------------------- */

bool net_address_parse(const char *text, int port, struct net_address *a)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, text, &four.sin_addr) == 1 && net_address_take(&four, a);
}

bool net_address_take(const void *sockaddr, struct net_address *a)
{
    const struct sockaddr *any = sockaddr;
    a->length = 0;
    if (any && any->sa_family == AF_INET)
        a->length = sizeof(struct sockaddr_in);
    else if (any && any->sa_family == AF_INET6)
        a->length = sizeof(struct sockaddr_in6);
    if (a->length)
        memcpy(a->system, sockaddr, a->length);
    return a->length != 0;
}

int net_address_port(const struct net_address *a)
{
    struct sockaddr_in four; /* the port of IPv6 has the same place */
    if (a->length < sizeof four)
        return 0;
    memcpy(&four, a->system, sizeof four);
    return ntohs(four.sin_port);
}

bool net_address_network(const struct net_address *a, char target[NET_TEXT])
{
    struct sockaddr_in6 six;
    if (!a->length || system_of(a)->sa_family != AF_INET6)
        return a->length && net_address_text(a, target);
    memcpy(&six, a->system, sizeof six);
    memset(six.sin6_addr.s6_addr + 8, 0, 8);
    return inet_ntop(AF_INET6, &six.sin6_addr, target, NET_TEXT) != NULL;
}

int net_listen(const struct net_address *a, enum net_kind kind, int *port)
{
    struct net_address own = {.length = sizeof own.system};
    int on = 1;
    int fd = socket(system_of(a)->sa_family,
                    (kind == NET_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (kind == NET_TCP)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, system_of(a), a->length) == 0 && (kind == NET_UDP || listen(fd, 64) == 0) &&
        getsockname(fd, (struct sockaddr *)(void *)own.system, &own.length) == 0) {
        *port = net_address_port(&own);
        return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int net_accept(int fd)
{
    return accept4(fd, NULL, NULL, SOCK_CLOEXEC);
}

int net_twin(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

void net_send_at_once(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

ptrdiff_t net_receive_from(int fd, void *data, size_t size, struct net_address *from)
{
    from->length = sizeof from->system;
    return recvfrom(fd, data, size, 0, (struct sockaddr *)(void *)from->system, &from->length);
}

ptrdiff_t net_send_to(int fd, const void *data, size_t length, const struct net_address *to)
{
    return sendto(fd, data, length, MSG_NOSIGNAL, system_of(to), to->length);
}
