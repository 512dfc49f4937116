/* cmd_help.h – endpointctl help: a list of all commands, or everything about one. */
#ifndef ENDPOINT_CTL_CMD_HELP_H
#define ENDPOINT_CTL_CMD_HELP_H

#include <stdio.h>

#include "ctl/command.h"

extern const struct command cmd_help;

/* All commands, the options of every command, the exit codes. */
void cmd_help_print(FILE *to);
/* Each way to use a command, one a line. */
void cmd_help_print_usage(FILE *to, const struct command *command);

#endif
