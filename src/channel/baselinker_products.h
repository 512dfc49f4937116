/* baselinker_products.h – products that BaseLinker does not have yet, and what is brought up to date of those it has.
 *
 * addInventoryProduct makes another product each time it is called, also when only its answer was lost. So before one
 * is made the shop is asked for its SKU, every time. Products are never deleted.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_PRODUCTS_H
#define ENDPOINT_CHANNEL_BASELINKER_PRODUCTS_H

#include "channel/baselinker_shop.h"

/* As channel_ops' send, of the kind products. */
enum status baselinker_products_send(struct baselinker_shop *s,
                                     const struct channel_record *records, size_t count,
                                     channel_answer *answer, void *user, int64_t *retry_after_ms,
                                     struct error *e);

/* A VAT rate as BaseLinker has it: "23" → "23", zw → -1, np → -0.02, oo → -0.03. NULL: it has none for this. */
const char *baselinker_products_rate(const char *vat);
/* And back; "" for no rate. target: at least DECIMAL_TEXT. */
void baselinker_products_vat(const json_t *rate, char *target, size_t size);

#endif
