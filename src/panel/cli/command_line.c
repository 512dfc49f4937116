/* The panel's command line: the list of the commands, which one it is, its options and help. */
#include "panel/cli/command_line.h"

#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/memory.h"
#include "base/text.h"
#include "panel/cli/cmd_account.h"
#include "panel/cli/cmd_changes.h"
#include "panel/cli/cmd_command.h"
#include "panel/cli/cmd_endpoint.h"
#include "panel/cli/cmd_journal.h"
#include "panel/cli/cmd_order.h"
#include "panel/cli/cmd_plugin.h"
#include "panel/cli/cmd_status.h"
#include "panel/cli/cmd_stock.h"
#include "panel/cli/cmd_token.h"
#include "panel/cli/command.h"

#define ROWS_MOST 1000000 /* that --limit asks for */

/* In the order of the help. A command is a row of its file. */
static const struct command *const commands[] = {
    cmd_account, cmd_token,  cmd_endpoint, cmd_plugin, cmd_changes,
    cmd_stock,   cmd_status, cmd_command,  cmd_order,  cmd_journal,
};

static const struct args_option general[] = {
    {"json", 0, NULL, "answers for programs", COMMAND_FLAG(json)},
    {"help", 'h', NULL, "this command whole", COMMAND_FLAG(help)},
};

const struct command *command_at(size_t index)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        for (size_t k = 0; commands[i][k].words; k++)
            if (index-- == 0)
                return &commands[i][k];
    return NULL;
}

const struct args_option *command_general_at(size_t index)
{
    return index < COUNT_OF(general) ? &general[index] : NULL;
}

static void know_all(struct args *a)
{
    const struct command *c;
    *a = (struct args){.count = 0};
    for (size_t i = 0; i < COUNT_OF(general); i++)
        args_know(a, &general[i]);
    for (size_t i = 0; (c = command_at(i)) != NULL; i++)
        for (size_t k = 0; c->options[k]; k++)
            args_know(a, c->options[k]);
}

const struct args_option *command_option(const char *name)
{
    struct args all;
    know_all(&all);
    return args_find(&all, name);
}

const struct command *command_find(int argc, char **argv, int *words)
{
    char two[80];
    const struct command *c;
    text_format(two, sizeof two, "%s %s", argc > 0 ? argv[0] : "", argc > 1 ? argv[1] : "");
    for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
        *words = strchr(c->words, ' ') ? 2 : 1;
        if (argc > 0 && strcmp(c->words, *words == 2 ? two : argv[0]) == 0)
            return c;
    }
    return NULL;
}

static int print_help_of(const struct command *command)
{
    printf("Usage: endpoint-panel %s\n\n%s\n", command->usage, command->line);
    for (size_t i = 0; command->options[i]; i++)
        printf("%s  %-24s %s\n", i == 0 ? "\n" : "", command->options[i]->usage,
               command->options[i]->line);
    puts("\nThe options of every command: endpoint-panel --help. More: endpoint-panel(1)");
    return 0;
}

static int no_command(int argc, char **argv)
{
    char typed[80];
    const char *best = NULL;
    size_t distance = ARGS_FAR;
    const struct command *c;
    text_format(typed, sizeof typed, "%s%s%s", argv[0], argc > 1 ? " " : "",
                argc > 1 ? argv[1] : "");
    for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
        size_t d = text_distance(strchr(c->words, ' ') ? typed : argv[0], c->words);
        if (d < distance) {
            distance = d;
            best = c->words;
        }
    }
    fprintf(stderr, "endpoint-panel: there is no command \"%s\"%s%s%s\n", typed,
            best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
    fputs("  endpoint-panel --help lists them.\n", stderr);
    return 2;
}

/* ---- options -------------------------------------------------------------------------------------- */

/* An option that belongs to another command must not seem to be accepted. */
static bool belongs(const struct command *command, const struct args_option *option)
{
    for (size_t i = 0; i < COUNT_OF(general); i++)
        if (option == &general[i])
            return true;
    for (size_t i = 0; command->options[i]; i++)
        if (option == command->options[i])
            return true;
    fprintf(stderr, "endpoint-panel: %s takes no --%s\n", command->words, option->name);
    return false;
}

static int read_options(struct command_line *c, const struct command *command, int argc,
                        char **argv)
{
    struct args all;
    struct error e = {0};
    const struct args_option *option;
    know_all(&all);
    optind = 0; /* a second round: makes GNU getopt start over */
    do {
        if (args_read(&all, argc, argv, c, ROWS_MOST, &option, &e) != STATUS_OK)
            return args_complain("endpoint-panel", &e);
        if (option && !belongs(command, option))
            return 2;
    } while (option);
    c->argc = argc - optind;
    c->argv = argv + optind;
    return 0;
}

int command_main(const char *data_dir, bool json, int argc, char **argv)
{
    struct command_line c = {.json = json};
    struct error e = {0};
    int words;
    const struct command *found = command_find(argc, argv, &words);
    if (!found)
        return no_command(argc, argv);
    if (read_options(&c, found, argc - words + 1, argv + words - 1) != 0)
        return 2;
    if (c.help)
        return print_help_of(found);
    if (c.argc < found->min || c.argc > found->max) {
        fprintf(stderr, "usage: endpoint-panel %s\n", found->usage);
        return 2;
    }
    if (store_open(data_dir, &c.store, &e) != STATUS_OK)
        return command_failed(&e);
    int code = found->run(&c);
    store_close(c.store);
    return fflush(stdout) == 0 ? code : 1;
}

int command_help(int argc, char **argv)
{
    int words;
    const struct command *found = command_find(argc, argv, &words);
    return found ? print_help_of(found) : no_command(argc, argv);
}
