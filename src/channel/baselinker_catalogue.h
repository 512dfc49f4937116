/* baselinker_catalogue.h – the content of a BaseLinker catalogue, and our records in the
 * catalogue's form. */
#ifndef ENDPOINT_CHANNEL_BASELINKER_CATALOGUE_H
#define ENDPOINT_CHANNEL_BASELINKER_CATALOGUE_H

#include "channel/baselinker_shop.h"

#define BASELINKER_PAGE \
    1000 /* products of a page, by the documentation of getInventoryProductsList */

/* As channel_ops' catalogue; it includes variants, as "parent/variant". */
enum status baselinker_catalogue_page(struct baselinker_shop *s, const char *page,
                                      void (*item)(void *user, const struct channel_item *item),
                                      void *user, struct buf *next, int64_t *retry_after_ms,
                                      struct error *e);

/* The items in a page's answer; returns its number of rows. first: the id of the first row. */
size_t baselinker_catalogue_items(const struct baselinker_shop *s, const json_t *answer,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, char first[CHANNEL_ID]);

/* As channel_ops' express. Stock is whole pieces, rounded down; a price is gross with two decimals. */
enum status baselinker_catalogue_express(struct baselinker_shop *s,
                                         const struct channel_record *record, struct buf *value,
                                         struct error *e);

/* The same for parsed data, without the question whether the flow may compare it. */
enum status baselinker_catalogue_value(const struct baselinker_shop *s, const json_t *data,
                                       char place[BASELINKER_PLACE], struct buf *value,
                                       struct error *e);

/* The id of an item for the API's methods; for a variant its own id. */
const char *baselinker_catalogue_id(const char *item);

#endif
