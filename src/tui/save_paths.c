/* Files and directories among the saved settings: endpointctl checks whether the user that runs
 * endpointd can use them, and after saving gives the service write access where it needs it. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/settings.h"
#include "tui/app.h"
#include "tui/save_paths.h"
#include "tui/settings.h"
#include "tui/view.h"
#include "tui/ask.h"
#include "tui/dialog.h"

#define WORDS     10
#define PATHS_MAX 5

/* service paths [option] --json SETTING=PATH…; the caller frees the words from *own on. */
static size_t words_for(const struct config_change *changes, size_t count, const char *option,
                        const char *option2, char *words[WORDS])
{
    size_t n = 0, paths = 0;
    const char *const first[] = {"service", "paths", "--json", option, option2};
    for (size_t i = 0; i < COUNT_OF(first); i++)
        if (first[i])
            words[n++] = mem_string(first[i]);
    for (size_t i = 0; i < count && n + 1 < WORDS && paths < PATHS_MAX; i++) {
        const struct setting *s = setting_find(changes[i].path);
        if (s && s->type == SETTING_PATH && changes[i].value && *changes[i].value) {
            words[n++] = mem_format("%s=%s", changes[i].path, changes[i].value);
            paths++;
        }
    }
    words[n] = NULL;
    return paths;
}

static bool ask(struct view *v, char *words[WORDS],
                void (*done)(struct view *, const json_t *, const char *))
{
    const struct question q = {v, &v->app->paths_asking, done, NULL};
    bool started = ask_ctl(&q, NULL, (const char *const *)words);
    for (size_t i = 0; words[i]; i++)
        free(words[i]);
    return started;
}

/* ---- before saving --------------------------------------------------------------------------------- */

static void on_made(struct view *v, const json_t *answer, const char *said)
{
    if (json_object_get(answer, "paths"))
        settings_save_now(v->app, v);
    else
        view_notice_answer(v, answer, said);
}

static void chosen(struct app *a, void *user, const char *id)
{
    struct view *v = user;
    if (text_equal(id, "save")) {
        settings_save_now(a, v);
    } else if (text_equal(id, "make")) {
        struct config_change changes[APP_CHANGES];
        char *words[WORDS];
        words_for(changes, settings_changes(a, changes), "--create", "--check", words);
        ask(v, words, on_made);
    }
}

static void ask_person(struct view *v, const json_t *row)
{
    const json_t *error = json_object_get(row, "error");
    const struct setting *s = setting_find(json_text(row, "setting", ""));
    bool make = json_flag(row, "can_make", false);
    const struct dialog_button with[] = {
        {"back", _("Back")}, {"make", _("Make it and save")}, {"save", _("Save all the same")}};
    const struct dialog_button without[] = {{"back", _("Back")}, {"save", _("Save all the same")}};
    struct buf b;
    buf_init(&b, 8192);
    buf_printf(&b, "%s: %s\n \n%s\n%s", s ? _(s->label) : "",
               view_clean(VIEW_TEXT, json_text(row, "path", "")),
               view_said(VIEW_TEXT, error, "text"),
               make ? "" : view_said(VIEW_TEXT, error, "remedy"));
    dialog_ask(v->app, make ? _("Make the directory?") : _("endpointd cannot use this"),
               buf_text(&b), make ? with : without, make ? COUNT_OF(with) : COUNT_OF(without),
               chosen, v);
    buf_free(&b);
    v->notice[0] = '\0';
}

static void on_looked(struct view *v, const json_t *answer, const char *said)
{
    size_t i;
    const json_t *row;
    (void)said;
    json_array_foreach (json_object_get(answer, "paths"), i, row)
        if (!json_flag(row, "ok", false) && !json_flag(row, "opens", false)) {
            ask_person(v, row);
            return;
        }
    settings_save_now(v->app, v); /* all good, or nobody to ask: the daemon's checks will tell */
}

bool save_paths_ask(struct view *v, const struct config_change *changes, size_t count)
{
    char *words[WORDS];
    bool any = words_for(changes, count, "--check", NULL, words) > 0;
    if (!any) {
        for (size_t i = 0; words[i]; i++)
            free(words[i]);
        return false;
    }
    view_notice(v, CHECK_WAIT, _("Asking whether endpointd can use the files..."), NULL);
    return ask(v, words, on_looked);
}

/* ---- after saving ---------------------------------------------------------------------------------- */

static void on_opened(struct view *v, const json_t *answer, const char *said)
{
    (void)said;
    if (!json_object_get(answer, "paths") && json_object_get(answer, "error"))
        view_notice_answer(v, answer, NULL);
    else
        settings_saved_reload(v->app);
}

bool save_paths_open(struct view *v, const struct config_change *changes, size_t count)
{
    char *words[WORDS];
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct setting *s = setting_find(changes[i].path);
        any |= s && s->type == SETTING_PATH;
    }
    if (!any)
        return false;
    words_for(NULL, 0, NULL, NULL, words);
    return ask(v, words, on_opened);
}
