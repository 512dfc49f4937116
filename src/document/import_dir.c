#include "document/import_dir.h"

#include <errno.h>
#include <stdio.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/host.h"
#include "os/path.h"

#define MARK_MAX  4096 /* bytes of a mark */
#define MARK_MODE 0644 /* others must be able to read whose it is; nothing in it is secret */

void import_dir_host(struct import_owner *me)
{
    host_name(me->host, sizeof me->host);
}

static enum status path_of(const char *dir, char *path, size_t size, struct error *e)
{
    return path_join(path, size, dir, IMPORT_MARK, e);
}

enum status import_dir_owner(const char *dir, struct import_owner *owner, struct error *e)
{
    char path[600];
    struct buf b;
    struct file_look l;
    *owner = (struct import_owner){0};
    enum status status = path_of(dir, path, sizeof path, e);
    if (status != STATUS_OK)
        return status;
    if (!file_look_itself(path, &l) && errno == ENOENT)
        return STATUS_END;
    buf_init(&b, MARK_MAX);
    status = file_read(path, &b, NULL, e);
    json_t *json = status == STATUS_OK ? json_parse(buf_text(&b), b.length, NULL) : NULL;
    const char *endpoint = json_text(json, "endpoint", NULL), *host = json_text(json, "host", NULL);
    if (status == STATUS_FULL || (status == STATUS_OK && (!endpoint || !host)))
        status = error_set(e, STATUS_INVALID, "epp_owner", "%s does not say whose directory it is",
                           path);
    if (status == STATUS_OK) {
        text_copy(owner->endpoint, sizeof owner->endpoint, endpoint);
        text_copy(owner->host, sizeof owner->host, host);
        text_copy(owner->since, sizeof owner->since, json_text(json, "since", ""));
    }
    json_decref(json);
    buf_free(&b);
    return status;
}

static char *mark_text(const struct import_owner *me)
{
    char at[CLOCK_TEXT];
    json_t *o = json_object();
    clock_format(at, clock_wall_ms());
    json_set_text(o, "endpoint", me->endpoint);
    json_set_text(o, "host", me->host);
    json_set_text(o, "since", at);
    json_set_text(
        o, "about",
        "Endpoint puts a shop's orders into this directory for the ERP. Leave this file here: "
        "it keeps another one from doing the same. See endpoint-orders(7).");
    char *text = json_dumps(o, JSON_INDENT(1));
    json_decref(o);
    return text;
}

/* For a file system with neither links nor a rename that replaces nothing: create the mark under
 * its final name. If we die before it is written, a person has to take the directory over. */
static enum status make_plainly(const char *path, const char *text, struct error *e)
{
    enum status status = STATUS_OK;
    int fd = file_open_new(path, MARK_MODE);
    if (fd < 0)
        return error_errno(e, errno, "epp_owner", "cannot create %s", path);
    if (!fd_write_all(fd, text, strlen(text)) || !file_sync(fd)) {
        status = error_errno(e, errno, "epp_owner", "cannot write %s", path);
        file_remove(path); /* we have just made it */
    }
    fd_close(&fd);
    return status;
}

/* STATUS_OK even if another endpoint was faster: reading the mark shows whose it is. */
static enum status make_mark(const char *path, const struct import_owner *me, struct error *e)
{
    struct file_look l;
    struct error why = {0};
    char *text = mark_text(me);
    unsigned before = file_mask(022); /* everybody must be able to read it */
    enum status status = file_create(path, text, strlen(text), MARK_MODE, &why);
    if (status != STATUS_OK && !file_look_itself(path, &l) && errno == ENOENT)
        status = make_plainly(path, text, &why);
    if (status != STATUS_OK && file_look_itself(path, &l))
        status = STATUS_OK;
    file_mask(before);
    free(text);
    if (status == STATUS_OK)
        return STATUS_OK;
    error_set(e, status, "epp_owner", "the import directory cannot be marked as ours: %-s",
              error_said(&why));
    error_remedy(e, status == STATUS_FULL
                        ? N_("Make room on its file system; the orders wait.")
                        : N_("Let this service's user make files there (orders.epp_dir)."));
    return status;
}

static enum status refuse(const char *dir, const struct import_owner *owner,
                          const struct import_owner *me, struct error *e)
{
    bool moved = text_equal(owner->endpoint, me->endpoint);
    if (moved)
        error_set(
            e, STATUS_REFUSED, "epp_owner",
            "%s belongs to this endpoint on the machine %.100s (since %s), and this is %.100s", dir,
            owner->host, owner->since, me->host);
    else
        error_set(e, STATUS_REFUSED, "epp_owner",
                  "%s belongs to another endpoint, %.100s on the machine %.100s (since %s)", dir,
                  owner->endpoint, owner->host, owner->since);
    error_remedy(
        e,
        moved
            ? N_("If that machine was renamed or is gone: endpointctl order take-directory. Never let two "
                 "machines run the same endpoint.")
            : N_("Give each endpoint a directory of its own (orders.epp_dir). If that one is gone for good: "
                 "endpointctl order take-directory"));
    return STATUS_REFUSED;
}

/* STATUS_END: nobody's. */
static enum status judge(const char *dir, const struct import_owner *me, struct error *e)
{
    struct import_owner owner;
    enum status status = import_dir_owner(dir, &owner, e);
    if (status == STATUS_END)
        return status;
    if (status != STATUS_OK) {
        if (e && !e->remedy[0])
            error_remedy(
                e, "If no other endpoint uses the directory: endpointctl order take-directory");
        return status;
    }
    bool ours = text_equal(owner.endpoint, me->endpoint) && text_equal_nocase(owner.host, me->host);
    return ours ? STATUS_OK : refuse(dir, &owner, me, e);
}

enum status import_dir_check(const char *dir, const struct import_owner *me, struct error *e)
{
    enum status status = judge(dir, me, e);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status import_dir_own(const char *dir, const struct import_owner *me, struct error *e)
{
    char path[600];
    enum status status = path_of(dir, path, sizeof path, e);
    if (status == STATUS_OK)
        status = judge(dir, me, e);
    if (status != STATUS_END)
        return status;
    status = make_mark(path, me, e);
    if (status != STATUS_OK)
        return status;
    status = judge(dir, me, e);
    if (status == STATUS_END) /* removed right after it was made */
        status = error_set(e, STATUS_IO, "epp_owner", "%s does not stay where it was put", path);
    return status;
}

enum status import_dir_take(const char *dir, const struct import_owner *me, struct error *e)
{
    char path[600], temp[620];
    enum status status = path_of(dir, path, sizeof path, e);
    if (status != STATUS_OK)
        return status;
    text_format(temp, sizeof temp, "%s.%08x", path, crypto_random_u32());
    status = make_mark(temp, me, e);
    /* Replace a link, not its target: others may write into this directory, and we may be root. */
    if (status == STATUS_OK && !file_rename(temp, path)) {
        status = error_errno(e, errno, "epp_owner", "cannot replace %s", path);
        file_remove(temp);
    }
    return status;
}
