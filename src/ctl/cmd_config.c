/* endpointctl config: show, change and check the configuration file. */
#include "ctl/cmd_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/config_save.h"
#include "config/good.h"
#include "config/settings.h"
#include "ctl/cmd_config_edit.h"
#include "ctl/config_paths.h"
#include "ctl/ctl.h"
#include "ctl/next.h"
#include "ctl/options.h"
#include "os/fd.h"

enum status cmd_config_lost(const struct ctl *c, const struct config *config, struct error *e)
{
    struct config *good = NULL;
    char names[400];
    enum status status = STATUS_OK;
    if (good_load(&c->paths, &good, NULL) == STATUS_OK &&
        good_lost(good, config, names, sizeof names)) {
        status = error_set(e, STATUS_INVALID, "config_lost",
                           "%s no longer sets %s, which endpointd works with", c->paths.config_file,
                           names);
        error_remedy(e, "Put it back. If it is meant: endpointctl reload --accept.");
    }
    config_free(good);
    return status;
}

static void print_in_order(const struct ctl *c, const struct config *config)
{
    bool sets = *config_text(config, "erp.type") || *config_text(config, "panel.url") ||
                json_array_size(config_plugins(config)) > 0;
    if (sets)
        printf(_("%s is in order\n"), c->paths.config_file);
    else
        printf(_("%s has no fault, but sets neither an ERP nor a panel yet\n"
                 "> endpoint-tui leads through it; endpoint.conf(5) explains every setting.\n"),
               c->paths.config_file);
}

static int config_check(struct ctl *c)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    struct config *config = NULL;
    struct error e = {0};
    size_t count = 0;
    enum status status = config_load(&c->paths, &config, faults, &count, &e);
    bool lost = status == STATUS_OK && (status = cmd_config_lost(c, config, &e)) != STATUS_OK;
    int code = status == STATUS_OK        ? EXIT_GOOD
               : status == STATUS_INVALID ? EXIT_USAGE
                                          : EXIT_NOT_FOUND;
    for (size_t i = 0; !c->json && i < count; i++)
        ctl_print_fault(stdout, &faults[i]);
    if (c->json && status == STATUS_OK)
        ctl_print_json(json_pack("{s:b,s:o}", "ok", 1, "faults", ctl_faults_json(faults, count)));
    else if (c->json)
        ctl_faulty(c, &e, faults, count);
    else if (status == STATUS_OK)
        print_in_order(c, config);
    else if (lost)
        ctl_failed(c, &e);
    else if (status == STATUS_NOT_FOUND) {
        error_remedy(&e,
                     "Run: %sendpoint-tui, or write it: endpoint.conf(5) explains every setting.",
                     next_sudo(c));
        code = ctl_failed(c, &e);
    } else if (status != STATUS_INVALID)
        code = ctl_failed(c, &e);
    next_warn_whose(c);
    free(faults);
    config_free(config);
    return code;
}

static int config_list(struct ctl *c, const char *only)
{
    int code;
    struct error e = {0};
    json_t *all = NULL, *value;
    const char *key;
    struct config *config = ctl_config_load(c, &code);
    if (!config)
        return code;
    config_to_json(config, false, &all, &e);
    if (only && !json_object_get(all, only)) {
        error_set(&e, STATUS_NOT_FOUND, "config_unknown", "there is no setting %s", only);
        error_remedy(&e, "`endpointctl config list` shows all of them.");
        code = ctl_failed(c, &e);
    } else if (only && c->json) {
        ctl_print_json(json_pack("{s:s}", only, json_text(all, only, "")));
    } else if (only) {
        ctl_print_text(json_text(all, only, ""));
        putchar('\n');
        if (fd_is_terminal(FD_ERRORS)) /* a script wants the value alone */
            fprintf(stderr, "(%s)\n", c->paths.config_file);
    } else if (c->json) {
        ctl_print_json(json_incref(all));
    } else {
        printf("# %s\n", c->paths.config_file);
        json_object_foreach (all, key, value) {
            printf("%-24s ", key);
            ctl_print_text(json_string_value(value));
            puts(config_is_set(config, key) ? "" : _("  (default)"));
        }
    }
    next_warn_whose(c);
    json_decref(all);
    config_free(config);
    return code;
}

/* ---- set ----------------------------------------------------------------------------------------- */

#define CHANGES_MAX 64

/* PATH=VALUE as a change; path has room for the words before "=". */
static bool take_pair(const char *word, char path[64], struct config_change *change)
{
    const char *equals = strchr(word, '=');
    if (!equals || !text_format(path, 64, "%.*s", (int)(equals - word), word))
        return false;
    *change = (struct config_change){path, equals + 1};
    return true;
}

static bool is_secret(const char *path)
{
    const struct setting *s = setting_find(path);
    return s && s->type == SETTING_SECRET;
}

/* Required settings that the file still lacks: endpointd does not accept it without them. */
static json_t *still_missing(const struct ctl *c)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    struct config *config = NULL;
    json_t *list = json_array();
    size_t count = 0;
    config_load_anyway(&c->paths, &config, faults, &count, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct setting *s = setting_find(faults[i].setting);
        if (!faults[i].warning && s && s->required && !config_is_set(config, s->path))
            json_array_append_new(list, json_string(s->path));
    }
    config_free(config);
    free(faults);
    return list;
}

static void print_set(const char *file, const struct config_change *changes, size_t count,
                      const json_t *missing)
{
    size_t i;
    json_t *name;
    for (i = 0; i < count; i++)
        printf("%s%s", i ? ", " : "", changes[i].path);
    bool unset = count && !changes[0].value;
    printf(count == 1 ? _(" is %s in %s; ") : _(" are %s in %s; "), unset ? _("unset") : _("set"),
           file);
    if (json_array_size(missing) == 0) {
        puts(_("`endpointctl reload` lets it take effect"));
        return;
    }
    fputs(_("still missing, and endpointd waits for it:"), stdout);
    json_array_foreach (missing, i, name)
        printf(" %s", json_string_value(name));
    putchar('\n');
}

/* The answer for programs: which file it was, and whether the running endpoint uses another one. */
static json_t *set_json(const struct ctl *c, json_t *missing)
{
    struct error other = {0};
    json_t *o =
        json_pack("{s:b,s:O,s:s}", "ok", 1, "missing", missing, "file", c->paths.config_file);
    if (next_whose(c, &other))
        json_object_set_new(o, "warning", json_from_error(&other));
    return o;
}

static int save(struct ctl *c, const struct config_change *changes, size_t count)
{
    struct error e = {0};
    int code = EXIT_GOOD;
    bool restarted;
    if (!config_paths_agreed(c, changes, count, &code))
        return code;
    enum status status = config_save(&c->paths, changes, count, NULL, &e);
    if (status != STATUS_OK) {
        code = ctl_failed(c, &e);
        return status == STATUS_INVALID ? EXIT_USAGE : code;
    }
    if (config_paths_saved(c, changes, count, &restarted, &e) != STATUS_OK)
        return ctl_failed(c, &e);
    json_t *missing = still_missing(c);
    if (c->json)
        ctl_print_json(set_json(c, missing));
    else
        print_set(c->paths.config_file, changes, count, missing);
    next_warn_whose(c);
    if (restarted && !c->json)
        puts(_("The service was restarted, so that it sees the directory."));
    json_decref(missing);
    return EXIT_GOOD;
}

static int no_secret(const struct ctl *c, const char *path)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "secret_argument",
              "a secret must not be given as an argument, where others could see it");
    error_remedy(&e, "endpointctl config set %s asks for it, or reads it from standard input.",
                 path);
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

static int set_usage(const struct ctl *c)
{
    return ctl_usage(c, "endpointctl config set SETTING VALUE | SETTING=VALUE... | SECRET");
}

/* Several at once: all are saved together, or none is. */
static int set_pairs(struct ctl *c)
{
    struct config_change changes[CHANGES_MAX];
    char paths[CHANGES_MAX][64];
    size_t count = 0;
    for (int i = 1; i < c->argc; i++, count++) {
        if (count == CHANGES_MAX || !take_pair(c->argv[i], paths[count], &changes[count]))
            return set_usage(c);
        if (is_secret(paths[count]))
            return no_secret(c, paths[count]);
    }
    return save(c, changes, count);
}

static int config_set(struct ctl *c)
{
    char secret[512] = "";
    const char *path = c->argv[1];
    if (strchr(path, '='))
        return set_pairs(c);
    struct config_change change = {path, c->argc > 2 ? c->argv[2] : NULL};
    if (is_secret(path)) {
        if (c->argc > 2)
            return no_secret(c, path);
        struct error e = {0};
        if (ctl_read_secret(NULL, setting_find(path)->label, secret, sizeof secret, &e) !=
            STATUS_OK) {
            ctl_failed(c, &e);
            return EXIT_USAGE;
        }
        change.value = secret;
    } else if (c->argc != 3 && setting_find(path)) {
        return set_usage(c);
    } else if (c->argc > 3) {
        return set_usage(c);
    }
    int code = save(c, &change, 1);
    mem_wipe(secret, sizeof secret);
    return code;
}

/* Set them back to their defaults. */
static int config_unset(struct ctl *c)
{
    struct config_change changes[CHANGES_MAX];
    size_t count = 0;
    for (int i = 1; i < c->argc && count < CHANGES_MAX; i++)
        changes[count++] = (struct config_change){c->argv[i], NULL};
    return save(c, changes, count);
}

static int run_config(struct ctl *c)
{
    const char *what = c->argv[0];
    if (strcmp(what, "check") == 0 && c->argc == 1)
        return config_check(c);
    if (strcmp(what, "list") == 0 && c->argc == 1)
        return config_list(c, NULL);
    if (strcmp(what, "get") == 0 && c->argc == 2)
        return config_list(c, c->argv[1]);
    if (strcmp(what, "set") == 0 && c->argc >= 2)
        return config_set(c);
    if (strcmp(what, "unset") == 0 && c->argc >= 2)
        return config_unset(c);
    if (strcmp(what, "edit") == 0 && c->argc == 1)
        return cmd_config_edit(c);
    return ctl_usage(c, "endpointctl config check | list | get SETTING | set SETTING VALUE | "
                        "set SETTING=VALUE... | set SECRET | unset SETTING... | edit");
}

const struct command cmd_config = {
    .name = "config",
    .usage = "config check | list | get | set | unset | edit",
    .synopsis =
        "config check\nconfig list\nconfig get SETTING\nconfig set SETTING VALUE\nconfig set "
        "SETTING=VALUE...\nconfig set SECRET\nconfig unset SETTING...\nconfig edit",
    .line = N_("the configuration file"),
    .words = "check list get set unset edit",
    .options = {&options_accept, &options_yes, &options_create},
    .min = 1,
    .max = 65,
    .run = run_config,
};
