/* args.h – a program's options: read with getopt_long, with our own messages for mistakes. */
#ifndef ENDPOINT_BASE_ARGS_H
#define ENDPOINT_BASE_ARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* getopt_long, without its messages: the next option, -1 after the last; '?': e (code "usage") says
 * what is wrong, and which option may have been meant. optarg and optind are getopt's. */
int args_next(int argc, char **argv, const char *letters, const struct option *table,
              struct error *e);

/* ---- programs whose commands have options of their own --------------------------------------------- */

enum args_takes { ARGS_NOTHING, ARGS_TEXT, ARGS_NUMBER };

/* A long option. Commands that have the same option share one row. */
struct args_option {
    const char *name;
    char letter;       /* its short form; 0: none */
    const char *usage; /* "--panel URL" */
    const char *line;  /* what it is for */
    enum args_takes takes;
    size_t at; /* its place in the program's struct: a bool, a const char *, a long */
};

#define ARGS_MOST 48 /* of all commands together */

/* Each option of a program once, whichever commands have it. */
struct args {
    const struct args_option *rows[ARGS_MOST];
    struct option table[ARGS_MOST + 1];
    char letters[2 * ARGS_MOST + 2];
    size_t count;
};

/* Add one, unless it is already there. Start with an empty struct. */
void args_know(struct args *a, const struct args_option *option);
/* NULL: no such option. */
const struct args_option *args_find(const struct args *a, const char *name);
/* Read the next option and store its value in target; a number is from 1 to most. *row: which
 * option; NULL after the last. Otherwise e says what is wrong. */
enum status args_read(const struct args *a, int argc, char **argv, void *target, long most,
                      const struct args_option **row, struct error *e);

/* Print e to stderr as the named program, in the reader's language, with its remedy, or else where
 * the options are listed. For a program that exits afterwards: opens the language if necessary.
 * Returns the exit code, 2. */
int args_complain(const char *program, const struct error *e);

/* Complain of a word that no option or command takes, and of a value that its option does not take. */
int args_unexpected(const char *program, const char *word);
int args_bad_value(const char *program, const char *value);

/* Keep the word nearest to a typed one: start with *distance = ARGS_FAR and best "". */
#define ARGS_FAR 3 /* more wrong letters than in a typing error */
void args_nearer(const char *typed, const char *word, size_t length, char best[64],
                 size_t *distance);

#endif
