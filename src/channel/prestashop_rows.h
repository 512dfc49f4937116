/* prestashop_rows.h – lists of the webservice: rows by pages or by ids, and the members of a row. */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_ROWS_H
#define ENDPOINT_CHANNEL_PRESTASHOP_ROWS_H

#include "channel/prestashop_http.h"

/* The kinds of things that are asked for: "products" holds <product>. */
struct prestashop_resource {
    const char *many, *one;
};
extern const struct prestashop_resource prestashop_rows_products, prestashop_rows_combinations,
    prestashop_rows_stock, prestashop_rows_orders;

/* One list without pages; query: what comes behind "?". *rows: an array, json_decref it. */
enum status prestashop_rows_get(struct prestashop *p, const struct prestashop_resource *r,
                                const char *query, json_t **rows, int64_t *retry_after_ms,
                                struct error *e);
/* The whole row of one id. NOT_FOUND with code shop_gone: there is none. */
enum status prestashop_rows_one(struct prestashop *p, const struct prestashop_resource *r,
                                int64_t id, json_t **row, int64_t *retry_after_ms, struct error *e);

/* Where a walk over rows sorted by id is. */
struct prestashop_walk {
    int64_t offset; /* rows behind us */
    int64_t last;   /* the id of the last of them */
};
/* The next rows of a list, at most size: those whose id is above at->last, and at is moved behind them. None: its end.
 * A list has no total, and shifts when a row is removed: pages overlap by a row, so that this is noticed. */
enum status prestashop_rows_walk(struct prestashop *p, const struct prestashop_resource *r,
                                 const char *query, int size, struct prestashop_walk *at,
                                 json_t **rows, int64_t *retry_after_ms, struct error *e);

/* Append "filter[NAME]=[1|2|3]" of the texts in an array or the members' names of an object. */
void prestashop_rows_filter(struct buf *query, const char *name, const json_t *ids);

/* A whole number; -1: it is none. */
int64_t prestashop_rows_number(const json_t *row, const char *name);
/* The text of a member; "" when it is none. */
const char *prestashop_rows_text(const json_t *row, const char *name);
/* The same of a member that has a text for each language. language: an id; "": the first one. */
const char *prestashop_rows_language(const json_t *row, const char *name, const char *language);

#endif
