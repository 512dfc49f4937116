/* order_proof.h – is what is kept of an order still what the shop gave?
 *
 * Each order carries a check of its id, marker and content (store/ledger_proof.c), so that a byte that flipped on the
 * disk makes no document of another quantity. Of a damaged one nothing is written: it is fetched from the shop anew.
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
