#include "os/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "os/posix/look.h"

struct folder {
    int fd;
};

static struct folder *hold(int fd)
{
    if (fd < 0)
        return NULL;
    struct folder *p = mem_alloc(sizeof *p);
    p->fd = fd;
    return p;
}

struct folder *folder_open(const char *path)
{
    return hold(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

struct folder *folder_below(const struct folder *p, const char *name, bool make, unsigned mode)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(p->fd, name, flags);
    if (fd >= 0 || errno != ENOENT || !make)
        return hold(fd);
    if (mkdirat(p->fd, name, mode) != 0 && errno != EEXIST)
        return NULL;
    return hold(openat(p->fd, name, flags));
}

void folder_close(struct folder *p)
{
    if (p)
        close(p->fd);
    free(p);
}

bool folder_may_make(const struct folder *p)
{
    return faccessat(p->fd, ".", W_OK | X_OK, AT_EACCESS) == 0;
}

int folder_new(const struct folder *p, const char *name, unsigned mode)
{
    return openat(p->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

bool folder_look(const struct folder *p, const char *name, struct file_look *l)
{
    struct stat st;
    return look_take(fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0, &st, l);
}

bool folder_remove(const struct folder *p, const char *name)
{
    return unlinkat(p->fd, name, 0) == 0;
}

bool folder_rename(const struct folder *p, const char *name, const struct folder *to,
                   const char *new_name)
{
    return renameat(p->fd, name, to->fd, new_name) == 0;
}

bool folder_rename_new(const struct folder *p, const char *name, const struct folder *to,
                       const char *new_name)
{
    if (renameat2(p->fd, name, to->fd, new_name, RENAME_NOREPLACE) == 0)
        return true;
    if (errno == EINVAL || errno == ENOSYS)
        errno = ENOTSUP;
    return false;
}

bool folder_link(const struct folder *p, const char *name, const char *new_name)
{
    return linkat(p->fd, name, p->fd, new_name, 0) == 0;
}

bool folder_touch(const struct folder *p, const char *name)
{
    return utimensat(p->fd, name, NULL, AT_SYMLINK_NOFOLLOW) == 0;
}

bool folder_sync(const struct folder *p)
{
    return fsync(p->fd) == 0;
}

struct dir *folder_names(const struct folder *p)
{
    int fd = openat(p->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir && fd >= 0)
        close(fd);
    return (struct dir *)dir; /* as in dir.c */
}
