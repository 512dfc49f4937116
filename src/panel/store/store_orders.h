/* store_orders.h – the panel's orders: every revision of each, and every outcome that an endpoint
 * reported.
 *
 * An order belongs to one plugin. Each revision gets the plugin's next number. A cursor is such a
 * number with a random tag, so a cursor from before the panel was restored from a copy is
 * recognised as unknown, and all orders are delivered again instead of some never.
 */
#ifndef ENDPOINT_PANEL_STORE_STORE_ORDERS_H
#define ENDPOINT_PANEL_STORE_STORE_ORDERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "panel/store/store.h"

#define STORE_CURSOR       32
#define STORE_ORDERS_LIMIT 1000      /* orders in one answer */
#define STORE_OUTCOMES     500       /* outcomes in one request */
#define STORE_ORDERS_BYTES (4 << 20) /* an answer ends with the order that passes this */

/* Add orders (checked with order_form_faults), all or none. results: an array of
 * {"id","revision","result"}, result "added", "revised" or "unchanged" (the same revision was here
 * already). STATUS_EXISTS: this revision is here with different content, or it is older than the
 * newest. STATUS_NOT_FOUND: no such plugin. */
enum status store_orders_add(struct store *s, const char *plugin, const json_t *orders,
                             json_t **results, struct error *e);

/* Deliver the order again, as cancelled, with the next revision. *revision: that one. */
enum status store_order_cancel(struct store *s, const char *plugin, const char *id,
                               int64_t *revision, struct error *e);

/* Up to `limit` orders of an endpoint's plugin after a cursor (NULL, "" or unknown: from the
 * start), oldest first, the newest revision of each. next: the cursor to continue from.
 * STATUS_NOT_FOUND: not its plugin. */
enum status store_orders_after(struct store *s, const char *endpoint, const char *plugin,
                               const char *cursor, int64_t limit, json_t **orders,
                               char next[STORE_CURSOR], struct error *e);

#define STORE_MARK 24
/* Marks of an endpoint's orders: plugins, {id: mark} of those that have any, and one mark over all.
 * A mark changes with every order that comes, is revised or is cancelled. */
enum status store_orders_marks(struct store *s, const char *endpoint, json_t **plugins,
                               char mark[STORE_MARK], struct error *e);

/* Store an outcome (checked with order_form_check_outcome) of an endpoint's order. Storing the same
 * one again changes nothing. *latest: this one counts now, no other is newer by its "at". */
enum status store_outcome_add(struct store *s, const char *endpoint, const char *plugin,
                              const char *id, const json_t *outcome, bool *latest, struct error *e);

/* Store outcomes, each with its order's id as "order", in one transaction. results: an array of the
 * same length, of {"order","ok":true,"latest"} or {"order","ok":false,"code","detail"}. An outcome
 * in the wrong form (outcome_invalid), or of a missing order (order_unknown), does not keep the
 * others from being stored. STATUS_NOT_FOUND: not a plugin of this endpoint. */
enum status store_outcomes_add(struct store *s, const char *endpoint, const char *plugin,
                               const json_t *outcomes, json_t **results, struct error *e);

#endif
