/* http_common.h – shared by the blocking and the asynchronous client. */
#ifndef ENDPOINT_NET_HTTP_COMMON_H
#define ENDPOINT_NET_HTTP_COMMON_H

#include <curl/curl.h>

#include "net/http.h"

/* One transfer: curl's handle with its answer and headers. */
struct http_transfer {
    CURL *curl;
    struct curl_slist *headers;
    struct http_answer answer;
    char error[CURL_ERROR_SIZE];
    int64_t started_ms;
    const volatile int *cancel;
    int64_t cancelled_ms; /* when the cancel was first noticed; 0: not yet */
};

/* Set the transfer up for a request. The request's strings must live until it ends. */
enum status http_setup(struct http_transfer *t, const struct http_options *o,
                       const struct http_request *r, struct error *e);
/* The result of the transfer, after curl returned code. */
enum status http_finish(struct http_transfer *t, CURLcode code, const struct http_options *o,
                        const struct http_request *r, struct error *e);
void http_transfer_free(struct http_transfer *t);

#endif
