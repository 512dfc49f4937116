/* order_world.h – a shop, an ERP and a writer that fail when told to, for tests of sync/order_flow. All
 * three live in files, as the real ones outlive a crash of ours. */
#ifndef ENDPOINT_TESTS_ORDER_WORLD_H
#define ENDPOINT_TESTS_ORDER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "sync/order_flow.h"
#include "unit.h"

#define NOW     INT64_C(1790000000000)
#define CRASHED 9 /* the exit code of one that died at a point */

struct world {
    char dir[64];
    struct ledger *l;
    struct orders *o;
    struct order_flow f;
    struct order_erp erp;
    json_t *shop;          /* orders, in order; the cursor is how many were given */
    int64_t now, ahead_ms; /* of the shop's clock before ours */
    /* what fails */
    bool erp_down, erp_refuses, shop_down, stage, flush, settle, outcome_refused;
    enum written written;  /* what write says; WRITTEN_HANDED_OVER: does it */
    int die_at;            /* the point at which to die; 0: none */
    const char *import_at; /* the point at which the operator imports */
    bool no_batches;       /* the shop takes outcomes one by one only */
    bool keeps;            /* the operator's program leaves files where they are */
    bool news;             /* the ERP tells what is new */
    bool put_fails, flush_fails;
    bool begun_away; /* the writer that began cannot be opened */
    int finds, writes, told_requests, asked, puts;
    char made[4096][ORDER_MARKER + 1]; /* documents in the order of their ids, from 1 */
    int made_count;
    const char *disliked; /* the order whose outcome is refused, in a batch too */
    char journal[262144];
    struct error e;
};

const char *path(const struct world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void touch(const char *name);
/* How many the ERP has with this marker. */
int documents(const struct world *w, const char *marker);
/* The operator imports all that was handed over (and was not before). */
void import_all(struct world *w);
/* A document of one order. */
void make_document(struct world *w, const char *marker);
/* How many files lie where the operator imports. */
int lying(const struct world *w);
/* What the shop was told last of an order: its member, or "". */
const char *told(struct world *w, const char *id, const char *member);
/* One of the shop's orders, 28 hours old at NOW. */
json_t *order(const char *id, int64_t revision, const char *sku);
void place(struct world *w, json_t *o);
void open_ledger(struct world *w);
void close_ledger(struct world *w);
int set_up(void **state);
int tear_down(void **state);
/* All steps once; the first failure. */
enum status pass(struct world *w);
struct order_entry entry(struct world *w, const char *id);
void assert_state(struct world *w, const char *id, enum order_state state);
bool handed_over(struct world *w, const char *id);

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
