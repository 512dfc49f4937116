/* files_orders.h – orders that come in as files in a directory: JSON, XML or CSV, in our form or by
 * a map.
 *
 * A file is taken when its size no longer changes; files are taken in order of their names. When
 * all its orders are in the ledger, which the next call shows by its cursor, the file moves to
 * taken/ below the directory (or is removed). An unreadable file becomes an order that is rejected
 * with the reason: nothing disappears without a word. An order's result is written to
 * results/ID.json.
 */
#ifndef ENDPOINT_CHANNEL_FILES_ORDERS_H
#define ENDPOINT_CHANNEL_FILES_ORDERS_H

#include "channel/channel.h"
#include "channel/files_layout.h"
#include "channel/files_map.h"

struct files_orders {
    char directory[512], account[200];
    bool remove; /* files that were taken */
    struct files_layout layout;
    struct files_map map;
    struct zone *zone;
};

/* STATUS_INVALID: settings. */
enum status files_orders_open(struct files_orders *o, const struct channel_place *place,
                              struct error *e);
void files_orders_close(struct files_orders *o);

/* As channel_ops.orders and outcome; now_ms: wall. */
enum status files_orders_fetch(struct files_orders *o, const char *cursor, int limit,
                               int64_t now_ms, json_t **orders, struct buf *next, struct error *e);
enum status files_orders_outcome(struct files_orders *o, const char *order_id,
                                 const json_t *outcome, struct error *e);

/* Check that we may read there, and move files to taken/. */
enum check_result files_orders_try(struct files_orders *o, struct check *c);

#endif
