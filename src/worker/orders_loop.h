/* orders_loop.h – shared by the files of the orders plugin's loop. */
#ifndef ENDPOINT_WORKER_ORDERS_LOOP_H
#define ENDPOINT_WORKER_ORDERS_LOOP_H

#include "base/backoff.h"
#include "worker/loop.h"
#include "worker/orders_worker.h"

enum { ORDER_SIDES = 4 };

#define ORDERS_SAID 800

struct done_files;

struct orders_loop {
    struct worker *w;
    struct orders *orders;
    struct order_flow flow;
    struct orders_erp erp;
    struct order_erp asked;
    struct backoff waits[ORDER_SIDES];
    int64_t shop_at, erp_at, writer_at; /* mono: not before, after a failure */
    int64_t look_at, watch_at, tidy_at; /* mono */
    int64_t files_at, done_tidy_at;     /* mono: putting files away, and deleting old ones */
    struct loop_start started;          /* the last pass */
    int64_t last_ok_ms;                 /* wall */
    bool requested, cancelled;
    bool fetch;              /* there is word of new orders, or the last fetch failed */
    bool tried[ORDER_SIDES]; /* in this pass */
    struct error errors[ORDER_SIDES];
    /* A pass goes in rounds, each with some taking, writing and telling, so that none of them waits
     * for all of another. */
    int64_t until_ms;         /* mono: this bit of the round ends */
    bool more;                /* one of them did not finish in this round */
    bool again;               /* nor in this pass: the next comes at once */
    bool fetched;             /* all, in this pass */
    int64_t after;            /* num of the order that was last tried to be written in this pass */
    int64_t seen_after;       /* and without a writer: the last that was looked for in the ERP */
    int64_t seen_at;          /* mono: not before, for its cost */
    struct done_files *files; /* open while files are put away */
    char said[ORDER_SIDES][48], said_clock[48];
    char said_overdue[ORDERS_SAID], said_doubt[ORDERS_SAID], said_off[ORDERS_SAID];
    char said_stuck[ORDERS_SAID], said_refused[ORDERS_SAID], said_files[ORDERS_SAID];
};

#endif
