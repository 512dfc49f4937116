#include "panel/store/store_notice.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "panel/store/store_internal.h"

#define NAME "notice.sock"

struct store_notice {
    int event;  /* eventfd: woken, or notified by this process */
    int socket; /* what other processes send; -1: none */
    atomic_bool news;
    int directory; /* of the socket */
    dev_t device;  /* the socket's file, so that we remove only our own */
    ino_t inode;
};

/* The socket's address through the open directory: short, however long the directory's name is. */
static void address_of(int directory, struct sockaddr_un *a)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    text_format(a->sun_path, sizeof a->sun_path, "/proc/self/fd/%d/" NAME, directory);
}

static int open_directory(const char *data_dir)
{
    return open(data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* ---- listening ---------------------------------------------------------------------------------- */

static bool listen_in(struct store_notice *n, const char *data_dir)
{
    struct sockaddr_un a;
    struct stat st;
    n->directory = open_directory(data_dir);
    n->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (n->directory < 0 || n->socket < 0)
        return false;
    /* A killed process left its file. */
    if (fstatat(n->directory, NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode))
        unlinkat(n->directory, NAME, 0);
    address_of(n->directory, &a);
    fchmod(n->socket, 0600); /* bind makes the file with this mode, minus the umask */
    if (bind(n->socket, (struct sockaddr *)&a, sizeof a) != 0 ||
        fstatat(n->directory, NAME, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    n->device = st.st_dev;
    n->inode = st.st_ino;
    return true;
}

enum status store_notice_open(const char *data_dir, struct store_notice **out, struct error *e)
{
    struct store_notice *n = mem_alloc(sizeof *n);
    *n = (struct store_notice){
        .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .socket = -1, .directory = -1};
    *out = n;
    if (n->event >= 0 && listen_in(n, data_dir))
        return STATUS_OK;
    error_set(e, STATUS_IO, "notice", "cannot listen on %s/" NAME ": %s", data_dir,
              strerror(errno));
    if (n->socket >= 0)
        close(n->socket);
    n->socket = -1;
    return STATUS_IO;
}

void store_notice_close(struct store_notice *n)
{
    struct stat st;
    if (!n)
        return;
    if (n->socket >= 0) {
        if (fstatat(n->directory, NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == n->device &&
            st.st_ino == n->inode)
            unlinkat(n->directory, NAME, 0);
        close(n->socket);
    }
    if (n->directory >= 0)
        close(n->directory);
    if (n->event >= 0)
        close(n->event);
    free(n);
}

bool store_notice_wait(struct store_notice *n, int timeout_ms)
{
    struct pollfd ready[] = {{.fd = n->event, .events = POLLIN},
                             {.fd = n->socket, .events = POLLIN}};
    uint64_t count;
    char byte;
    poll(ready, 2, timeout_ms);
    if (read(n->event, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
        return true; /* impossible; then rather look in vain */
    while (n->socket >= 0 && recv(n->socket, &byte, 1, 0) >= 0)
        atomic_store(&n->news, true);
    return atomic_exchange(&n->news, false);
}

void store_notice_wake(struct store_notice *n)
{
    const uint64_t one = 1;
    if (write(n->event, &one, sizeof one) < 0)
        return; /* it is full: that also wakes */
}

/* ---- telling ------------------------------------------------------------------------------------ */

void store_notice_attach(struct store *s, struct store_notice *n)
{
    s->notice = n;
}

/* A full queue already holds enough notices; if nobody listens, nobody waits. */
static void send_word(const char *data_dir)
{
    struct sockaddr_un a;
    int directory = open_directory(data_dir);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    address_of(directory, &a);
    if (directory >= 0 && fd >= 0)
        (void)!sendto(fd, "!", 1, MSG_NOSIGNAL, (struct sockaddr *)&a, sizeof a);
    if (fd >= 0)
        close(fd);
    if (directory >= 0)
        close(directory);
}

void store_tell(struct store *s)
{
    if (!s->news || !sqlite3_get_autocommit(s->db))
        return;
    s->news = false;
    if (!s->notice) {
        send_word(s->data_dir);
        return;
    }
    atomic_store(&s->notice->news, true);
    store_notice_wake(s->notice);
}
