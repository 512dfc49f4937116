/* Files and directories named by `config set`: a path that endpointd cannot use is not saved
 * without a word. */
#include <stdio.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ctl/config_paths.h"
#include "ctl/service_paths.h"
#include "os/fd.h"

static bool agreed(const struct ctl *c, const char *path)
{
    char answer[16] = "";
    if (c->create)
        return true;
    if (c->json || c->yes || !fd_is_terminal(FD_INPUT))
        return false;
    fprintf(stderr, _("%s does not exist. Create it? [y/N] "), ctl_shown(CTL_TEXT, path));
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 't');
}

/* True: save it. */
static bool settle(struct ctl *c, const struct path_answer *a, int *code)
{
    struct error e = a->why;
    if (a->ok || a->opens)
        return true;
    if (a->can_make && agreed(c, a->path)) {
        if (service_paths_make(c, a->path, &e) == STATUS_OK)
            return true;
        *code = ctl_failed(c, &e);
        return false;
    }
    if (c->yes) {
        fprintf(stderr, "endpointctl: %s: %s\n  > %s\n", a->setting, ctl_shown(CTL_TEXT, e.text),
                ctl_shown(CTL_TEXT, e.remedy));
        return true;
    }
    error_prefix(&e, "%s is not saved", a->setting);
    if (a->can_make)
        error_remedy(&e, "--create makes the directory; --yes saves it anyway.");
    else
        error_remedy(&e, "%s To save it anyway: --yes.", a->why.remedy);
    ctl_failed(c, &e);
    *code = EXIT_CONFIRM;
    return false;
}

bool config_paths_agreed(struct ctl *c, const struct config_change *changes, size_t count,
                         int *code)
{
    struct path_answer answers[PATHS_ASKED];
    count = service_paths_ask(c, changes, count, answers);
    for (size_t i = 0; i < count; i++)
        if (!settle(c, &answers[i], code))
            return false;
    return true;
}

enum status config_paths_saved(struct ctl *c, const struct config_change *changes, size_t count,
                               bool *restarted, struct error *e)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct setting *s = setting_find(changes[i].path);
        any |= s && s->type == SETTING_PATH;
    }
    *restarted = false;
    return any ? service_paths_open(c, restarted, e) : STATUS_OK;
}

void config_paths_edited(struct ctl *c)
{
    struct config *config = NULL;
    struct error e = {0};
    struct path_answer answers[PATHS_ASKED];
    struct config_change list[PATHS_ASKED];
    config_load_anyway(&c->paths, &config, NULL, NULL, NULL);
    size_t count = config ? service_paths_all(config, NULL, list) : 0;
    if (count && service_paths_open(c, NULL, &e) != STATUS_OK)
        ctl_failed(c, &e);
    count = service_paths_ask(c, list, count, answers);
    for (size_t i = 0; i < count; i++)
        if (!answers[i].ok)
            fprintf(stderr, "endpointctl: %s: %s\n  > %s\n", answers[i].setting,
                    ctl_shown(CTL_TEXT, answers[i].why.text),
                    ctl_shown(CTL_TEXT, answers[i].why.remedy));
    config_free(config);
}
