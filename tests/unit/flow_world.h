/* flow_world.h – an ERP, a panel and a ledger between them, for tests of sync/flow; and SQLite's calls, the
 * Nth of which fails. */
#ifndef ENDPOINT_TESTS_FLOW_WORLD_H
#define ENDPOINT_TESTS_FLOW_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "sync/flow.h"
#include "sync/flow_send.h"
#include "unit.h"

#define KEYS 9000

extern int fail_in;          /* 0: never */
extern bool fail_afterwards; /* the call is done all the same, as when only its answer is lost */

struct world {
    char dir[64];
    struct ledger *ledger;
    int keys;           /* how many there may be */
    int erp[KEYS];      /* the level of product i; 0: there is none */
    bool bad[KEYS];     /* its row cannot be taken */
    bool refused[KEYS]; /* the panel refuses it for good … */
    bool refused_above; /* … or only a level over 50 of it */
    bool unnamed;       /* and does not say which row it is */
    int panel[KEYS];
    uint64_t panel_batches, held; /* batches that came; rows that were newly held */
    uint64_t panel_acked,
        panel_claims; /* claims: the panel answers this, whatever it has; 0: it is honest */
    struct channel
        *channel; /* open from a sending to the first failure, as a worker has it; NULL: not open */
    struct flow_sender *sender;
    /* what the next reading and sending meet */
    int at, end_at; /* the source's place; where it breaks (-1: nowhere) */
    int ticks_left; /* -1: never told to stop */
    enum { GOOD, LOST_REPLY, AWAY, HALF, BUSY } panel_mood;
    struct record record;
    struct flow flow;
    uint64_t shown; /* changes that a dry run would have queued */
};

void open_ledger(struct world *w);
struct world *world_new(int keys);
void world_free(struct world *w);
void close_channel(struct world *w);
/* A pass; r and e may be NULL. */
enum status read_erp(struct world *w, struct flow_result *r, struct error *e);
/* One batch. */
enum status send_one(struct world *w, struct error *e);
enum status send_all(struct world *w, struct error *e);
/* A pass and a sending in which nothing fails; the two are in step afterwards. */
void settle(struct world *w);
/* The ledger's promise: the panel, once it has the outbox, holds exactly what the snapshot says. */
void check_promise(struct world *w);

#endif
