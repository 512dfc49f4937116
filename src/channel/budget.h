/* budget.h – how many calls a shop still takes with one credential, shared by all processes of a
 * state directory.
 *
 * A shop counts the calls of a credential, whichever plugin makes them. If there are too many, it
 * blocks the credential, or even the merchant's whole account. So every call is first drawn from
 * the budget here. The state is a small file per shop and credential in STATE/budgets/, named after
 * a hash of the credential; it is read and written under a lock.
 *
 * At most `most` calls are given within any `window_ms`. Classes have an order. A class that gets
 * no call leaves a wish, and while the wish is fresh, the classes behind it get nothing; but a
 * class that went without for two windows gets a call all the same. The last few calls of a window
 * are kept for the classes in front, so that an order need not wait for the next window when a
 * backlog of stock has used up this one.
 *
 * now_ms comes from a clock that nobody sets (clock_mono_ms). After a restart of the machine, or if
 * the clock went back, all noted calls count as made just now: that costs one window and never
 * more.
 */
#ifndef ENDPOINT_CHANNEL_BUDGET_H
#define ENDPOINT_CHANNEL_BUDGET_H

#include <stdint.h>

#include "base/error.h"

/* In the order in which they are served. */
enum budget_class { BUDGET_ORDERS, BUDGET_STOCK, BUDGET_PRICES, BUDGET_PRODUCTS, BUDGET_CLASSES };

enum budget_blocked {
    BUDGET_FREE,
    BUDGET_TOKEN,   /* the shop takes no calls with this credential for a while */
    BUDGET_ACCOUNT, /* and the merchant's whole account is blocked */
};

#define BUDGET_MOST         1000    /* calls in a window */
#define BUDGET_BLOCK_MOST   3600000 /* ms: we wait no longer for a block; then one call finds out */
#define BUDGET_PROBE_MS     30000   /* one call at a time finds out whether a block is over */
#define BUDGET_WINDOW_SLACK 500     /* ms by which our window is longer: calls take time */

struct budget_rule {
    unsigned
        most; /* calls in a window, 1 to BUDGET_MOST: the shop's limit less a share for people */
    int64_t window_ms; /* the shop's: 60000 */
};

struct budget_view {
    unsigned used, most;
    enum budget_blocked blocked;
    int64_t blocked_ms; /* how long it still lasts; 0: it may be over, a call will tell */
    unsigned blocks;    /* in a row, with no answer in between */
};

struct budget;

/* credential: only its hash is stored. Plugins may have different rules; each follows its own, and
 * all share the count. */
enum status budget_open(const char *state_dir, const char *shop, const char *credential,
                        const struct budget_rule *rule, struct budget **b, struct error *e);
void budget_close(struct budget *b); /* NULL is fine */

/* Draw one call. BUSY (codes budget_spent, budget_blocked): none is left; ask again in *wait_ms,
 * which is between 1 ms and a window, or until the end of a block. IO: the file cannot be used, so
 * no call may be made. */
enum status budget_draw(struct budget *b, enum budget_class class, int64_t now_ms, int64_t *wait_ms,
                        struct error *e);

/* The shop said that it blocks the credential or the account for so long; at most BUDGET_BLOCK_MOST
 * counts. Afterwards one call at a time is given, until budget_answered reports that the shop
 * answers again. */
enum status budget_block(struct budget *b, enum budget_blocked what, int64_t for_ms, int64_t now_ms,
                         struct error *e);

/* The shop answered the call drawn last. If that call was to find out about a block, the block is
 * over. */
enum status budget_answered(struct budget *b, int64_t now_ms, struct error *e);

enum status budget_look(struct budget *b, int64_t now_ms, struct budget_view *v, struct error *e);

#endif
