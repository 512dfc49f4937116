/* options.h – endpointctl's command line. */
#ifndef ENDPOINT_CTL_OPTIONS_H
#define ENDPOINT_CTL_OPTIONS_H

#include <stdio.h>

#include "ctl/ctl.h"

struct subcommand {
    const char *name, *usage, *line;
    int min, max; /* words after it */
    int (*run)(struct ctl *c);
};

/* NULL: there is none of that name. */
const struct subcommand *ctl_subcommand_find(const char *name);
/* Read the options into c, and what remains into its argc and argv. ≥ 0: end with this code. */
int ctl_options_read(struct ctl *c, int argc, char **argv);
void ctl_print_help(FILE *to);
/* Say that argv[0] is no command, or how a command is used; EXIT_USAGE. */
int ctl_no_command(const struct ctl *c);
int ctl_usage_of(const struct ctl *c, const struct subcommand *command);

#endif
