/* args.h – a program's options: read as getopt_long reads them, and what is wrong with one said in our own words. */
#ifndef ENDPOINT_BASE_ARGS_H
#define ENDPOINT_BASE_ARGS_H

#include <getopt.h>
#include <stddef.h>

#include "base/error.h"

/* getopt_long, which says nothing itself: the next option, -1 after the last; '?': e (code "usage") says what is wrong
 * with it, and which option may have been meant. optarg and optind are getopt's. */
int args_next(int argc, char **argv, const char *letters, const struct option *table,
              struct error *e);

/* Say e on stderr as the named program, in the reader's language, with its remedy, or else where the options are
 * listed. For a program that ends then: the language is opened when it was not. The exit code, 2. */
int args_complain(const char *program, const struct error *e);

/* The nearest word to a typed one so far: begin with *distance = ARGS_FAR and best "". */
#define ARGS_FAR 3 /* more letters are wrong than in a slip */
void args_nearer(const char *typed, const char *word, size_t length, char best[64],
                 size_t *distance);

#endif
