/* prestashop_catalogue.h – the shop's products and combinations, page by page, and its lists to choose from. */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_CATALOGUE_H
#define ENDPOINT_CHANNEL_PRESTASHOP_CATALOGUE_H

#include "channel/prestashop_rows.h"

/* See channel.h. A page is "300 5012": the number of products done, and the last one's id. */
enum status prestashop_catalogue(struct prestashop *p, const char *page,
                                 void (*item)(void *user, const struct channel_item *item),
                                 void *user, struct buf *next, int64_t *retry_after_ms,
                                 struct error *e);

/* "statuses", "tax-classes", "categories", "languages". */
enum status prestashop_catalogue_lookup(struct prestashop *p, const char *list, json_t **rows,
                                        int64_t *retry_after_ms, struct error *e);

#endif
