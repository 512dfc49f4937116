/* Sends one question to endpointctl or to the daemon, and passes the answer to the view that asked. */
#include "tui/ask.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/view.h"

struct asked {
    struct question q;
    json_t *answer;
    bool daemon;
};

static void release(void *user)
{
    struct asked *a = user;
    json_decref(a->answer);
    free(a);
}

static void tell(struct asked *a, const char *said)
{
    struct stream *s = *a->q.slot;
    *a->q.slot = NULL;
    a->q.view->app->dirty = true;
    a->q.done(a->q.view, a->answer, said);
    stream_close(s);
}

static void on_line(void *user, const json_t *value)
{
    struct asked *a = user;
    bool last = json_object_get(value, "ok") || !json_object_get(value, "event");
    if (!last) {
        a->q.view->app->dirty = true;
        if (a->q.line)
            a->q.line(a->q.view, value);
        return;
    }
    json_decref(a->answer);
    a->answer = json_incref((json_t *)value);
    if (a->daemon) /* it keeps the line open */
        tell(a, NULL);
}

static void on_ended(void *user, int code, const char *said)
{
    (void)code;
    tell(user, said);
}

static struct stream_handlers prepare(const struct question *q, bool daemon)
{
    struct asked *a = mem_alloc(sizeof *a);
    a->q = *q;
    a->daemon = daemon;
    stream_close(*q->slot);
    *q->slot = NULL;
    return (struct stream_handlers){
        .line = on_line, .ended = on_ended, .user = a, .release = release};
}

static bool started(const struct question *q, const struct stream_handlers *handlers,
                    struct stream *s, const struct error *e)
{
    *q->slot = s;
    q->view->app->dirty = true;
    if (s)
        return true;
    release(handlers->user);
    view_notice_error(q->view, e);
    return false;
}

bool ask_ctl(const struct question *q, const char *input, const char *const words[])
{
    enum { WORDS = 10 };
    const char *w[WORDS] = {NULL};
    struct error e = {0};
    for (size_t i = 0; i < WORDS && words[i]; i++)
        w[i] = words[i];
    struct stream_handlers handlers = prepare(q, false);
    struct stream *s = view_ctl(q->view->app, input, &handlers, &e, w[0], w[1], w[2], w[3], w[4],
                                w[5], w[6], w[7], w[8], w[9], NULL);
    return started(q, &handlers, s, &e);
}

bool ask_daemon(const struct question *q, json_t *request)
{
    struct error e = {0};
    struct stream_handlers handlers = prepare(q, true);
    return started(q, &handlers, view_ask(q->view->app, request, &handlers, &e), &e);
}
