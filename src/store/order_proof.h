/* order_proof.h – is the stored order still the one that the shop gave?
 *
 * Each order carries a checksum of its id, marker and content (store/ledger_proof.c), so that a
 * byte that flipped on the disk does not lead to a document with another quantity. A damaged order
 * is not written: it is fetched from the shop again.
 */
#ifndef ENDPOINT_STORE_ORDER_PROOF_H
#define ENDPOINT_STORE_ORDER_PROOF_H

#include "store/orders.h"

/* The ledger's migration that brings it. */
extern const char order_proof_schema[];

/* *whole: it is. */
enum status order_proof_ask(struct orders *o, int64_t num, bool *whole, struct error *e);

/* The revision of an order whose content is damaged: any that the shop gives is newer. */
#define ORDER_PROOF_REVISION (-1)

#endif
