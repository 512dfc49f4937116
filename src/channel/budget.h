/* budget.h – how many calls a shop still takes from one credential, kept for all processes of a state directory.
 *
 * A shop counts the calls of a credential, whichever plugin makes them, and blocks the credential, or the merchant's
 * whole account, when they are too many. So every call is drawn here first. The state is a small file per shop and
 * credential in STATE/budgets/, named after a hash of the credential; it is read and written under a lock.
 *
 * At most `most` calls are given within any `window_ms`. Classes have an order: a class that found nothing has left its
 * wish, and as long as the wish is fresh, classes behind it get nothing; one that went without for two windows
 * gets a call all the same. The last few calls of a window are kept for the classes in front, so that an order need
 * not wait for a window that a backlog of stock has used up.
 *
 * now_ms is a clock that nobody sets (clock_mono_ms). After a restart of the machine, or when the clock went back,
 * all calls that are noted count as made just now: that costs one window and never more.
 */
#ifndef ENDPOINT_CHANNEL_BUDGET_H
#define ENDPOINT_CHANNEL_BUDGET_H

#include <stdint.h>

#include "base/error.h"

/* The first is served first. */
enum budget_class { BUDGET_ORDERS, BUDGET_STOCK, BUDGET_PRICES, BUDGET_PRODUCTS, BUDGET_CLASSES };

enum budget_blocked {
    BUDGET_FREE,
    BUDGET_TOKEN,   /* the shop takes no calls with this credential for a while */
    BUDGET_ACCOUNT, /* nor does it let the merchant in */
};

#define BUDGET_MOST         1000    /* calls in a window */
#define BUDGET_BLOCK_MOST   3600000 /* ms: no block is believed for longer; then one call finds out */
#define BUDGET_PROBE_MS     30000   /* one call at a time finds out whether a block is over */
#define BUDGET_WINDOW_SLACK 500 /* ms by which our window is longer than the shop's: calls travel */

struct budget_rule {
    unsigned
        most; /* calls in a window, 1 to BUDGET_MOST: what the shop allows less what is left to people */
    int64_t window_ms; /* the shop's: 60000 */
};

struct budget_view {
    unsigned used, most;
    enum budget_blocked blocked;
    int64_t blocked_ms; /* how long still; 0: it may be over, a call will tell */
    unsigned blocks;    /* in a row, without an answer between them */
};

struct budget;

/* credential: only its hash is kept. The rule may differ between plugins; each keeps its own, all share the count. */
enum status budget_open(const char *state_dir, const char *shop, const char *credential,
                        const struct budget_rule *rule, struct budget **b, struct error *e);
void budget_close(struct budget *b); /* NULL is fine */

/* Take one call. BUSY (codes budget_spent, budget_blocked): there is none; ask again in *wait_ms, which is from 1 ms to
 * a window, or to the end of a block. IO: the file cannot be used, so no call may be made. */
enum status budget_draw(struct budget *b, enum budget_class class, int64_t now_ms, int64_t *wait_ms,
                        struct error *e);

/* The shop said that the credential or the account is blocked, for so long; at most BUDGET_BLOCK_MOST is believed.
 * Afterwards one call at a time is given until budget_answered says that the shop answers again. */
enum status budget_block(struct budget *b, enum budget_blocked what, int64_t for_ms, int64_t now_ms,
                         struct error *e);

/* The shop answered the call that was drawn last: if that one was to find out about a block, the block is over. */
enum status budget_answered(struct budget *b, int64_t now_ms, struct error *e);

enum status budget_look(struct budget *b, int64_t now_ms, struct budget_view *v, struct error *e);

#endif
