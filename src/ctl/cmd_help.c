/* endpointctl help: a list of all commands, or everything about one. */
#include "ctl/cmd_help.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "ctl/options.h"

#define HELP_COLUMN 40 /* the widest usage that still has its purpose on the same line */

static const char tail[] = N_(
    "\n  --config FILE, --state-dir DIR, --runtime-dir DIR   places other than the usual ones\n"
    "  --json         answers for programs; --stream: each one as it comes\n"
    "  --lang LANGUAGE   en or pl; default: the system's (LC_ALL, LANG, LANGUAGE)\n"
    "  -h, --help     this help; with a command: all about it    --version\n\n"
    "Exit codes: 0 all right, 1 something failed or is red, 2 wrong usage or configuration,\n"
    "3 endpointd is not running, 4 not found, 5 needs sudo, 6 needs --yes or --accept,\n"
    "7 works, but orders wait for a person, 8 not set up yet, 9 endpointd is busy: try again.\n");

void cmd_help_print(FILE *to)
{
    const struct command *command;
    fputs(_("Usage: endpointctl [options] COMMAND …\n\n"), to);
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++)
        if (!command->line)
            continue;
        else if (strlen(command->usage) <= HELP_COLUMN)
            fprintf(to, "  %-*s %s\n", HELP_COLUMN, command->usage, i18n_text(command->line));
        else
            fprintf(to, "  %s\n%*s%s\n", command->usage, HELP_COLUMN + 3, "",
                    i18n_text(command->line));
    fputs(i18n_text(tail), to);
}

void cmd_help_print_usage(FILE *to, const struct command *command)
{
    const char *at = command->synopsis ? command->synopsis : command->usage;
    const char *before = _("Usage: endpointctl ");
    while (*at) {
        size_t length = strcspn(at, "\n");
        fprintf(to, "%s%.*s\n", before, (int)length, at);
        before = "       endpointctl ";
        at += length + (at[length] == '\n');
    }
}

static void print_whole(const struct command *command)
{
    cmd_help_print_usage(stdout, command);
    printf("\n%s\n", i18n_text(command->line));
    for (size_t i = 0; command->options[i]; i++)
        printf("%s  %-24s %s\n", i == 0 ? "\n" : "", command->options[i]->usage,
               i18n_text(command->options[i]->line));
    fputs(
        _("\nThe options of every command and the exit codes: endpointctl help. More: endpointctl(1)\n"),
        stdout);
}

static int list(const struct ctl *c)
{
    const struct command *command;
    if (!c->json) {
        cmd_help_print(stdout);
        return EXIT_GOOD;
    }
    json_t *rows = json_array();
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++)
        if (command->line)
            json_array_append_new(rows, json_pack("{s:s,s:s,s:s}", "name", command->name, "usage",
                                                  command->usage, "line", command->line));
    ctl_print_json(json_pack("{s:b,s:o}", "ok", 1, "commands", rows));
    return EXIT_GOOD;
}

static int run_help(struct ctl *c)
{
    if (c->argc == 0)
        return list(c);
    const struct command *command = options_command(c->argv[0]);
    if (!command || !command->line)
        return options_no_command(c);
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:s,s:s,s:s}", "ok", 1, "name", command->name, "usage",
                                 command->synopsis ? command->synopsis : command->usage, "line",
                                 command->line));
    else
        print_whole(command);
    return EXIT_GOOD;
}

const struct command cmd_help = {
    .name = "help",
    .usage = "help [COMMAND]",
    .line = N_("this help, or all about one command"),
    .max = 1,
    .run = run_help,
};
