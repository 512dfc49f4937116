#include "document/done_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/order.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/folder.h"

#define DONE_MODE 0770 /* like the files in it: personal data, for us and the directory's group */
#define NAMES_MAX 1000 /* files with the same marker in done/ */

static const char marker_letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct done_files {
    char place[512];
    struct folder *dir, *done; /* done NULL: not opened (yet) */
    bool remove, changed;
};

/* A marker becomes part of a file's name. */
static bool marker_ok(const char *marker)
{
    return strlen(marker) == ORDER_MARKER && strspn(marker, marker_letters) == ORDER_MARKER;
}

static enum status remedy(const char *place, struct error *e)
{
    return error_remedy(
        e,
        "Move it away by hand, so that it is not imported again; let this service's "
        "user write to %s.",
        place);
}

static enum status failed(const char *place, int errnum, const char *what, struct error *e)
{
    error_errno(e, errnum, "done_files", "%-s in %s", what, place);
    return error_remedy(e, "Let this service's user read and write %s.", place);
}

static struct folder *open_done(const struct folder *dir, bool make)
{
    return folder_below(dir, DONE_FILES_DIR, make, DONE_MODE);
}

/* Move to a free name. 0, or errno. */
static int move(const struct folder *dir, const char *name, const struct folder *done,
                const char *target)
{
    if (folder_rename_new(dir, name, done, target))
        return 0;
    if (errno != ENOTSUP)
        return errno;
    struct file_look l; /* the file system cannot rename so: look first; only we move here */
    if (folder_look(done, target, &l))
        return EEXIST;
    return folder_rename(dir, name, done, target) ? 0 : errno;
}

static int move_away(const struct folder *dir, const char *marker, const char *name,
                     const struct folder *done)
{
    char target[64];
    text_format(target, sizeof target, "%s", name);
    int errnum = move(dir, name, done, target);
    for (int i = 2; errnum == EEXIST && i < NAMES_MAX; i++) {
        text_format(target, sizeof target, "%s-%d.epp", marker, i);
        errnum = move(dir, name, done, target);
    }
    if (errnum == 0) /* its time in done starts now; setting it may be forbidden */
        (void)folder_touch(done, target);
    return errnum;
}

enum status done_files_open(const char *place, bool remove, struct done_files **out,
                            struct error *e)
{
    *out = NULL;
    struct folder *dir = folder_open(place);
    if (!dir)
        return failed(place, errno, N_("opening the directory failed"), e);
    struct done_files *d = mem_alloc(sizeof *d);
    text_copy(d->place, sizeof d->place, place);
    d->dir = dir;
    d->remove = remove;
    *out = d;
    return STATUS_OK;
}

void done_files_close(struct done_files *d)
{
    if (!d)
        return;
    folder_close(d->done);
    folder_close(d->dir);
    free(d);
}

const char *done_files_place(const struct done_files *d)
{
    return d->place;
}

/* 0, or errno. */
static int put(struct done_files *d, const char *marker, const char *name)
{
    struct file_look l;
    int errnum = 0;
    if (!folder_look(d->dir, name, &l))
        return errno == ENOENT ? 0 : errno;
    d->changed = true;
    if (d->remove) {
        errnum = folder_remove(d->dir, name) ? 0 : errno;
    } else {
        if (!d->done && !(d->done = open_done(d->dir, true)))
            return errno;
        errnum = move_away(d->dir, marker, name, d->done);
    }
    return errnum == ENOENT ? 0 : errnum; /* the ERP moved it first */
}

enum status done_files_put(struct done_files *d, const char *marker, struct error *e)
{
    char name[64];
    if (!marker_ok(marker))
        return error_set(e, STATUS_INTERNAL, "done_files", "\"%.40s\" is not a marker", marker);
    text_format(name, sizeof name, "%s.epp", marker);
    int errnum = put(d, marker, name);
    if (errnum == 0)
        return STATUS_OK;
    if (d->remove)
        error_errno(e, errnum, "done_files",
                    "the file %s of a finished order cannot be removed from %s", name, d->place);
    else
        error_errno(e, errnum, "done_files",
                    "the file %s of a finished order cannot be moved to done in %s", name,
                    d->place);
    return remedy(d->place, e);
}

enum status done_files_flush(struct done_files *d, struct error *e)
{
    if (!d->changed)
        return STATUS_OK;
    /* Sync the new name before the old one goes: a file is never lost. */
    if ((d->done && !folder_sync(d->done)) || !folder_sync(d->dir))
        return failed(d->place, errno, N_("writing the directory to the disk failed"), e);
    d->changed = false;
    return STATUS_OK;
}

/* MARKER.epp, or MARKER-2.epp and so on. */
static bool is_ours(const char *name)
{
    size_t length = strlen(name);
    if (length < ORDER_MARKER + 4 || strncmp(name, "EP", 2) != 0 ||
        strspn(name, marker_letters) != ORDER_MARKER || !text_equal(name + length - 4, ".epp"))
        return false;
    const char *rest = name + ORDER_MARKER;
    return *rest == '.'
               ? length == ORDER_MARKER + 4
               : *rest == '-' && rest + 1 + strspn(rest + 1, "0123456789") == name + length - 4;
}

enum status done_files_tidy(const char *place, int64_t now_ms, int64_t keep_ms, int max, int *count,
                            struct error *e)
{
    const char *name;
    struct file_look l;
    *count = 0;
    struct folder *dir = folder_open(place);
    if (!dir)
        return failed(place, errno, N_("opening the directory failed"), e);
    struct folder *done = open_done(dir, false);
    int errnum = errno;
    folder_close(dir);
    if (!done)
        return errnum == ENOENT ? STATUS_OK
                                : failed(place, errnum, "opening " DONE_FILES_DIR " failed", e);
    struct dir *list = folder_names(done);
    if (!list) {
        errnum = errno;
        folder_close(done);
        return failed(place, errnum, "reading " DONE_FILES_DIR " failed", e);
    }
    errnum = 0;
    while (*count < max && (name = dir_next(list)) != NULL) {
        if (!is_ours(name) || !folder_look(done, name, &l) || l.kind != FILE_REGULAR ||
            l.changed_ns / INT64_C(1000000000) * 1000 > now_ms - keep_ms)
            continue;
        if (folder_remove(done, name))
            ++*count;
        else if (errno != ENOENT)
            errnum = errno;
    }
    dir_close(list);
    folder_close(done);
    return errnum ? failed(place, errnum, N_("an old file in done cannot be deleted"), e)
                  : STATUS_OK;
}
