/* baselinker_catalogue.h – what stands in a BaseLinker catalogue, and what a record of ours would look like there. */
#ifndef ENDPOINT_CHANNEL_BASELINKER_CATALOGUE_H
#define ENDPOINT_CHANNEL_BASELINKER_CATALOGUE_H

#include "channel/baselinker_shop.h"

#define BASELINKER_PAGE \
    1000 /* products of a page, by the documentation of getInventoryProductsList */

/* As channel_ops' catalogue: variants are asked for, and come as "parent/variant". */
enum status baselinker_catalogue_page(struct baselinker_shop *s, const char *page,
                                      void (*item)(void *user, const struct channel_item *item),
                                      void *user, struct buf *next, int64_t *retry_after_ms,
                                      struct error *e);

/* The items of a page's answer; returns how many rows it had. first: the id of its first row. */
size_t baselinker_catalogue_items(const struct baselinker_shop *s, const json_t *answer,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, char first[CHANNEL_ID]);

/* As channel_ops' express. Stock is whole pieces, rounded down; a price is gross with two decimals. */
enum status baselinker_catalogue_express(struct baselinker_shop *s,
                                         const struct channel_record *record, struct buf *value,
                                         struct error *e);

/* The same of parsed data, without asking whether the flow may compare it. */
enum status baselinker_catalogue_value(const struct baselinker_shop *s, const json_t *data,
                                       char place[BASELINKER_PLACE], struct buf *value,
                                       struct error *e);

/* The id that a method takes for an item: of a variant its own. */
const char *baselinker_catalogue_id(const char *item);

#endif
