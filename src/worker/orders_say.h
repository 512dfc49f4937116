/* orders_say.h – what an orders plugin reports about itself: state, checks, passes. */
#ifndef ENDPOINT_WORKER_ORDERS_SAY_H
#define ENDPOINT_WORKER_ORDERS_SAY_H

#include "worker/orders_loop.h"

void orders_send_state(struct orders_loop *l);

void orders_send_pass(struct orders_loop *l);

/* Of this pass; NULL: none. */
const struct error *orders_first_error(const struct orders_loop *l);

/* The checks of the sides that were tried; and of orders that a person should see to. */
void orders_say_sides(struct orders_loop *l);

void orders_say_open(struct orders_loop *l, const struct orders_counts *n);

/* The check of two clocks that disagree: decisions that depend on them wait. */
void orders_say_clock(struct orders_loop *l);

#endif
