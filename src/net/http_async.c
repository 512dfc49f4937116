#include "net/http_async.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/http_common.h"

struct http_call {
    struct http_pool *pool;
    struct http_transfer transfer;
    struct http_request request;
    char *method, *url, *header[HTTP_HEADERS], *body;
    http_done *done;
    void *user;
    struct http_call *next;
};

struct socket_watch {
    uv_poll_t poll;
    struct http_pool *pool;
    curl_socket_t fd;
};

struct http_pool {
    uv_loop_t *loop;
    uv_timer_t *timer;
    CURLM *multi;
    struct http_options options;
    struct http_call *calls;
};

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

static void call_free(struct http_call *call)
{
    for (struct http_call **at = &call->pool->calls; *at; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            break;
        }
    }
    curl_multi_remove_handle(call->pool->multi, call->transfer.curl);
    curl_easy_cleanup(call->transfer.curl);
    http_transfer_free(&call->transfer);
    free(call->method);
    free(call->url);
    for (size_t i = 0; i < HTTP_HEADERS; i++)
        mem_free_secret(call->header[i]); /* one of the headers holds a credential */
    free(call->body);
    free(call);
}

static void finish_done(struct http_pool *pool)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
        struct http_call *call = NULL;
        struct error e = {0};
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        CURLcode code = message->data.result;
        enum status status = http_finish(&call->transfer, code, &pool->options, &call->request, &e);
        /* The callback may start or cancel others, but not this one. */
        curl_multi_remove_handle(pool->multi, call->transfer.curl);
        http_done *done = call->done;
        call->done = NULL;
        if (done)
            done(status, &call->transfer.answer, &e, call->user);
        call_free(call);
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct socket_watch *w = (struct socket_watch *)poll;
    struct http_pool *pool = w->pool;
    int flags = 0, running;
    if (status < 0)
        flags = CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(pool->multi, w->fd, flags, &running);
    finish_done(pool);
}

static void on_timer(uv_timer_t *timer)
{
    struct http_pool *pool = timer->data;
    int running;
    curl_multi_socket_action(pool->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_done(pool);
}

static int on_timeout(CURLM *multi, long ms, void *user)
{
    struct http_pool *pool = user;
    (void)multi;
    if (ms < 0)
        uv_timer_stop(pool->timer);
    else
        uv_timer_start(pool->timer, on_timer, ms ? (uint64_t)ms : 1, 0);
    return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socket)
{
    struct http_pool *pool = user;
    struct socket_watch *w = socket;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            uv_poll_stop(&w->poll);
            uv_close((uv_handle_t *)&w->poll, free_handle);
            curl_multi_assign(pool->multi, fd, NULL);
        }
        return 0;
    }
    if (!w) {
        w = mem_alloc(sizeof *w);
        w->pool = pool;
        w->fd = fd;
        uv_poll_init_socket(pool->loop, &w->poll, fd);
        curl_multi_assign(pool->multi, fd, w);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&w->poll, events, on_poll);
    return 0;
}

enum status http_pool_open(uv_loop_t *loop, const struct http_options *o, struct http_pool **out,
                           struct error *e)
{
    struct http_pool *pool = mem_alloc(sizeof *pool);
    pool->loop = loop;
    pool->options = *o;
    pool->multi = curl_multi_init();
    *out = NULL;
    if (!pool->multi) {
        free(pool);
        return error_set(e, STATUS_INTERNAL, "curl", "libcurl could not be initialised");
    }
    pool->timer = mem_alloc(sizeof *pool->timer);
    uv_timer_init(loop, pool->timer);
    pool->timer->data = pool;
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, 4L);
    *out = pool;
    return STATUS_OK;
}

void http_pool_close(struct http_pool *pool)
{
    if (!pool)
        return;
    while (pool->calls)
        call_free(pool->calls);
    curl_multi_cleanup(pool->multi);
    uv_timer_stop(pool->timer);
    uv_close((uv_handle_t *)pool->timer, free_handle);
    free(pool);
}

enum status http_start(struct http_pool *pool, const struct http_request *request, http_done *done,
                       void *user, struct http_call **out, struct error *e)
{
    struct http_call *call = mem_alloc(sizeof *call);
    if (out)
        *out = NULL;
    call->pool = pool;
    call->done = done;
    call->user = user;
    call->request = *request;
    call->request.method = call->method = mem_string(request->method);
    call->request.url = call->url = mem_string(request->url);
    for (size_t i = 0; i < HTTP_HEADERS && request->headers[i]; i++)
        call->request.headers[i] = call->header[i] = mem_string(request->headers[i]);
    if (request->body)
        call->request.body = call->body = mem_string_n(request->body, request->body_length);
    http_answer_init(&call->transfer.answer, request->answer_maximum);
    call->transfer.curl = curl_easy_init();
    call->next = pool->calls;
    pool->calls = call;
    enum status status =
        call->transfer.curl
            ? http_setup(&call->transfer, &pool->options, &call->request, e)
            : error_set(e, STATUS_INTERNAL, "curl", "libcurl could not be initialised");
    if (status != STATUS_OK) {
        call_free(call);
        return status;
    }
    curl_easy_setopt(call->transfer.curl, CURLOPT_PRIVATE, call);
    curl_multi_add_handle(pool->multi, call->transfer.curl);
    if (out)
        *out = call;
    return STATUS_OK;
}

void http_cancel(struct http_call *call)
{
    if (call)
        call_free(call);
}
