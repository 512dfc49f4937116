#include "os/program.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/ready.h"
#include "os/stop.h"

#define CHUNK  8192
#define NAP_MS 5 /* between checks of a program that closed its output but runs on */

struct running {
    const struct program *p;
    struct program_end *end;
    struct child child;
    size_t sent;
};

void program_end_free(struct program_end *end)
{
    buf_free(&end->output);
    buf_free(&end->errors);
}

static void send_input(struct running *r)
{
    const char *bytes = r->p->input;
    ptrdiff_t n = fd_write(r->child.input, bytes + r->sent, r->p->input_length - r->sent);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n > 0)
        r->sent += (size_t)n;
    if (n < 0 || r->sent == r->p->input_length)
        fd_close(&r->child.input); /* it has everything, or wants no more */
}

/* False: more came than the buffer takes. */
static bool receive(int *fd, struct buf *b)
{
    char chunk[CHUNK];
    ptrdiff_t n = fd_read(*fd, chunk, sizeof chunk);
    if (n < 0 && errno == EAGAIN)
        return true;
    if (n <= 0) {
        fd_close(fd);
        return true;
    }
    size_t length = (size_t)n, room = b->maximum - b->length;
    buf_add(b, chunk, length < room ? length : room);
    return length <= room;
}

/* Feed it and read its output until it has ended; true: it ended by itself. */
static bool attend(struct running *r)
{
    int64_t until = clock_mono_ms() + r->p->timeout_ms, left;
    while ((left = until - clock_mono_ms()) > 0) {
        struct ready fds[] = {{.fd = r->child.output, .to_read = true},
                              {.fd = r->child.errors, .to_read = true},
                              {.fd = r->child.input, .to_write = true}};
        bool silent = r->child.output < 0 && r->child.errors < 0;
        if (silent && child_has_ended(&r->child))
            return true;
        if (!ready_wait(fds, COUNT_OF(fds), silent ? NAP_MS : (int)(left < 60000 ? left : 60000)))
            continue;
        if (fds[2].writable)
            send_input(r);
        if (fds[1].readable)
            (void)receive(&r->child.errors, &r->end->errors);
        if (fds[0].readable && !receive(&r->child.output, &r->end->output)) {
            r->end->ending = PROGRAM_TOO_MUCH;
            return false;
        }
    }
    r->end->ending = PROGRAM_TIMED_OUT;
    return false;
}

static void run(struct running *r)
{
    int const ours[] = {r->child.input, r->child.output, r->child.errors};
    struct child_end end;
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        fd_never_wait(ours[i]);
    if (r->p->input_length == 0)
        fd_close(&r->child.input);
    bool by_itself = attend(r);
    child_stop(&r->child, true);
    child_wait(&r->child, &end);
    if (by_itself) {
        r->end->ending = end.exited ? PROGRAM_EXITED : PROGRAM_KILLED;
        r->end->code = end.code;
    }
}

enum status program_run(const struct program *p, struct program_end *end, struct error *e)
{
    const char *const argv[] = {p->path, NULL};
    const struct child_how how = {.argv = argv,
                                  .environment = p->environment,
                                  .input = CHILD_PIPE,
                                  .output = CHILD_PIPE,
                                  .errors = CHILD_PIPE,
                                  .fate = CHILD_IS_KILLED,
                                  .group = true,
                                  .stranger = true};
    struct running r = {.p = p, .end = end};
    struct stop_quiet quiet;
    memset(end, 0, sizeof *end);
    buf_init(&end->output, p->output_max);
    buf_init(&end->errors, p->errors_max);
    if (p->path[0] != '/') {
        program_end_free(end);
        return error_set(e, STATUS_INVALID, "program", "\"%.200s\" is not an absolute path",
                         p->path);
    }
    int number = child_start(&how, &r.child);
    if (number) {
        program_end_free(end);
        return error_errno(e, number, "program", "starting %s failed", p->path);
    }
    stop_quiet_begin(&quiet);
    run(&r);
    stop_quiet_end(&quiet);
    fd_close(&r.child.input);
    fd_close(&r.child.output);
    fd_close(&r.child.errors);
    return STATUS_OK;
}
