#include "daemon/process.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/memory.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/private.h"

#define EVENT_MAX (1 << 20)

struct process {
    uv_process_t handle;
    uv_pipe_t config, events;
    struct process_handlers handlers;
    struct lines lines;
    int open_handles;
    bool ended;
};

struct write {
    uv_write_t request;
    size_t length;
    char *bytes;
};

static void on_closed(uv_handle_t *handle)
{
    struct process *p = handle->data;
    if (--p->open_handles == 0) {
        lines_free(&p->lines);
        free(p);
    }
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

static void on_written(uv_write_t *request, int status)
{
    struct write *w = (struct write *)request;
    (void)status; /* a worker that no longer reads will end, and that is noticed */
    mem_wipe(w->bytes, w->length);
    free(w->bytes);
    free(w);
}

static void on_config_written(uv_write_t *request, int status)
{
    struct process *p = request->data;
    on_written(request, status);
    close_handle((uv_handle_t *)&p->config);
}

static void write_json(struct process *p, uv_pipe_t *pipe, const json_t *value, bool newline,
                       uv_write_cb done)
{
    struct buf b;
    struct write *w = mem_alloc(sizeof *w);
    buf_init(&b, 8 << 20);
    json_add(&b, value);
    if (newline)
        buf_add_byte(&b, '\n');
    w->length = b.length;
    w->bytes = buf_take(&b);
    w->request.data = p;
    uv_buf_t out = uv_buf_init(w->bytes, (unsigned)w->length);
    if (uv_write(&w->request, (uv_stream_t *)pipe, &out, 1, done) != 0)
        done(&w->request, -1);
}

static void on_allocate(uv_handle_t *handle, size_t wanted, uv_buf_t *b)
{
    (void)handle;
    (void)wanted;
    *b = uv_buf_init(mem_alloc(16384), 16384);
}

static void take_lines(struct process *p)
{
    char *line;
    size_t length;
    enum status status;
    while ((status = lines_next(&p->lines, &line, &length)) != STATUS_END) {
        json_t *event = status == STATUS_OK ? json_parse(line, length, NULL) : NULL;
        if (!json_is_object(event))
            log_warning("worker %d sent what is no event", (int)p->handle.pid);
        else if (p->handlers.event)
            p->handlers.event(p->handlers.user, event);
        json_decref(event);
    }
}

static void finish(struct process *p, int code, int number);

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct process *p = stream->data;
    if (n > 0) {
        lines_feed(&p->lines, b->base, (size_t)n);
        take_lines(p);
    } else if (n < 0) {
        close_handle((uv_handle_t *)stream);
    }
    free(b->base);
}

static void finish(struct process *p, int code, int number)
{
    if (p->ended)
        return;
    p->ended = true;
    void (*ended)(void *, int, int) = p->handlers.ended;
    p->handlers.event = NULL;
    p->handlers.ended = NULL;
    if (ended)
        ended(p->handlers.user, code, number);
}

/* What it wrote before it ended may still be in the socket: read it first. */
static void drain(struct process *p)
{
    int fd;
    char chunk[16384];
    ptrdiff_t n;
    if (uv_is_closing((uv_handle_t *)&p->events) || uv_fileno((uv_handle_t *)&p->events, &fd) != 0)
        return;
    while ((n = fd_read(fd, chunk, sizeof chunk)) > 0)
        lines_feed(&p->lines, chunk, (size_t)n);
    take_lines(p);
}

static void on_exit_seen(uv_process_t *handle, int64_t code, int number)
{
    struct process *p = handle->data;
    drain(p);
    finish(p, (int)code, number);
    close_handle((uv_handle_t *)&p->config);
    close_handle((uv_handle_t *)&p->events);
    close_handle((uv_handle_t *)handle);
}

/* The few variables that a worker needs; nothing else of ours. */
static size_t clean_environment(char *environment[20])
{
    static const char *const kept[] = {"PATH",
                                       "HOME",
                                       "LANG",
                                       "LC_ALL",
                                       "TZ",
                                       "JOURNAL_STREAM",
                                       "https_proxy",
                                       "HTTPS_PROXY",
                                       "no_proxy",
#ifdef ENDPOINT_TEST_HOOKS
                                       "LD_PRELOAD",
                                       "FAKETIME",
                                       "DONT_FAKE_MONOTONIC",
                                       "ASAN_OPTIONS",
                                       "ENDPOINT_FAULT",
                                       "ENDPOINT_TEST_SHOP_MINUTE_MS",
#endif
                                       "NO_PROXY"};
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        const char *value = getenv(kept[i]);
        if (value)
            environment[n++] = mem_format("%s=%s", kept[i], value);
    }
    environment[n] = NULL;
    return n;
}

enum status process_start(uv_loop_t *loop, const char *program, const json_t *job,
                          const struct process_handlers *handlers, struct process **out,
                          struct error *e)
{
    struct process *p = mem_alloc(sizeof *p);
    char *environment[20], *arguments[] = {(char *)program, NULL};
    uv_stdio_container_t stdio[5] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = FD_ERRORS},
        {.flags = UV_INHERIT_FD, .data.fd = FD_ERRORS},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE}};
    *out = NULL;
    p->handlers = *handlers;
    lines_init(&p->lines, EVENT_MAX);
    uv_pipe_init(loop, &p->config, 0);
    uv_pipe_init(loop, &p->events, 0);
    p->config.data = p->events.data = p->handle.data = p;
    stdio[3].data.stream = (uv_stream_t *)&p->config;
    stdio[4].data.stream = (uv_stream_t *)&p->events;
    size_t count = clean_environment(environment);
    uv_process_options_t options = {.exit_cb = on_exit_seen,
                                    .file = program,
                                    .args = arguments,
                                    .env = environment,
                                    .stdio = stdio,
                                    .stdio_count = 5};
    private_descriptors(PRIVATE_FIRST); /* the worker must not inherit what libraries have opened */
    int code = uv_spawn(loop, &p->handle, &options);
    while (count > 0)
        free(environment[--count]);
    p->open_handles = 3;
    p->handle.data = p;
    if (code != 0) {
        error_set(e, STATUS_IO, "worker_start", "%s cannot be started: %-s", program,
                  uv_strerror(code));
        error_remedy(e, "Is the program installed completely? endpointd --worker names "
                        "another one.");
        p->handlers = (struct process_handlers){0};
        close_handle((uv_handle_t *)&p->config);
        close_handle((uv_handle_t *)&p->events);
        close_handle((uv_handle_t *)&p->handle);
        return STATUS_IO;
    }
    uv_read_start((uv_stream_t *)&p->events, on_allocate, on_read);
    write_json(p, &p->config, job, false, on_config_written);
    *out = p;
    return STATUS_OK;
}

int process_pid(const struct process *p)
{
    return (int)p->handle.pid;
}

void process_order(struct process *p, const json_t *order)
{
    if (!uv_is_closing((uv_handle_t *)&p->events))
        write_json(p, &p->events, order, true, on_written);
}

void process_signal(struct process *p, int number)
{
    if (!p->ended)
        uv_process_kill(&p->handle, number);
}

void process_abandon(struct process *p)
{
    p->handlers = (struct process_handlers){0};
    process_signal(p, SIGTERM);
}
