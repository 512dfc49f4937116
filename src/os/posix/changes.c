#include "os/changes.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/memory.h"
#include "os/fd.h"

struct changes {
    int inotify; /* -1: nobody tells us */
    int stop[2]; /* closed at its end to stop: the other is a hang-up then */
};

struct changes *changes_open(const char *directory)
{
    struct changes *c = mem_alloc(sizeof *c);
    if (pipe2(c->stop, O_CLOEXEC) != 0) {
        free(c);
        return NULL;
    }
    c->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (c->inotify >= 0)
        inotify_add_watch(c->inotify, directory,
                          IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO);
    return c;
}

void changes_close(struct changes *c)
{
    if (!c)
        return;
    fd_close(&c->stop[0]);
    fd_close(&c->stop[1]);
    fd_close(&c->inotify);
    free(c);
}

/* True when the kernel had to drop some. */
static bool read_events(struct changes *c,
                        void (*take)(void *user, enum changes_kind kind, const char *name),
                        void *user)
{
    _Alignas(struct inotify_event) char bytes[16384];
    bool lost = false;
    ssize_t n;
    while ((n = read(c->inotify, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < n;) {
            struct inotify_event event;
            memcpy(&event, bytes + at, sizeof event);
            lost |= (event.mask & IN_Q_OVERFLOW) != 0;
            if (event.len)
                take(user,
                     event.mask & IN_CREATE   ? CHANGES_MADE
                     : event.mask & IN_MODIFY ? CHANGES_WRITTEN
                                              : CHANGES_CLOSED,
                     bytes + at + sizeof event);
            at += (ssize_t)(sizeof event + event.len);
        }
    }
    return lost;
}

enum changes_end changes_wait(struct changes *c, int timeout_ms,
                              void (*take)(void *user, enum changes_kind kind, const char *name),
                              void *user)
{
    struct pollfd p[2] = {{.fd = c->stop[0], .events = POLLIN},
                          {.fd = c->inotify, .events = POLLIN}};
    poll(p, c->inotify >= 0 ? 2 : 1, timeout_ms);
    if (p[0].revents)
        return CHANGES_STOPPED;
    return c->inotify >= 0 && read_events(c, take, user) ? CHANGES_LOST : CHANGES_TOLD;
}

void changes_stop(struct changes *c)
{
    fd_close(&c->stop[1]);
}
