/* program.h – runs a program that we did not write. It gets its input, but none of our descriptors
 * or environment. Its output is limited in size and time. Nothing of it is left when we return.
 */
#ifndef ENDPOINT_OS_PROGRAM_H
#define ENDPOINT_OS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct program {
    const char *path;               /* absolute; started without arguments, in "/" */
    const char *const *environment; /* "NAME=value", NULL after the last: its whole environment */
    const void *input;              /* on its standard input */
    size_t input_length;
    int64_t timeout_ms;
    size_t output_max; /* bytes of standard output; more ends the program */
    size_t errors_max; /* bytes of standard error that are kept; the rest is dropped */
};

enum program_ending {
    PROGRAM_EXITED,    /* code */
    PROGRAM_KILLED,    /* by a signal: code is the signal's number */
    PROGRAM_TIMED_OUT, /* ended by us */
    PROGRAM_TOO_MUCH,  /* ended by us: its output exceeded output_max */
};

struct program_end {
    enum program_ending ending;
    int code;
    struct buf output, errors; /* everything received until the end */
};
void program_end_free(struct program_end *end);

/* Run it to its end, as the leader of its own process group. The whole group is killed before this
 * returns, and also if this process dies. STATUS_OK: it was started, and *end says how it ended.
 * Any other status: it was not started, and *end is empty. */
enum status program_run(const struct program *p, struct program_end *end, struct error *e);

#endif
