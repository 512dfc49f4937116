#include "os/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <unistd.h>

#include "os/aside.h"
#include "os/owner.h"

/* Lock *fd; on failure it is closed. */
static enum status take_lock(const char *path, int *fd, struct error *e)
{
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    int errnum = errno;
    close(*fd);
    *fd = -1;
    if (errnum == EWOULDBLOCK)
        return error_set(e, STATUS_BUSY, "lock_held", "another process holds %s", path);
    return error_errno(e, errnum, "lock_take", "cannot lock %s", path);
}

/* A lock needs no content. A file that we may only read locks as well as any other, even on a full
 * disk. Anything that is not a file is moved aside. */
static int open_lock(const char *path)
{
    char kept[PATH_MAX];
    int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    if (aside_odd(path))
        aside_move(path, kept, sizeof kept, NULL);
    int fd = open(path, O_RDWR | O_CREAT | flags, 0600);
    return fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM)
               ? open(path, O_RDONLY | flags)
               : fd;
}

enum status lock_file(const char *path, int *fd, struct error *e)
{
    *fd = open_lock(path);
    if (*fd < 0) {
        enum status status =
            error_errno(e, errno, "lock_open", "cannot open the lock file %s", path);
        error_remedy(e,
                     "The user that endpointd runs as must be able to read and write it; an empty "
                     "file will do.");
        return status;
    }
    owner_adopt(*fd, path);
    return take_lock(path, fd, e);
}

enum status lock_dir(const char *path, int *fd, struct error *e)
{
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return error_errno(e, errno, "dir_open", "cannot open the directory %s", path);
    return take_lock(path, fd, e);
}

int lock_try(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

void lock_release(int fd)
{
    flock(fd, LOCK_UN);
}
