/* baselinker_products.h – makes products that BaseLinker does not have yet, and updates those that
 * it has.
 *
 * Each call of addInventoryProduct makes another product, even if only the last answer was lost. So
 * the shop is always asked for the SKU before a product is made. Products are never deleted.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_PRODUCTS_H
#define ENDPOINT_CHANNEL_BASELINKER_PRODUCTS_H

#include "channel/baselinker_shop.h"

/* As channel_ops' send, of the kind products. */
enum status baselinker_products_send(struct baselinker_shop *s,
                                     const struct channel_record *records, size_t count,
                                     channel_answer *answer, void *user, int64_t *retry_after_ms,
                                     struct error *e);

/* A VAT rate in BaseLinker's form: "23" → "23", zw → -1, np → -0.02, oo → -0.03. NULL: BaseLinker
 * has no such rate. */
const char *baselinker_products_rate(const char *vat);
/* The reverse; "" for no rate. target: at least DECIMAL_TEXT bytes. */
void baselinker_products_vat(const json_t *rate, char *target, size_t size);

#endif
