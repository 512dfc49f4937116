/* order_rate.h – how many złoty one unit of an order's currency is.
 *
 * The order says it, or the ERP's table of the day before the order's date has it, or the administrator set it
 * (orders.exchange_rates); in this order. Without a rate an order in another currency is rejected: a document with
 * a rate that nobody gave would be booked at it.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_RATE_H
#define ENDPOINT_DOCUMENT_ORDER_RATE_H

#include "document/order_draft.h"

#define ORDER_RATE_HOME "PLN"
#define ORDER_RATE_DAYS \
    7 /* an older table is none: the longest holidays between two of the NBP are shorter */

/* The rate into d->rate, with a note where it comes from; a fault when there is none. Other than OK: the ERP could not be
 * asked. */
enum status order_rate_find(struct draft *d, struct error *e);

/* The rate of a currency in a text like "EUR 4.25, USD 3.90". STATUS_END: it is not there; STATUS_INVALID: the
 * text is not like that. */
enum status order_rate_set(const char *text, const char *currency, struct decimal *rate,
                           struct error *e);

#endif
