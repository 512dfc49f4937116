/* store_orders_read.h – orders for people: lists, and one order with everything that became of it. */
#ifndef ENDPOINT_PANEL_STORE_STORE_ORDERS_READ_H
#define ENDPOINT_PANEL_STORE_STORE_ORDERS_READ_H

#include <jansson.h>
#include <stdint.h>

#include "panel/store/store.h"

/* The newest `limit` orders in a state ("new", "waiting", "done", "rejected", "in-doubt"; NULL: any) of a
 * plugin (NULL: any), oldest first: an array of {"id","plugin","number","revision","cancelled","state",
 * "document","reason","remedy","at","outcome_revision","correlation","added","changed"}; the
 * members from document to correlation come from the newest outcome, null if there is none. */
enum status store_orders_list(struct store *s, const char *state, const char *plugin, int64_t limit,
                              json_t **orders, struct error *e);
/* The orders with this id, one for each plugin that has it (plugin: only this one's): an array with
 * the same members plus "seq" and "endpoint", the order's endpoint. */
enum status store_orders_find(struct store *s, const char *id, const char *plugin, json_t **orders,
                              struct error *e);

/* Arrays of objects about one order. Its outcomes, as the endpoint reported them, with "received";
 * oldest first. */
enum status store_order_outcomes(struct store *s, const char *plugin, const char *id,
                                 json_t **outcomes, struct error *e);
/* Documents that the ERP has for it: rows of the stream order-states, with "key". */
enum status store_order_documents(struct store *s, const char *plugin, const char *id,
                                  json_t **documents, struct error *e);
/* Its revisions, as they were added, with "received"; oldest first. */
enum status store_order_revisions(struct store *s, const char *plugin, const char *id,
                                  json_t **revisions, struct error *e);

#endif
