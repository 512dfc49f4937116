/* look.h – the result of stat(2) in our own types. */
#ifndef ENDPOINT_OS_POSIX_LOOK_H
#define ENDPOINT_OS_POSIX_LOOK_H

#include <sys/stat.h>

#include "os/file.h"

static inline bool look_take(bool seen, const struct stat *st, struct file_look *l)
{
    if (!seen)
        return false;
    *l = (struct file_look){.kind = S_ISREG(st->st_mode)    ? FILE_REGULAR
                                    : S_ISDIR(st->st_mode)  ? FILE_DIRECTORY
                                    : S_ISLNK(st->st_mode)  ? FILE_LINK
                                    : S_ISSOCK(st->st_mode) ? FILE_SOCKET
                                                            : FILE_OTHER,
                            .mode = st->st_mode & 07777,
                            .user = st->st_uid,
                            .group = st->st_gid,
                            .size = st->st_size,
                            .changed_ns =
                                (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
                            .device = (uint64_t)st->st_dev,
                            .inode = (uint64_t)st->st_ino,
                            .links = (uint64_t)st->st_nlink};
    return true;
}

#endif
