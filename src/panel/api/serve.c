#include "panel/api/serve.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/args.h"
#include "base/memory.h"
#include "base/text.h"
#include "net/certificate.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/host.h"
#include "os/log.h"
#include "os/net.h"
#include "os/stop.h"
#include "panel/api/api.h"
#include "panel/api/guard.h"
#include "panel/api/polls.h"
#include "panel/api/watch.h"

#define SPARE       128U /* connections that were ended but not closed yet, or just accepted */
#define OTHER_FILES 64   /* the database, logs, … */
#define REQUEST_MS  30000

/* A request as it comes in, and while it waits in a long poll. */
struct exchange {
    struct api_request request;
    struct buf body;
    char *target, address[GUARD_ADDRESS];
    bool begun, too_long;
    int64_t deadline_ms;
    struct MHD_Connection *connection;
    struct guest *guest;
};

struct server {
    struct api api;
    struct MHD_Daemon *daemon;
    struct guard_limits limits;
    struct guard *guard;
    struct polls *polls; /* room for as many as there may be connections */
    struct watch *watch;
    const char *data_dir;
};

static enum MHD_Result reply(struct MHD_Connection *connection, struct api_answer *a)
{
    char seconds[16];
    struct MHD_Response *r = MHD_create_response_from_buffer(
        a->body.length, (void *)buf_text(&a->body), MHD_RESPMEM_MUST_COPY);
    if (a->content_type)
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, a->content_type);
    MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (a->code == 401)
        MHD_add_response_header(r, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    if (a->allow)
        MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, a->allow);
    if (a->retry_after_s) {
        text_format(seconds, sizeof seconds, "%d", a->retry_after_s);
        MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)a->code, r);
    MHD_destroy_response(r);
    return result;
}

static enum MHD_Result answer(struct server *s, struct exchange *x)
{
    struct api_answer a;
    enum parked parked = PARK_FULL;
    enum MHD_Result result = MHD_YES;
    x->request.body = buf_text(&x->body);
    x->request.length = x->body.length;
    do {
        bool expired =
            polls_ended(s->polls) || (x->deadline_ms && clock_mono_ms() >= x->deadline_ms);
        int64_t seen = polls_wakes(s->polls);
        if (parked == PARK_LATE)
            buf_free(&a.body);
        if (x->too_long)
            api_refuse_long(&s->api, &x->request, &a);
        else
            api_handle(&s->api, &x->request, expired, &a);
        if (a.wait && !x->deadline_ms)
            x->deadline_ms = clock_mono_ms() + a.wait_ms;
        parked = a.wait ? polls_park(s->polls, x->connection, x->deadline_ms, seen) : PARK_FULL;
    } while (parked == PARK_LATE);
    if (parked == PARKED)
        watch_by(s->watch, x->deadline_ms);
    else if (a.drop)
        result = MHD_NO;
    else
        result = reply(x->connection, &a);
    buf_free(&a.body);
    return result;
}

static void read_headers(struct exchange *x, struct MHD_Connection *c)
{
    struct api_request *r = &x->request;
    r->authorization =
        MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    r->content_encoding =
        MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_ENCODING);
    r->content_type = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    r->batch = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Endpoint-Batch");
    r->after = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "after");
    r->wait = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "wait");
    r->limit = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "limit");
    r->orders = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "orders");
}

/* Where a connection comes from; NULL: unknown. The result of MHD_get_connection_info is valid only
 * until its next call: libmicrohttpd 1.0 uses one buffer for all answers. */
static const struct net_address *client_of(struct MHD_Connection *connection,
                                           struct net_address *room)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return net_address_take(info ? info->client_addr : NULL, room) ? room : NULL;
}

static struct guest *guest_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* A connection begins or ends; its socket is open in both cases. */
static void on_connection(void *user, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *s = user;
    struct net_address from;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        guard_leaves(s->guard, *context);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int number = fd ? fd->connect_fd : -1;
    *context = guard_enter(s->guard, number, client_of(connection, &from), clock_mono_ms());
    watch_by(s->watch, guard_next(s->guard));
}

/* Called first for a request: path and query, still untouched. */
static void *on_target(void *user, const char *target, struct MHD_Connection *connection)
{
    struct exchange *x = mem_alloc(sizeof *x);
    struct net_address from;
    (void)user;
    x->guest = guest_of(connection);
    guard_address(client_of(connection, &from), x->address);
    x->request.address = x->address;
    buf_init(&x->body, 1);
    x->target = mem_string(target);
    x->request.target = x->target;
    return x;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct server *s = user;
    struct exchange *x = *state;
    (void)version;
    if (!x->begun) {
        x->begun = true;
        x->connection = connection;
        x->request.path = url;
        x->request.method = method;
        read_headers(x, connection);
        guard_begins(s->guard, x->guest, clock_mono_ms());
        watch_by(s->watch, clock_mono_ms() + s->limits.request_ms);
        size_t most = api_body_max(&s->api, &x->request);
        if (most == API_BODY_MAX) /* its signature is good */
            guard_knows(s->guard, x->guest);
        buf_init(&x->body, most);
        return MHD_YES;
    }
    if (*size) {
        if (!x->too_long)
            buf_add(&x->body, data, *size);
        if (x->body.failed) {
            x->too_long = true;
            buf_free(&x->body);
        }
        *size = 0;
        return MHD_YES;
    }
    return answer(s, x);
}

static int shortest_rest(const struct server *s)
{
    return s->limits.idle_ms < s->limits.begin_ms ? s->limits.idle_ms : s->limits.begin_ms;
}

static void on_completed(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct exchange *x = *state;
    struct server *s = user;
    (void)connection;
    (void)code;
    if (!x)
        return;
    guard_rests(s->guard, x->guest, clock_mono_ms());
    watch_by(s->watch, clock_mono_ms() + shortest_rest(s));
    buf_free(&x->body);
    free(x->target);
    free(x);
    *state = NULL;
}

struct serve_options {
    const char *listen, *port_file, *base_url, *cert, *key, *make_cert;
    int port;
    long connections, strangers, begin_s, idle_s, attempts;
    struct api_faults faults;
};

static const char help[] =
    "Usage: endpoint-panel [--data DIR] serve [options]\n\n"
    "  --listen ADDRESS   default 127.0.0.1\n"
    "  --port N           default 0: any free port\n"
    "  --port-file FILE   write the port there when ready\n"
    "  --base-url URL     how endpoints reach it (default https://localhost:PORT)\n"
    "  --cert FILE --key FILE   certificate and key, PEM\n"
    "  --make-cert DIR    make a certificate for localhost in DIR (ca.pem, server.pem, "
    "server.key)\n"
    "  --connections N    of all, at once (default 1024); at the limit idle ones make room for new ones\n"
    "  --strangers N      connections from one address whose requests are not signed (default 64)\n"
    "  --begin-timeout S  for TLS and the first request's headers (default 10 seconds)\n"
    "  --idle-timeout S   between the requests of an endpoint (default 120 seconds)\n"
    "  --registrations N  that may fail from one address in a minute (default 10; 0: any number)\n"
#ifdef ENDPOINT_TEST_HOOKS
    "  --fault NAME[=N]   for tests, may be repeated: drop-reply=N (every Nth batch is stored, not "
    "answered);\n"
    "                     drop-register-reply=N, drop-order-reply=N, drop-outcome-reply=N (the "
    "first N are not\n"
    "                     answered); busy=N, too-many=N (the first N get 503, 429); repeat-orders "
    "(each twice);\n"
    "                     single-outcomes (the call for many is not known); refuse=KEY (a change of this "
    "key is\n"
    "                     refused for good); refuse-unnamed (without saying which row it is); no-starts (nor those for a "
    "start);\n"
    "                     lease=SECONDS (instead of 300; also looks only a second for another copy)\n"
#endif
    ;

#ifdef ENDPOINT_TEST_HOOKS
static bool take_fault(struct api_faults *f, const char *text)
{
    struct {
        const char *name;
        int64_t *count;
    } const counted[] = {
        {"drop-reply=", &f->drop_reply},
        {"drop-register-reply=", &f->drop_register},
        {"drop-order-reply=", &f->drop_orders},
        {"drop-outcome-reply=", &f->drop_outcome},
        {"busy=", &f->busy},
        {"too-many=", &f->too_many},
        {"lease=", &f->lease_s},
    };
    for (size_t i = 0; i < COUNT_OF(counted); i++)
        if (text_starts(text, counted[i].name))
            return text_to_i64(text + strlen(counted[i].name), counted[i].count) &&
                   *counted[i].count >= 0;
    if (text_starts(text, "refuse="))
        return text_copy(f->refuse, sizeof f->refuse, text + strlen("refuse="));
    f->refuse_unnamed |= text_equal(text, "refuse-unnamed");
    f->repeat_orders |= text_equal(text, "repeat-orders");
    f->single_outcomes |= text_equal(text, "single-outcomes");
    f->no_starts |= text_equal(text, "no-starts");
    return text_equal(text, "repeat-orders") || text_equal(text, "refuse-unnamed") ||
           text_equal(text, "single-outcomes") || text_equal(text, "no-starts");
}
#endif

static bool take_option(struct serve_options *o, int option, const char *value)
{
    long port;
    switch (option) {
    case 'l': o->listen = value; return true;
    case 'p':
        if (!text_to_long(value, 0, 65535, &port))
            return false;
        o->port = (int)port;
        return true;
    case 'f': o->port_file = value; return true;
    case 'b': o->base_url = value; return true;
    case 'c': o->cert = value; return true;
    case 'k': o->key = value; return true;
    case 'm': o->make_cert = value; return true;
    case 'C': return text_to_long(value, 8, 100000, &o->connections);
    case 'S': return text_to_long(value, 1, 100000, &o->strangers);
    case 'B': return text_to_long(value, 1, 3600, &o->begin_s);
    case 'I': return text_to_long(value, 1, 86400, &o->idle_s);
    case 'R': return text_to_long(value, 0, 1000000, &o->attempts);
#ifdef ENDPOINT_TEST_HOOKS
    case 'x': return take_fault(&o->faults, value);
#endif
    default: return false;
    }
}

static int read_options(int argc, char **argv, struct serve_options *o)
{
    static const struct option table[] = {{"listen", 1, NULL, 'l'},
                                          {"port", 1, NULL, 'p'},
                                          {"port-file", 1, NULL, 'f'},
                                          {"base-url", 1, NULL, 'b'},
                                          {"cert", 1, NULL, 'c'},
                                          {"key", 1, NULL, 'k'},
                                          {"make-cert", 1, NULL, 'm'},
#ifdef ENDPOINT_TEST_HOOKS
                                          {"fault", 1, NULL, 'x'},
#endif
                                          {"connections", 1, NULL, 'C'},
                                          {"strangers", 1, NULL, 'S'},
                                          {"begin-timeout", 1, NULL, 'B'},
                                          {"idle-timeout", 1, NULL, 'I'},
                                          {"registrations", 1, NULL, 'R'},
                                          {"help", 0, NULL, 'h'},
                                          {0}};
    struct error e = {0};
    int option;
    *o = (struct serve_options){.listen = "127.0.0.1",
                                .connections = 1024,
                                .strangers = 64,
                                .begin_s = 10,
                                .idle_s = 120,
                                .attempts = 10};
    optind = 1;
    while ((option = args_next(argc, argv, "h", table, &e)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return args_complain("endpoint-panel serve", &e);
        if (!take_option(o, option, optarg))
            return args_bad_value("endpoint-panel serve", optarg);
    }
    bool tls = o->make_cert || (o->cert && o->key);
    if (optind < argc)
        return args_unexpected("endpoint-panel serve", argv[optind]);
    if (!tls && !text_starts(o->listen, "127.")) {
        fputs("endpoint-panel: beyond loopback TLS is needed: --cert and --key\n", stderr);
        return 2;
    }
    return -1;
}

/* Each connection is a file. Allow as many as the system permits; if that is fewer than wanted, say
 * so. */
static void set_limits(struct server *s, const struct serve_options *o)
{
    s->limits = (struct guard_limits){.connections = (int)o->connections,
                                      .strangers = (int)o->strangers,
                                      .begin_ms = (int)o->begin_s * 1000,
                                      .request_ms = REQUEST_MS,
                                      .idle_ms = (int)o->idle_s * 1000};
    int64_t wanted = o->connections + SPARE + OTHER_FILES, may = host_open_files(wanted);
    if (may >= 0 && may < wanted) {
        int left = (int)may - (int)SPARE - OTHER_FILES;
        s->limits.connections = left > 8 ? left : 8;
        log_event(LOG_WARNING, NULL, NULL, "files",
                  "this process may open %lld files: %d connections instead of %ld; raise "
                  "LimitNOFILE (ulimit -n)",
                  (long long)may, s->limits.connections, o->connections);
    }
    s->polls = polls_open((size_t)s->limits.connections);
    s->guard = guard_open(&s->limits);
    s->api.attempts.limit = (int)o->attempts;
}

static enum status read_pem(const char *path, struct buf *b, struct error *e)
{
    buf_init(b, 1 << 20);
    return file_read(path, b, NULL, e);
}

/* Paths and queries reach the API as they came: an order's id may hold an encoded "/". */
static size_t keep_encoded(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return strlen(text);
}

static enum status start(struct server *s, const struct serve_options *o, struct buf *cert,
                         struct buf *key, int *port, struct error *e)
{
    struct net_address address;
    bool tls = cert->length > 0;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (tls ? MHD_USE_TLS : 0U);
    if (!net_address_parse(o->listen, o->port, &address))
        return error_set(e, STATUS_INVALID, "listen", "\"%s\" is not an IPv4 address", o->listen);
    struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)buf_text(cert)},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)buf_text(key)},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL}};
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, address.system,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->limits.connections + SPARE,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)o->idle_s, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
        MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL, MHD_OPTION_ARRAY, tls ? secure : plain,
        MHD_OPTION_END);
    if (!s->daemon) {
        error_set(e, STATUS_IO, "listen", "cannot listen on %s:%d", o->listen, o->port);
        return error_remedy(e, "Is the port taken? Are certificate and key right?");
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    *port = info ? info->port : o->port;
    return STATUS_OK;
}

static enum status announce(const struct serve_options *o, const char *url, int port,
                            struct error *e)
{
    char text[16];
    text_format(text, sizeof text, "%d\n", port);
    printf("listening on %s\n", url);
    fflush(stdout);
    return o->port_file ? file_replace(o->port_file, text, strlen(text), 0644, NULL, e) : STATUS_OK;
}

static enum status load_tls(struct serve_options *o, struct buf *cert, struct buf *key,
                            struct error *e)
{
    char cert_path[600], key_path[600];
    enum status status = STATUS_OK;
    if (o->make_cert) {
        status = certificate_make(o->make_cert, "endpoint-panel", e);
        text_format(cert_path, sizeof cert_path, "%s/server.pem", o->make_cert);
        text_format(key_path, sizeof key_path, "%s/server.key", o->make_cert);
    } else if (o->cert && o->key) {
        text_copy(cert_path, sizeof cert_path, o->cert);
        text_copy(key_path, sizeof key_path, o->key);
    } else {
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = read_pem(cert_path, cert, e);
    return status == STATUS_OK ? read_pem(key_path, key, e) : status;
}

static enum status run(struct server *s, struct serve_options *o, struct error *e)
{
    struct buf cert, key;
    int port = 0;
    buf_init(&cert, 1);
    buf_init(&key, 1);
    enum status status = load_tls(o, &cert, &key, e);
    if (status == STATUS_OK)
        status = watch_open(s->data_dir, s->api.store, s->guard, s->polls, &s->watch, e);
    if (status == STATUS_OK)
        status = start(s, o, &cert, &key, &port, e);
    if (status == STATUS_OK) {
        if (o->base_url)
            text_copy(s->api.base_url, sizeof s->api.base_url, o->base_url);
        else
            text_format(s->api.base_url, sizeof s->api.base_url, "%s://localhost:%d",
                        cert.length ? "https" : "http", port);
        status = announce(o, s->api.base_url, port, e);
        if (status == STATUS_OK)
            stop_wait();
        polls_end(s->polls);
        MHD_stop_daemon(s->daemon);
    }
    watch_close(s->watch);
    mem_wipe(key.data, key.length);
    buf_free(&cert);
    buf_free(&key);
    return status;
}

int serve_main(const char *data_dir, int argc, char **argv)
{
    struct serve_options o;
    struct server *s = mem_alloc(sizeof *s);
    struct error e = {0};
    int code = read_options(argc, argv, &o);
    if (code >= 0) {
        free(s);
        return code;
    }
    stop_never_for_writes();
    stop_listen_alone();
    s->data_dir = data_dir;
    s->api.clock = &clock_system;
    s->api.faults = o.faults;
    set_limits(s, &o);
    enum status status = store_open(data_dir, &s->api.store, &e);
    if (status == STATUS_OK)
        status = run(s, &o, &e);
    store_close(s->api.store);
    guard_close(s->guard);
    polls_close(s->polls);
    free(s);
    if (status != STATUS_OK)
        log_problem(LOG_ERROR, "endpoint-panel", &e);
    return status == STATUS_OK ? 0 : 1;
}
