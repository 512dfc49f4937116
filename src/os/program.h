/* program.h – run a program that we did not write: given its input, its answer bounded in size and
 * time, none of our descriptors or environment in its hands, and nothing of it left when we return.
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
    const char *const *environment; /* "NAME=value", NULL after the last: all that it gets */
    const void *input;              /* on its standard input */
    size_t input_length;
    int64_t timeout_ms;
    size_t output_max; /* bytes of standard output; more ends the program */
    size_t errors_max; /* bytes of standard error that are kept; more is thrown away */
};

enum program_ending {
    PROGRAM_EXITED,    /* code */
    PROGRAM_KILLED,    /* by a signal: code is its number */
    PROGRAM_TIMED_OUT, /* ended by us */
    PROGRAM_TOO_MUCH,  /* ended by us: its output was larger than output_max */
};

struct program_end {
    enum program_ending ending;
    int code;
    struct buf output, errors; /* what came, up to the end */
};
void program_end_free(struct program_end *end);

/* Run it to its end, as the leader of a process group of its own that is killed whole before this
 * returns; it is killed too when this process dies. STATUS_OK: it was started, *end says how it
 * ended. Any other status: it was not started at all, and *end is empty. */
enum status program_run(const struct program *p, struct program_end *end, struct error *e);

#endif
