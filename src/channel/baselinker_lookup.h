/* baselinker_lookup.h – BaseLinker's own lists, for people to choose from. */
#ifndef ENDPOINT_CHANNEL_BASELINKER_LOOKUP_H
#define ENDPOINT_CHANNEL_BASELINKER_LOOKUP_H

#include "channel/baselinker_shop.h"

/* As channel_ops' lookup. Lists: inventories, warehouses, price-groups, statuses, sources,
 * extra-fields. Ids have the form that the settings take: "bl_123", "allegro/7341". */
enum status baselinker_lookup(struct baselinker_shop *s, const char *list, json_t **rows,
                              int64_t *retry_after_ms, struct error *e);

/* The row of an id; NULL: none. */
const json_t *baselinker_lookup_find(const json_t *rows, const char *id);

#endif
