/* endpointctl plugin: what a scenario may contain, and whether one is correct – before it goes into
 * a panel or a file. */
#include "ctl/cmd_plugin.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/options.h"
#include "config/plugin.h"
#include "ctl/ctl.h"
#include "ctl/words.h"
#include "model/kind.h"
#include "os/fd.h"
#include "os/file.h"

#define PLUGIN_MAX (1 << 20)

static void print_option(const json_t *option)
{
    const char *fallback = json_text(option, "default", ""),
               *lookup = json_text(option, "lookup", NULL);
    size_t i;
    json_t *choice;
    printf("  %s  (%s", json_text(option, "name", ""), json_text(option, "type", ""));
    json_array_foreach (json_object_get(option, "choices"), i, choice)
        printf("%s%s", i ? " | " : ": ", json_string_value(choice));
    if (*fallback)
        printf(_("; default %s"), fallback);
    if (lookup)
        printf(_("; pick: endpointctl lookup %s"), lookup);
    printf(")\n      %s\n", ctl_shown(CTL_TEXT, _(json_text(option, "help", ""))));
}

static int show_options(struct ctl *c, const char *kind)
{
    struct error e = {0};
    json_t *all = json_object();
    for (size_t i = 0; kind_at(i); i++)
        if (!kind || text_equal(kind, kind_at(i)->name))
            json_object_set_new(all, kind_at(i)->name, options_describe(kind_at(i)->name));
    if (kind && !kind_find(kind)) {
        json_decref(all);
        error_set(&e, STATUS_NOT_FOUND, "plugin_kind", "there is no kind of plugin \"%.40s\"",
                  kind);
        struct buf list;
        buf_init(&list, 1000);
        kind_list(&list);
        error_remedy(&e, "There are: %s.", buf_text(&list));
        buf_free(&list);
        return ctl_failed(c, &e);
    }
    if (c->json) {
        ctl_print_json(all);
        return EXIT_GOOD;
    }
    const char *name;
    json_t *options, *option;
    size_t i;
    json_object_foreach (all, name, options) {
        printf("%s\n", name);
        json_array_foreach (options, i, option)
            print_option(option);
    }
    json_decref(all);
    return EXIT_GOOD;
}

static enum status read_plugin(const char *file, json_t **plugin, struct error *e)
{
    struct buf b;
    enum status status = STATUS_OK;
    buf_init(&b, PLUGIN_MAX);
    if (strcmp(file, "-") != 0) {
        status = file_read(file, &b, NULL, e);
    } else {
        char chunk[4096];
        ptrdiff_t n;
        while ((n = fd_read(FD_INPUT, chunk, sizeof chunk)) > 0)
            buf_add(&b, chunk, (size_t)n);
        if (b.failed)
            status = error_set(e, STATUS_FULL, "plugin_long", "the plugin is longer than %d bytes",
                               PLUGIN_MAX);
    }
    *plugin = status == STATUS_OK ? json_parse(buf_text(&b), b.length, e) : NULL;
    buf_free(&b);
    return *plugin ? STATUS_OK : e->status;
}

static int check_plugin(struct ctl *c, const char *file)
{
    struct error e = {0};
    json_t *plugin;
    enum status status = read_plugin(file, &plugin, &e);
    if (status == STATUS_OK)
        status = plugin_validate(plugin, &e);
    if (status != STATUS_OK) {
        json_decref(plugin);
        int code = ctl_failed(c, &e);
        return status == STATUS_INVALID ? EXIT_USAGE : code;
    }
    if (c->json)
        ctl_print_json(json_pack("{s:b}", "ok", 1));
    else
        printf(_("%s: a correct plugin of the kind %s\n"),
               ctl_shown(CTL_TEXT, json_text(plugin, "id", "")),
               ctl_shown(CTL_TEXT, json_text(plugin, "kind", "")));
    json_decref(plugin);
    return EXIT_GOOD;
}

static int run_plugin(struct ctl *c)
{
    if (strcmp(c->argv[0], "options") == 0)
        return show_options(c, c->argc > 1 ? c->argv[1] : NULL);
    if (strcmp(c->argv[0], "check") == 0 && c->argc == 2)
        return check_plugin(c, c->argv[1]);
    return ctl_usage(c, "endpointctl plugin options [KIND] | plugin check FILE (- for stdin)");
}

const struct command cmd_plugin = {
    .name = "plugin",
    .usage = "plugin options [KIND] | check FILE",
    .line = N_("what a scenario may contain, and whether one is correct"),
    .words = "options check",
    .min = 1,
    .max = 2,
    .run = run_plugin,
};
