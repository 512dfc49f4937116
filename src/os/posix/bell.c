#include "os/bell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

struct bell {
    int event;  /* eventfd: woken, or rung by this process */
    int socket; /* what other processes send; -1: none */
    atomic_bool rung;
    int directory; /* of the socket */
    char name[40];
    dev_t device; /* the socket's file, so that we remove only our own */
    ino_t inode;
};

/* The socket's address through the open directory: short, however long the directory's name is. */
static void address_of(int directory, const char *name, struct sockaddr_un *a)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    text_format(a->sun_path, sizeof a->sun_path, "/proc/self/fd/%d/%s", directory, name);
}

static int open_directory(const char *directory)
{
    return open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool listen_in(struct bell *b, const char *directory)
{
    struct sockaddr_un a;
    struct stat st;
    b->directory = open_directory(directory);
    b->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (b->directory < 0 || b->socket < 0)
        return false;
    /* A killed process left its file. */
    if (fstatat(b->directory, b->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode))
        unlinkat(b->directory, b->name, 0);
    address_of(b->directory, b->name, &a);
    fchmod(b->socket, 0600); /* bind makes the file with this mode, minus the umask */
    if (bind(b->socket, (struct sockaddr *)&a, sizeof a) != 0 ||
        fstatat(b->directory, b->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    b->device = st.st_dev;
    b->inode = st.st_ino;
    return true;
}

bool bell_open(const char *directory, const char *name, struct bell **out)
{
    struct bell *b = mem_alloc(sizeof *b);
    *b = (struct bell){
        .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .socket = -1, .directory = -1};
    text_copy(b->name, sizeof b->name, name);
    *out = b;
    if (b->event >= 0 && listen_in(b, directory))
        return true;
    int number = errno;
    if (b->socket >= 0)
        close(b->socket);
    b->socket = -1;
    errno = number;
    return false;
}

void bell_close(struct bell *b)
{
    struct stat st;
    if (!b)
        return;
    if (b->socket >= 0) {
        if (fstatat(b->directory, b->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            st.st_dev == b->device && st.st_ino == b->inode)
            unlinkat(b->directory, b->name, 0);
        close(b->socket);
    }
    if (b->directory >= 0)
        close(b->directory);
    if (b->event >= 0)
        close(b->event);
    free(b);
}

bool bell_wait(struct bell *b, int timeout_ms)
{
    struct pollfd ready[] = {{.fd = b->event, .events = POLLIN},
                             {.fd = b->socket, .events = POLLIN}};
    uint64_t count;
    char byte;
    poll(ready, 2, timeout_ms);
    if (read(b->event, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
        return true; /* cannot happen; looking in vain is safer */
    while (b->socket >= 0 && recv(b->socket, &byte, 1, 0) >= 0)
        atomic_store(&b->rung, true);
    return atomic_exchange(&b->rung, false);
}

void bell_wake(struct bell *b)
{
    const uint64_t one = 1;
    if (write(b->event, &one, sizeof one) < 0)
        return; /* it is full: that wakes as well */
}

void bell_ring(struct bell *b)
{
    atomic_store(&b->rung, true);
    bell_wake(b);
}

void bell_ring_in(const char *directory, const char *name)
{
    struct sockaddr_un a;
    int at = open_directory(directory);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    address_of(at, name, &a);
    if (at >= 0 && fd >= 0) /* a full queue holds enough rings already */
        (void)!sendto(fd, "!", 1, MSG_NOSIGNAL, (struct sockaddr *)&a, sizeof a);
    if (fd >= 0)
        close(fd);
    if (at >= 0)
        close(at);
}
