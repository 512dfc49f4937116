/* command.h – what a command of endpointctl is: its row, with its own options, usage and help, stands in its file. */
#ifndef ENDPOINT_CTL_COMMAND_H
#define ENDPOINT_CTL_COMMAND_H

#include <stddef.h>

#include "base/i18n.h" /* N_ for its texts */
#include "ctl/ctl.h"

/* What an option takes: nothing, a text, or a number of rows (1 to 10000). */
enum command_takes { COMMAND_TAKES_NONE, COMMAND_TAKES_TEXT, COMMAND_TAKES_NUMBER };

/* A long option. One that several commands have is one row that they share (options.h). */
struct command_option {
    const char *name;
    char letter;       /* the same in short; 0: none */
    const char *usage; /* "--panel URL" */
    const char *line;  /* what it is for */
    enum command_takes takes;
    size_t at; /* where it goes in struct ctl: a bool, a const char *, a long */
};

#define COMMAND_FLAG(member)   COMMAND_TAKES_NONE, offsetof(struct ctl, member)
#define COMMAND_TEXT(member)   COMMAND_TAKES_TEXT, offsetof(struct ctl, member)
#define COMMAND_NUMBER(member) COMMAND_TAKES_NUMBER, offsetof(struct ctl, member)

#define COMMAND_OPTIONS 8

struct command {
    const char *name, *usage;
    const char *synopsis; /* each way to use it on a line; NULL: usage says all */
    const char *line;     /* what it is for; NULL: it is for programs */
    const char *words;    /* those that may come first after it, blank-separated; NULL: any */
    const struct command_option *options[COMMAND_OPTIONS]; /* its own; NULL after the last */
    int min, max;                                          /* words after it */
    int (*run)(struct ctl *c);                             /* the exit code */
};

#endif
