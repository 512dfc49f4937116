/* prestashop_rows.h – lists of the webservice: rows by pages or by ids, and the members of a row. */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_ROWS_H
#define ENDPOINT_CHANNEL_PRESTASHOP_ROWS_H

#include "channel/prestashop_http.h"

/* The kinds of objects that we ask for: "products" contains <product>. */
struct prestashop_resource {
    const char *many, *one;
};
extern const struct prestashop_resource prestashop_rows_products, prestashop_rows_combinations,
    prestashop_rows_stock, prestashop_rows_orders;

/* One list without pages; query: the part after "?". *rows: an array, json_decref it. */
enum status prestashop_rows_get(struct prestashop *p, const struct prestashop_resource *r,
                                const char *query, json_t **rows, int64_t *retry_after_ms,
                                struct error *e);
/* The whole row of one id. NOT_FOUND with code shop_gone: there is none. */
enum status prestashop_rows_one(struct prestashop *p, const struct prestashop_resource *r,
                                int64_t id, json_t **row, int64_t *retry_after_ms, struct error *e);

/* The position of a walk over rows sorted by id. */
struct prestashop_walk {
    int64_t offset; /* rows done */
    int64_t last;   /* the id of the last of them */
};
/* The next rows of a list, at most size (at least 2): those whose id is above at->last; at moves past them.
 * None: the list ends. A list has no total, and shifts when a row is removed; pages overlap by a
 * row, so that this is noticed. */
enum status prestashop_rows_walk(struct prestashop *p, const struct prestashop_resource *r,
                                 const char *query, int size, struct prestashop_walk *at,
                                 json_t **rows, int64_t *retry_after_ms, struct error *e);

/* Append "filter[NAME]=[1|2|3]" with the texts of an array or the names of an object's members. */
void prestashop_rows_filter(struct buf *query, const char *name, const json_t *ids);

/* A whole number; -1: it is not one. */
int64_t prestashop_rows_number(const json_t *row, const char *name);
/* The text of a member; "" if it is not a text. */
const char *prestashop_rows_text(const json_t *row, const char *name);
/* The same for a member that has a text for each language. language: an id; "": the first one. */
const char *prestashop_rows_language(const json_t *row, const char *name, const char *language);

#endif
