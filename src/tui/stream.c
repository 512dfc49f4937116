#include "tui/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/canvas.h"

#define LINE_MAX_BYTES (32 << 20)
#define SAID_MAX       2000
#define FDS_EACH       3

struct stream {
    struct streams *all;
    struct stream *next;
    struct stream_handlers handlers;
    pid_t pid;         /* 0: a socket */
    int in, out, said; /* where we write, read, read stderr; -1: closed */
    struct buf to_write, heard;
    struct lines lines;
    bool closed; /* freed when nobody walks the list */
};

struct streams {
    struct stream *first;
};

struct streams *stream_all_open(void)
{
    return mem_alloc(sizeof(struct streams));
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void release(struct stream *s)
{
    if (s->in == s->out)
        s->in = -1;
    close_fd(&s->in);
    close_fd(&s->out);
    close_fd(&s->said);
    if (s->to_write.data)
        mem_wipe(s->to_write.data, s->to_write.length);
    buf_free(&s->to_write);
    buf_free(&s->heard);
    lines_free(&s->lines);
    if (s->handlers.release)
        s->handlers.release(s->handlers.user);
    free(s);
}

/* Take closed streams out of the list. */
static void sweep(struct streams *all)
{
    for (struct stream **at = &all->first; *at;) {
        struct stream *s = *at;
        if (s->closed) {
            *at = s->next;
            release(s);
        } else {
            at = &s->next;
        }
    }
}

static void end_child(struct stream *s)
{
    if (s->pid <= 0)
        return;
    kill(-s->pid, SIGTERM);
    kill(s->pid, SIGTERM);
    /* endpointctl ends at once on SIGTERM; if not, the kernel's ears are deafer than ours. */
    for (int tries = 0; tries < 50; tries++) {
        if (waitpid(s->pid, NULL, WNOHANG) != 0) {
            s->pid = 0;
            return;
        }
        poll(NULL, 0, 2);
    }
    kill(-s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

void stream_close(struct stream *s)
{
    if (!s || s->closed)
        return;
    end_child(s);
    s->closed = true;
}

void stream_all_close(struct streams *all)
{
    for (struct stream *s = all->first; s; s = s->next)
        stream_close(s);
    sweep(all);
    free(all);
}

static struct stream *add(struct streams *all, const struct stream_handlers *handlers)
{
    struct stream *s = mem_alloc(sizeof *s);
    s->all = all;
    s->handlers = *handlers;
    s->in = s->out = s->said = -1;
    buf_init(&s->to_write, 1 << 20);
    buf_init(&s->heard, SAID_MAX);
    lines_init(&s->lines, LINE_MAX_BYTES);
    s->next = all->first;
    all->first = s;
    return s;
}

struct stream *stream_ask(struct streams *all, const char *path, json_t *request,
                          const struct stream_handlers *handlers, struct error *e)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || !text_copy(a.sun_path, sizeof a.sun_path, path) ||
        connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        error_errno(e, errno, "daemon_away", "endpointd does not answer on %s", path);
        if (e)
            e->status = errno == EACCES ? STATUS_DENIED : STATUS_UNREACHABLE;
        if (fd >= 0)
            close(fd);
        json_decref(request);
        return NULL;
    }
    struct stream *s = add(all, handlers);
    s->in = s->out = fd;
    json_add(&s->to_write, request);
    buf_add_byte(&s->to_write, '\n');
    json_decref(request);
    return s;
}

/* In the child, after fork: only what is safe there. */
static void become(const char *const *argv, int in, int out, int said, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(said, 2) == 2)
        execvp(argv[0], (char *const *)argv);
    raise(SIGKILL);
}

struct stream *stream_run(struct streams *all, const char *const *argv, const char *input,
                          const struct stream_handlers *handlers, struct error *e)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, said[2] = {-1, -1};
    pid_t pid = -1, parent = getpid();
    if (access(argv[0], X_OK) == 0 && pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
        pipe2(said, O_CLOEXEC) == 0)
        pid = fork();
    if (pid == 0)
        become(argv, in[0], out[1], said[1], parent);
    int number = errno;
    close_fd(&in[0]);
    close_fd(&out[1]);
    close_fd(&said[1]);
    if (pid < 0) {
        close_fd(&in[1]);
        close_fd(&out[0]);
        close_fd(&said[0]);
        error_errno(e, number, "child", "%s cannot be started", argv[0]);
        return NULL;
    }
    struct stream *s = add(all, handlers);
    s->pid = pid;
    s->in = in[1];
    s->out = out[0];
    s->said = said[0];
    fcntl(s->in, F_SETFL, O_NONBLOCK);
    fcntl(s->out, F_SETFL, O_NONBLOCK);
    fcntl(s->said, F_SETFL, O_NONBLOCK);
    if (input)
        buf_add_text(&s->to_write, input);
    return s;
}

nfds_t stream_all_poll(const struct streams *all, struct pollfd *fds, nfds_t room)
{
    nfds_t count = 0;
    for (const struct stream *s = all->first; s && count + FDS_EACH <= room; s = s->next) {
        if (s->closed)
            continue;
        bool writes = s->in >= 0 && (s->to_write.length > 0 || s->pid > 0);
        if (writes && s->in != s->out)
            fds[count++] = (struct pollfd){.fd = s->in, .events = POLLOUT};
        if (s->out >= 0)
            fds[count++] = (struct pollfd){
                .fd = s->out,
                .events = (short)(POLLIN | (writes && s->in == s->out ? POLLOUT : 0))};
        if (s->said >= 0)
            fds[count++] = (struct pollfd){.fd = s->said, .events = POLLIN};
    }
    return count;
}

static void write_some(struct stream *s)
{
    while (s->to_write.length > 0) {
        ssize_t n = s->pid > 0 ? write(s->in, s->to_write.data, s->to_write.length)
                               : send(s->in, s->to_write.data, s->to_write.length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            buf_reset(&s->to_write);
            break;
        }
        mem_wipe(s->to_write.data, (size_t)n);
        buf_consume(&s->to_write, (size_t)n);
    }
    /* A child reads its input to the end; a socket stays open for the answer. */
    if (s->pid > 0)
        close_fd(&s->in);
}

static void hear(struct stream *s)
{
    char chunk[1024];
    ssize_t n = read(s->said, chunk, sizeof chunk);
    if (n > 0) {
        buf_add(&s->heard, chunk,
                s->heard.length + (size_t)n <= SAID_MAX ? (size_t)n : SAID_MAX - s->heard.length);
        s->heard.failed = false;
    } else if (n == 0 || errno != EAGAIN) {
        close_fd(&s->said);
    }
}

static void give_lines(struct stream *s)
{
    char *line;
    size_t length;
    enum status status;
    while (!s->closed && (status = lines_next(&s->lines, &line, &length)) != STATUS_END) {
        json_t *value = status == STATUS_OK ? json_parse(line, length, NULL) : NULL;
        if (value && s->handlers.line)
            s->handlers.line(s->handlers.user, value);
        json_decref(value);
    }
}

static void finish(struct stream *s)
{
    int state = 0, code = 0;
    struct buf said;
    if (s->pid > 0) {
        while (s->said >= 0 && poll(&(struct pollfd){.fd = s->said, .events = POLLIN}, 1, 0) > 0)
            hear(s);
        while (waitpid(s->pid, &state, 0) < 0 && errno == EINTR)
            ;
        code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
        s->pid = 0;
    }
    buf_init(&said, SAID_MAX * 2);
    canvas_clean(&said, buf_text(&s->heard), SAID_MAX);
    s->closed = true;
    if (s->handlers.ended)
        s->handlers.ended(s->handlers.user, code, buf_text(&said));
    buf_free(&said);
}

static bool read_some(struct stream *s)
{
    char chunk[16384];
    ssize_t n = read(s->out, chunk, sizeof chunk);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n > 0) {
        lines_feed(&s->lines, chunk, (size_t)n);
        give_lines(s);
    } else {
        finish(s);
    }
    return true;
}

bool stream_all_dispatch(struct streams *all, const struct pollfd *fds, nfds_t count)
{
    bool called = false;
    for (nfds_t k = 0; k < count; k++) {
        if (!fds[k].revents)
            continue;
        for (struct stream *s = all->first; s; s = s->next) {
            if (s->closed)
                continue;
            if (fds[k].fd == s->in && (fds[k].revents & (POLLOUT | POLLERR | POLLHUP)))
                write_some(s);
            if (fds[k].fd == s->said && fds[k].fd >= 0)
                hear(s);
            else if (fds[k].fd == s->out && (fds[k].revents & (POLLIN | POLLHUP | POLLERR)))
                called |= read_some(s);
        }
    }
    sweep(all);
    return called;
}
