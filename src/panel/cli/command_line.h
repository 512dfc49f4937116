/* command_line.h – the panel's command line: the list of the commands, their options and help. */
#ifndef ENDPOINT_PANEL_CLI_COMMAND_LINE_H
#define ENDPOINT_PANEL_CLI_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/args.h"

struct command;

/* Run `argv`. Returns the exit code. */
int command_main(const char *data_dir, bool json, int argc, char **argv);
/* Print all about one command; argv are its words. Returns the exit code. */
int command_help(int argc, char **argv);
/* NULL after the last. */
const struct command *command_at(size_t index);
/* The command whose words come first; *words: how many words it has. NULL: none. */
const struct command *command_find(int argc, char **argv, int *words);
/* Options of every command, NULL after the last. */
const struct args_option *command_general_at(size_t index);
/* An option of every command or of one of them; NULL: there is none of that name. */
const struct args_option *command_option(const char *name);

#endif
