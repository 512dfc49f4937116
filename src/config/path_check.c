#include "config/path_check.h"

#include <errno.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

static const struct {
    const char *setting;
    enum path_use use;
} uses[] = {
    {"orders.epp_dir", PATH_MAKE_IN}, {"orders.command", PATH_RUN}, {"log.file", PATH_APPEND}};

enum path_use path_use_of(const char *setting)
{
    for (size_t i = 0; i < COUNT_OF(uses); i++)
        if (text_equal(uses[i].setting, setting))
            return uses[i].use;
    return PATH_READ;
}

static enum status denied(enum path_use use, const char *path, struct error *e)
{
    switch (use) {
    case PATH_MAKE_IN:
        return error_set(e, STATUS_DENIED, "path_denied", "no files may be created in %s", path);
    case PATH_RUN: return error_set(e, STATUS_DENIED, "path_denied", "%s may not be run", path);
    case PATH_APPEND:
        return error_set(e, STATUS_DENIED, "path_denied", "%s may not be written", path);
    default: return error_set(e, STATUS_DENIED, "path_denied", "%s may not be read", path);
    }
}

static enum status refused(enum path_use use, const char *path, int errnum, struct error *e)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        error_set(e, STATUS_NOT_FOUND, "path_missing", "%s does not exist", path);
        error_remedy(e, use == PATH_MAKE_IN ? "Create the directory, or name another one."
                                            : N_("Put the file there, or name another one."));
        return STATUS_NOT_FOUND;
    case EROFS:
        return error_set(e, STATUS_DENIED, "path_read_only", "%s is on a read-only file system",
                         path);
    case EACCES:
    case EPERM: return denied(use, path, e);
    default: return error_errno(e, errnum, "path_io", "%s cannot be inspected", path);
    }
}

/* Check the directory of a file that is created if missing. */
static enum status check_parent(enum path_use use, const char *path, struct error *e)
{
    char dir[600];
    char *slash = text_copy(dir, sizeof dir, path) ? strrchr(dir, '/') : NULL;
    if (!slash)
        return refused(use, path, ENOENT, e);
    slash[slash == dir ? 1 : 0] = '\0';
    if (file_may(dir, FILE_WRITE | FILE_RUN))
        return STATUS_OK;
    return refused(use, errno == ENOENT ? dir : path, errno, e);
}

enum status path_check(enum path_use use, const char *path, struct error *e)
{
    static const unsigned needs[] = {FILE_READ, FILE_RUN, FILE_READ | FILE_WRITE | FILE_RUN,
                                     FILE_READ | FILE_RUN, FILE_WRITE};
    struct file_look l;
    if (!file_look(path, &l))
        return errno == ENOENT && use == PATH_APPEND ? check_parent(use, path, e)
                                                     : refused(use, path, errno, e);
    bool directory = use == PATH_MAKE_IN || use == PATH_ENTER;
    if (directory && l.kind != FILE_DIRECTORY)
        return error_set(e, STATUS_INVALID, "path_kind", "%s is a file, not a directory", path);
    if (!directory && l.kind == FILE_DIRECTORY)
        return error_set(e, STATUS_INVALID, "path_kind", "%s is a directory, not a file", path);
    if (!file_may(path, needs[use]))
        return refused(use, path, errno, e);
    return STATUS_OK;
}
