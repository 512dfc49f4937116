/* The writer "epp": a file appears in a directory at once, whole, and never twice.
 *
 *   stage   .MARKER.epp.tmp, made exclusively        flush    its bytes and its name are on the
 * disk write   renamed to MARKER.epp, never over one    settle   the new name is on the disk
 *
 * If a file system cannot rename without replacing, the file is first renamed to .MARKER.epp.out
 * and then linked and unlinked. So the temporary name alone always proves that nothing was written,
 * and the link count of the other name shows whether the link was made, even if somebody has moved
 * the file away.
 */
#include "document/writer_epp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "mapping/mapping.h"
#include "os/fd.h"
#include "os/folder.h"

#define STAGED_MAX 1000 /* files between two flushes; each holds a descriptor until then */
#define FILE_MODE  0660 /* an order is personal data: for us and the directory's group */
#define NAME_ROOM  64

struct staged {
    char marker[ORDER_MARKER + 1];
    int fd; /* -1: flushed */
};

struct writer {
    struct folder *dir;
    char path[512];
    struct staged *staged; /* made by us and not yet written */
    size_t count, room;
};

struct names {
    char temporary[NAME_ROOM], out[NAME_ROOM], final[NAME_ROOM];
};

/* A marker becomes part of a file's name. */
static bool marker_ok(const char *marker)
{
    size_t length = strspn(marker, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return length > 0 && length <= ORDER_MARKER && marker[length] == '\0';
}

static void name_files(struct names *n, const char *marker)
{
    text_format(n->temporary, sizeof n->temporary, ".%s.epp.tmp", marker);
    text_format(n->out, sizeof n->out, ".%s.epp.out", marker);
    text_format(n->final, sizeof n->final, "%s.epp", marker);
}

/* An error of the directory, with what to do about it. */
static enum status directory_error(const struct writer *w, int errnum, struct error *e,
                                   const char *what)
{
    error_errno(e, errnum, "epp_dir", "%-s in %s", what, w->path);
    if (!e)
        return STATUS_IO;
    if (errnum == ENOSPC || errnum == EDQUOT) {
        e->status = STATUS_FULL;
        return error_remedy(e, "Make room on its file system; the orders wait.");
    }
    if (errnum == EROFS) { /* not rights: ReadWritePaths=, or a read-only disk */
        e->status = STATUS_DENIED;
        return error_remedy(
            e, "It is read-only for this service. sudo endpointctl service paths lets the "
               "service write there.");
    }
    if (errnum == EACCES || errnum == EPERM) {
        e->status = STATUS_DENIED;
        return error_remedy(e, "Let this service's user write to %s (orders.epp_dir).", w->path);
    }
    if (errnum == ENOENT || errnum == ENOTDIR) {
        e->status = STATUS_INVALID;
        return error_remedy(e, "Create the directory, or set orders.epp_dir to one that exists.");
    }
    e->status = STATUS_IO;
    return error_remedy(e, "Check the file system of %s; the orders wait.", w->path);
}

static void epp_close(struct writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->count; i++)
        fd_close(&w->staged[i].fd);
    folder_close(w->dir);
    free(w->staged);
    free(w);
}

static enum status open_directory(const char *path, struct writer **out, struct error *e)
{
    struct writer *w = mem_alloc(sizeof *w);
    text_copy(w->path, sizeof w->path, path);
    w->dir = folder_open(path);
    enum status status = STATUS_OK;
    if (!w->dir)
        status = directory_error(w, errno, e,
                                 N_("no order can be written: opening the directory failed"));
    else if (!folder_may_make(w->dir))
        status = directory_error(w, errno, e, N_("no file may be made"));
    if (status == STATUS_OK)
        *out = w;
    else
        epp_close(w);
    return status;
}

static enum status epp_open(const struct order_settings *o, const struct mapping *m,
                            struct session *s, struct writer **out, struct error *e)
{
    (void)s;
    const char *path = o->epp_dir;
    struct error own = {0};
    *out = NULL;
    if (!e)
        e = &own;
    if (writer_offered(m, "epp", e) != STATUS_OK)
        return STATUS_INVALID;
    if (!*path) {
        error_set(e, STATUS_INVALID, "epp_dir", "orders.epp_dir is not set");
        return error_remedy(e,
                            "Set it to the directory from which the ERP's operator imports files.");
    }
    return open_directory(path, out, e);
}

static enum status epp_reopen(const struct order_settings *o, const struct mapping *m,
                              struct session *s, const char *place, struct writer **out,
                              struct error *e)
{
    struct error own = {0};
    (void)m;
    (void)s;
    *out = NULL;
    if (!e)
        e = &own;
    if (!*place)
        place = o->epp_dir;
    if (!*place)
        return error_set(e, STATUS_INVALID, "epp_dir",
                         "it was being written into a directory, and orders.epp_dir is not set");
    enum status status = open_directory(place, out, e);
    if (status != STATUS_OK)
        error_remedy(e, "Let this service read and write %s again.", place);
    return status;
}

static const char *epp_place(const struct writer *w)
{
    return w->path;
}

/* ---- staging -----------------------------------------------------------------------------------
 */

static struct staged *find_staged(struct writer *w, const char *marker)
{
    for (size_t i = 0; i < w->count; i++)
        if (text_equal(w->staged[i].marker, marker))
            return &w->staged[i];
    return NULL;
}

static void forget(struct writer *w, const char *marker)
{
    struct staged *s = find_staged(w, marker);
    if (!s)
        return;
    fd_close(&s->fd);
    *s = w->staged[--w->count];
}

static void remember(struct writer *w, const char *marker, int fd)
{
    if (w->count == w->room) {
        w->room = w->room ? 2 * w->room : 64;
        w->staged = mem_resize(w->staged, w->room, sizeof *w->staged);
    }
    struct staged *s = &w->staged[w->count++];
    text_copy(s->marker, sizeof s->marker, marker);
    s->fd = fd;
}

/* An existing temporary file was left by a crash before `staged` was noted. */
static int make_temporary(const struct writer *w, const char *name)
{
    int fd = folder_new(w->dir, name, 0600);
    if (fd < 0 && errno == EEXIST && folder_remove(w->dir, name))
        fd = folder_new(w->dir, name, 0600);
    return fd;
}

static enum status epp_flush(struct writer *w, struct error *e);

static enum status epp_stage(struct writer *w, const struct order_document *d, struct error *e)
{
    struct names n;
    if (!marker_ok(d->marker) || d->text.failed || d->text.length == 0)
        return error_set(e, STATUS_INTERNAL, "epp_document", "the document is incomplete");
    if (w->count >= STAGED_MAX) {
        enum status status = epp_flush(w, e);
        if (status != STATUS_OK)
            return status;
    }
    name_files(&n, d->marker);
    forget(w, d->marker);
    int fd = make_temporary(w, n.temporary);
    if (fd < 0)
        return directory_error(w, errno, e, N_("making a file failed"));
    if (!fd_write_all(fd, d->text.data, d->text.length) || !file_set_mode_open(fd, FILE_MODE)) {
        int errnum = errno;
        fd_close(&fd);
        folder_remove(w->dir, n.temporary);
        return directory_error(w, errnum, e, N_("writing a file failed"));
    }
    remember(w, d->marker, fd);
    return STATUS_OK;
}

/* Drop what could not be made durable: those orders wait. */
static void drop_unflushed(struct writer *w)
{
    for (size_t i = w->count; i-- > 0;) {
        struct names n;
        if (w->staged[i].fd < 0)
            continue;
        name_files(&n, w->staged[i].marker);
        folder_remove(w->dir, n.temporary);
        fd_close(&w->staged[i].fd);
        w->staged[i] = w->staged[--w->count];
    }
}

static enum status epp_flush(struct writer *w, struct error *e)
{
    /* Start writing all files before waiting for the first. */
    bool any = false;
    for (size_t i = 0; i < w->count; i++)
        if (w->staged[i].fd >= 0) {
            file_sync_begin(w->staged[i].fd);
            any = true;
        }
    if (!any)
        return STATUS_OK;
    for (size_t i = 0; i < w->count; i++) {
        if (w->staged[i].fd >= 0 && !file_sync(w->staged[i].fd)) {
            int errnum = errno;
            drop_unflushed(w);
            return directory_error(w, errnum, e, N_("writing files to the disk failed"));
        }
    }
    if (!folder_sync(w->dir)) {
        int errnum = errno;
        drop_unflushed(w);
        return directory_error(w, errnum, e, N_("writing the directory to the disk failed"));
    }
    for (size_t i = 0; i < w->count; i++) {
        fd_close(&w->staged[i].fd);
    }
    return STATUS_OK;
}

static void epp_unstage(struct writer *w, const char *marker)
{
    struct names n;
    if (!marker_ok(marker))
        return;
    name_files(&n, marker);
    forget(w, marker);
    folder_remove(w->dir, n.temporary);
}

/* ---- writing -----------------------------------------------------------------------------------
 */

enum presence { ABSENT, PRESENT, UNSURE };

static enum presence look(const struct writer *w, const char *name, uint64_t *links)
{
    struct file_look l;
    if (folder_look(w->dir, name, &l)) {
        if (links)
            *links = l.links;
        return PRESENT;
    }
    return errno == ENOENT ? ABSENT : UNSURE;
}

static bool epp_there(struct writer *w, const char *marker)
{
    struct names n;
    if (!marker_ok(marker))
        return false;
    name_files(&n, marker);
    return look(w, n.final, NULL) == PRESENT || look(w, n.out, NULL) == PRESENT;
}

/* 0, or errno; never replaces. */
static int publish(const struct writer *w, const struct names *n)
{
    if (folder_rename_new(w->dir, n->temporary, w->dir, n->final))
        return 0;
    if (errno != ENOTSUP)
        return errno;
    if (!folder_rename(w->dir, n->temporary, w->dir, n->out))
        return errno;
    if (folder_link(w->dir, n->out, n->final)) {
        folder_remove(w->dir, n->out);
        return 0;
    }
    int errnum = errno; /* back to the name that proves that nothing was written */
    if (!folder_rename(w->dir, n->out, w->dir, n->temporary))
        return EIO;
    return errnum;
}

static enum written settled(struct writer *w, const char *marker, enum written answer)
{
    forget(w, marker);
    return answer;
}

static enum written epp_write(struct writer *w, const struct order_document *d,
                              struct writer_outcome *out)
{
    struct names n;
    memset(out, 0, sizeof *out);
    if (!marker_ok(d->marker)) {
        error_set(&out->error, STATUS_INTERNAL, "epp_document", "the document is incomplete");
        return WRITTEN_NOT;
    }
    name_files(&n, d->marker);
    bool ours = find_staged(w, d->marker) != NULL;
    int errnum = publish(w, &n);
    if (errnum == 0)
        return settled(w, d->marker, WRITTEN_HANDED_OVER);
    if (errnum == EEXIST) { /* handed over before; never twice */
        folder_remove(w->dir, n.temporary);
        error_set(&out->error, STATUS_EXISTS, "epp_exists",
                  "%s/%s was already there and was left unchanged", w->path, n.final);
        return settled(w, d->marker, WRITTEN_HANDED_OVER);
    }
    directory_error(w, errnum, &out->error, N_("handing the file over failed"));
    if (look(w, n.temporary, NULL) == PRESENT)
        return WRITTEN_NOT;
    if (errnum == ENOENT && ours) { /* somebody removed the temporary file that we made */
        error_set(&out->error, STATUS_IO, "epp_taken",
                  "%s/%s was removed before it was handed over", w->path, n.temporary);
        error_remedy(&out->error, "Only the ERP's import may touch %s.", w->path);
        return settled(w, d->marker, WRITTEN_NOT);
    }
    return settled(w, d->marker, WRITTEN_UNKNOWN);
}

static enum status epp_settle(struct writer *w, struct error *e)
{
    if (!folder_sync(w->dir))
        return directory_error(w, errno, e, N_("writing the directory to the disk failed"));
    return STATUS_OK;
}

/* ---- after a crash -----------------------------------------------------------------------------
 */

static enum written unknown(struct writer_outcome *out, const struct writer *w,
                            const struct names *n, const char *why)
{
    error_set(&out->error, STATUS_IO, "epp_unknown",
              "it is not known whether %s was handed over in %s: %-s", n->final, w->path, why);
    error_remedy(&out->error,
                 "Look in the ERP whether the document exists, then `endpointctl order resolve`.");
    return WRITTEN_UNKNOWN;
}

static enum written epp_recover(struct writer *w, const char *marker, bool staged,
                                struct writer_outcome *out)
{
    struct names n;
    uint64_t links = 0;
    memset(out, 0, sizeof *out);
    if (!marker_ok(marker)) {
        error_set(&out->error, STATUS_INTERNAL, "epp_document", "\"%.40s\" is not a marker",
                  marker);
        return WRITTEN_UNKNOWN;
    }
    name_files(&n, marker);
    enum presence final = look(w, n.final, NULL), half = look(w, n.out, &links),
                  temporary = look(w, n.temporary, NULL);
    if (final == PRESENT) {
        if (half == PRESENT)
            folder_remove(w->dir, n.out);
        if (temporary == PRESENT)
            folder_remove(w->dir, n.temporary);
        return WRITTEN_HANDED_OVER;
    }
    if (final == UNSURE || half == UNSURE || temporary == UNSURE)
        return unknown(out, w, &n, N_("the directory cannot be read"));
    if (half == PRESENT && links > 1) {
        folder_remove(w->dir, n.out);
        return WRITTEN_HANDED_OVER;
    }
    if (half == PRESENT)
        return unknown(out, w, &n, N_("it was stopped between two steps"));
    if (temporary == PRESENT || !staged)
        return WRITTEN_NOT;
    error_set(&out->error, STATUS_OK, "epp_gone", "%s is no longer in %s: somebody removed it",
              n.final, w->path);
    return WRITTEN_HANDED_OVER;
}

const struct writer_ops writer_epp = {
    .name = "epp",
    .code = 2,
    .makes_files = true,
    .open = epp_open,
    .reopen = epp_reopen,
    .place = epp_place,
    .close = epp_close,
    .there = epp_there,
    .stage = epp_stage,
    .flush = epp_flush,
    .write = epp_write,
    .settle = epp_settle,
    .recover = epp_recover,
    .unstage = epp_unstage,
};
