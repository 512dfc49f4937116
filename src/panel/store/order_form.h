/* order_form.h – is an order, or an outcome, in the form that the protocol requires?
 *
 * Form only: members, types, exact decimals. The endpoint checks the content against the ERP.
 */
#ifndef ENDPOINT_PANEL_STORE_ORDER_FORM_H
#define ENDPOINT_PANEL_STORE_ORDER_FORM_H

#include <jansson.h>

#include "base/error.h"

#define ORDER_FORM_ID    200  /* bytes of an order's id */
#define ORDER_FORM_LINES 1000 /* lines of an order */
#define ORDER_FORM_BYTES (1 << 20)

/* All faults of an order: an array of texts that name the member and what is expected; empty if
 * there are none. where: put before the members' names, such as "orders[3]."; "" for none. The
 * caller decrefs it. */
json_t *order_form_faults(const json_t *order, const char *where);

/* STATUS_INVALID with code outcome_invalid: the text lists the faults. */
enum status order_form_check_outcome(const json_t *outcome, struct error *e);

#endif
