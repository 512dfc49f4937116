/* mapping_orders.h – the part "orders" of a mapping: the statements that orders need, and what a
 * writer must know about the ERP: its words, its codes, its widths. */
#ifndef ENDPOINT_MAPPING_MAPPING_ORDERS_H
#define ENDPOINT_MAPPING_MAPPING_ORDERS_H

#include "mapping/mapping.h"

/* How many values the statement takes, one per '?'; -1: a list, in place of every IN (?). */
int mapping_order_sql_values(enum order_sql which);

const char *mapping_order_sql_name(enum order_sql which); /* "products" */

/* Expand each IN (?) of a statement to as many placeholders as there are values, 1 to
 * MAPPING_IN_VALUES; a LIKE ? stays, for one value. *lists: how many lists to bind, one after the
 * other. */
void mapping_expand_in(const char *sql, size_t values, struct buf *b, size_t *lists);

#endif
