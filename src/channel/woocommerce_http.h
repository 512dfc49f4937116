/* woocommerce_http.h – calls to a WooCommerce shop's REST API (wc/v3), and the meaning of its
 * answers.
 *
 * TLS only; the key pair is sent as Basic authentication. Redirects are not followed. A shop is a
 * web site with plugins by anybody: it may send pages instead of JSON, warnings or a byte order
 * mark before it, or no answer at all. All of that becomes a status and words here; the caller gets
 * JSON of a bounded size, or an error.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_HTTP_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_HTTP_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "channel/channel.h"
#include "model/kind.h"
#include "net/http.h"

#define WOOCOMMERCE_PAGE      100        /* rows of a page: the shop's limit */
#define WOOCOMMERCE_ANSWER    (16 << 20) /* the most bytes of an answer */
#define WOOCOMMERCE_SHOP_CODE 80

/* The shop's own settings. woocommerce_terms_load reads them once in a channel's life. */
struct woocommerce_terms {
    bool known, fresh; /* fresh: read in this life of the channel, not only remembered */
    char currency[8];  /* "PLN"; "": not known */
    int decimals;      /* of its prices */
    int gross;         /* prices are entered with tax: 1, without: 0, not known: -1 */
    int stock;         /* the shop manages stock at all: 1, 0, not known: -1 */
};

struct woocommerce {
    const struct channel_place *place;
    struct http_client *client;
    char host[256]; /* for checks */
    int port;
    char base[400];          /* "https://host/path", without a slash at its end */
    char account[300];       /* "host/path" */
    char authorization[400]; /* the header line; wiped when the channel is closed */
    struct error keyless;    /* why there is no key; every call returns it */
    int64_t timeout_ms;
    int batch; /* items in a batch: from the settings, fewer if the shop said that it is too many */
    int64_t clock_offset_ms; /* the shop's clock minus ours, from its last answer */
    int64_t shop_now_ms;     /* the Date of its last answer; -1: none */
    int64_t took_ms;         /* duration of the last call */
    enum kind_id kind;
    bool no_modified; /* an old shop, whose lists of orders have no filter by modification time */
    bool ean;         /* products are matched by EAN, not by SKU */
    struct woocommerce_terms terms;
};

/* Take base, account and the key pair from the place. INVALID: a fault in the settings. A missing
 * key pair is not an error yet, but each call will be DENIED. */
enum status woocommerce_http_open(struct woocommerce *w, const struct channel_place *place,
                                  struct error *e);
void woocommerce_http_close(struct woocommerce *w);

struct woocommerce_call {
    const char *method;
    const char *path;                 /* after /wp-json/wc/v3, with its query: "/products?page=2" */
    const json_t *body;               /* NULL: none */
    size_t maximum;                   /* bytes of the answer; 0: WOOCOMMERCE_ANSWER */
    char code[WOOCOMMERCE_SHOP_CODE]; /* out: the shop's own code for a refusal, or "" */
    json_t *problem;                  /* out: the refusal's "data", or NULL; json_decref it */
};

/* OK: *json is the answer (json_decref it). UNREACHABLE: no answer, or not one from the API.
 * TIMEOUT. BUSY, with *retry_after_ms. DENIED. NOT_FOUND: no such object (code shop_gone), or no
 * such call (code shop_no_rest). FULL: too many items, or the answer is too long (http_long).
 * REFUSED: the shop's words. CANCELLED. */
enum status woocommerce_http_call(struct woocommerce *w, struct woocommerce_call *call,
                                  json_t **json, int64_t *retry_after_ms, struct error *e);
/* A plain GET of a path. */
enum status woocommerce_http_get(struct woocommerce *w, const char *path, json_t **json,
                                 int64_t *retry_after_ms, struct error *e);
/* /wp-json itself, which needs no key: is there a REST API, and WooCommerce in it? */
enum status woocommerce_http_index(struct woocommerce *w, json_t **json, struct error *e);

/* Judge an answer: the part of a call after the network, for tests and the fuzz driver. */
enum status woocommerce_http_answer(const char *base, const struct http_answer *answer,
                                    struct woocommerce_call *call, json_t **json, struct error *e);

/* May a write have been done all the same? True for errors after which nobody knows. */
bool woocommerce_http_unclear(enum status status, const struct error *e);

/* Read texts and numbers from the shop's JSON, which is loose about types. */
int64_t woocommerce_http_number(const json_t *object,
                                const char *name); /* also from "12"; -1: none */
const char *woocommerce_http_text(const json_t *object, const char *name); /* "" when it is none */
/* The same without markup and with entities decoded, at most size bytes. */
void woocommerce_http_plain(char *target, size_t size, const char *text);

#endif
