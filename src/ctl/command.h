/* command.h – the row that describes a command of endpointctl: its options, usage and help. Each
 * command's row is in the command's own file. */
#ifndef ENDPOINT_CTL_COMMAND_H
#define ENDPOINT_CTL_COMMAND_H

#include <stddef.h>

#include "base/args.h"
#include "base/i18n.h" /* N_ for its texts */
#include "ctl/ctl.h"

/* What an option takes, and where its value is stored. */
#define COMMAND_FLAG(member)   ARGS_NOTHING, offsetof(struct ctl, member)
#define COMMAND_TEXT(member)   ARGS_TEXT, offsetof(struct ctl, member)
#define COMMAND_NUMBER(member) ARGS_NUMBER, offsetof(struct ctl, member)

#define COMMAND_OPTIONS 8

struct command {
    const char *name, *usage;
    const char *synopsis; /* each way to use it, one a line; NULL: usage says all */
    const char *line;     /* its purpose; NULL: it is for programs */
    const char *words;    /* words that may follow it, blank-separated; NULL: any */
    const struct args_option *options[COMMAND_OPTIONS]; /* its own options; NULL after the last */
    int min, max;                                       /* words after it */
    int (*run)(struct ctl *c);                          /* returns the exit code */
};

#endif
