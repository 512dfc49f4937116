/* http.h – HTTPS requests over libcurl: one at a time (http_perform), or many inside a libuv loop
 * (http_async.h).
 *
 * TLS is always verified, against the system's store or a CA file, with at least TLS 1.2. Plain
 * http is refused, even for loopback addresses. Redirects are not followed. Bodies are bounded.
 */
#ifndef ENDPOINT_NET_HTTP_H
#define ENDPOINT_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct http_options {
    char ca_file[512]; /* "" : the system's store */
    char proxy[256];   /* "http://host:port" or "" (then the environment's, as curl does) */
    char proxy_user[128], proxy_password[256]; /* its login; "": none needed */
    int64_t connect_timeout_ms;
    char user_agent[64];
};

#define HTTP_HEADERS 8

struct http_request {
    const char *method; /* "GET", "POST", "PUT", "DELETE" … */
    const char *url;
    const char *headers[HTTP_HEADERS]; /* "Name: value", NULL-terminated */
    const void *body;                  /* borrowed until the answer; NULL: none */
    size_t body_length;
    int64_t timeout_ms;    /* of the whole exchange */
    size_t answer_maximum; /* bytes of body; 0: 1 MiB */
    /* It must not be done twice: libcurl repeats a request by itself, a POST too, when a connection that it kept from
     * the one before ends without a byte. This one gets a connection of its own, so that whoever asked decides. */
    bool once;
};

struct http_answer {
    int code; /* 200 …; 0 when no answer came */
    struct buf body;
    char content_type[96];
    char location[256];     /* where a redirect points, cut to fit; "": not given */
    int64_t date_ms;        /* Date header, -1 when absent */
    int64_t retry_after_ms; /* Retry-After (seconds or date), -1 when absent */
    int64_t took_ms;
};

void http_answer_init(struct http_answer *a, size_t maximum);
void http_answer_free(struct http_answer *a);

struct http_client; /* one connection cache */

enum status http_client_open(const struct http_options *o, struct http_client **client,
                             struct error *e);
void http_client_close(struct http_client *client);

/* Send and wait. STATUS_OK if any HTTP answer came, whatever its code. Otherwise UNREACHABLE,
 * TIMEOUT, DENIED (certificate: code tls_untrusted, tls_host, tls_expired), FULL (body too long)
 * with words for people. *cancel, when not NULL and set (by a signal handler), ends it: CANCELLED.
 * If a body is on its way, the answer may still come for HTTP_DRAIN_MS, so that we know what
 * arrived. */
#define HTTP_DRAIN_MS 5000
enum status http_perform(struct http_client *client, const struct http_request *request,
                         struct http_answer *answer, const volatile int *cancel, struct error *e);

#endif
