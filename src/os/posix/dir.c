#include "os/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/owner.h"
#include "os/path.h"

enum status dir_sync_of(const char *path, struct error *e)
{
    char dir[PATH_MAX];
    if (!path_parent(dir, sizeof dir, path))
        return error_set(e, STATUS_INVALID, "path_long", "the path %s is too long", path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(e, errno, "dir_open", "cannot open the directory %s", dir);
    enum status status = STATUS_OK;
    /* Some file systems cannot fsync a directory; they say EINVAL. */
    if (fsync(fd) != 0 && errno != EINVAL)
        status = error_errno(e, errno, "dir_sync", "cannot make %s durable", dir);
    close(fd);
    return status;
}

static void adopt_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) {
        owner_adopt(fd, path);
        close(fd);
    }
}

enum status dir_ensure(const char *path, unsigned mode, struct error *e)
{
    char part[PATH_MAX];
    if (text_empty(path) || !text_copy(part, sizeof part, path))
        return error_set(e, STATUS_INVALID, "path_long", "the path %s is empty or too long", path);
    for (char *p = part + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char kept = *p;
        *p = '\0';
        if (mkdir(part, mode) == 0)
            adopt_directory(part);
        else if (errno != EEXIST)
            return error_errno(e, errno, "dir_create", "cannot make the directory %s", part);
        *p = kept;
        if (!kept)
            break;
    }
    struct stat st;
    if (stat(path, &st) != 0)
        return error_errno(e, errno, "dir_stat", "cannot inspect %s", path);
    if (!S_ISDIR(st.st_mode))
        return error_set(e, STATUS_INVALID, "dir_kind", "%s is not a directory", path);
    return STATUS_OK;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

enum status dir_remove(const char *path, struct error *e)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
        return error_errno(e, errno, "dir_remove", "cannot remove %s", path);
    return STATUS_OK;
}

bool dir_make(const char *path, unsigned mode)
{
    return mkdir(path, mode) == 0;
}

bool dir_remove_empty(const char *path)
{
    return rmdir(path) == 0;
}

/* struct dir is the system's DIR under our own name. */
struct dir *dir_open(const char *path)
{
    return (struct dir *)opendir(path);
}

const char *dir_next(struct dir *d)
{
    const struct dirent *entry;
    while ((entry = readdir((DIR *)d)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return entry->d_name;
    return NULL;
}

void dir_close(struct dir *d)
{
    if (d)
        closedir((DIR *)d);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int dir_names(const char *path, bool (*wanted)(const char *name), char ***names)
{
    struct dir *d = dir_open(path);
    const char *name;
    size_t count = 0, room = 0;
    *names = NULL;
    if (!d)
        return -1;
    while ((name = dir_next(d)) != NULL && count < INT_MAX) {
        if (wanted && !wanted(name))
            continue;
        if (count == room)
            *names = mem_resize(*names, room = room * 2 + 16, sizeof **names);
        (*names)[count++] = mem_string(name);
    }
    dir_close(d);
    if (count)
        qsort(*names, count, sizeof **names, by_bytes);
    return (int)count;
}

void dir_names_free(char **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

bool dir_make_temporary(char *path)
{
    return mkdtemp(path) != NULL;
}
