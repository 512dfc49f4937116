/* order_seen.h – what else may have written an order although the ERP shows no document with its
 * marker.
 *
 * - Another start of this endpoint: the panel says of an order what it was told of it. When it was given to the
 *   ERP, a file of it may lie in a directory that we do not see.
 * - This endpoint itself, for another account: the account is a part of the marker, so orders that a panel
 *   delivers again after it was set up anew have other markers. The ledger, and the ERP by the orders' numbers,
 *   are asked about orders that are older than our knowing the account.
 * - Whoever was registered when a waiting order came, when that is not who we are now.
 *
 * All of these make an order in doubt, for a person.
 */
#ifndef ENDPOINT_SYNC_ORDER_SEEN_H
#define ENDPOINT_SYNC_ORDER_SEEN_H

#include "sync/order_flow_internal.h"

/* json: the order as it came. *doubtful: m makes it in doubt. Other than OK: the ERP could not be asked. */
enum status order_seen(struct order_flow *f, const struct order_entry *n, const struct order *o,
                       const json_t *json, struct order_move *m, bool *doubtful, struct error *e);

/* This endpoint is registered under another id than before: every waiting order is in doubt.
 * before: the old id. */
enum status order_flow_estrange(struct order_flow *f, const char *before, struct error *e);

#endif
