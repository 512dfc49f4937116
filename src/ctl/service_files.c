/* Copies the endpoint's files between the system's places and a user's.
 *
 * At any moment a user may put links where root would read or write. So files in a user's home are
 * read and written with the user's own rights, through a directory in between that changes hands:
 * whoever reads it next owns it. Anything from a user that is not a plain file or directory is
 * refused.
 */
#include "ctl/service_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/config_save.h"
#include "config/settings.h"
#include "ctl/service.h"
#include "ctl/service_state.h"
#include "ctl/service_steps.h"
#include "os/account.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/path.h"

#define RECORD     "application.user"
#define RECORD_MAX 200
#define DEPTH_MAX  16
#define OLD        "endpoint.conf.old"

static const struct step move_step = {"move", N_("Files")};

/* Run a program; in a user's home run it as that user. */
static enum status run(struct service_change *ch, const struct service_place *place,
                       const char *const words[], enum status failure, struct error *e)
{
    const char *argv[16] = {"runuser", "-u", place->account.name, "--"};
    bool as_user = place->mode == SERVICE_APPLICATION && ch->s->host.uid == 0;
    size_t n = as_user ? 4 : 0;
    struct buf out;
    for (size_t i = 0; words[i] && n + 1 < COUNT_OF(argv); i++)
        argv[n++] = words[i];
    argv[n] = NULL;
    buf_init(&out, 65536);
    if (ch->s->host.run(argv, &out) == 0)
        failure = STATUS_OK;
    else
        error_set(e, failure, "move", "%s: %s", words[0],
                  *buf_text(&out) ? buf_text(&out) : "it failed");
    buf_free(&out);
    return failure;
}

/* ---- the directory in between
 * ------------------------------------------------------------------------- */

struct stage {
    char dir[300], files[320];
};

static enum status open_stage(const struct service *s, struct stage *g, struct error *e)
{
    if (!text_format(g->dir, sizeof g->dir, "%s/var/lib/endpoint-move-XXXXXX", s->host.root) ||
        !dir_make_temporary(g->dir))
        return error_set(e, STATUS_IO, "move", "no directory can be made in /var/lib");
    text_format(g->files, sizeof g->files, "%s/files", g->dir);
    return dir_make(g->files, 0700)
               ? STATUS_OK
               : error_set(e, STATUS_IO, "move", "%s cannot be made", g->files);
}

/* Give it to the account of the place that uses it next. */
static enum status give_stage(const struct stage *g, const struct service_place *place,
                              struct error *e)
{
    bool user = place->mode == SERVICE_APPLICATION;
    if (!file_set_mode(g->dir, user ? 0711 : 0700))
        return error_set(e, STATUS_IO, "move", "%s cannot be given away", g->dir);
    return user ? service_own_state(g->files, place->account.id, place->account.group_id, e)
                : service_own_state(g->files, account_own_id(), account_own_group(), e);
}

/* Allow plain files and directories only, and set the modes that the places have; config: the group
 * may read it. */
static enum status make_plain(const char *path, bool config, int depth, struct error *e)
{
    struct file_look l;
    char inner[900];
    if (!file_look_itself(path, &l) || depth > DEPTH_MAX ||
        !(l.kind == FILE_REGULAR || l.kind == FILE_DIRECTORY))
        return error_set(e, STATUS_REFUSED, "move", "%s is neither a file nor a directory", path);
    bool directory = l.kind == FILE_DIRECTORY;
    unsigned runs = config ? l.mode & 0100 : 0;
    if (!file_set_mode(path, directory ? 0700 : 0600 | runs))
        return error_set(e, STATUS_IO, "move", "%s cannot be changed", path);
    struct dir *dir = directory ? dir_open(path) : NULL;
    enum status status = STATUS_OK;
    const char *name;
    while (dir && status == STATUS_OK && (name = dir_next(dir)) != NULL)
        status = text_format(inner, sizeof inner, "%s/%s", path, name)
                     ? make_plain(inner, config, depth + 1, e)
                     : error_set(e, STATUS_INVALID, "move", "a path below %s is too long", path);
    dir_close(dir);
    return status;
}

/* Read the files with their owner's rights; from then on the copy belongs to root alone. */
static enum status read_into(struct service_change *ch, const struct stage *g, const char *from,
                             bool config, struct error *e)
{
    char source[600], record[400];
    const char *copy[] = {"cp", "-a", "--", source, g->files, NULL};
    struct service_place root = {.mode = SERVICE_SYSTEM};
    text_format(source, sizeof source, "%s/.", from);
    enum status status = give_stage(g, &ch->from, e);
    if (status == STATUS_OK)
        status = run(ch, &ch->from, copy, STATUS_IO, e);
    if (status == STATUS_OK)
        status = give_stage(g, &root, e);
    if (config && text_format(record, sizeof record, "%s/" RECORD, g->files))
        file_remove(record);
    return status == STATUS_OK ? make_plain(g->files, config, 0, e) : status;
}

static enum status write_from(struct service_change *ch, const struct stage *g, const char *to,
                              struct error *e)
{
    char source[340];
    const char *make[] = {"mkdir", "-p", "-m", "700", to, NULL};
    const char *copy[] = {"cp", "-a", "--", source, to, NULL};
    text_format(source, sizeof source, "%s/.", g->files);
    enum status status = give_stage(g, &ch->to, e);
    if (status == STATUS_OK)
        status = run(ch, &ch->to, make, STATUS_IO, e);
    return status == STATUS_OK ? run(ch, &ch->to, copy, STATUS_IO, e) : status;
}

/* ---- the configuration ----------------------------------------------------------------------------- */

/* Files beside the configuration move along with it; change the paths in it to the new places. */
static enum status rename_paths(const struct service_change *ch, const struct stage *g,
                                struct error *e)
{
    enum { MOST = 16 };
    struct config *config = NULL;
    struct config_change changes[MOST];
    char files[MOST][600];
    struct paths staged = ch->from.paths;
    size_t count = 0, length = strlen(ch->from.paths.config_dir);
    const struct setting *set;
    config_load_anyway(&ch->from.paths, &config, NULL, NULL, NULL);
    for (size_t i = 0; config && count < MOST && (set = setting_at(i)) != NULL; i++) {
        const char *file = set->type == SETTING_PATH ? config_text(config, set->path) : "";
        if (!path_below(file, ch->from.paths.config_dir) || !file[length] ||
            !text_format(files[count], sizeof files[count], "%s%s", ch->to.paths.config_dir,
                         file + length))
            continue;
        changes[count] = (struct config_change){set->path, files[count]};
        count++;
    }
    config_free(config);
    text_copy(staged.config_dir, sizeof staged.config_dir, g->files);
    text_format(staged.config_file, sizeof staged.config_file, "%s/endpoint.conf", g->files);
    return count ? config_save(&staged, changes, count, NULL, e) : STATUS_OK;
}

/* The endpoint's configuration is the one beside its identity. Without an identity, it is the one
 * that has any content. */
static bool config_goes(const struct service_change *ch)
{
    struct config *config = NULL;
    if (!service_has(ch->from.paths.config_dir, "endpoint.conf"))
        return false;
    if (!service_has(ch->to.paths.config_dir, "endpoint.conf") ||
        service_has(ch->from.paths.state_dir, "identity.json"))
        return true;
    config_load_anyway(&ch->from.paths, &config, NULL, NULL, NULL);
    bool says = config && (*config_text(config, "erp.type") || *config_text(config, "panel.url"));
    config_free(config);
    return says && !service_has(ch->to.paths.state_dir, "identity.json");
}

static void move_aside(struct service_change *ch, const char *from, const char *to)
{
    char a[600], b[600];
    const char *words[] = {"mv", "-f", "--", a, b, NULL};
    if (service_has(ch->to.paths.config_dir, from) &&
        text_format(a, sizeof a, "%s/%s", ch->to.paths.config_dir, from) &&
        text_format(b, sizeof b, "%s/%s", ch->to.paths.config_dir, to))
        run(ch, &ch->to, words, STATUS_IO, NULL);
}

static enum status copy_config(struct service_change *ch, struct error *e)
{
    struct stage g;
    enum status status = open_stage(ch->s, &g, e);
    if (status == STATUS_OK)
        status = read_into(ch, &g, ch->from.paths.config_dir, true, e);
    if (status == STATUS_OK)
        status = rename_paths(ch, &g, e);
    if (status == STATUS_OK) {
        move_aside(ch, "endpoint.conf", OLD);
        ch->copied_config = true;
        status = write_from(ch, &g, ch->to.paths.config_dir, e);
    }
    dir_remove(g.dir, NULL);
    return status;
}

static enum status copy_state(struct service_change *ch, struct error *e)
{
    struct stage g;
    enum status status = open_stage(ch->s, &g, e);
    if (status == STATUS_OK)
        status = read_into(ch, &g, ch->from.paths.state_dir, false, e);
    if (status == STATUS_OK) {
        ch->copied_state = true;
        status = write_from(ch, &g, ch->to.paths.state_dir, e);
    }
    dir_remove(g.dir, NULL);
    return status;
}

enum status service_copy(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    const struct paths *here = &ch->from.paths, *there = &ch->to.paths;
    bool registered = service_has(here->state_dir, "identity.json"), config = config_goes(ch);
    if (registered && service_has(there->state_dir, "identity.json")) {
        error_set(e, STATUS_EXISTS, "two_identities", "both %s and %s hold a registered endpoint",
                  here->state_dir, there->state_dir);
        error_remedy(e, "Move away the one that should not be used, then repeat the command.");
        return service_failed(s, &move_step, e);
    }
    enum status status = STATUS_OK;
    if (registered || (service_has(here->state_dir, "secrets.json") &&
                       !service_has(there->state_dir, "identity.json")))
        status = copy_state(ch, e);
    if (status == STATUS_OK && config)
        status = copy_config(ch, e);
    if (status != STATUS_OK)
        return service_failed(s, &move_step, e);
    if (ch->copied_state || ch->copied_config)
        service_step(s, &move_step, "ok", false, "copied to %s and %s", there->state_dir,
                     there->config_dir);
    else
        service_step(s, &move_step, "skipped", false, "there is nothing in %s to move",
                     here->state_dir);
    return STATUS_OK;
}

/* ---- taking away ------------------------------------------------------------------------------------- */

static void empty(const char *directory)
{
    struct dir *dir = dir_open(directory);
    const char *name;
    char path[900];
    while (dir && (name = dir_next(dir)) != NULL)
        if (text_format(path, sizeof path, "%s/%s", directory, name) && !file_remove(path))
            dir_remove(path, NULL);
    dir_close(dir);
}

/* A place that is no longer used must not keep a second identity. */
void service_clean(struct service_change *ch, bool done)
{
    const struct service_place *place = done ? &ch->from : &ch->to;
    char file[600], erp[600];
    const char *state[] = {"rm", "-rf", "--", place->paths.state_dir, NULL};
    const char *config[] = {"rm", "-rf", "--", file, erp, NULL};
    if (ch->copied_state && place->mode == SERVICE_SYSTEM)
        empty(place->paths.state_dir); /* the directory itself belongs to the unit */
    else if (ch->copied_state)
        run(ch, place, state, STATUS_IO, NULL);
    if (!ch->copied_config || !text_copy(file, sizeof file, place->paths.config_file) ||
        !text_format(erp, sizeof erp, "%s/erp", place->paths.config_dir))
        return;
    run(ch, place, config, STATUS_IO, NULL);
    if (!done)
        move_aside(ch, OLD, "endpoint.conf");
}

/* ---- the owner of the application
 * --------------------------------------------------------------------- */

enum status service_record(struct service *s, const char *name, struct error *e)
{
    char path[600], line[80];
    if (!text_format(path, sizeof path, "%s/" RECORD, s->paths.config_dir) ||
        !text_format(line, sizeof line, "%s\n", name))
        return error_set(e, STATUS_INVALID, "path_long", "a path is too long");
    if (*name)
        return file_replace(path, line, strlen(line), 0644, NULL, e);
    file_remove(path);
    return STATUS_OK;
}

bool service_recorded(const struct service *s, char *name, size_t size)
{
    char path[600];
    struct file_look l;
    struct buf b;
    bool found = false;
    buf_init(&b, RECORD_MAX);
    if (text_format(path, sizeof path, "%s/" RECORD, s->paths.config_dir) &&
        file_look_itself(path, &l) && l.kind == FILE_REGULAR && l.user == s->host.uid &&
        file_read(path, &b, NULL, NULL) == STATUS_OK) {
        buf_text(&b);
        size_t length = strcspn(buf_text(&b), "\n");
        found = length > 0 && text_format(name, size, "%.*s", (int)length, buf_text(&b));
    }
    buf_free(&b);
    return found;
}
