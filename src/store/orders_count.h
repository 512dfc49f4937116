/* orders_count.h – how many orders of each kind there are: from tallies that every change updates,
 * so the cost does not depend on how many wait. */
#ifndef ENDPOINT_STORE_ORDERS_COUNT_H
#define ENDPOINT_STORE_ORDERS_COUNT_H

#include "store/orders.h"

enum status orders_count(struct orders *o, int64_t since_ms, struct orders_counts *counts,
                         struct error *e);

/* {"waiting","handed_over","done_today","rejected","closed","in_doubt","oldest_handed_over","untold"} */
json_t *orders_counts_json(const struct orders_counts *counts);

enum status orders_warned(struct orders *o, int64_t num, struct error *e);

/* All orders that were handed over before a given time. */
enum status orders_count_overdue(struct orders *o, int64_t before_ms, uint64_t *count,
                                 struct error *e);

/* Orders handed over since a given time are no longer overdue: the wait was made longer. */
enum status orders_forget_warned(struct orders *o, int64_t since_ms, struct error *e);

/* It has left. */
enum status orders_put_away(struct orders *o, int64_t num, struct error *e);

#endif
