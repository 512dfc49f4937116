#include "ctl/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lines.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/next.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/local.h"

#define ANSWER_MAX    (32 << 20)
#define ASK_MS        30000
#define BUSY_TRIES    5
#define BUSY_PAUSE_MS 100

struct talk {
    int fd;
    struct lines lines;
};

struct talk *talk_open(const struct ctl *c, struct error *e)
{
    int fd = local_connect(c->paths.control_socket, false);
    if (fd < 0) {
        next_away(c, errno, e);
        return NULL;
    }
    struct talk *t = mem_alloc(sizeof *t);
    t->fd = fd;
    lines_init(&t->lines, ANSWER_MAX);
    return t;
}

void talk_close(struct talk *t)
{
    if (!t)
        return;
    fd_close(&t->fd);
    lines_free(&t->lines);
    free(t);
}

bool talk_send(struct talk *t, json_t *request)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    json_add(&b, request);
    json_decref(request);
    buf_add_byte(&b, '\n');
    bool ok = !b.failed;
    for (size_t at = 0;
         ok && at < b.length;) { /* no SIGPIPE for a daemon that is gone: it is reported in words */
        ptrdiff_t n = local_send(t->fd, b.data + at, b.length - at);
        if (n > 0)
            at += (size_t)n;
        else
            ok = n < 0 && errno == EINTR;
    }
    buf_free(&b);
    return ok;
}

json_t *talk_read(struct talk *t)
{
    char *line, chunk[16384];
    size_t length;
    enum status status;
    while ((status = lines_next(&t->lines, &line, &length)) != STATUS_OK) {
        ptrdiff_t n = fd_read(t->fd, chunk, sizeof chunk);
        if (n <= 0)
            return NULL;
        lines_feed(&t->lines, chunk, (size_t)n);
    }
    return json_parse(line, length, NULL);
}

/* Too many clients talk to it at once: then its reply is not an answer to our request. */
static bool is_busy(const json_t *answer, struct error *e)
{
    const json_t *error = json_object_get(answer, "error");
    if (json_flag(answer, "ok", true) || !text_equal(json_text(error, "code", ""), "clients"))
        return false;
    if (e) {
        json_to_error(error, e);
        e->status = STATUS_BUSY;
    }
    return true;
}

static json_t *ask_once(const struct ctl *c, const json_t *request, struct error *e)
{
    json_t *answer = NULL;
    struct talk *t = talk_open(c, e);
    if (!t)
        return NULL;
    /* A daemon that hangs must not make its clients hang. */
    local_patience(t->fd, ASK_MS);
    talk_send(t, json_copy((json_t *)request)); /* if it fails, an answer may still say why */
    do {
        json_decref(answer);
        answer = talk_read(t);
    } while (answer && !json_object_get(answer, "ok"));
    if (!answer)
        error_set(e, STATUS_UNREACHABLE, "daemon_away",
                  "endpointd gave no answer, or ended during the request");
    talk_close(t);
    return answer;
}

json_t *talk_ask(const struct ctl *c, json_t *request, struct error *e)
{
    struct error why = {0};
    json_t *answer = ask_once(c, request, &why);
    for (int i = 1; i < BUSY_TRIES && answer && is_busy(answer, &why); i++) {
        json_decref(answer);
        clock_sleep_ms(BUSY_PAUSE_MS);
        answer = ask_once(c, request, &why);
    }
    if (answer && is_busy(answer, &why)) {
        json_decref(answer);
        answer = NULL;
    }
    json_decref(request);
    if (!answer && e)
        *e = why;
    return answer;
}

/* Tell the daemon to read the identity again; false: no daemon runs. */
bool talk_identity(struct ctl *c)
{
    struct error e = {0};
    json_t *answer = talk_ask(c, json_pack("{s:s}", "do", "reload"), &e);
    bool running = answer != NULL;
    json_decref(answer);
    return running;
}
