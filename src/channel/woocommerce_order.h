/* woocommerce_order.h – an order as the shop's API shows it becomes an order of the protocol (doc/panel-api.yaml).
 *
 * Nothing is computed from prices: the value of a line is its net plus its tax as the shop has them, after coupons. The
 * pieces of a line whose value does not divide by them become two lines, so that the sum stays exact to the grosz.
 * No network here; the fuzz driver gives it anything.
 */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_ORDER_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_ORDER_H

#include <jansson.h>
#include <stdbool.h>

/* Top-level members that are asked for. */
#define WOOCOMMERCE_ORDER_FIELDS                                                                                \
    "_fields=id,number,status,currency,date_created_gmt,date_modified_gmt,date_paid_gmt,total,billing,"         \
    "shipping,payment_method,payment_method_title,customer_note,line_items,tax_lines,shipping_lines,fee_lines," \
    "refunds,meta_data"

/* The meta keys in which Endpoint keeps what became of an order. */
#define WOOCOMMERCE_ORDER_DOCUMENT "_endpoint_document"

/* order: numbers may be texts. refunds: the answer of /orders/{id}/refunds, NULL when the order has none. parents: an
 * object whose members are ids of products that have variations: a line that names one lost its variation, and the SKU
 * it shows is not what was sold. settings: the channel's. cancelled: what the caller knows of its status. */
json_t *woocommerce_order_map(const json_t *order, const json_t *refunds, const json_t *parents,
                              const json_t *settings, bool cancelled);

/* Is there a chance that the ERP has it: it was paid, or is of a kind that is taken before it is paid? What was never
 * more than an abandoned cart need not be told as cancelled. */
bool woocommerce_order_mattered(const json_t *order, const json_t *settings);

/* The first text of the meta keys in the setting `name` (or in its default); "" none. For numbers: only what looks like
 * a tax number. */
void woocommerce_order_meta(const json_t *order, const json_t *settings, const char *name,
                            char *target, size_t size);

#endif
