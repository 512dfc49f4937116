#include "tui/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/local.h"
#include "os/ready.h"
#include "tui/canvas.h"

#define LINE_MAX_BYTES (32 << 20)
#define SAID_MAX       2000
#define FDS_EACH       3

struct stream {
    struct streams *all;
    struct stream *next;
    struct stream_handlers handlers;
    struct child child; /* id 0: a socket */
    int in, out, said;  /* where we write, read, read stderr; -1: closed */
    struct buf to_write, heard;
    struct lines lines;
    bool closed; /* freed when nobody iterates over the list */
};

struct streams {
    struct stream *first;
};

struct streams *stream_all_open(void)
{
    return mem_alloc(sizeof(struct streams));
}

static void release(struct stream *s)
{
    if (s->in == s->out)
        s->in = -1;
    fd_close(&s->in);
    fd_close(&s->out);
    fd_close(&s->said);
    if (s->to_write.data)
        mem_wipe(s->to_write.data, s->to_write.length);
    buf_free(&s->to_write);
    buf_free(&s->heard);
    lines_free(&s->lines);
    if (s->handlers.release)
        s->handlers.release(s->handlers.user);
    free(s);
}

/* Remove closed streams from the list. */
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
    if (s->child.id <= 0)
        return;
    child_stop(&s->child, false);
    /* endpointctl ends at once on this signal. If it does not, SIGKILL follows. */
    for (int tries = 0; tries < 50 && !child_has_ended(&s->child); tries++)
        clock_sleep_ms(2);
    child_stop(&s->child, true);
    child_wait(&s->child, NULL);
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
    int fd = local_connect(path, true), number = errno;
    if (fd < 0) {
        error_errno(e, number, "daemon_away", "endpointd does not answer on %s", path);
        if (e)
            e->status = number == EACCES ? STATUS_DENIED : STATUS_UNREACHABLE;
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

struct stream *stream_run(struct streams *all, const char *const *argv, const char *input,
                          const struct stream_handlers *handlers, struct error *e)
{
    const struct child_how how = {.argv = argv,
                                  .input = CHILD_PIPE,
                                  .output = CHILD_PIPE,
                                  .errors = CHILD_PIPE,
                                  .fate = CHILD_IS_TOLD_TO_END,
                                  .group = true};
    struct child child;
    int number = child_start(&how, &child);
    if (number) {
        error_errno(e, number, "child", "%s cannot be started", argv[0]);
        return NULL;
    }
    struct stream *s = add(all, handlers);
    s->child = child;
    s->in = child.input;
    s->out = child.output;
    s->said = child.errors;
    fd_never_wait(s->in);
    fd_never_wait(s->out);
    fd_never_wait(s->said);
    if (input)
        buf_add_text(&s->to_write, input);
    return s;
}

size_t stream_all_poll(const struct streams *all, struct ready *fds, size_t room)
{
    size_t count = 0;
    for (const struct stream *s = all->first; s && count + FDS_EACH <= room; s = s->next) {
        if (s->closed)
            continue;
        bool writes = s->in >= 0 && (s->to_write.length > 0 || s->child.id > 0);
        if (writes && s->in != s->out)
            fds[count++] = (struct ready){.fd = s->in, .to_write = true};
        if (s->out >= 0)
            fds[count++] = (struct ready){
                .fd = s->out, .to_read = true, .to_write = writes && s->in == s->out};
        if (s->said >= 0)
            fds[count++] = (struct ready){.fd = s->said, .to_read = true};
    }
    return count;
}

static void write_some(struct stream *s)
{
    while (s->to_write.length > 0) {
        ptrdiff_t n = s->child.id > 0 ? fd_write(s->in, s->to_write.data, s->to_write.length)
                                      : local_send(s->in, s->to_write.data, s->to_write.length);
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
    if (s->child.id > 0)
        fd_close(&s->in);
}

static void hear(struct stream *s)
{
    char chunk[1024];
    ptrdiff_t n = fd_read(s->said, chunk, sizeof chunk);
    if (n > 0) {
        buf_add(&s->heard, chunk,
                s->heard.length + (size_t)n <= SAID_MAX ? (size_t)n : SAID_MAX - s->heard.length);
        s->heard.failed = false;
    } else if (n == 0 || errno != EAGAIN) {
        fd_close(&s->said);
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
    struct child_end end;
    int code = 0;
    struct buf said;
    if (s->child.id > 0) {
        while (s->said >= 0 && fd_wait(s->said, 0))
            hear(s);
        child_wait(&s->child, &end);
        code = end.exited ? end.code : -1;
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
    ptrdiff_t n = fd_read(s->out, chunk, sizeof chunk);
    if (n < 0 && errno == EAGAIN)
        return false;
    if (n > 0) {
        lines_feed(&s->lines, chunk, (size_t)n);
        give_lines(s);
    } else {
        finish(s);
    }
    return true;
}

bool stream_all_dispatch(struct streams *all, const struct ready *fds, size_t count)
{
    bool called = false;
    for (size_t k = 0; k < count; k++) {
        if (!fds[k].readable && !fds[k].writable)
            continue;
        for (struct stream *s = all->first; s; s = s->next) {
            if (s->closed)
                continue;
            if (fds[k].fd == s->in && fds[k].writable)
                write_some(s);
            if (fds[k].fd == s->said && fds[k].fd >= 0)
                hear(s);
            else if (fds[k].fd == s->out && fds[k].readable)
                called |= read_some(s);
        }
    }
    sweep(all);
    return called;
}
