/* api.h – the panel's HTTP API (doc/panel-api.yaml) without the carrying: a request in, an answer
 * out. */
#ifndef ENDPOINT_PANEL_API_H
#define ENDPOINT_PANEL_API_H

#include "base/buf.h"
#include "panel/store.h"

#define API_BODY_MAX  (16 << 20) /* as it comes */
#define API_PLAIN_MAX (64 << 20) /* unpacked */

struct api {
    struct store *store;
    char base_url[256];
    /* faults that tests ask for */
    int64_t drop_reply;    /* every Nth batch is stored but not answered */
    int64_t drop_register; /* so many registrations are not answered */
    int64_t batches;
};

struct api_request {
    const char *method, *path; /* path without query */
    const char *authorization, *content_encoding, *content_type,
        *batch;               /* headers, NULL when absent */
    const char *after, *wait; /* query, NULL when absent */
    const void *body;
    size_t length;
    bool authenticated; /* set: the signature was checked when the request first came */
    char endpoint[128]; /* who it is from, once authenticated */
};

struct api_answer {
    int code;
    struct buf body;
    const char *content_type;
    bool wait; /* nothing yet: ask again when something changed, until wait_ms are over */
    int64_t wait_ms;
    bool drop; /* close the connection without a reply */
};

/* Answer a request. The answer's body is the caller's to free. expired: a long poll's time is over.
 */
void api_handle(struct api *api, struct api_request *request, bool expired,
                struct api_answer *answer);

/* A problem document (RFC 9457). */
void api_problem(struct api_answer *answer, int code, const char *name, const char *detail);

#endif
