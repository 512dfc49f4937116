#include "net/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "net/http_common.h"
#include "net/proxy.h"
#include "os/clock.h"
#include "os/net.h"
#include "os/waiting.h"

#define ANSWER_DEFAULT (1 << 20)
#define RETRY_MAX_S    INT64_C(86400) /* the longest pause that a server can ask for */

void http_answer_init(struct http_answer *a, size_t maximum)
{
    *a = (struct http_answer){.date_ms = -1, .retry_after_ms = -1};
    buf_init(&a->body, maximum ? maximum : ANSWER_DEFAULT);
}

void http_answer_free(struct http_answer *a)
{
    buf_free(&a->body);
}

/* Value of a header line when it is the named one. */
static bool header_is(const char *line, size_t length, const char *name, char *value, size_t size)
{
    size_t n = strlen(name);
    if (length <= n || text_compare_nocase_n(line, name, n) != 0 || line[n] != ':')
        return false;
    n++;
    while (n < length && line[n] == ' ')
        n++;
    while (length > n && (unsigned char)line[length - 1] <= ' ')
        length--;
    if (length - n >= size)
        return false;
    memcpy(value, line + n, length - n);
    value[length - n] = '\0';
    return true;
}

/* A header's value for people, cut to fit. */
static void take_text(char *target, size_t size, const char *value)
{
    struct buf b;
    buf_init(&b, 16384);
    text_printable(&b, value, strlen(value));
    text_copy(target, size, buf_text(&b));
    buf_free(&b);
}

static size_t on_header(char *line, size_t one, size_t length, void *user)
{
    struct http_transfer *t = user;
    char value[2048];
    int64_t n;
    (void)one;
    if (text_starts(line, "HTTP/")) { /* a proxy's answer may come first */
        t->answer.date_ms = t->answer.retry_after_ms = -1;
        t->answer.location[0] = t->answer.content_type[0] = '\0';
    } else if (header_is(line, length, "Date", value, sizeof value)) {
        if (!clock_parse_http(value, &t->answer.date_ms))
            t->answer.date_ms = -1;
    } else if (header_is(line, length, "Content-Type", value, sizeof value)) {
        take_text(t->answer.content_type, sizeof t->answer.content_type, value);
    } else if (header_is(line, length, "Location", value, sizeof value)) {
        take_text(t->answer.location, sizeof t->answer.location, value);
    } else if (header_is(line, length, "Retry-After", value, sizeof value)) {
        if (text_to_i64(value, &n) && n >= 0)
            t->answer.retry_after_ms = n < RETRY_MAX_S ? n * 1000 : RETRY_MAX_S * 1000;
        else if (clock_parse_http(value, &n)) {
            int64_t from = t->answer.date_ms >= 0 ? t->answer.date_ms : clock_wall_ms();
            t->answer.retry_after_ms = n <= from                       ? 0
                                       : n - from < RETRY_MAX_S * 1000 ? n - from
                                                                       : RETRY_MAX_S * 1000;
        }
    }
    return length;
}

static size_t on_body(char *bytes, size_t one, size_t length, void *user)
{
    struct http_transfer *t = user;
    (void)one;
    buf_add(&t->answer.body, bytes, length);
    return t->answer.body.failed ? 0 : length;
}

/* Not zero ends the transfer. */
static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t sent)
{
    struct http_transfer *t = user;
    (void)a;
    (void)b;
    (void)c;
    if (!t->cancel || !*t->cancel)
        return 0;
    if (sent == 0) /* nothing was sent yet, so no answer can be missed */
        return 1;
    int64_t now = clock_mono_ms();
    if (!t->cancelled_ms)
        t->cancelled_ms = now;
    return now - t->cancelled_ms >= HTTP_DRAIN_MS;
}

/* Every program started meanwhile would inherit libcurl's own sockets. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)user;
    (void)purpose;
    return net_socket(to->family, to->socktype, to->protocol);
}

static int64_t connect_limit(const struct http_options *o)
{
    return o->connect_timeout_ms ? o->connect_timeout_ms : 10000;
}

static void set_method(CURL *c, const struct http_request *r)
{
    if (text_equal(r->method, "POST")) {
        curl_easy_setopt(c, CURLOPT_POST, 1L);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body ? r->body : "");
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_length);
    } else if (!text_equal(r->method, "GET")) {
        if (r->body) {
            curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body);
            curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_length);
        }
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
    }
    if (r->once) {
        curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    }
}

enum status http_setup(struct http_transfer *t, const struct http_options *o,
                       const struct http_request *r, struct error *e)
{
    CURL *c = t->curl;
    if (!text_starts(r->url, "https://")) {
        error_set(e, STATUS_INVALID, "http_plain", "%s is not encrypted", r->url);
        return error_remedy(e, "Use an address that begins with https://.");
    }
    for (size_t i = 0; i < HTTP_HEADERS && r->headers[i]; i++)
        t->headers = curl_slist_append(t->headers, r->headers[i]);
    t->headers = curl_slist_append(t->headers, "Expect:");
    t->started_ms = clock_mono_ms();
    curl_easy_setopt(c, CURLOPT_URL, r->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
#else
    curl_easy_setopt(c, CURLOPT_PROTOCOLS, CURLPROTO_HTTPS);
#endif
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L); /* an id may be ".." */
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (o->ca_file[0]) {
        curl_easy_setopt(c, CURLOPT_CAINFO, o->ca_file);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    proxy_setup(c, o);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_limit(o));
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
    curl_easy_setopt(c, CURLOPT_USERAGENT, o->user_agent[0] ? o->user_agent : "endpoint");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    if (t->cancel) {
        curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
        curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
    }
    set_method(c, r);
    return STATUS_OK;
}

/* https://host:port of a URL, for messages: paths may contain things that people need not see. */
static void origin_of(char *target, size_t size, const char *url)
{
    const char *host = strstr(url, "://");
    size_t length = host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/") : strlen(url);
    if (length >= size)
        length = size - 1;
    memcpy(target, url, length);
    target[length] = '\0';
}

static enum status certificate_error(struct http_transfer *t, const struct http_options *o,
                                     const char *where, struct error *e)
{
    const char *why = t->error[0] ? t->error : N_("no reason given");
    long verify = 0;
    curl_easy_getinfo(t->curl, CURLINFO_SSL_VERIFYRESULT, &verify);
    bool name = strstr(why, "subject name") || strstr(why, "hostname") || strstr(why, "IP address");
    bool expired = verify == 10 /* X509_V_ERR_CERT_HAS_EXPIRED */;
    error_set(e, STATUS_DENIED,
              expired ? "tls_expired"
              : name  ? "tls_host"
                      : "tls_untrusted",
              "the certificate of %s is not accepted: %-s", where, why);
    if (expired)
        return error_remedy(
            e, "Have the panel's certificate renewed (or check this machine's clock).");
    if (name)
        return error_remedy(e, "In panel.url use the name that is in the certificate.");
    return error_remedy(
        e,
        "It is verified with %-s. If the panel has its own authority, give its file in "
        "panel.ca.",
        o->ca_file[0] ? o->ca_file : N_("the system's authorities"));
}

/* Which limit was it: the one for connecting, or the one for the whole exchange? */
static int64_t took_too_long(const struct http_transfer *t, const struct http_options *o,
                             const struct http_request *r)
{
    curl_off_t connected = 0;
    int64_t connect = connect_limit(o);
    curl_easy_getinfo(t->curl, CURLINFO_CONNECT_TIME_T, &connected);
    return connected == 0 && connect < r->timeout_ms ? connect : r->timeout_ms;
}

/* A said text. For a connection that could not be made, use the system's message: curl's message differs in each
 * version, and is only in English. */
static const char *reason(const struct http_transfer *t, CURLcode code)
{
    long number = 0;
    if (code == CURLE_COULDNT_CONNECT &&
        curl_easy_getinfo(t->curl, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number > 0)
        return strerror((int)number);
    return t->error[0] ? t->error : curl_easy_strerror(code);
}

enum status http_finish(struct http_transfer *t, CURLcode code, const struct http_options *o,
                        const struct http_request *r, struct error *e)
{
    char where[200], limit[40];
    long http = 0;
    origin_of(where, sizeof where, r->url);
    t->answer.took_ms = clock_mono_ms() - t->started_ms;
    if (code == CURLE_OK) {
        curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &http);
        t->answer.code = (int)http;
        return STATUS_OK;
    }
    struct error own = {0}, *told = e ? e : &own;
    if (proxy_failed(t->curl, code, o, where, t->error, told))
        return told->status;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        error_set(e, STATUS_UNREACHABLE, "http_name", "the name of %s cannot be resolved", where);
        return error_remedy(e, "Check the address, and this machine's DNS.");
    case CURLE_OPERATION_TIMEDOUT:
        text_from_duration(limit, sizeof limit, took_too_long(t, o, r));
        error_set(e, STATUS_TIMEOUT, "http_timeout", "%s did not answer within %s", where, limit);
        return error_remedy(e, "It is tried again by itself.");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return certificate_error(t, o, where, e);
    case CURLE_ABORTED_BY_CALLBACK:
        return error_set(e, STATUS_CANCELLED, "http_cancelled", "cancelled");
    case CURLE_WRITE_ERROR:
        error_set(e, STATUS_FULL, "http_long", "the answer of %s is longer than %zu bytes", where,
                  t->answer.body.maximum);
        return error_remedy(e, "A panel's answer is never that long: check what answers "
                               "there, and ask its administrator. It is tried again "
                               "automatically.");
    case CURLE_SSL_CONNECT_ERROR:
        if (strstr(t->error, "certificate") || strstr(t->error, "asn1"))
            return certificate_error(t, o, where, e);
        break;
    default: break;
    }
    error_set(e, STATUS_UNREACHABLE, "http_unreachable", "%s cannot be reached: %-s", where,
              reason(t, code));
    return error_remedy(
        e, "Is it running, and does a firewall let us out? It is tried again automatically.");
}

void http_transfer_free(struct http_transfer *t)
{
    curl_slist_free_all(t->headers);
    http_answer_free(&t->answer);
}

struct http_client {
    CURL *curl;
    struct http_options options;
};

enum status http_client_open(const struct http_options *o, struct http_client **client,
                             struct error *e)
{
    struct http_client *c = mem_alloc(sizeof *c);
    c->options = *o;
    c->curl = curl_easy_init();
    if (!c->curl) {
        free(c);
        *client = NULL;
        return error_set(e, STATUS_INTERNAL, "curl", "libcurl could not be initialised");
    }
    *client = c;
    return STATUS_OK;
}

void http_client_close(struct http_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    mem_wipe(&client->options, sizeof client->options);
    free(client);
}

enum status http_perform(struct http_client *client, const struct http_request *request,
                         struct http_answer *answer, const volatile int *cancel, struct error *e)
{
    struct http_transfer t = {.curl = client->curl, .cancel = cancel};
    curl_easy_reset(client->curl);
    http_answer_init(&t.answer, request->answer_maximum);
    enum status status = http_setup(&t, &client->options, request, e);
    if (status == STATUS_OK) {
        char where[200], what[WAITING_TEXT];
        origin_of(where, sizeof where, request->url);
        said_format(what, sizeof what, "the answer of %s", where);
        waiting_begin(what, request->timeout_ms, NULL, NULL);
        CURLcode code = curl_easy_perform(client->curl);
        waiting_end();
        status = http_finish(&t, code, &client->options, request, e);
    }
    if (status == STATUS_OK) {
        http_answer_free(answer);
        *answer = t.answer;
        http_answer_init(&t.answer, 1);
    }
    http_transfer_free(&t);
    return status;
}
