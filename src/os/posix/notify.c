/* The protocol of sd_notify(3): a datagram to the socket named in NOTIFY_SOCKET. */
#include "os/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

void notify_send(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof a.sun_path)
        return;
    memcpy(a.sun_path, path, strlen(path));
    if (path[0] == '@')
        a.sun_path[0] = '\0'; /* an abstract socket */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    ssize_t sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&a, length);
    (void)sent; /* if systemd does not listen, the work must go on */
    close(fd);
}

int64_t notify_watchdog_ms(void)
{
    int64_t usec, pid;
    const char *wanted = getenv("WATCHDOG_PID");
    if (!text_to_i64(getenv("WATCHDOG_USEC"), &usec) || usec <= 0)
        return 0;
    if (wanted && (!text_to_i64(wanted, &pid) || pid != getpid()))
        return 0;
    return usec / 2000;
}

void notify_stopping(int64_t timeout_ms)
{
    char text[96];
    text_format(text, sizeof text, "STOPPING=1\nSTATUS=finishing batches\nEXTEND_TIMEOUT_USEC=%lld",
                (long long)(timeout_ms + 10000) * 1000);
    notify_send(text);
}
