/* command.h – what a command of endpoint-panel is, and what they share: its rows, with its own options, usage and
 * help, stand in its file. */
#ifndef ENDPOINT_PANEL_CLI_COMMAND_H
#define ENDPOINT_PANEL_CLI_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/args.h"
#include "base/crypto.h"
#include "panel/store/store.h"

struct command_line {
    struct store *store;
    bool json, help;
    int argc; /* what follows the command's words, without options */
    char **argv;
    const char *account, *endpoint, *plugin, *key, *ttl, *state, *exists_as;
    char endpoint_id[CRYPTO_ID_TEXT]; /* the whole id, if only its beginning was given */
    bool count, deleted, does_not_exist;
    long lines;
};

/* What an option takes, and where it goes. */
#define COMMAND_FLAG(member)   ARGS_NOTHING, offsetof(struct command_line, member)
#define COMMAND_TEXT(member)   ARGS_TEXT, offsetof(struct command_line, member)
#define COMMAND_NUMBER(member) ARGS_NUMBER, offsetof(struct command_line, member)

#define COMMAND_OPTIONS 5

struct command {
    const char *words; /* "account add" */
    const char *usage, *line;
    const struct args_option *options[COMMAND_OPTIONS]; /* its own; NULL after the last */
    int min, max;                                       /* arguments */
    int (*run)(struct command_line *c);
};

/* Rows that several commands share. */
extern const struct args_option command_endpoint_option, command_plugin_option,
    command_limit_option;

/* Print the error to stderr. Returns the exit code. */
int command_failed(const struct error *e);
/* Say that there is no such thing, on stderr, with --json also on stdout. Returns the exit code. */
int command_missing(const struct command_line *c, const char *what, const char *which);
/* Does the plugin exist that --plugin names? Prints why not; true without --plugin. */
bool command_plugin_known(struct command_line *c);
/* Whose plugin is it? False: said why. */
bool command_find_plugin(struct command_line *c, const char *id, char endpoint[CRYPTO_ID_TEXT]);
/* Does the endpoint exist that --endpoint names, perhaps in part? Prints why not; true without
 * --endpoint. */
bool command_endpoint_known(struct command_line *c);
/* Say to programs what was done; people see the exit code, which it returns. */
int command_done(struct command_line *c, const char *id);
/* Print a value (taken over) on one line. */
void command_print_json(json_t *value);
/* Print a time (RFC 3339) in the reader's zone; anything else as it is. */
void command_print_time(const char *at);
/* Print a text with control characters made visible. */
void command_print_text(const char *text);
/* Print rows of the store as lines: JSON, or the named columns (NULL at the end) separated by tabs.
 * Takes over the rows; status and error are the store's answer that came with them. Returns the
 * exit code. */
int command_print_rows(const struct command_line *c, enum status status, json_t *rows,
                       const struct error *e, const char *const *columns);
/* The named endpoint, or the only one; NULL: the reason was printed. free() it. */
char *command_endpoint(struct command_line *c, const char *given);
/* JSON from a file, "-" is stdin, at most `maximum` bytes; NULL: the reason was printed. */
json_t *command_read_json(const char *path, size_t maximum);
/* Queue a command for an endpoint and print its id. Returns the exit code. */
int command_queue(struct command_line *c, const char *endpoint, const char *what, const char *with);

#endif
