/* `config edit`: edit the file the way visudo does. The editor works on a copy beside the file. The
 * copy replaces the file only when nothing is wrong with it, so endpointd never sees a half-edited
 * file. */
#include "ctl/cmd_config_edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/cmd_config.h"
#include "ctl/config_paths.h"
#include "ctl/ctl.h"
#include "ctl/next.h"
#include "os/child.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/host.h"

#define FILE_MAX (1 << 20)

struct editing {
    struct ctl *c;
    char copy[600];
    struct buf before;
    struct file_stamp stamp;
    bool keep; /* the copy stays, as it could not replace the file */
};

/* The editor's command line comes from the user's own environment, so a shell may interpret it. */
static bool run_editor(const char *file)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    const char *words = visual && *visual ? visual : editor && *editor ? editor : NULL;
    char command[1024];
    const char *const argv[] = {"/bin/sh", "-c", command, "sh", file, NULL};
    if (!text_format(command, sizeof command, "%s \"$1\"",
                     words ? words : "$(command -v sensible-editor || command -v nano || echo vi)"))
        return false;
    return child_run_on_terminal(argv);
}

/* The error's text names the file; the copy has a longer name. */
static void name_file(const struct editing *x, struct error *e)
{
    size_t whole = strlen(x->copy), file = strlen(x->c->paths.config_file);
    char *at;
    while ((at = strstr(e->text, x->copy)) != NULL)
        memmove(at + file, at + whole, strlen(at + whole) + 1);
}

/* Is the copy a good configuration? Prints every fault, with line numbers of the copy. */
static enum status look(struct editing *x, struct error *e)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    struct config *config = NULL;
    struct ctl copy = *x->c;
    size_t count = 0;
    text_copy(copy.paths.config_file, sizeof copy.paths.config_file, x->copy);
    enum status status = config_load(&copy.paths, &config, faults, &count, e);
    for (size_t i = 0; i < count; i++) {
        text_copy(faults[i].file, sizeof faults[i].file, x->c->paths.config_file);
        ctl_print_fault(stderr, &faults[i]);
    }
    if (status == STATUS_OK && !x->c->accept)
        status = cmd_config_lost(x->c, config, e);
    name_file(x, e);
    free(faults);
    config_free(config);
    return status;
}

/* Once more? Without a terminal there is nobody to ask. */
static bool again(void)
{
    char line[16] = "";
    if (!fd_is_terminal(FD_INPUT))
        return false;
    fputs(_("Edit it again? [Y/n] "), stderr);
    fflush(stderr);
    return fgets(line, sizeof line, stdin) && *line != 'n' && *line != 'N';
}

static enum status edit(struct editing *x, bool *same, struct error *e)
{
    struct buf after;
    enum status status;
    do {
        if (!run_editor(x->copy))
            return error_set(
                e, STATUS_INVALID, "editor",
                "the editor failed; the file is unchanged (name another editor in $VISUAL or "
                "$EDITOR)");
        error_clear(e);
        status = look(x, e);
        if (status != STATUS_OK && e->text[0] && status != STATUS_INVALID)
            ctl_failed(x->c, e);
    } while (status != STATUS_OK && again());
    if (status != STATUS_OK)
        return status;
    buf_init(&after, FILE_MAX);
    status = file_read(x->copy, &after, NULL, e);
    *same = status == STATUS_OK && after.length == x->before.length &&
            memcmp(buf_text(&after), buf_text(&x->before), after.length) == 0;
    if (status == STATUS_OK && !*same)
        status = file_replace(x->c->paths.config_file, buf_text(&after), after.length, 0640,
                              &x->stamp, e);
    if (status != STATUS_OK && !*same) { /* the disk is full, or somebody else saved */
        x->keep = true;
        error_remedy(e, "Your text is kept in %s.", x->copy);
    }
    mem_wipe(after.data, after.length);
    buf_free(&after);
    return status;
}

int cmd_config_edit(struct ctl *c)
{
    struct editing x = {.c = c};
    struct error e = {0};
    bool same = false;
    buf_init(&x.before, FILE_MAX);
    text_format(x.copy, sizeof x.copy, "%s.edit-%d", c->paths.config_file, (int)host_process());
    enum status status = file_read(c->paths.config_file, &x.before, &x.stamp, &e);
    if (status == STATUS_NOT_FOUND)
        status = dir_ensure(c->paths.config_dir, 0755, &e);
    if (status == STATUS_OK)
        status = file_create(x.copy, buf_text(&x.before), x.before.length, 0600, &e);
    if (status == STATUS_OK)
        status = edit(&x, &same, &e);
    if (!x.keep)
        file_remove(x.copy);
    mem_wipe(x.before.data, x.before.length);
    buf_free(&x.before);
    if (status != STATUS_OK) {
        int code = ctl_failed(c, &e);
        return status == STATUS_INVALID ? EXIT_USAGE : code;
    }
    if (!same)
        config_paths_edited(c);
    if (c->json)
        ctl_print_json(
            json_pack("{s:b,s:b,s:s}", "ok", 1, "changed", !same, "file", c->paths.config_file));
    else if (same)
        printf(_("%s is as it was\n"), c->paths.config_file);
    else
        printf(_("%s is saved; `endpointctl reload` lets it take effect\n"), c->paths.config_file);
    next_warn_whose(c);
    return EXIT_GOOD;
}
