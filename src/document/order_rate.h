/* order_rate.h – how many złoty one unit of an order's currency is.
 *
 * The rate comes from the order, or from the ERP's table of a day before the order's date, or from
 * the administrator's setting (orders.exchange_rates); in this order. Without a rate an order in a
 * foreign currency is rejected: otherwise the document would be booked at a rate that nobody gave.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_RATE_H
#define ENDPOINT_DOCUMENT_ORDER_RATE_H

#include "document/order_draft.h"

#define ORDER_RATE_HOME "PLN"
#define ORDER_RATE_DAYS \
    7 /* an older table does not count: the NBP's longest pause between two is shorter */

/* Set d->rate, with a note that says where it comes from; a fault if there is none. If not OK, the
 * ERP could not be asked. */
enum status order_rate_find(struct draft *d, struct error *e);

/* The rate of a currency in a text like "EUR 4.25, USD 3.90". STATUS_END: it is not listed;
 * STATUS_INVALID: the text has another form. */
enum status order_rate_set(const char *text, const char *currency, struct decimal *rate,
                           struct error *e);

#endif
