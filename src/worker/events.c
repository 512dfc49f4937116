#include "worker/events.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "os/fd.h"
#include "os/mutex.h"

#define LINE_MAX_BYTES (1 << 20)
#define ALIVE_MS       4000
#define REQUESTS_MAX   256
#define SOON_MS        1000 /* for a last word */

void events_open(struct events *ev, int fd, const struct clock *clock)
{
    *ev = (struct events){.fd = fd, .clock = clock};
    lines_init(&ev->orders, LINE_MAX_BYTES);
    ev->requests = json_array();
}

void events_close(struct events *ev)
{
    lines_free(&ev->orders);
    json_decref(ev->requests);
}

json_t *events_new(const char *name)
{
    json_t *object = json_object();
    json_set_text(object, "event", name);
    return object;
}

static void put(struct events *ev, json_t *object)
{
    struct buf line;
    buf_init(&line, 4 * LINE_MAX_BYTES);
    json_add(&line, object);
    json_decref(object);
    buf_add_byte(&line, '\n');
    /* A row that does not fit a line is left out rather than cut into garbage. */
    if (!line.failed && line.length <= LINE_MAX_BYTES && !ev->gone &&
        !fd_write_all(ev->fd, line.data, line.length))
        ev->gone = ev->stop = true;
    buf_free(&line);
}

void events_send(struct events *ev, json_t *object)
{
    mutex_lock(&ev->writing);
    put(ev, object);
    mutex_unlock(&ev->writing);
}

void events_send_soon(struct events *ev, json_t *object)
{
    if (!mutex_lock_within(&ev->writing, SOON_MS)) {
        json_decref(object);
        return;
    }
    put(ev, object);
    mutex_unlock(&ev->writing);
}

void events_alive(struct events *ev)
{
    int64_t now = clock_mono(ev->clock);
    if (now - ev->last_alive_ms < ALIVE_MS)
        return;
    ev->last_alive_ms = now;
    events_send(ev, events_new("alive"));
}

bool events_lease_lasts(const struct events *ev)
{
    return ev->orders_ms < 0 || clock_since(ev->clock, &ev->orders_from) < ev->orders_ms;
}

void events_lease(struct events *ev, const json_t *lease)
{
    const json_t *why = json_object_get(lease, "error");
    bool could_write = events_lease_lasts(ev), could_call = ev->free || ev->incarnation;
    ev->incarnation = json_number(lease, "incarnation", 0);
    ev->free = json_flag(lease, "free", false);
    ev->orders_ms = json_number(lease, "orders_ms", 0);
    ev->orders_from = clock_moment(ev->clock);
    error_clear(&ev->orders_why);
    if (json_is_object(why)) {
        json_to_error(why, &ev->orders_why);
        ev->orders_why.status = STATUS_BUSY;
    }
    ev->lease_news |=
        (!could_write && events_lease_lasts(ev)) || (!could_call && (ev->free || ev->incarnation));
}

void events_alive_waiting(struct events *ev, const char *what, int64_t waited_ms, int64_t limit_ms)
{
    int64_t now = clock_mono(ev->clock);
    if (now - ev->last_waiting_ms < ALIVE_MS || !mutex_try(&ev->writing))
        return;
    json_t *alive = events_new("alive"), *waiting = json_object();
    said_set(waiting, "for", what);
    json_set_number(waiting, "waited_ms", waited_ms);
    json_set_number(waiting, "limit_ms", limit_ms);
    json_object_set_new(alive, "waiting", waiting);
    ev->last_waiting_ms = now;
    put(ev, alive);
    mutex_unlock(&ev->writing);
}

static void take_order(struct events *ev, const char *line, size_t length)
{
    json_t *order = json_parse(line, length, NULL);
    const char *what = json_text(order, "do", "");
    if (text_equal(what, "stop")) {
        ev->stop = true;
    } else if (text_equal(what, "run-now")) {
        ev->run_now = true;
        ev->accept_deletions |= json_flag(order, "accept_deletions", false);
    } else if (text_equal(what, "orders-waiting")) {
        ev->orders_waiting = true;
    } else if (text_equal(what, "lease")) {
        events_lease(ev, order);
    } else if (json_object_get(order, "id") && json_array_size(ev->requests) < REQUESTS_MAX) {
        json_array_append(ev->requests, order);
    } else if (json_object_get(order, "id")) {
        struct error e = {0};
        error_set(&e, STATUS_BUSY, "busy", "too many requests at once");
        events_answer(ev, order, json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(&e)));
    }
    json_decref(order);
}

void events_poll(struct events *ev, int timeout_ms)
{
    char chunk[4096], *line;
    size_t length;
    enum status status;
    if (ev->gone || !fd_wait(ev->fd, timeout_ms))
        return;
    ptrdiff_t n = fd_read(ev->fd, chunk, sizeof chunk);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        ev->gone = ev->stop = true;
        return;
    }
    if (n > 0)
        lines_feed(&ev->orders, chunk, (size_t)n);
    while ((status = lines_next(&ev->orders, &line, &length)) != STATUS_END)
        if (status == STATUS_OK)
            take_order(ev, line, length);
}

static json_t *entry(const struct events *ev, const char *level, const char *code, const char *said)
{
    char at[CLOCK_TEXT];
    json_t *object = events_new("journal");
    clock_format(at, clock_wall(ev->clock));
    json_set_text(object, "at", at);
    json_set_text(object, "level", level);
    json_set_text(object, "code", code);
    said_set(object, "text", said);
    return object;
}

void events_journal(struct events *ev, const char *level, const char *code, const char *said)
{
    events_send(ev, entry(ev, level, code, said));
}

void events_journal_order(struct events *ev, const char *level, const char *code, const char *order,
                          const char *correlation, const char *said)
{
    json_t *object = entry(ev, level, code, said);
    json_set_text(object, "order", order);
    json_set_text(object, "correlation", correlation);
    events_send(ev, object);
}

void events_answer(struct events *ev, const json_t *request, json_t *data)
{
    json_t *object = events_new("answer");
    json_set_number(object, "id", json_number(request, "id", 0));
    json_object_set_new(object, "data", data);
    events_send(ev, object);
}

void events_check(struct events *ev, const struct check *check)
{
    json_t *object = events_new("check");
    json_object_set_new(object, "check", check_to_json(check));
    events_send(ev, object);
}
