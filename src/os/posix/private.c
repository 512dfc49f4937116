#include "os/private.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2) /* linux/close_range.h, since Linux 5.11 */
#endif

#define MANY 65536 /* descriptors to go through where the system call is missing */

static int limit(void)
{
    struct rlimit most;
    if (getrlimit(RLIMIT_NOFILE, &most) != 0 || most.rlim_cur > MANY)
        return MANY;
    return (int)most.rlim_cur;
}

void private_descriptors(int from)
{
    if (close_range((unsigned)from, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    for (int fd = from, end = limit(); fd < end; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && !(flags & FD_CLOEXEC))
            fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

void private_close(int from)
{
    if (close_range((unsigned)from, ~0U, 0) == 0)
        return;
    for (int fd = from, end = limit(); fd < end; fd++)
        close(fd);
}

void private_process(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    private_descriptors(PRIVATE_FIRST);
}
