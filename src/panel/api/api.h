/* api.h – the panel's HTTP API (doc/panel-api.yaml) without the transport: a request in, an answer
 * out. */
#ifndef ENDPOINT_PANEL_API_API_H
#define ENDPOINT_PANEL_API_API_H

#include "base/buf.h"
#include "base/clock.h"
#include "panel/store/attempts.h"
#include "panel/store/order_form.h"
#include "panel/store/store.h"

#define API_BODY_MAX     (16 << 20) /* as received */
#define API_STRANGER_MAX (16 << 10) /* from a stranger */
#define API_PLAIN_MAX    (64 << 20) /* unpacked */

#define API_PART_MAX (ORDER_FORM_ID + 1) /* a part of the path, decoded */

/* Faults that tests ask for. */
struct api_faults {
    int64_t drop_reply;    /* every Nth batch is stored but not answered */
    int64_t drop_register; /* this many registrations are not answered */
    int64_t drop_orders;   /* this many answers with orders are not sent */
    int64_t drop_outcome;  /* this many requests with outcomes are stored but not answered */
    int64_t busy;          /* this many signed requests are answered 503 */
    int64_t too_many;      /* this many signed requests are answered 429 */
    bool repeat_orders;    /* each order appears twice in an answer */
    char refuse[200];      /* a change of this key is refused; "": none */
    bool refuse_unnamed;   /* and the answer does not say which row it is */
    bool single_outcomes;  /* like a panel without the call for many outcomes */
    bool no_starts;        /* like a panel without the calls for start and stop */
    int64_t lease_s;       /* replaces the usual lease; finding out who lives then takes 1 s */
};

struct api {
    struct store *store;
    const struct clock *clock; /* programs give it clock_system */
    char base_url[256];
    struct api_faults faults;
    int64_t batches;
    struct attempts attempts; /* registrations that failed, by address */
    char old_signer[128];     /* the last endpoint that was logged for signing only the body */
};

struct api_request {
    const char *method, *path; /* path as it came: percent-encoded, without query */
    const char *target;        /* path and query as they came */
    const char *address;       /* who asks, as text */
    const char *authorization, *content_encoding, *content_type,
        *batch;                                /* headers, NULL when absent */
    const char *after, *wait, *limit, *orders; /* query, NULL when absent */
    const void *body;
    size_t length;
    bool authenticated;         /* set: the signature was checked when the request first came */
    char endpoint[128];         /* who it is from, once authenticated */
    int64_t incarnation;        /* and from which of its starts; 0: it does not say */
    char part[2][API_PART_MAX]; /* the variable parts of the path, decoded */
};

struct api_answer {
    int code;
    struct buf body;
    const char *content_type;
    const char *allow; /* with 405: the methods that the path allows */
    int retry_after_s; /* with 429 and 503 */
    bool wait;         /* nothing yet: ask again when something changed, until wait_ms are over */
    int64_t wait_ms;
    bool drop; /* close the connection without a reply */
};

/* Answer a request. The caller frees the answer's body. expired: a long poll's time is over.
 */
void api_handle(struct api *api, struct api_request *request, bool expired,
                struct api_answer *answer);

/* How long may the body of this request be (the headers are here, the body is not)? A stranger's is
 * kept short: only those who can sign may use our memory. */
size_t api_body_max(struct api *api, const struct api_request *request);
/* The answer to a request with a longer body, which was dropped. */
void api_refuse_long(struct api *api, struct api_request *request, struct api_answer *answer);

/* A problem document (RFC 9457); its detail is a said text (base/said.h). */
void api_problem(struct api_answer *answer, int code, const char *name, const char *said);

#endif
