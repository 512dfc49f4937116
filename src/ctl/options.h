/* options.h – endpointctl's command line: the list of the commands, and the options. */
#ifndef ENDPOINT_CTL_OPTIONS_H
#define ENDPOINT_CTL_OPTIONS_H

#include <stdio.h>

#include "base/args.h"
#include "ctl/command.h"

/* Options that several commands share. */
extern const struct args_option options_values, options_accept, options_state, options_plugin,
    options_limit, options_yes, options_create;

/* NULL: there is none of that name. */
const struct command *options_command(const char *name);
/* NULL after the last. A command without a line is for programs. */
const struct command *options_command_at(size_t index);
/* The options of every command, NULL after the last. */
const struct args_option *options_general_at(size_t index);
/* An option, general or of any command; NULL: none has that name. */
const struct args_option *options_find(const char *name);
/* Read the command line: its options go into c, the words after the command into c's argc and argv.
 * ≥ 0: the line is wrong, or everything is already printed; end with this code. */
int options_choose(struct ctl *c, int argc, char **argv, const struct command **command);
/* Print that argv[0] is not a command; returns EXIT_USAGE. */
int options_no_command(const struct ctl *c);

#endif
