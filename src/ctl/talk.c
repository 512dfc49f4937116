#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"

#define ANSWER_MAX  (32 << 20)
#define ASK_SECONDS 30

struct talk {
    int fd;
    struct lines lines;
};

struct talk *talk_open(const struct ctl *c, struct error *e)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || !text_copy(a.sun_path, sizeof a.sun_path, c->paths.control_socket) ||
        connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        error_errno(e, errno, "daemon_away", "endpointd does not answer on %s",
                    c->paths.control_socket);
        if (e)
            e->status = STATUS_UNREACHABLE;
        error_remedy(e, "Start it (systemctl start endpointd), or run as its user.");
        if (fd >= 0)
            close(fd);
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
    close(t->fd);
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
         ok && at < b.length;) { /* a daemon that is gone is no SIGPIPE: it is told in words */
        ssize_t n = send(t->fd, b.data + at, b.length - at, MSG_NOSIGNAL);
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
        ssize_t n = read(t->fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return NULL;
        lines_feed(&t->lines, chunk, (size_t)n);
    }
    return json_parse(line, length, NULL);
}

json_t *talk_ask(const struct ctl *c, json_t *request, struct error *e)
{
    json_t *answer = NULL;
    struct talk *t = talk_open(c, e);
    if (!t) {
        json_decref(request);
        return NULL;
    }
    /* A daemon that hangs must not hang those who ask. */
    struct timeval patience = {.tv_sec = ASK_SECONDS};
    setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    talk_send(t, request); /* when it fails there may be an answer that says why */
    do {
        json_decref(answer);
        answer = talk_read(t);
    } while (answer && !json_object_get(answer, "ok"));
    if (!answer)
        error_set(e, STATUS_UNREACHABLE, "daemon_away",
                  "endpointd gave no answer, or ended while it was asked");
    talk_close(t);
    return answer;
}
