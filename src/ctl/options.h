/* options.h – endpointctl's command line. */
#ifndef ENDPOINT_CTL_OPTIONS_H
#define ENDPOINT_CTL_OPTIONS_H

#include <stdio.h>

#include "ctl/ctl.h"

struct subcommand {
    const char *name, *usage;
    const char *synopsis; /* each way to use it on a line; NULL: usage says all */
    const char *line;     /* what it is for */
    const char *words;    /* those that may come first after it, blank-separated; NULL: any */
    const char *options;  /* its own long options, blank-separated */
    int min, max;         /* words after it */
    int (*run)(struct ctl *c);
};

/* NULL: there is none of that name. */
const struct subcommand *options_command(const char *name);
/* NULL after the last. One without a line is for programs. */
const struct subcommand *options_command_at(size_t index);
/* A long option: what it is for ("": every command's), whether it belongs to single commands, and whether a value
 * follows it. False after the last. */
bool options_at(size_t index, const char **name, const char **what, bool *own, bool *value);
bool options_of(const struct subcommand *command, const char *name); /* is it the command's? */
/* Read the options into c, and what remains into its argc and argv. ≥ 0: end with this code. */
int options_read(struct ctl *c, int argc, char **argv);
void options_print_help(FILE *to);
/* Say that argv[0] is no command; EXIT_USAGE. */
int options_no_command(const struct ctl *c);
/* Are the words after the command (c->argv) its? ≥ 0: no, said so; end with this code. */
int options_check_words(const struct ctl *c, const struct subcommand *command);
int options_help(struct ctl *c);

#endif
