/* order_seen.h – what else may have written an order, though the ERP shows no document with its marker.
 *
 * The panel says of an order what it was told of it: when another start of this endpoint gave it to the ERP, a
 * file of it may lie in a directory that we do not see. Such an order is in doubt, for a person.
 */
#ifndef ENDPOINT_SYNC_ORDER_SEEN_H
#define ENDPOINT_SYNC_ORDER_SEEN_H

#include "sync/order_flow_internal.h"

/* json: the order as it came. True: m makes it in doubt. */
bool order_seen_elsewhere(const struct order_entry *n, const json_t *json, struct order_move *m);

#endif
