/* store_rows.h – what the streams carried: the newest of each row that endpoints sent. */
#ifndef ENDPOINT_PANEL_STORE_STORE_ROWS_H
#define ENDPOINT_PANEL_STORE_STORE_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "panel/store/store.h"

#define STORE_LINE_MAX (8 << 20) /* while a line of JSON is read it takes many times its length */

/* Is it a stream that endpoints send ("stock" …)? */
bool store_stream_known(const char *name);

/* Changes that an endpoint sent: NDJSON of seq first..last. */
struct store_batch {
    const char *endpoint, *plugin;
    uint64_t first, last;
    const char *lines;
    size_t length;
};

/* Store a batch. *acked: what the plugin has now.
 * STATUS_EXISTS: a hole. STATUS_INVALID: a bad row, *bad (0: none in particular); nothing was stored.
 * STATUS_NOT_FOUND: not a plugin of this endpoint. */
enum status store_changes(struct store *s, const struct store_batch *batch, uint64_t *acked,
                          uint64_t *bad, struct error *e);

/* Which rows: of a stream, with this key and of this endpoint (NULL: any), deleted ones included or
 * not. */
struct store_rows_wanted {
    const char *stream, *key, *endpoint;
    bool deleted;
};
/* One row, valid during the visit. data: an object as JSON text; NULL if the row is deleted. */
struct store_row {
    const char *key, *data;
    bool deleted;
};

enum status store_rows_count(struct store *s, const struct store_rows_wanted *wanted,
                             int64_t *count, struct error *e);
/* Visit them, by plugin and key; only one is in memory. */
enum status store_rows_each(struct store *s, const struct store_rows_wanted *wanted,
                            void (*visit)(void *user, const struct store_row *row), void *user,
                            struct error *e);

/* A product's levels: an array of {"warehouse","on_hand","reserved","available"}, by warehouse. */
enum status store_rows_stock(struct store *s, const char *sku, json_t **levels, struct error *e);

#endif
