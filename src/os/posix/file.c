#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/owner.h"
#include "os/posix/look.h"

static void stamp_from(struct file_stamp *stamp, const struct stat *st)
{
    stamp->exists = true;
    stamp->device = (uint64_t)st->st_dev;
    stamp->inode = (uint64_t)st->st_ino;
    stamp->size = st->st_size;
    stamp->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static bool stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
    if (a->exists != b->exists)
        return false;
    return !a->exists || (a->device == b->device && a->inode == b->inode && a->size == b->size &&
                          a->mtime_ns == b->mtime_ns);
}

static enum status say_access(struct error *e, enum status status, const char *path)
{
    if (status == STATUS_DENIED)
        error_remedy(e, "The user that this program runs as must be able to read %s.", path);
    return status;
}

enum status file_read(const char *path, struct buf *b, struct file_stamp *stamp, struct error *e)
{
    enum status status = STATUS_OK;
    if (stamp)
        *stamp = (struct file_stamp){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return say_access(e, error_errno(e, errno, "file_open", "cannot open %s", path), path);
    struct stat st;
    if (fstat(fd, &st) != 0) {
        status = error_errno(e, errno, "file_stat", "cannot inspect %s", path);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        status = error_set(e, STATUS_INVALID, "file_kind", "%s is not a regular file", path);
        error_remedy(e, "Move away what is there, and restore the original file.");
        goto out;
    }
    for (;;) {
        char chunk[16384];
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            status = error_errno(e, errno, "file_read", "cannot read %s", path);
            goto out;
        }
        if (got == 0)
            break;
        buf_add(b, chunk, (size_t)got);
        if (b->failed) {
            status = error_set(e, STATUS_FULL, "file_size",
                               "%s is larger than the %zu bytes allowed", path, b->maximum);
            error_remedy(e, "Move away what is there, and restore the original file.");
            goto out;
        }
    }
    if (stamp)
        stamp_from(stamp, &st);
out:
    close(fd);
    return status;
}

/* Write and fsync; on failure the file is removed. Closes fd. */
static enum status write_new(int fd, const char *path, const void *data, size_t length,
                             struct error *e)
{
    enum status status = STATUS_OK;
    if (!fd_write_all(fd, data, length))
        status = error_errno(e, errno, "file_write", "cannot write %s", path);
    else if (fsync(fd) != 0)
        status = error_errno(e, errno, "file_sync", "cannot make %s durable", path);
    if (close(fd) != 0 && status == STATUS_OK)
        status = error_errno(e, errno, "file_close", "cannot close %s", path);
    if (status != STATUS_OK)
        unlink(path);
    return status;
}

bool file_rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    if (link(from, to) != 0) /* a file system that cannot refuse to replace */
        return false;
    unlink(from);
    return true;
}

enum status file_create(const char *path, const void *data, size_t length, unsigned mode,
                        struct error *e)
{
    char temp[PATH_MAX];
    struct stat st;
    if (lstat(path, &st) == 0)
        return error_errno(e, EEXIST, "file_create", "cannot create %s", path);
    if (!text_format(temp, sizeof temp, "%s.%08x.tmp", path, crypto_random_u32()))
        return error_set(e, STATUS_INVALID, "path_long", "the path %s is too long", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return error_errno(e, errno, "file_create", "cannot create %s", path);
    owner_adopt(fd, path);
    enum status status = write_new(fd, temp, data, length, e);
    if (status != STATUS_OK)
        return status;
    if (!file_rename_new(temp, path)) {
        status = error_errno(e, errno, "file_create", "cannot create %s", path);
        unlink(temp);
        return status;
    }
    return dir_sync_of(path, e);
}

/* The new file must look like the one it replaces. If the system refuses to change the owner, this
 * fails before it sets the mode, so that nobody gets more access than before. */
static enum status copy_owner(int fd, const char *path, const struct stat *old, struct error *e)
{
    struct stat mine;
    if (fstat(fd, &mine) != 0)
        return error_errno(e, errno, "file_stat", "cannot inspect the new %s", path);
    if ((mine.st_uid != old->st_uid || mine.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) != 0)
        return error_errno(e, errno, "file_owner", "cannot give the new %s its owner", path);
    if (fchmod(fd, old->st_mode & 07777) != 0)
        return error_errno(e, errno, "file_mode", "cannot give the new %s its mode", path);
    return STATUS_OK;
}

enum status file_replace(const char *path, const void *data, size_t length, unsigned mode,
                         const struct file_stamp *expected, struct error *e)
{
    char real[PATH_MAX], temp[PATH_MAX];
    struct stat old;
    /* A link stays a link: the file that it points to is replaced. */
    if (!realpath(path, real) && !text_copy(real, sizeof real, path))
        return error_set(e, STATUS_INVALID, "path_long", "the path %s is too long", path);
    bool exists = stat(real, &old) == 0;
    if (!exists && errno != ENOENT)
        return error_errno(e, errno, "file_stat", "cannot inspect %s", path);
    if (exists && !S_ISREG(old.st_mode))
        return error_set(e, STATUS_INVALID, "file_kind", "%s is not a regular file", path);
    if (expected) {
        struct file_stamp now = {0};
        if (exists)
            stamp_from(&now, &old);
        if (!stamp_equal(expected, &now)) {
            error_set(e, STATUS_EXISTS, "file_changed",
                      "%s was changed by somebody else since it was read", path);
            error_remedy(e, "Read it again, then repeat the change.");
            return STATUS_EXISTS;
        }
    }
    uint32_t random = crypto_random_u32();
    if (!text_format(temp, sizeof temp, "%s.%08x.tmp", real, random))
        return error_set(e, STATUS_INVALID, "path_long", "the path %s is too long", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_errno(e, errno, "file_create", "cannot create %s", temp);
    enum status status = STATUS_OK;
    if (exists)
        status = copy_owner(fd, path, &old, e);
    else if (fchmod(fd, mode) != 0)
        status = error_errno(e, errno, "file_mode", "cannot set the mode of %s", temp);
    else
        owner_adopt(fd, real);
    if (status != STATUS_OK) {
        close(fd);
        unlink(temp);
        return status;
    }
    status = write_new(fd, temp, data, length, e);
    if (status != STATUS_OK)
        return status;
    if (rename(temp, real) != 0) {
        status = error_errno(e, errno, "file_rename", "cannot put the new %s in place", path);
        unlink(temp);
        return status;
    }
    return dir_sync_of(real, e);
}

int64_t file_free_bytes(const char *path)
{
    struct statvfs v;
    if (statvfs(path, &v) != 0)
        return -1;
    return (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}

/* ---- looking, moving ----------------------------------------------------------------------------- */

bool file_look(const char *path, struct file_look *l)
{
    struct stat st;
    return look_take(stat(path, &st) == 0, &st, l);
}

bool file_look_itself(const char *path, struct file_look *l)
{
    struct stat st;
    return look_take(lstat(path, &st) == 0, &st, l);
}

bool file_look_open(int fd, struct file_look *l)
{
    struct stat st;
    return look_take(fstat(fd, &st) == 0, &st, l);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_may_read(const char *path)
{
    return access(path, R_OK) == 0;
}

bool file_may_run(const char *path)
{
    return access(path, X_OK) == 0;
}

bool file_remove(const char *path)
{
    return unlink(path) == 0;
}

bool file_rename(const char *from, const char *to)
{
    return rename(from, to) == 0;
}

bool file_set_mode(const char *path, unsigned mode)
{
    return chmod(path, mode) == 0;
}

bool file_may(const char *path, unsigned uses)
{
    int mode = (uses & FILE_READ ? R_OK : 0) | (uses & FILE_WRITE ? W_OK : 0) |
               (uses & FILE_RUN ? X_OK : 0);
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

/* ---- open ------------------------------------------------------------------------------------------ */

int file_open(const char *path, unsigned mode)
{
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
}

int file_open_new(const char *path, unsigned mode)
{
    return open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
}

ptrdiff_t file_read_at(int fd, void *data, size_t size, int64_t place)
{
    return pread(fd, data, size, place);
}

ptrdiff_t file_write_at(int fd, const void *data, size_t length, int64_t place)
{
    return pwrite(fd, data, length, place);
}

bool file_sync(int fd)
{
    return fsync(fd) == 0;
}

void file_sync_begin(int fd)
{
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

bool file_set_mode_open(int fd, unsigned mode)
{
    return fchmod(fd, mode) == 0;
}

unsigned file_mask(unsigned mask)
{
    return umask(mask);
}

char *file_real_path(const char *path)
{
    return realpath(path, NULL);
}

bool file_read_end(const char *path, size_t most, struct buf *b)
{
    char chunk[16384];
    ptrdiff_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    if (lseek(fd, -(off_t)most, SEEK_END) < 0)
        lseek(fd, 0, SEEK_SET);
    while ((n = fd_read(fd, chunk, sizeof chunk)) > 0)
        buf_add(b, chunk, (size_t)n);
    close(fd);
    return n == 0;
}

bool file_make_temporary(char *path)
{
    int fd = mkstemp(path);
    return fd >= 0 && close(fd) == 0;
}
