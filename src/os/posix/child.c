#include "os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "os/fd.h"
#include "os/private.h"

enum { START_FD = 3, FREE_FD = 10 };

/* Both ends of a pipe, close-on-exec. */
struct ends {
    int in, out;
};

/* Everything that the child needs, prepared before the fork. */
struct starting {
    const struct child_how *how;
    char **environment;
    struct ends input, output, errors, start;
    int nothing;
    pid_t parent;
    bool terminal; /* the next two are from before we ignored the signals */
    void (*interrupt)(int), (*quit)(int);
};

static bool make(struct ends *pair)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    pair->in = fds[1];
    pair->out = fds[0];
    return true;
}

static void close_ends(struct ends *pair)
{
    fd_close(&pair->in);
    fd_close(&pair->out);
}

static bool names_same(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return strncmp(a, b, length) == 0 && (b[length] == '=' || !b[length]);
}

/* The child's variables: those of `also`, and those that it keeps of ours. The strings are
 * borrowed. */
static char **environment_of(const struct child_how *how)
{
    char *const *base = how->environment ? (char *const *)how->environment : environ;
    size_t count = 0, more = 0, used = 0;
    while (base && base[count])
        count++;
    while (how->also && how->also[more])
        more++;
    char **all = mem_array(count + more + 1, sizeof *all);
    for (size_t i = 0; i < more; i++)
        all[used++] = (char *)how->also[i];
    for (size_t i = 0; i < count; i++) {
        bool hidden = false;
        for (size_t k = 0; k < more; k++)
            hidden |= names_same(how->also[k], base[i]);
        if (!hidden)
            all[used++] = base[i];
    }
    return all;
}

/* ---- in the child: only calls that a signal handler may make ---------------------------------- */

static void put(int fd, int at)
{
    if (fd >= 0 && dup2(fd, at) < 0)
        _Exit(127);
}

/* Move it away from the numbers that the child will use. */
static int aside(int fd)
{
    return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FREE_FD);
}

static void clear_signals(const struct starting *s)
{
    sigset_t none;
    for (int number = 1; s->how->stranger && number < NSIG; number++)
        signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    if (s->terminal) {
        signal(SIGINT, s->interrupt);
        signal(SIGQUIT, s->quit);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(const struct starting *s)
{
    const struct child_how *how = s->how;
    int nothing = aside(s->nothing), start = aside(s->start.in);
    int in = how->input == CHILD_NOTHING ? nothing : aside(s->input.out);
    int out = how->output == CHILD_NOTHING ? nothing : aside(s->output.in);
    int err = how->errors == CHILD_NOTHING ? nothing : aside(s->errors.in);
    if (how->group)
        setpgid(0, 0);
    if (how->fate != CHILD_GOES_ON)
        prctl(PR_SET_PDEATHSIG, how->fate == CHILD_IS_KILLED ? SIGKILL : SIGTERM);
    if (how->fate != CHILD_GOES_ON && getppid() != s->parent)
        _Exit(127);
    clear_signals(s);
    put(in, STDIN_FILENO);
    put(out, STDOUT_FILENO);
    put(how->errors == CHILD_OUTPUT ? STDOUT_FILENO : err, STDERR_FILENO);
    if (how->stranger) {
        put(start, START_FD);
        start = START_FD;
        fcntl(start, F_SETFD, FD_CLOEXEC);
        private_close(START_FD + 1);
        umask(077);
    }
    if (!how->stranger || chdir("/") == 0) {
        if (how->search)
            execvpe(how->argv[0], (char *const *)how->argv, s->environment);
        else
            execve(how->argv[0], (char *const *)how->argv, s->environment);
    }
    int number = errno;
    ssize_t n = write(start, &number, sizeof number);
    _Exit(n > 0 ? 127 : 126);
}

/* ---- in the parent ------------------------------------------------------------------------------ */

/* Wait until it runs: 0, or the errno that prevented it. */
static int started(struct starting *s)
{
    int number = 0;
    fd_close(&s->start.in);
    ptrdiff_t n = fd_read(s->start.out, &number, sizeof number);
    return n == 0 ? 0 : n == (ptrdiff_t)sizeof number ? number : EIO;
}

static bool open_ends(struct starting *s)
{
    const struct child_how *how = s->how;
    bool nothing =
        how->input == CHILD_NOTHING || how->output == CHILD_NOTHING || how->errors == CHILD_NOTHING;
    return (how->input != CHILD_PIPE || make(&s->input)) &&
           (how->output != CHILD_PIPE || make(&s->output)) &&
           (how->errors != CHILD_PIPE || make(&s->errors)) && make(&s->start) &&
           (!nothing || (s->nothing = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0);
}

/* 0, or errno. */
static int start(struct starting *s, struct child *c)
{
    if (!open_ends(s))
        return errno;
    s->environment = environment_of(s->how);
    pid_t pid = fork();
    if (pid == 0)
        become(s);
    int number = pid < 0 ? errno : 0;
    free(s->environment);
    if (number)
        return number;
    c->id = pid;
    if (c->group)
        setpgid(pid, pid);
    number = started(s);
    if (number) {
        child_stop(c, true);
        child_wait(c, NULL);
        return number;
    }
    c->input = s->input.in;
    c->output = s->output.out;
    c->errors = s->errors.out;
    s->input.in = s->output.out = s->errors.out = -1;
    return 0;
}

/* Start it with everything in s except the pipes; 0, or errno. */
static int start_with(struct starting *s, struct child *c)
{
    static const struct ends closed = {-1, -1};
    s->input = s->output = s->errors = s->start = closed;
    s->nothing = -1;
    s->parent = getpid();
    *c = (struct child){.group = s->how->group, .input = -1, .output = -1, .errors = -1};
    int number = start(s, c);
    close_ends(&s->input);
    close_ends(&s->output);
    close_ends(&s->errors);
    close_ends(&s->start);
    fd_close(&s->nothing);
    return number;
}

int child_start(const struct child_how *how, struct child *c)
{
    struct starting s = {.how = how};
    return start_with(&s, c);
}

bool child_has_ended(const struct child *c)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)c->id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == (pid_t)c->id;
}

void child_stop(const struct child *c, bool force)
{
    int number = force ? SIGKILL : SIGTERM;
    if (c->id <= 0)
        return;
    if (c->group) /* nobody has waited for it yet, so the group is still its own */
        kill(-(pid_t)c->id, number);
    kill((pid_t)c->id, number);
}

void child_wait(struct child *c, struct child_end *end)
{
    int status = 0;
    while (c->id > 0 && waitpid((pid_t)c->id, &status, 0) < 0 && errno == EINTR) {
    }
    c->id = 0;
    if (end)
        *end =
            (struct child_end){.exited = WIFEXITED(status),
                               .code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)};
}

bool child_run_on_terminal(const char *const *argv)
{
    const struct child_how how = {.argv = argv, .search = true};
    struct starting s = {.how = &how, .terminal = true};
    struct child c;
    struct child_end end = {0};
    s.interrupt = signal(SIGINT, SIG_IGN);
    s.quit = signal(SIGQUIT, SIG_IGN);
    bool runs = start_with(&s, &c) == 0;
    if (runs)
        child_wait(&c, &end);
    signal(SIGINT, s.interrupt);
    signal(SIGQUIT, s.quit);
    return runs && end.exited && end.code == 0;
}

void child_replace_us(const char *const *argv)
{
    execvp(argv[0], (char *const *)argv);
}
