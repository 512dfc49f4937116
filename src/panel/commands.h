/* commands.h – the panel's command line: accounts, tokens, plugins, what endpoints sent. */
#ifndef ENDPOINT_PANEL_COMMANDS_H
#define ENDPOINT_PANEL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "panel/store.h"

struct command_line {
    struct store *store;
    bool json;
    int argc; /* what follows the command's words, options taken out */
    char **argv;
    const char *account, *endpoint, *key, *ttl;
    bool count, deleted, follow;
    long lines;
};

struct command {
    const char *words; /* "account add" */
    const char *usage, *line;
    int min, max; /* arguments */
    int (*run)(struct command_line *c);
};

const struct command *command_at(size_t index);

/* Run `argv`; the exit code. */
int command_main(const char *data_dir, bool json, int argc, char **argv);

#endif
