/* command.h – what a command of endpointctl is: its row, with its own options, usage and help, stands in its file. */
#ifndef ENDPOINT_CTL_COMMAND_H
#define ENDPOINT_CTL_COMMAND_H

#include <stddef.h>

#include "base/args.h"
#include "base/i18n.h" /* N_ for its texts */
#include "ctl/ctl.h"

/* What an option takes, and where it goes. */
#define COMMAND_FLAG(member)   ARGS_NOTHING, offsetof(struct ctl, member)
#define COMMAND_TEXT(member)   ARGS_TEXT, offsetof(struct ctl, member)
#define COMMAND_NUMBER(member) ARGS_NUMBER, offsetof(struct ctl, member)

#define COMMAND_OPTIONS 8

struct command {
    const char *name, *usage;
    const char *synopsis; /* each way to use it on a line; NULL: usage says all */
    const char *line;     /* what it is for; NULL: it is for programs */
    const char *words;    /* those that may come first after it, blank-separated; NULL: any */
    const struct args_option *options[COMMAND_OPTIONS]; /* its own; NULL after the last */
    int min, max;                                       /* words after it */
    int (*run)(struct ctl *c);                          /* the exit code */
};

#endif
