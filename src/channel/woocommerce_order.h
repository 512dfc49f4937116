/* woocommerce_order.h – converts an order of the shop's API to an order of the protocol
 * (doc/panel-api.yaml).
 *
 * Nothing is computed from prices: the value of a line is its net plus its tax from the shop, after
 * coupons. If a line's value does not divide by its pieces, it becomes two lines, so that the sum
 * stays exact to the grosz. There is no network here; the fuzz driver passes in anything.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_ORDER_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_ORDER_H

#include <jansson.h>
#include <stdbool.h>

/* Top-level members that we ask for. */
#define WOOCOMMERCE_ORDER_FIELDS                                                                                \
    "_fields=id,number,status,currency,date_created_gmt,date_modified_gmt,date_paid_gmt,total,billing,"         \
    "shipping,payment_method,payment_method_title,customer_note,line_items,tax_lines,shipping_lines,fee_lines," \
    "refunds,meta_data"

/* The meta keys in which Endpoint stores an order's result. */
#define WOOCOMMERCE_ORDER_DOCUMENT "_endpoint_document"

/* order: numbers may be texts. refunds: the answer of /orders/{id}/refunds, NULL: the order has
 * none. parents: an object whose members are ids of products with variations; a line that names one
 * of them has lost its variation, and its SKU is not that of the sold item. settings: the
 * channel's. cancelled: what the caller knows about its status. */
json_t *woocommerce_order_map(const json_t *order, const json_t *refunds, const json_t *parents,
                              const json_t *settings, bool cancelled);

/* Might the ERP have this order: was it paid, or is it of a kind that we take before payment? The
 * cancellation of a mere abandoned cart need not be reported. */
bool woocommerce_order_mattered(const json_t *order, const json_t *settings);

/* The first text found under the meta keys of the setting `name` (or of its default); "": none. For
 * numbers: only a text that looks like a tax number. */
void woocommerce_order_meta(const json_t *order, const json_t *settings, const char *name,
                            char *target, size_t size);

#endif
