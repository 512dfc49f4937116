/* woocommerce_http.h – calls to a WooCommerce shop's REST API (wc/v3), and what its answers mean.
 *
 * TLS only; the key pair goes as Basic. Redirects are not followed. A shop is a web site with plugins of anybody in it:
 * pages in place of JSON, warnings or a byte order mark before it, answers that never come. All of that ends here in a
 * status and in words; whoever called gets JSON of a bounded size or an error.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_HTTP_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_HTTP_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "channel/channel.h"
#include "model/kind.h"
#include "net/http.h"

#define WOOCOMMERCE_PAGE      100        /* rows of a page: the shop's most */
#define WOOCOMMERCE_ANSWER    (16 << 20) /* bytes of an answer, at most */
#define WOOCOMMERCE_SHOP_CODE 80

/* What the shop's own settings say. Read once per life of a channel, by woocommerce_terms_load. */
struct woocommerce_terms {
    bool known,
        fresh; /* fresh: asked in this life of the channel, not only known from the one before */
    char currency[8]; /* "PLN"; "": not said */
    int decimals;     /* of its prices */
    int gross;        /* prices are entered with tax: 1, without: 0, not said: -1 */
    int stock;        /* the shop manages stock at all: 1, 0, not said: -1 */
};

struct woocommerce {
    const struct channel_place *place;
    struct http_client *client;
    char host[256]; /* for checks */
    int port;
    char base[400];          /* "https://host/path", without a slash at its end */
    char account[300];       /* "host/path" */
    char authorization[400]; /* the header's line; wiped when the channel is closed */
    struct error keyless;    /* why there is none; every call answers it */
    int64_t timeout_ms;
    int batch; /* items in a batch: of the settings, less when the shop said that it is too many */
    int64_t clock_offset_ms; /* the shop's clock less ours, by its last answer */
    int64_t shop_now_ms;     /* its Date of the last answer; -1: it said none */
    int64_t took_ms;         /* the last answer's */
    enum kind_id kind;
    bool no_modified; /* an old shop, whose lists of orders know no time of modification */
    bool ean;         /* products are matched by EAN, not by SKU */
    struct woocommerce_terms terms;
};

/* Take base, account and the key pair from the place. INVALID: the settings. A key pair that is not stored is no error
 * yet: each call will be DENIED for it. */
enum status woocommerce_http_open(struct woocommerce *w, const struct channel_place *place,
                                  struct error *e);
void woocommerce_http_close(struct woocommerce *w);

struct woocommerce_call {
    const char *method;
    const char *path;   /* behind /wp-json/wc/v3, with its query: "/products?page=2" */
    const json_t *body; /* NULL: none */
    size_t maximum;     /* bytes of the answer; 0: WOOCOMMERCE_ANSWER */
    char code[WOOCOMMERCE_SHOP_CODE]; /* out: the shop's own code of a refusal, "" without one */
    json_t *problem; /* out: the refusal's "data"; NULL without one; json_decref it */
};

/* OK: *json is the answer (json_decref it). UNREACHABLE: no answer, or one that is none of the API. TIMEOUT; BUSY with
 * *retry_after_ms; DENIED; NOT_FOUND: no such thing, code shop_gone, or no such call, code shop_no_rest; FULL:
 * too many items, or too long an answer (http_long); REFUSED: the shop's words; CANCELLED. */
enum status woocommerce_http_call(struct woocommerce *w, struct woocommerce_call *call,
                                  json_t **json, int64_t *retry_after_ms, struct error *e);
/* GET of a path without more ado. */
enum status woocommerce_http_get(struct woocommerce *w, const char *path, json_t **json,
                                 int64_t *retry_after_ms, struct error *e);
/* /wp-json itself, which needs no key: is there a REST API, and WooCommerce in it? */
enum status woocommerce_http_index(struct woocommerce *w, json_t **json, struct error *e);

/* What an answer means: the part of a call behind the network, for tests and the fuzz driver. */
enum status woocommerce_http_answer(const char *base, const struct http_answer *answer,
                                    struct woocommerce_call *call, json_t **json, struct error *e);

/* Was a write perhaps done all the same? True of errors after which nobody knows. */
bool woocommerce_http_unclear(enum status status, const struct error *e);

/* Texts and numbers of the shop's JSON, which is loose about their types. */
int64_t woocommerce_http_number(const json_t *object,
                                const char *name); /* also of "12"; -1: none */
const char *woocommerce_http_text(const json_t *object, const char *name); /* "" when it is none */
/* The same without markup and with its entities as characters, at most size bytes. */
void woocommerce_http_plain(char *target, size_t size, const char *text);

#endif
