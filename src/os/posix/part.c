#include "os/part.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/owner.h"

struct part {
    int fd;
    char path[PATH_MAX], temp[PATH_MAX];
};

/* DIR/NAME → DIR/.NAME.tmp */
static bool name_temp(struct part *p)
{
    const char *slash = strrchr(p->path, '/');
    int before = slash ? (int)(slash - p->path) + 1 : 0;
    return text_format(p->temp, sizeof p->temp, "%.*s.%s.tmp", before, p->path, p->path + before);
}

enum status part_open(const char *path, unsigned mode, struct part **out, struct error *e)
{
    struct part *p = mem_alloc(sizeof *p);
    *out = NULL;
    if (!text_copy(p->path, sizeof p->path, path) || !name_temp(p)) {
        free(p);
        return error_set(e, STATUS_INVALID, "path_long", "the path %s is too long", path);
    }
    unlink(p->temp);
    p->fd = open(p->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (p->fd < 0 || fchmod(p->fd, mode) != 0) {
        enum status status = error_errno(e, errno, "file_create", "cannot create %s", p->temp);
        part_drop(p);
        return status;
    }
    owner_adopt(p->fd, path);
    *out = p;
    return STATUS_OK;
}

enum status part_write(struct part *p, const void *data, size_t length, struct error *e)
{
    return fd_write_all(p->fd, data, length)
               ? STATUS_OK
               : error_errno(e, errno, "file_write", "cannot write %s", p->temp);
}

enum status part_finish(struct part *p, struct error *e)
{
    enum status status = STATUS_OK;
    struct stat st;
    if (fsync(p->fd) != 0)
        status = error_errno(e, errno, "file_sync", "cannot make %s durable", p->temp);
    else if (!fd_close(&p->fd))
        status = error_errno(e, errno, "file_close", "cannot close %s", p->temp);
    else if (lstat(p->path, &st) == 0 && !S_ISREG(st.st_mode))
        status = error_set(e, STATUS_INVALID, "file_kind", "%s is not a regular file", p->path);
    else if (rename(p->temp, p->path) != 0)
        status = error_errno(e, errno, "file_rename", "cannot put the new %s in place", p->path);
    if (status == STATUS_OK) {
        status = dir_sync_of(p->path, e);
        free(p);
    } else {
        part_drop(p);
    }
    return status;
}

void part_drop(struct part *p)
{
    if (!p)
        return;
    fd_close(&p->fd);
    unlink(p->temp);
    free(p);
}
