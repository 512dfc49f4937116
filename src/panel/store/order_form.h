/* order_form.h – is an order, or an outcome, in the form that the protocol asks for?
 *
 * Form only: members, types, exact decimals. What the ERP thinks of the content is the endpoint's
 * to say.
 */
#ifndef ENDPOINT_PANEL_STORE_ORDER_FORM_H
#define ENDPOINT_PANEL_STORE_ORDER_FORM_H

#include <jansson.h>

#include "base/error.h"

#define ORDER_FORM_ID    200  /* bytes of an order's id */
#define ORDER_FORM_LINES 1000 /* lines of an order */
#define ORDER_FORM_BYTES (1 << 20)

/* Every fault of an order, an array of texts that name the member and what is expected; empty when
 * there is none. where: put before the members' names, such as "orders[3]."; "" for none. The
 * caller's to decref. */
json_t *order_form_faults(const json_t *order, const char *where);

/* STATUS_INVALID with code outcome_invalid: the text lists the faults. */
enum status order_form_check_outcome(const json_t *outcome, struct error *e);

#endif
