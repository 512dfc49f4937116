#include "os/local.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

int local_connect(const char *path, bool never_wait)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (never_wait ? SOCK_NONBLOCK : 0), 0);
    if (fd < 0)
        return -1;
    int number = 0;
    if (!text_copy(a.sun_path, sizeof a.sun_path, path))
        number = ENAMETOOLONG;
    else if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        number = errno;
    if (!number)
        return fd;
    close(fd);
    errno = number;
    return -1;
}

bool local_listens(const char *path)
{
    int fd = local_connect(path, true);
    if (fd >= 0)
        close(fd);
    /* EACCES: the directory exists and is not ours; systemd removes it when the service ends. */
    return fd >= 0 || errno == EACCES || errno == EPERM || errno == EAGAIN;
}

ptrdiff_t local_send(int fd, const void *data, size_t length)
{
    return send(fd, data, length, MSG_NOSIGNAL);
}

void local_patience(int fd, int64_t ms)
{
    struct timeval t = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
}

bool local_peer_is_ours(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}
