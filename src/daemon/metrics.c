/* The content of `status` in Prometheus' text format: over the control socket, and at
 * http://127.0.0.1:PORT/metrics if metrics.port is set. Names and units follow Prometheus' "Metric
 * and label naming". */
#include "daemon/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "check/judge.h"
#include "daemon/daemon.h"
#include "os/file.h"
#include "os/host.h"
#include "os/log.h"

#define METRICS_MAX (1 << 20)
#define REQUEST_MAX 4096
#define CLIENTS_MAX 8
#define CLIENT_MS   10000 /* a client that sends nothing for this long is dropped */

/* ---- the text
 * -------------------------------------------------------------------------------------------- */

static void head(struct buf *b, const char *name, const char *type, const char *help)
{
    buf_printf(b, "# HELP endpoint_%s %s\n# TYPE endpoint_%s %s\n", name, help, name, type);
}

/* A label's value: backslash, quote and newline escaped. */
static void add_label(struct buf *b, const char *name, const char *value)
{
    buf_printf(b, "%s=\"", name);
    for (const char *p = value; *p; p++) {
        if (*p == '\\' || *p == '"')
            buf_add_byte(b, '\\');
        if (*p == '\n')
            buf_add_text(b, "\\n");
        else
            buf_add_byte(b, *p);
    }
    buf_add_byte(b, '"');
}

/* Milliseconds as seconds, exactly. */
static void add_seconds(struct buf *b, int64_t ms)
{
    buf_printf(b, " %lld.%03lld\n", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void plugin_line(struct buf *b, const char *name, const json_t *plugin)
{
    buf_printf(b, "endpoint_plugin_%s{", name);
    add_label(b, "plugin", json_text(plugin, "id", ""));
    buf_add_byte(b, ',');
    add_label(b, "kind", json_text(plugin, "kind", ""));
    buf_add_byte(b, '}');
}

struct number {
    const char *name, *type, *member, *help;
    bool time;
};

static const struct number numbers[] = {
    {"queue_changes", "gauge", "queued", "Changes that wait to be sent.", false},
    {"queue_oldest_timestamp_seconds", "gauge", "oldest",
     "When the oldest waiting change was queued.", true},
    {"acknowledged_changes_total", "counter", "acked", "Changes that the other side has confirmed.",
     false},
    {"held_rows", "gauge", "held",
     "Rows that are held back: they cannot be taken or sent as they are.", false},
    {"known_rows", "gauge", "snapshot", "Rows of the ERP that are kept in step.", false},
    {"restarts_total", "counter", "restarts", "How often the process died and was started again.",
     false},
    {"last_pass_rows", "gauge", "rows", "Rows that the last pass read.", false},
    {"last_pass_timestamp_seconds", "gauge", "last_run", "When the last pass began.", true},
    {"last_success_timestamp_seconds", "gauge", "last_ok",
     "When the last pass without a fault began.", true},
    {"next_pass_timestamp_seconds", "gauge", "next_run", "When the next pass is due.", true},
};

static void plugin_numbers(struct buf *b, const json_t *plugins)
{
    size_t i;
    json_t *plugin;
    char name[64];
    for (size_t n = 0; n < COUNT_OF(numbers); n++) {
        text_format(name, sizeof name, "plugin_%s", numbers[n].name);
        head(b, name, numbers[n].type, numbers[n].help);
        json_array_foreach ((json_t *)plugins, i, plugin) {
            int64_t value = json_number(plugin, numbers[n].member, 0);
            if (numbers[n].time && !clock_parse(json_text(plugin, numbers[n].member, ""), &value))
                continue; /* it has not happened yet */
            plugin_line(b, numbers[n].name, plugin);
            if (numbers[n].time)
                add_seconds(b, value);
            else
                buf_printf(b, " %lld\n", (long long)value);
        }
    }
}

static void plugin_states(struct buf *b, const json_t *plugins)
{
    static const char *const words[] = {"disabled",    "running",  "waiting",
                                        "backing-off", "stopping", "refused"};
    size_t i;
    json_t *plugin;
    head(b, "plugin_ok", "gauge",
         "1: the plugin is not red: it works, and no order of it waits for a person.");
    json_array_foreach ((json_t *)plugins, i, plugin) {
        plugin_line(b, "ok", plugin);
        buf_printf(b, " %d\n", judge_plugin(plugin) != CHECK_FAIL);
    }
    head(b, "plugin_state", "gauge", "1 for the state that the plugin is in.");
    json_array_foreach ((json_t *)plugins, i, plugin) {
        for (size_t s = 0; s < COUNT_OF(words); s++) {
            buf_add_text(b, "endpoint_plugin_state{");
            add_label(b, "plugin", json_text(plugin, "id", ""));
            buf_printf(b, ",state=\"%s\"} %d\n", words[s],
                       text_equal(words[s], json_text(plugin, "state", "")));
        }
    }
}

static void orders(struct buf *b, const json_t *plugins)
{
    size_t i;
    json_t *plugin, *count;
    const char *state;
    head(b, "plugin_orders", "gauge", "Orders by what became of them.");
    json_array_foreach ((json_t *)plugins, i, plugin) {
        json_object_foreach (json_object_get(plugin, "orders"), state, count) {
            if (!json_is_integer(count))
                continue;
            buf_add_text(b, "endpoint_plugin_orders{");
            add_label(b, "plugin", json_text(plugin, "id", ""));
            buf_add_byte(b, ',');
            add_label(b, "state", state);
            buf_printf(b, "} %lld\n", (long long)json_integer_value(count));
        }
    }
}

static void checks(struct buf *b, const json_t *status)
{
    size_t i;
    json_t *check;
    head(b, "check_ok", "gauge", "1: the check is green.");
    json_array_foreach (json_object_get(status, "checks"), i, check) {
        if (text_equal(json_text(check, "result", ""), "skipped")) /* another one says why */
            continue;
        buf_add_text(b, "endpoint_check_ok{");
        add_label(b, "check", json_text(check, "code", ""));
        buf_printf(b, "} %d\n", text_equal(json_text(check, "result", ""), "ok"));
    }
}

static void process(struct buf *b)
{
    int64_t ms = host_processor_ms();
    if (ms < 0)
        return;
    buf_add_text(b, "# HELP process_cpu_seconds_total Time that endpointd itself has computed.\n"
                    "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total");
    add_seconds(b, ms);
}

void metrics_text(struct daemon *d, struct buf *b)
{
    json_t *status = daemon_status(d);
    const json_t *panel = json_object_get(status, "panel"),
                 *plugins = json_object_get(status, "plugins");
    int64_t at, room = file_free_bytes(d->paths.state_dir);
    head(b, "build_info", "gauge", "Always 1; the version is the label.");
    buf_add_text(b, "endpoint_build_info{version=\"" ENDPOINT_VERSION "\"} 1\n");
    head(b, "start_timestamp_seconds", "gauge", "When endpointd was started.");
    buf_add_text(b, "endpoint_start_timestamp_seconds");
    add_seconds(b, d->started_ms);
    head(b, "ok", "gauge", "1: nothing is red, as endpointctl status judges.");
    buf_printf(b, "endpoint_ok %d\n", judge_status(status) != CHECK_FAIL);
    head(b, "panel_connected", "gauge", "1: the panel answers.");
    buf_printf(b, "endpoint_panel_connected %d\n",
               text_equal(json_text(panel, "state", ""), "connected"));
    head(b, "panel_last_contact_timestamp_seconds", "gauge", "When the panel answered last.");
    if (clock_parse(json_text(panel, "last_ok", ""), &at)) {
        buf_add_text(b, "endpoint_panel_last_contact_timestamp_seconds");
        add_seconds(b, at);
    }
    head(b, "state_free_bytes", "gauge", "Room on the disk of the state directory.");
    if (room >= 0)
        buf_printf(b, "endpoint_state_free_bytes %lld\n", (long long)room);
    plugin_states(b, plugins);
    plugin_numbers(b, plugins);
    orders(b, plugins);
    checks(b, status);
    process(b);
    json_decref(status);
}

/* ---- the port
 * -------------------------------------------------------------------------------------------- */

struct metrics {
    uv_tcp_t tcp;
    struct daemon *daemon;
    int port, count;
    struct visitor *visitors;
};

struct visitor {
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    struct metrics *metrics;
    struct visitor *next;
    char request[REQUEST_MAX + 1];
    size_t length;
    char *answer;
    int open_handles;
};

static void on_visitor_closed(uv_handle_t *handle)
{
    struct visitor *v = handle->data;
    if (--v->open_handles == 0) {
        free(v->answer);
        free(v);
    }
}

static void leave(struct visitor *v)
{
    if (uv_is_closing((uv_handle_t *)&v->tcp))
        return;
    for (struct visitor **at = &v->metrics->visitors; *at; at = &(*at)->next) {
        if (*at == v) {
            *at = v->next;
            break;
        }
    }
    v->metrics->count--;
    uv_close((uv_handle_t *)&v->tcp, on_visitor_closed);
    uv_close((uv_handle_t *)&v->timer, on_visitor_closed);
}

static void on_patience_over(uv_timer_t *timer)
{
    leave(timer->data);
}

static void on_answered(uv_write_t *write, int status)
{
    (void)status;
    leave(write->data);
}

static void answer(struct visitor *v)
{
    struct buf body, b;
    bool get = text_starts(v->request, "GET "), ours = text_starts(v->request, "GET /metrics ");
    buf_init(&body, METRICS_MAX);
    buf_init(&b, METRICS_MAX + 1024);
    if (ours)
        metrics_text(v->metrics->daemon, &body);
    else
        buf_add_text(&body, "There is only GET /metrics here.\n");
    buf_printf(&b,
               "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; "
               "charset=utf-8\r\nContent-Length: %zu\r\n"
               "Connection: close\r\n\r\n",
               ours  ? "200 OK"
               : get ? "404 Not Found"
                     : "405 Method Not Allowed",
               body.length);
    buf_add(&b, buf_text(&body), body.length);
    buf_free(&body);
    uv_read_stop((uv_stream_t *)&v->tcp);
    uv_buf_t out = uv_buf_init(NULL, (unsigned)b.length);
    out.base = v->answer = buf_take(&b);
    v->write.data = v;
    if (uv_write(&v->write, (uv_stream_t *)&v->tcp, &out, 1, on_answered) != 0)
        leave(v);
}

static void on_allocate(uv_handle_t *handle, size_t wanted, uv_buf_t *b)
{
    struct visitor *v = handle->data;
    (void)wanted;
    *b = uv_buf_init(v->request + v->length, (unsigned)(REQUEST_MAX - v->length));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct visitor *v = stream->data;
    (void)b;
    if (n < 0) { /* also when the request is too long: there is no room left */
        leave(v);
        return;
    }
    v->length += (size_t)n;
    v->request[v->length] = '\0';
    if (strstr(v->request, "\r\n\r\n") || strstr(v->request, "\n\n"))
        answer(v);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct metrics *m = server->data;
    struct visitor *v = mem_alloc(sizeof *v);
    if (status != 0) {
        free(v);
        return;
    }
    v->metrics = m;
    v->open_handles = 2;
    v->next = m->visitors;
    m->visitors = v;
    m->count++;
    uv_tcp_init(server->loop, &v->tcp);
    uv_timer_init(server->loop, &v->timer);
    v->tcp.data = v->timer.data = v;
    if (uv_accept(server, (uv_stream_t *)&v->tcp) != 0 || m->count > CLIENTS_MAX) {
        leave(v);
        return;
    }
    uv_timer_start(&v->timer, on_patience_over, CLIENT_MS, 0);
    uv_read_start((uv_stream_t *)&v->tcp, on_allocate, on_read);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void metrics_close(struct daemon *d)
{
    if (!d->metrics)
        return;
    while (d->metrics->visitors)
        leave(d->metrics->visitors);
    uv_close((uv_handle_t *)&d->metrics->tcp, on_closed);
    d->metrics = NULL;
}

void metrics_listen(struct daemon *d)
{
    struct sockaddr_in at;
    int port = (int)config_integer(d->config, "metrics.port");
    if (d->metrics && d->metrics->port == port)
        return;
    metrics_close(d);
    if (port == 0)
        return;
    struct metrics *m = mem_alloc(sizeof *m);
    m->daemon = d;
    m->port = port;
    uv_tcp_init(d->loop, &m->tcp);
    m->tcp.data = m;
    d->metrics = m;
    int code = uv_ip4_addr("127.0.0.1", port, &at);
    if (code == 0)
        code = uv_tcp_bind(&m->tcp, (const struct sockaddr *)&at, 0);
    if (code == 0)
        code = uv_listen((uv_stream_t *)&m->tcp, 16, on_connection);
    if (code != 0) {
        struct error e = {0};
        error_set(&e, STATUS_IO, "metrics_port", "cannot listen on 127.0.0.1:%d: %-s", port,
                  uv_strerror(code));
        error_remedy(&e, "Set metrics.port to a free port, or to 0.");
        log_problem(LOG_ERROR, "metrics", &e);
        daemon_journal(d, "error", NULL, e.code, error_said(&e));
        metrics_close(d);
    }
}
