/* prestashop_http.h – calls to a PrestaShop shop's webservice (/api), and what its answers mean.
 *
 * TLS only; the key goes as the user of Basic, without a password. Redirects are not followed. Both ways are XML: a write
 * as JSON is not taken by versions 1.6, and an answer as JSON leaves out what is zero. Pages of a web server, warnings of
 * PHP before the XML and empty answers end here in a status and in words.
 *
 * A tree is what xml_read (base/xml.h) makes of an answer, without <prestashop>: {"products": {"product": […]}}.
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

#define PRESTASHOP_ANSWER (16 << 20) /* bytes of an answer, at most */

/* How a change is written: only what changes (from version 8 on), or the whole thing as it was read. */
enum prestashop_dialect { PRESTASHOP_ASK, PRESTASHOP_PATCH, PRESTASHOP_PUT };

struct prestashop {
    const struct channel_place *place;
    struct http_client *client;
    struct shop_way way;     /* for checks */
    char base[400];          /* "https://host/path", without a slash at its end */
    char account[300];       /* "host/path" */
    char authorization[200]; /* the header's line; wiped when the channel is closed */
    struct error keyless;    /* why there is none; every call answers it */
    int64_t timeout_ms;
    int64_t clock_offset_ms; /* the shop's clock less ours, by its last answer */
    int64_t shop_now_ms;     /* its Date of the last answer; -1: it said none */
    int64_t took_ms;         /* the last answer's */
    enum kind_id kind;
    enum prestashop_dialect dialect;
    json_t
        *fixed; /* members that this shop does not let be written, as it said: {"quantity": true} */
    int64_t id_shop;   /* of several shops in one installation; 0: not set */
    bool ean;          /* products are matched by EAN, not by reference */
    bool terms_known;  /* currency was asked for */
    char currency[8];  /* that prices are in: "PLN"; "": not known */
    struct zone *zone; /* of the shop's times; NULL: this plugin needs none */
};

/* Take base, account, settings and the key from the place. INVALID: the settings. A key that is not stored is no error
 * yet: each call will be DENIED for it. */
enum status prestashop_http_open(struct prestashop *p, const struct channel_place *place,
                                 struct error *e);
void prestashop_http_close(struct prestashop *p);

struct prestashop_call {
    const char *method;
    const char *path;   /* behind /api, with its query: "/products?display=full" */
    const json_t *body; /* a tree without <prestashop>; NULL: none */
    int64_t code;       /* out: the shop's own code of a refusal, 0 without one */
    char message[300];  /* out: its words; "" without any */
    int http;           /* out: the code of HTTP; 0: no answer */
};

/* OK: *tree is the answer (json_decref it). UNREACHABLE: no answer, one that is none of the webservice, or a fault of the
 * shop (5xx: shop_error); TIMEOUT; BUSY with *retry_after_ms; DENIED; NOT_FOUND: no such thing, code shop_gone, or no
 * webservice there, code shop_no_rest; FULL: too long an answer (http_long); REFUSED: the shop's words; CANCELLED. */
enum status prestashop_http_call(struct prestashop *p, struct prestashop_call *call, json_t **tree,
                                 int64_t *retry_after_ms, struct error *e);
/* GET of a path without more ado. */
enum status prestashop_http_get(struct prestashop *p, const char *path, json_t **tree,
                                int64_t *retry_after_ms, struct error *e);

/* What an answer means: the part of a call behind the network, for tests and the fuzz driver. */
enum status prestashop_http_answer(const char *base, const struct http_answer *answer,
                                   struct prestashop_call *call, json_t **tree, struct error *e);

/* Was a write perhaps done all the same? True of errors after which nobody knows. */
bool prestashop_http_unclear(enum status status, const struct error *e);

#endif
