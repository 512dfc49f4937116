/* step.h – what a plugin's loop does next, and how long it may sleep until then. Pure: the times are given.
 *
 * Times that end in _at are monotonic, and 0 if nothing is waited for. A returned wait is in ms: 0
 * is at once, < 0 is not before somebody says so.
 */
#ifndef ENDPOINT_WORKER_STEP_H
#define ENDPOINT_WORKER_STEP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A plugin that reads the ERP and sends. */
struct step {
    const json_t *schedule;
    int64_t since_ms;         /* how long ago its last pass began; < 0: never */
    int64_t wall_ms, mono_ms; /* now */
    bool requested;           /* a pass is wanted, whatever the schedule says */
    bool erp_away;            /* the last pass did not reach the ERP: try again soon */
    int64_t erp_at, panel_at; /* after a failure: not before */
    bool to_send;             /* something is queued */
    int64_t
        shop_in_ms; /* in how long there is something else to be done for the shop; 0: nothing */
};

/* *read, *send: whose turn it is now. */
int64_t step_next(const struct step *s, bool *read, bool *send);

/* A plugin of orders. */
struct step_orders {
    const json_t *schedule;
    int64_t since_ms;
    int64_t wall_ms, mono_ms;
    bool requested;                     /* a pass is wanted, or the last one did not finish */
    bool fetch;                         /* there is word of new orders, or the last fetch failed */
    int64_t shop_at, erp_at, writer_at; /* after a failure of that side: not before */
    bool counted;                       /* the ledger said the two: */
    int64_t outcomes, to_write;         /* how many wait for the shop, and for the writer */
    int64_t pause_left_ms; /* until an order that was given back is tried again; < 0: none is */
};

int64_t step_next_orders(const struct step_orders *s);

/* How long until a pass may run that the schedule's interval does not ask for: its hours and days hold, and the time
 * before which the ERP is not asked. */
int64_t step_read_in(const json_t *schedule, int64_t wall_ms, int64_t erp_at, int64_t mono_ms);

/* Do the schedule's hours and days allow a pass now, whenever the last one was? */
bool step_may_run(const json_t *schedule, int64_t wall_ms);

#endif
