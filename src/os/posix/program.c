#include "os/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "os/clock.h"
#include "os/private.h"

#define CHUNK  8192
#define NAP_MS 5 /* between two looks at a program that has closed its output but not ended */

enum { START_FD = 3, FREE_FD = 10 };

/* Both ends of a pipe, close-on-exec. */
struct ends {
    int in, out;
};

struct running {
    const struct program *p;
    struct program_end *end;
    pid_t pid;
    struct ends input, output, errors, start;
    size_t sent;
};

void program_end_free(struct program_end *end)
{
    buf_free(&end->output);
    buf_free(&end->errors);
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool make(struct ends *pair)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    pair->in = fds[1];
    pair->out = fds[0];
    return true;
}

static void close_all(struct running *r)
{
    struct ends *const pairs[] = {&r->input, &r->output, &r->errors, &r->start};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        close_one(&pairs[i]->in);
        close_one(&pairs[i]->out);
    }
}

/* ---- in the child: nothing but what a signal handler may call ----------------------------------
 */

static void put(int fd, int at)
{
    if (dup2(fd, at) < 0)
        _Exit(127);
}

static void child(const struct running *r, pid_t parent)
{
    char *const arguments[] = {(char *)r->p->path, NULL};
    /* Out of the way of the numbers that they are to have. */
    int in = fcntl(r->input.out, F_DUPFD_CLOEXEC, FREE_FD);
    int out = fcntl(r->output.in, F_DUPFD_CLOEXEC, FREE_FD);
    int err = fcntl(r->errors.in, F_DUPFD_CLOEXEC, FREE_FD);
    int start = fcntl(r->start.in, F_DUPFD_CLOEXEC, FREE_FD);
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _Exit(127);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    put(in, STDIN_FILENO);
    put(out, STDOUT_FILENO);
    put(err, STDERR_FILENO);
    put(start, START_FD);
    fcntl(START_FD, F_SETFD, FD_CLOEXEC);
    private_close(START_FD + 1);
    umask(077);
    if (chdir("/") == 0)
        execve(r->p->path, arguments, (char *const *)r->p->environment);
    int errnum = errno;
    ssize_t n = write(START_FD, &errnum, sizeof errnum);
    _Exit(n > 0 ? 127 : 126);
}

/* ---- in the parent -----------------------------------------------------------------------------
 */

/* Wait until it runs: 0, or errno of what kept it from doing so. */
static int started(struct running *r)
{
    int errnum = 0;
    ssize_t n;
    close_one(&r->start.in);
    do
        n = read(r->start.out, &errnum, sizeof errnum);
    while (n < 0 && errno == EINTR);
    close_one(&r->start.out);
    return n == 0 ? 0 : n == (ssize_t)sizeof errnum ? errnum : EIO;
}

static void send_input(struct running *r)
{
    const char *bytes = r->p->input;
    ssize_t n = write(r->input.in, bytes + r->sent, r->p->input_length - r->sent);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n > 0)
        r->sent += (size_t)n;
    if (n < 0 || r->sent == r->p->input_length)
        close_one(&r->input.in); /* it has all, or wants no more */
}

/* False when more came than the buffer takes. */
static bool receive(int *fd, struct buf *b)
{
    char chunk[CHUNK];
    ssize_t n = read(*fd, chunk, sizeof chunk);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (n <= 0) {
        close_one(fd);
        return true;
    }
    size_t length = (size_t)n, room = b->maximum - b->length;
    buf_add(b, chunk, length < room ? length : room);
    return length <= room;
}

static bool has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/* Feed and listen until it has ended; true when it did so by itself. */
static bool attend(struct running *r)
{
    int64_t until = clock_mono_ms() + r->p->timeout_ms, left;
    while ((left = until - clock_mono_ms()) > 0) {
        struct pollfd fds[] = {{.fd = r->output.out, .events = POLLIN},
                               {.fd = r->errors.out, .events = POLLIN},
                               {.fd = r->input.in, .events = POLLOUT}};
        bool silent = r->output.out < 0 && r->errors.out < 0;
        if (silent && has_ended(r->pid))
            return true;
        if (poll(fds, COUNT_OF(fds), silent ? NAP_MS : (int)(left < 60000 ? left : 60000)) <= 0)
            continue;
        if (fds[2].revents)
            send_input(r);
        if (fds[1].revents)
            (void)receive(&r->errors.out, &r->end->errors);
        if (fds[0].revents && !receive(&r->output.out, &r->end->output)) {
            r->end->ending = PROGRAM_TOO_MUCH;
            return false;
        }
    }
    r->end->ending = PROGRAM_TIMED_OUT;
    return false;
}

static void reap(struct running *r, bool by_itself)
{
    int status = 0;
    kill(-r->pid, SIGKILL); /* it is not waited for yet, so the group is still its own */
    kill(r->pid, SIGKILL);
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (by_itself) {
        r->end->ending = WIFEXITED(status) ? PROGRAM_EXITED : PROGRAM_KILLED;
        r->end->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    }
}

static enum status run(struct running *r, struct error *e)
{
    pid_t parent = getpid();
    r->pid = fork();
    if (r->pid == 0)
        child(r, parent);
    if (r->pid < 0)
        return error_errno(e, errno, "program", "starting %s failed", r->p->path);
    setpgid(r->pid, r->pid);
    close_one(&r->input.out);
    close_one(&r->output.in);
    close_one(&r->errors.in);
    int errnum = started(r);
    if (errnum) {
        reap(r, false);
        return error_errno(e, errnum, "program", "starting %s failed", r->p->path);
    }
    int const ours[] = {r->input.in, r->output.out, r->errors.out};
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        fcntl(ours[i], F_SETFL, O_NONBLOCK);
    if (r->p->input_length == 0)
        close_one(&r->input.in);
    reap(r, attend(r));
    return STATUS_OK;
}

enum status program_run(const struct program *p, struct program_end *end, struct error *e)
{
    static const struct ends closed = {-1, -1};
    struct running r = {
        .p = p, .end = end, .input = closed, .output = closed, .errors = closed, .start = closed};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    memset(end, 0, sizeof *end);
    buf_init(&end->output, p->output_max);
    buf_init(&end->errors, p->errors_max);
    enum status status = STATUS_OK;
    if (p->path[0] != '/')
        status = error_set(e, STATUS_INVALID, "program", "\"%.200s\" is no absolute path", p->path);
    else if (!make(&r.input) || !make(&r.output) || !make(&r.errors) || !make(&r.start))
        status = error_errno(e, errno, "program", "starting %s failed", p->path);
    if (status == STATUS_OK) {
        sigaction(SIGPIPE, &ignore, &before);
        status = run(&r, e);
        sigaction(SIGPIPE, &before, NULL);
    }
    close_all(&r);
    if (status != STATUS_OK)
        program_end_free(end);
    return status;
}
