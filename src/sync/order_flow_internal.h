/* order_flow_internal.h – shared by the files of an order's way. */
#ifndef ENDPOINT_SYNC_ORDER_FLOW_INTERNAL_H
#define ENDPOINT_SYNC_ORDER_FLOW_INTERNAL_H

#include "sync/move.h"
#include "sync/order_flow.h"

/* Ask the ERP for the entries' markers; match[i] is its place in found, or -1. */
enum status order_flow_find(struct order_flow *f, const struct order_entry *entries, size_t count,
                            struct order_found *found, int *match, struct error *e);

/* Try this one at once, given back or not. */
void order_flow_unpause_one(struct order_flow *f, int64_t num);

int64_t order_flow_now(const struct order_flow *f);
void order_flow_point(const struct order_flow *f, const char *name);
bool order_flow_tick(const struct order_flow *f, const char *phase, uint64_t done);
void order_flow_journal(const struct order_flow *f, const char *level, const char *code,
                        const struct order_entry *order, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
enum status order_flow_failed(struct order_flow *f, enum order_side side, enum status status);

#endif
