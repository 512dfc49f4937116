/* child.h – the one way to start a program: with pipes, in a separate process. (The daemon's loop
 * starts its workers with libuv.) program.h runs one to its end.
 */
#ifndef ENDPOINT_OS_CHILD_H
#define ENDPOINT_OS_CHILD_H

#include <stdbool.h>
#include <stdint.h>

/* What a child has as its standard input, output or error. */
enum child_stream {
    CHILD_OURS,    /* the same as we */
    CHILD_PIPE,    /* a pipe, of which we get the other end */
    CHILD_NOTHING, /* /dev/null */
    CHILD_OUTPUT,  /* of the errors: what the output is */
};

/* What happens to it when we die. */
enum child_fate { CHILD_GOES_ON, CHILD_IS_TOLD_TO_END, CHILD_IS_KILLED };

struct child_how {
    const char *const *argv; /* NULL after the last */
    bool search;             /* argv[0] without a slash is looked up in $PATH */
    const char *const
        *environment; /* "NAME=value", NULL after the last: its whole environment; NULL: ours */
    const char *const *also; /* more variables, before those of the same name; NULL: none */
    enum child_stream input, output, errors;
    enum child_fate fate;
    bool group; /* it leads its own process group, which child_end ends as a whole */
    /* It is a stranger's program: it starts in "/", creates files for its user only, has none of
     * our descriptors, and every signal has its default action. */
    bool stranger;
};

/* A program that runs, until child_wait. */
struct child {
    int64_t id;
    bool group;
    int input, output,
        errors; /* our ends of its pipes; -1: none. The caller closes them (fd_close). */
};

/* How it ended: code is the exit code, or the number of the signal that killed it. */
struct child_end {
    bool exited;
    int code;
};

/* Start it. 0: it runs. Otherwise an errno says why it does not. */
int child_start(const struct child_how *how, struct child *c);

/* Has it ended? It still has to be waited for. */
bool child_has_ended(const struct child *c);

/* Ask it (and its group) to end; force: kill it. It must not have been waited for yet. */
void child_stop(const struct child *c, bool force);

/* Wait until it has ended; its pipes stay open. end may be NULL. */
void child_wait(struct child *c, struct child_end *end);

/* Run it on our terminal, looked up in $PATH, and wait: an interrupt from the keyboard is for it,
 * not for us. False: it could not be started, or its exit code was not 0. */
bool child_run_on_terminal(const char *const *argv);

/* Become this program, looked up in $PATH. Returns only if that fails, with errno. */
void child_replace_us(const char *const *argv);

#endif
