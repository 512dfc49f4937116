/* woocommerce_catalogue.h – the shop's products and variations, page by page, and its lists to choose from. */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_CATALOGUE_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_CATALOGUE_H

#include "channel/woocommerce_http.h"

/* See channel.h. A page is "products 300 5012": the kind, the number of rows done, the last id.
 * Rows are sorted by id, and pages overlap by one row, so that a removed row is noticed and none is
 * missed. */
enum status woocommerce_catalogue(struct woocommerce *w, const char *page,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, struct buf *next, int64_t *retry_after_ms,
                                  struct error *e);

/* "statuses", "tax-classes", "categories". */
enum status woocommerce_catalogue_lookup(struct woocommerce *w, const char *list, json_t **rows,
                                         int64_t *retry_after_ms, struct error *e);

/* The position of a walk over rows sorted by id. */
struct woocommerce_walk {
    int64_t offset; /* rows done */
    int64_t last;   /* the id of the last of them */
};

/* The next rows of a list, at most size (at least 2): those whose id is above at->last; at moves past them.
 * None: the list ends. path: "/products?type=variable", with a query. */
enum status woocommerce_catalogue_rows(struct woocommerce *w, const char *path, int size,
                                       struct woocommerce_walk *at, json_t **rows,
                                       int64_t *retry_after_ms, struct error *e);

#endif
