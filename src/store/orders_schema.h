/* orders_schema.h – the migrations that bring the tables of orders into a plugin's ledger. */
#ifndef ENDPOINT_STORE_ORDERS_SCHEMA_H
#define ENDPOINT_STORE_ORDERS_SCHEMA_H

/* The first, which brings orders. */
extern const char orders_schema[];
/* A later one: when each arrived. */
extern const char arrived_schema[];
/* And the one that keeps waiting orders from costing anything. */
extern const char tally_schema[];
/* And how reasons were made (base/said.h). */
extern const char order_said_schema[];

#endif
