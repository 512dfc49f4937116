/* args.h – a program's options: read as getopt_long reads them, and what is wrong with one said in our own words. */
#ifndef ENDPOINT_BASE_ARGS_H
#define ENDPOINT_BASE_ARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* getopt_long, which says nothing itself: the next option, -1 after the last; '?': e (code "usage") says what is wrong
 * with it, and which option may have been meant. optarg and optind are getopt's. */
int args_next(int argc, char **argv, const char *letters, const struct option *table,
              struct error *e);

/* ---- programs whose commands have options of their own --------------------------------------------- */

enum args_takes { ARGS_NOTHING, ARGS_TEXT, ARGS_NUMBER };

/* A long option. One that several commands have is one row that they share. */
struct args_option {
    const char *name;
    char letter;       /* the same in short; 0: none */
    const char *usage; /* "--panel URL" */
    const char *line;  /* what it is for */
    enum args_takes takes;
    size_t at; /* where it goes in the program's struct: a bool, a const char *, a long */
};

#define ARGS_MOST 48 /* of all commands together */

/* Each option of a program once, whichever commands have it. */
struct args {
    const struct args_option *rows[ARGS_MOST];
    struct option table[ARGS_MOST + 1];
    char letters[2 * ARGS_MOST + 2];
    size_t count;
};

/* Add one, unless it is there. Begin with an empty struct. */
void args_know(struct args *a, const struct args_option *option);
/* NULL: there is none of that name. */
const struct args_option *args_find(const struct args *a, const char *name);
/* The next option, put where it goes in target; a number is from 1 to most. *row: which one; NULL after the last.
 * Else e says what is wrong. */
enum status args_read(const struct args *a, int argc, char **argv, void *target, long most,
                      const struct args_option **row, struct error *e);

/* Say e on stderr as the named program, in the reader's language, with its remedy, or else where the options are
 * listed. For a program that ends then: the language is opened when it was not. The exit code, 2. */
int args_complain(const char *program, const struct error *e);

/* The nearest word to a typed one so far: begin with *distance = ARGS_FAR and best "". */
#define ARGS_FAR 3 /* more letters are wrong than in a slip */
void args_nearer(const char *typed, const char *word, size_t length, char best[64],
                 size_t *distance);

#endif
