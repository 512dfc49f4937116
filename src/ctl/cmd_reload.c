/* endpointctl reload: endpointd reads its settings again. */
#include "ctl/cmd_reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "ctl/talk.h"
#include "ctl/words.h"

static void print_names(const char *what, const json_t *names)
{
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name)
        printf("%s%s", i ? ", " : what, json_string_value(name));
    if (json_array_size(names) > 0)
        putchar('\n');
}

static void print_faults(FILE *to, const json_t *faults)
{
    size_t i;
    json_t *f;
    json_array_foreach (faults, i, f) {
        const char *setting = json_text(f, "setting", "");
        fprintf(to, "%s:%d: %s%s%s%s\n", json_text(f, "file", ""), (int)json_number(f, "line", 0),
                json_flag(f, "warning", false) ? _("warning: ") : "", ctl_shown(CTL_TEXT, setting),
                *setting ? ": " : "", words_said(CTL_TEXT, f, "text"));
    }
}

static void print_reloaded(const json_t *answer)
{
    const json_t *changed = json_object_get(answer, "changed");
    print_faults(stderr, json_object_get(answer, "faults"));
    printf(_("endpointd works with the current %s.\n"), json_text(answer, "file", _("its file")));
    print_names(_("Changed: "), changed);
    if (json_flag(answer, "plugins", false))
        puts(_("Changed: plugins of the file"));
    if (json_flag(answer, "mappings", false))
        puts(_("Changed: an ERP's mapping; the plugins restart with it."));
    else if (!json_flag(answer, "plugins", false) && json_array_size(changed) == 0)
        puts(_("No setting has changed."));
    print_names(_("After a restart only: "), json_object_get(answer, "restart"));
}

static int run_reload(struct ctl *c)
{
    struct error e = {0};
    json_t *answer = talk_ask(c, json_pack("{s:s,s:b}", "do", "reload", "accept", c->accept), &e);
    if (!answer)
        return ctl_failed(c, &e);
    int code = EXIT_GOOD;
    bool ok = json_flag(answer, "ok", false);
    const json_t *faults = json_object_get(answer, "faults"),
                 *error = json_object_get(answer, "error");
    if (!ok) /* a faulty file: exit code 2, as with `config check` */
        code = json_array_size(faults)                                   ? EXIT_USAGE
               : text_equal(json_text(error, "status", ""), "not-found") ? EXIT_NOT_FOUND
               : text_equal(json_text(error, "code", ""), "config_lost") ? EXIT_CONFIRM
                                                                         : EXIT_RED;
    if (c->json) {
        ctl_print_json(json_incref(answer));
    } else if (ok) {
        print_reloaded(answer);
    } else {
        print_faults(stderr, faults);
        if (json_array_size(faults) == 0 || text_equal(json_text(error, "code", ""), "config_lost"))
            fprintf(stderr, "endpointctl: %s\n", words_said(CTL_TEXT, error, "text"));
        if (text_equal(json_text(error, "code", ""), "config_lost"))
            fprintf(stderr, "> %s\n", words_said(CTL_TEXT, error, "remedy"));
        fputs(
            _("endpointctl: endpointd refuses the file and continues with its current settings\n"),
            stderr);
    }
    json_decref(answer);
    return code;
}

const struct command cmd_reload = {
    .name = "reload",
    .usage = "reload [--accept]",
    .line = N_("make endpointd read the configuration file again (--accept: removed settings are "
               "intended)"),
    .options = {&options_accept},
    .run = run_reload,
};
