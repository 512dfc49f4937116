/* prestashop_http.h – calls to a PrestaShop shop's webservice (/api), and the meaning of its
 * answers.
 *
 * TLS only; the key is the user of Basic authentication, without a password. Redirects are not
 * followed. Both directions use XML: versions 1.6 accept no writes as JSON, and answers as JSON
 * leave out zero values. Web server pages, PHP warnings before the XML and empty answers become a
 * status and words here.
 *
 * A tree is the result of xml_read (base/xml.h) for an answer, without <prestashop>: {"products":
 * {"product": […]}}.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_HTTP_H
#define ENDPOINT_CHANNEL_PRESTASHOP_HTTP_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "channel/channel.h"
#include "channel/shop_way.h"
#include "model/kind.h"
#include "net/http.h"
#include "os/zone.h"

#define PRESTASHOP_ANSWER (16 << 20) /* the most bytes of an answer */

/* How a change is written: only the changes (from version 8 on), or the whole object as it was
 * read. */
enum prestashop_dialect { PRESTASHOP_ASK, PRESTASHOP_PATCH, PRESTASHOP_PUT };

struct prestashop {
    const struct channel_place *place;
    struct http_client *client;
    struct shop_way way;     /* for checks */
    char base[400];          /* "https://host/path", without a slash at its end */
    char account[300];       /* "host/path" */
    char authorization[200]; /* the header line; wiped when the channel is closed */
    struct error keyless;    /* why there is no key; every call returns it */
    int64_t timeout_ms;
    int64_t clock_offset_ms; /* the shop's clock minus ours, from its last answer */
    int64_t shop_now_ms;     /* the Date of its last answer; -1: none */
    int64_t took_ms;         /* duration of the last call */
    enum kind_id kind;
    enum prestashop_dialect dialect;
    json_t *fixed;     /* members that this shop refuses to have written: {"quantity": true} */
    int64_t id_shop;   /* which of several shops in one installation; 0: not set */
    bool ean;          /* products are matched by EAN, not by reference */
    bool terms_known;  /* currency was asked for */
    char currency[8];  /* of the prices: "PLN"; "": not known */
    struct zone *zone; /* of the shop's times; NULL: this plugin needs none */
};

/* Take base, account, settings and the key from the place. INVALID: a fault in the settings. A
 * missing key is not an error yet, but each call will be DENIED. */
enum status prestashop_http_open(struct prestashop *p, const struct channel_place *place,
                                 struct error *e);
void prestashop_http_close(struct prestashop *p);

struct prestashop_call {
    const char *method;
    const char *path;   /* after /api, with its query: "/products?display=full" */
    const json_t *body; /* a tree without <prestashop>; NULL: none */
    int64_t code;       /* out: the shop's own code for a refusal, or 0 */
    char message[300];  /* out: its words; "" without any */
    int http;           /* out: the code of HTTP; 0: no answer */
};

/* OK: *tree is the answer (json_decref it). UNREACHABLE: no answer, not one from the webservice, or
 * a fault of the shop (5xx: shop_error). TIMEOUT. BUSY, with *retry_after_ms. DENIED. NOT_FOUND: no
 * such object (code shop_gone), or no webservice there (code shop_no_rest). FULL: the answer is too
 * long (http_long). REFUSED: the shop's words. CANCELLED. */
enum status prestashop_http_call(struct prestashop *p, struct prestashop_call *call, json_t **tree,
                                 int64_t *retry_after_ms, struct error *e);
/* A plain GET of a path. */
enum status prestashop_http_get(struct prestashop *p, const char *path, json_t **tree,
                                int64_t *retry_after_ms, struct error *e);

/* Judge an answer: the part of a call after the network, for tests and the fuzz driver. */
enum status prestashop_http_answer(const char *base, const struct http_answer *answer,
                                   struct prestashop_call *call, json_t **tree, struct error *e);

/* May a write have been done all the same? True for errors after which nobody knows. */
bool prestashop_http_unclear(enum status status, const struct error *e);

#endif
