/* The command line: the list of the commands, the options of every command, and wrong words. */
#include "ctl/options.h"

#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "config/paths.h"
#include "ctl/cmd_bundle.h"
#include "ctl/cmd_channel.h"
#include "ctl/cmd_complete.h"
#include "ctl/cmd_config.h"
#include "ctl/cmd_erp.h"
#include "ctl/cmd_explain.h"
#include "ctl/cmd_held.h"
#include "ctl/cmd_help.h"
#include "ctl/cmd_journal.h"
#include "ctl/cmd_key.h"
#include "ctl/cmd_lookup.h"
#include "ctl/cmd_metrics.h"
#include "ctl/cmd_order.h"
#include "ctl/cmd_orders.h"
#include "ctl/cmd_plugin.h"
#include "ctl/cmd_plugins.h"
#include "ctl/cmd_register.h"
#include "ctl/cmd_reload.h"
#include "ctl/cmd_service.h"
#include "ctl/cmd_status.h"
#include "ctl/cmd_sync.h"
#include "ctl/cmd_take_over.h"
#include "ctl/cmd_test.h"
#include "ctl/cmd_unregister.h"
#include "ctl/cmd_version.h"

#define ROWS_MOST 10000 /* the most that --limit may ask for */

/* In the order of the help. Each command's row is in the command's own file. */
static const struct command *const commands[] = {
    &cmd_register, &cmd_status,  &cmd_test,    &cmd_plugins,   &cmd_plugin,
    &cmd_sync,     &cmd_held,    &cmd_orders,  &cmd_order,     &cmd_journal,
    &cmd_lookup,   &cmd_erp,     &cmd_key,     &cmd_take_over, &cmd_unregister,
    &cmd_config,   &cmd_reload,  &cmd_service, &cmd_channel,   &cmd_bundle,
    &cmd_explain,  &cmd_metrics, &cmd_version, &cmd_complete,  &cmd_help,
};

const struct command *options_command_at(size_t index)
{
    return index < COUNT_OF(commands) ? commands[index] : NULL;
}

const struct command *options_command(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

/* ---- options -------------------------------------------------------------------------------------- */

/* Options of every command: the general help lists them. */
static const struct args_option general[] = {
    {"config", 0, NULL, "", COMMAND_TEXT(config_option)},
    {"state-dir", 0, NULL, "", COMMAND_TEXT(state_option)},
    {"runtime-dir", 0, NULL, "", COMMAND_TEXT(runtime_option)},
    {"lang", 0, NULL, "", COMMAND_TEXT(language)},
    {"json", 0, NULL, "", COMMAND_FLAG(json)},
    {"stream", 0, NULL, "", COMMAND_FLAG(stream)},
    {"help", 'h', NULL, "", COMMAND_FLAG(help)},
    {"version", 0, NULL, "", COMMAND_FLAG(version)},
};

const struct args_option options_values = {
    "values", 0, "--values FILE", N_("settings to try, as JSON, over those of the file (-: stdin)"),
    COMMAND_TEXT(values)};
const struct args_option options_accept = {
    "accept", 0, "--accept", N_("the removed settings are intended"), COMMAND_FLAG(accept)};
const struct args_option options_state = {
    "state", 0, "--state STATE", N_("waiting, sending, handed-over, done, rejected or in-doubt"),
    COMMAND_TEXT(state)};
const struct args_option options_plugin = {"plugin", 0, "--plugin PLUGIN",
                                           N_("of this plugin only"), COMMAND_TEXT(plugin)};
const struct args_option options_limit = {"limit", 'n', "-n N, --limit N", N_("at most this many"),
                                          COMMAND_NUMBER(lines)};
const struct args_option options_yes = {"yes", 0, "--yes", N_("do it without confirmation"),
                                        COMMAND_FLAG(yes)};
const struct args_option options_create = {
    "create", 0, "--create", N_("create a directory that does not exist"), COMMAND_FLAG(create)};

const struct args_option *options_general_at(size_t index)
{
    return index < COUNT_OF(general) ? &general[index] : NULL;
}

static void know_all(struct args *a)
{
    *a = (struct args){.count = 0};
    for (size_t i = 0; i < COUNT_OF(general); i++)
        args_know(a, &general[i]);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        for (size_t j = 0; commands[i]->options[j]; j++)
            args_know(a, commands[i]->options[j]);
}

const struct args_option *options_find(const char *name)
{
    struct args all;
    know_all(&all);
    return args_find(&all, name);
}

static bool is_general(const struct args_option *option)
{
    return option >= general && option < general + COUNT_OF(general);
}

static bool is_own(const struct command *command, const struct args_option *option)
{
    for (size_t i = 0; command->options[i]; i++)
        if (command->options[i] == option)
            return true;
    return false;
}

/* ---- wrong words ------------------------------------------------------------------------------------------ */

/* Is `word` in a blank-separated list? */
static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); length && at; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/* The most similar word of a blank-separated list; "" if none is similar. */
static void nearest_of(const char *typed, const char *list, char best[64])
{
    size_t distance = ARGS_FAR;
    best[0] = '\0';
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        args_nearer(typed, at, length, best, &distance);
        at += length;
    }
}

int options_no_command(const struct ctl *c)
{
    struct error e = {0};
    char best[64] = "";
    size_t distance = ARGS_FAR;
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        args_nearer(c->argv[0], commands[i]->name, strlen(commands[i]->name), best, &distance);
    error_set(&e, STATUS_INVALID, "usage", "there is no command \"%.40s\"%-s%s%s", c->argv[0],
              *best ? N_("; did you mean ") : "", best, *best ? "?" : "");
    error_remedy(&e, "endpointctl help lists them.");
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

/* Print that the command has no such second word. */
static int no_word(const struct ctl *c, const struct command *command)
{
    struct error e = {0};
    char best[64];
    nearest_of(c->argv[0], command->words, best);
    error_set(&e, STATUS_INVALID, "usage", "there is no \"%s %.40s\"%-s%s%s", command->name,
              c->argv[0], *best ? N_("; did you mean ") : "", best, *best ? "?" : "");
    error_remedy(&e, "endpointctl help %s", command->name);
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

/* The option exists, but not for this command: refuse it, so that nobody thinks that it had an
 * effect. */
static int wrong_option(const struct ctl *c, const struct command *command, const char *name)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "usage", "endpointctl %s takes no --%s", command->name, name);
    error_remedy(&e, "endpointctl help %s", command->name);
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

/* ---- reading them ------------------------------------------------------------------------------------------- */

/* A first pass over the words, before the command is known. ≥ 0: end with this code. */
static int first_look(struct ctl *c, const struct args_option *const *given, size_t count)
{
    if (c->version) {
        puts("endpointctl " ENDPOINT_VERSION);
        return EXIT_GOOD;
    }
    if (c->help)
        return cmd_help.run(c);
    const struct command *command = c->argc ? options_command(c->argv[0]) : NULL;
    for (size_t i = 0; command && i < count; i++)
        if (!is_own(command, given[i]))
            return wrong_option(c, command, given[i]->name);
    return -1;
}

/* Note each option once, however often it is typed. */
static void note(const struct args_option *row, const struct args_option *given[ARGS_MOST],
                 size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (given[i] == row)
            return;
    given[(*count)++] = row;
}

static int refuse(const struct ctl *c, const struct error *e)
{
    ctl_failed(c, e);
    return EXIT_USAGE;
}

/* Read the options into c, and the remaining words into its argc and argv. ≥ 0: end with this code. */
static int read_all(struct ctl *c, int argc, char **argv)
{
    struct error e = {0};
    struct args all;
    const struct args_option *row, *given[ARGS_MOST];
    size_t count = 0;
    know_all(&all);
    for (int i = 1; i < argc; i++) /* errors about other options must be JSON, too */
        c->json |= text_equal(argv[i], "--json") || text_equal(argv[i], "--stream");
    do {
        if (args_read(&all, argc, argv, c, ROWS_MOST, &row, &e) != STATUS_OK) {
            if (!row)
                error_remedy(&e, "endpointctl help lists commands and options.");
            return refuse(c, &e);
        }
        if (row && text_equal(row->name, "lang"))
            i18n_open(c->language);
        if (row && !is_general(row))
            note(row, given, &count);
    } while (row);
    c->json |= c->stream;
    c->argc = argc - optind;
    c->argv = argv + optind;
    int code = first_look(c, given, count);
    if (code >= 0)
        return code;
    if (paths_choose(&c->paths, c->config_option, c->state_option, c->runtime_option, &e) !=
        STATUS_OK)
        return refuse(c, &e);
    return -1;
}

/* Do the words after the command belong to it? ≥ 0: no, and it was printed; end with this code. */
static int check_words(const struct ctl *c, const struct command *command)
{
    if (command->words && c->argc && !listed(command->words, c->argv[0]))
        return no_word(c, command);
    if (c->argc >= command->min && c->argc <= command->max)
        return -1;
    if (c->json) {
        char text[600];
        text_format(text, sizeof text, "endpointctl %s", command->usage);
        return ctl_usage(c, text);
    }
    cmd_help_print_usage(stderr, command);
    return EXIT_USAGE;
}

int options_choose(struct ctl *c, int argc, char **argv, const struct command **command)
{
    int code = read_all(c, argc, argv);
    if (code >= 0)
        return code;
    if (c->argc == 0 && c->json)
        return ctl_usage(c, "endpointctl [options] COMMAND … (see endpointctl help)");
    if (c->argc == 0) {
        cmd_help_print(stderr);
        return EXIT_USAGE;
    }
    *command = options_command(c->argv[0]);
    if (!*command)
        return options_no_command(c);
    c->argc--;
    c->argv++;
    return check_words(c, *command);
}
