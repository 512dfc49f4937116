/* The loop of a plugin of kind "orders": take, write, look, tell. */
#include "worker/orders_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/plugin.h"
#include "os/fd.h"
#include "os/lock.h"
#include "os/clock.h"
#include "os/log.h"
#include "store/orders_count.h"
#include "store/orders_read.h"
#include "sync/order_look.h"
#include "sync/order_recover.h"
#include "sync/order_tell.h"
#include "sync/order_write.h"
#include "worker/fault.h"
#include "worker/loop.h"
#include "worker/orders_account.h"
#include "worker/orders_files.h"
#include "worker/orders_loop.h"
#include "worker/orders_say.h"
#include "worker/orders_simulate.h"
#include "worker/pass.h"
#include "worker/step.h"
#include "worker/waits.h"

#define RETRY_FIRST   2000
#define RETRY_CAP     60000
#define LOOK_SHARE    10 /* looking takes at most this part of the time */
#define LOOK_CAP      INT64_C(600000)
#define WATCH_EVERY   INT64_C(3600000)
#define KEEP_MS       (INT64_C(90) * 86400000) /* how long a finished order keeps its content */
#define TRIM_AT_ONCE  200
#define LOCK_MS       10000
#define LOCK_PAUSE_MS 20
#define LOOK_QUIET    50    /* after all were looked up, if the ERP reports no news */
#define TAKE_MS       2000  /* of taking in a round, */
#define WRITE_MS      5000  /* of writing, */
#define TELL_MS       5000  /* and of telling */
#define PASS_MS       60000 /* then it is said how it goes, and the next pass goes on */
#define SEEN_ONCE     5     /* batches that are looked for in a round without a writer */
#define TIDY_EVERY    INT64_C(600000)

/* ---- what the flow calls ---------------------------------------------------------------------- */

static int64_t on_clock(void *user)
{
    const struct orders_loop *l = user;
    return clock_wall(l->w->clock);
}

static bool on_tick(void *user, const char *phase, uint64_t done)
{
    struct orders_loop *l = user;
    bool go = worker_tick(l->w, phase, "orders", done);
    if (go && (text_equal(phase, "tell") || text_equal(phase, "fetch")))
        go = clock_mono(l->w->clock) < l->until_ms && json_array_size(l->w->events.requests) == 0;
    return go;
}

static void on_journal(void *user, const char *level, const char *code,
                       const struct order_entry *order, const char *said)
{
    struct orders_loop *l = user;
    events_journal_order(&l->w->events, level, code, order ? order->id : NULL,
                         order ? order->correlation : NULL, said);
}

static bool on_may_write(void *user, struct error *e)
{
    return worker_may_write(((struct orders_loop *)user)->w, e);
}

static void on_point(void *user, const char *name)
{
    (void)user;
    fault_point(name);
}

/* ---- failures --------------------------------------------------------------------------------- */

static void failed(struct orders_loop *l, enum order_side side, enum status status,
                   int64_t asked_ms, const struct error *e)
{
    if (status == STATUS_CANCELLED) {
        l->cancelled = true;
        return;
    }
    /* Checking a directory or a program costs nothing: do it often, even if a person has to act. */
    int64_t at =
        clock_mono(l->w->clock) + (side == ORDER_SIDE_WRITER
                                       ? backoff_failed(&l->waits[side], crypto_random_u32())
                                       : loop_wait_after(&l->waits[side], status, asked_ms, e));
    l->tried[side] = true;
    l->errors[side] = *e;
    if (l->errors[side].status == STATUS_OK)
        l->errors[side].status = status;
    if (side == ORDER_SIDE_CHANNEL || side == ORDER_SIDE_LEDGER)
        l->shop_at = at;
    if (side == ORDER_SIDE_ERP || side == ORDER_SIDE_LEDGER)
        l->erp_at = at;
    if (side == ORDER_SIDE_WRITER)
        l->writer_at = at;
}

/* Give all waiting orders the reason that they wait for; once, not at every attempt. */
static void block(struct orders_loop *l, enum order_side side)
{
    const struct error *e = &l->errors[side];
    struct error ignored = {0};
    if (text_equal(l->said[side], e->code) && l->flow.count.received == 0)
        return;
    if (ledger_begin(l->w->ledger, &ignored) != STATUS_OK)
        return;
    if (orders_block(l->orders, error_said(e), error_advice_said(e), clock_wall(l->w->clock),
                     &ignored) != STATUS_OK ||
        ledger_commit(l->w->ledger, &ignored) != STATUS_OK)
        ledger_rollback(l->w->ledger);
}

/* ---- the shop --------------------------------------------------------------------------------- */

static bool shop_open(struct orders_loop *l, struct channel **channel)
{
    struct worker *w = l->w;
    struct error e = {0};
    enum status status = worker_channel_open(w, channel, &e);
    if (status != STATUS_OK) {
        failed(l, ORDER_SIDE_CHANNEL, status, -1, &e);
        l->fetch = true;
        return false;
    }
    orders_flow_account(w, *channel, &l->flow);
    l->tried[ORDER_SIDE_CHANNEL] = true;
    return true;
}

/* An order's age is measured by the shop's clock, which may differ from ours. Until the shop was
 * first heard, the time of the plugin's set-up is known only by our clock. */
static void use_shops_clock(struct orders_loop *l)
{
    struct ledger *ledger = l->w->ledger;
    int64_t since = 0, corrected = 0;
    struct error e = {0};
    enum status status = ledger_fact(ledger, "orders_setup", &since, &e);
    if (status == STATUS_OK)
        status = ledger_fact(ledger, "orders_setup_corrected", &corrected, &e);
    if (status == STATUS_OK && !corrected && !clock_disagrees(l->flow.ahead_ms)) {
        status = ledger_begin(ledger, &e);
        if (status == STATUS_OK)
            status = ledger_set_fact(ledger, "orders_setup", since + l->flow.ahead_ms, &e);
        if (status == STATUS_OK)
            status = ledger_set_fact(ledger, "orders_setup_corrected", 1, &e);
        if (status == STATUS_OK)
            status = ledger_commit(ledger, &e);
        if (status != STATUS_OK)
            ledger_rollback(ledger);
    }
    if (status != STATUS_OK)
        failed(l, ORDER_SIDE_LEDGER, status, -1, &e);
    if (status == STATUS_OK && (status = orders_account_corrected(l->w, &l->flow, &e)) != STATUS_OK)
        failed(l, ORDER_SIDE_LEDGER, status, -1, &e);
    orders_flow_ages(l->w, &l->flow);
}

/* A bit of what the shop has. */
static void shop_in(struct orders_loop *l, struct channel *channel)
{
    struct error e = {0};
    int64_t asked = -1;
    uint64_t before = l->flow.count.received;
    l->until_ms = clock_mono(l->w->clock) + TAKE_MS;
    enum status status = orders_account_known(l->w, &l->flow, &e);
    if (status != STATUS_OK)
        l->flow.side = ORDER_SIDE_LEDGER;
    else
        status = order_flow_fetch(&l->flow, l->w->ops, channel, &asked, &e);
    bool interrupted = status == STATUS_CANCELLED && !worker_told_to_stop(l->w);
    l->fetched = !interrupted;
    l->more |= interrupted;
    l->fetch = status != STATUS_OK && !interrupted; /* what is heard of meanwhile is another word */
    if (status != STATUS_OK && !interrupted)
        failed(l, l->flow.side, status, asked, &e);
    /* What came before a failure is judged in this pass, too. */
    if (status == STATUS_OK || l->flow.count.received > before)
        use_shops_clock(l);
}

/* A bit of what the shop has not been told. */
static void shop_out(struct orders_loop *l, struct channel *channel)
{
    struct error e = {0};
    int64_t asked = -1;
    l->until_ms = clock_mono(l->w->clock) + TELL_MS;
    enum status status = order_flow_tell(&l->flow, l->w->ops, channel, &asked, &e);
    if (status == STATUS_CANCELLED && !worker_told_to_stop(l->w))
        l->more = true; /* only interrupted */
    else if (status != STATUS_OK)
        failed(l, l->flow.side, status, asked, &e);
}

/* ---- the ERP ---------------------------------------------------------------------------------- */

/* False: nothing more can be asked of the ERP in this pass. */
static bool went_well(struct orders_loop *l, enum status status, const struct error *e)
{
    if (status == STATUS_OK || status == STATUS_END)
        return true;
    failed(l, l->flow.side, status, -1, e);
    if (!l->cancelled && (l->flow.side == ORDER_SIDE_WRITER || l->flow.side == ORDER_SIDE_ERP))
        block(l, l->flow.side);
    return l->flow.side == ORDER_SIDE_WRITER;
}

/* From looking up the markers until the documents exist, none of our other plugins may do the same:
 * two of them can be given the same order. -1: another one takes too long, or we should stop. */
static int lock_writing(struct orders_loop *l)
{
    char path[600];
    int fd = -1;
    struct error e = {0};
    int64_t until = clock_mono(l->w->clock) + LOCK_MS;
    if (!text_format(path, sizeof path, "%s/orders.lock", l->w->state_dir))
        return -1;
    enum status status;
    while ((status = lock_file(path, &fd, &e)) == STATUS_BUSY && clock_mono(l->w->clock) < until &&
           worker_tick(l->w, "write", "orders", 0))
        clock_sleep_ms(LOCK_PAUSE_MS);
    if (status != STATUS_OK && status != STATUS_BUSY)
        failed(l, ORDER_SIDE_WRITER, status, -1, &e);
    return fd;
}

/* An order that must not be written now waits, and says why. While the panel is still being asked
 * there is nothing to say. */
static bool may_write(struct orders_loop *l)
{
    struct error e = {0};
    if (worker_may_write(l->w, &e))
        return true;
    if (text_equal(e.code, "orders_asking"))
        return false;
    l->flow.side = ORDER_SIDE_WRITER;
    went_well(l, e.status, &e);
    return false;
}

/* A bit of writing. STATUS_END: all were tried. */
static enum status write_some(struct orders_loop *l, struct error *e)
{
    enum status status = STATUS_OK;
    l->until_ms = clock_mono(l->w->clock) + WRITE_MS;
    while (status == STATUS_OK && clock_mono(l->w->clock) < l->until_ms) {
        error_clear(e);
        status = order_flow_write(&l->flow, &l->after, e);
        if (status == STATUS_OK)
            orders_send_state(l);
    }
    l->more |= status == STATUS_OK;
    return status;
}

/* Even without a writer, check which orders are cancelled or already in the ERP: a few each time,
 * in a cycle. */
static enum status see_some(struct orders_loop *l, struct error *e)
{
    int64_t began = clock_mono(l->w->clock);
    enum status status = STATUS_OK;
    if (began < l->seen_at)
        return STATUS_OK;
    for (int i = 0; i < SEEN_ONCE && status == STATUS_OK; i++)
        status = order_flow_write(&l->flow, &l->seen_after, e);
    if (status == STATUS_END)
        l->seen_after = 0;
    l->seen_at = clock_mono(l->w->clock) + (clock_mono(l->w->clock) - began) * (LOOK_QUIET - 1);
    return status;
}

static bool write_locked(struct orders_loop *l)
{
    struct error e = {0};
    enum status status = STATUS_END;
    if (may_write(l) && clock_mono(l->w->clock) >= l->writer_at)
        status = orders_writer_open(&l->erp, &l->flow.writer_ops, &l->flow.writer, &e);
    if (status != STATUS_END)
        l->tried[ORDER_SIDE_WRITER] = true;
    if (status != STATUS_OK && status != STATUS_END) {
        l->flow.side = ORDER_SIDE_WRITER;
        went_well(l, status, &e);
    }
    if (l->flow.unsettled && !went_well(l, order_flow_recover(&l->flow, &e), &e))
        return false;
    status = l->flow.writer ? write_some(l, &e) : see_some(l, &e);
    bool good = went_well(l, status, &e) && !l->cancelled;
    if (good && l->flow.unchecked) /* red, but all the rest goes on */
        l->errors[ORDER_SIDE_ERP] = l->flow.unchecked_why;
    if (good && l->flow.given_back + l->flow.paused) { /* red likewise, until they are through */
        l->errors[ORDER_SIDE_WRITER] = l->flow.given_back_why;
        if (l->errors[ORDER_SIDE_WRITER].status == STATUS_OK)
            l->errors[ORDER_SIDE_WRITER].status = STATUS_BUSY;
    }
    return good;
}

/* The directory's owner was checked when it was opened: that holds for some writing, not for all of
 * it. */
static void close_writer(struct orders_loop *l)
{
    if (l->flow.writer)
        l->flow.writer_ops->close(l->flow.writer);
    l->flow.writer = NULL;
}

static bool write_all(struct orders_loop *l)
{
    int fd = lock_writing(l);
    if (fd < 0)
        return !worker_told_to_stop(l->w); /* in the next pass */
    bool good = write_locked(l);
    close_writer(l);
    fd_close(&fd);
    return good;
}

static bool look(struct orders_loop *l)
{
    struct error e = {0};
    const struct order_looking *k = &l->flow.looking;
    int64_t began = clock_mono(l->w->clock);
    bool good = went_well(l, order_flow_look(&l->flow, &e), &e);
    int share = k->sweeps[0].whole && k->sweeps[1].whole && !k->news ? LOOK_QUIET : LOOK_SHARE;
    int64_t now = clock_mono(l->w->clock), pause = (now - began) * (share - 1);
    l->look_at = now + (pause < LOOK_CAP ? pause : LOOK_CAP);
    return good;
}

static void close_erp(struct orders_loop *l)
{
    close_writer(l);
    orders_erp_close(&l->erp);
}

static void at_erp(struct orders_loop *l, const struct orders_counts *n)
{
    struct error e = {0};
    int64_t now = clock_mono(l->w->clock),
            to_write = n->states[ORDER_WAITING] + n->states[ORDER_SENDING];
    bool looks = now >= l->look_at, watches = now >= l->watch_at;
    bool open = n->states[ORDER_HANDED_OVER] + n->states[ORDER_IN_DOUBT] > 0;
    if (to_write == 0 && !(looks && open) && !watches)
        return;
    l->tried[ORDER_SIDE_ERP] = true;
    enum status status = orders_erp_open(&l->erp, &e);
    if (status != STATUS_OK) {
        l->flow.side = ORDER_SIDE_ERP;
        went_well(l, status, &e);
        return;
    }
    pass_say_erp(l->w, l->erp.session);
    if (to_write && !write_all(l))
        return;
    if (looks && !look(l))
        return;
    if (watches && went_well(l, order_flow_watch(&l->flow, &e), &e))
        l->watch_at = now + WATCH_EVERY;
}

/* ---- passes ----------------------------------------------------------------------------------- */

static void tidy(struct orders_loop *l)
{
    struct error e = {0};
    size_t trimmed = 0;
    if (clock_mono(l->w->clock) < l->tidy_at)
        return;
    enum status status = ledger_begin(l->w->ledger, &e);
    if (status == STATUS_OK)
        status =
            orders_trim(l->orders, clock_wall(l->w->clock), KEEP_MS, TRIM_AT_ONCE, &trimmed, &e);
    if (status == STATUS_OK)
        status = ledger_commit(l->w->ledger, &e);
    if (status != STATUS_OK) {
        ledger_rollback(l->w->ledger);
        failed(l, ORDER_SIDE_LEDGER, status, -1, &e);
    }
    l->tidy_at = clock_mono(l->w->clock) + (trimmed == TRIM_AT_ONCE ? 0 : TIDY_EVERY);
}

static void begin_pass(struct orders_loop *l)
{
    loop_started(l->w, &l->started);
    l->cancelled = l->fetched = l->again = false;
    l->after = 0;
    memset(l->tried, 0, sizeof l->tried);
    memset(l->errors, 0, sizeof l->errors);
    memset(&l->flow.count, 0, sizeof l->flow.count);
    l->flow.unchecked = l->flow.undated = l->flow.given_back = l->flow.paused = 0;
    error_clear(&l->flow.given_back_why);
    l->tried[ORDER_SIDE_LEDGER] = true;
    orders_flow_ages(l->w, &l->flow);
    ledger_set_fact(l->w->ledger, "last_start", l->started.at.wall_ms, NULL);
}

static void say(struct orders_loop *l)
{
    struct orders_counts counts;
    orders_say_sides(l);
    orders_say_clock(l);
    if (orders_count(l->orders, 0, &counts, NULL) == STATUS_OK)
        orders_say_open(l, &counts);
    orders_send_state(l);
}

static void end_pass(struct orders_loop *l)
{
    for (size_t i = 0; i < ORDER_SIDES; i++)
        if (l->tried[i] && l->errors[i].status == STATUS_OK)
            backoff_reset(&l->waits[i]);
    if (!orders_first_error(l))
        l->last_ok_ms = l->started.at.wall_ms;
    say(l);
    waits_say(l->w);
    orders_send_pass(l);
}

static void answer_requests(struct orders_loop *l);

/* A bit of each, in an order's way. */
static void work_a_round(struct orders_loop *l, struct channel *channel)
{
    struct error e = {0};
    struct orders_counts counts;
    bool shop = channel && l->errors[ORDER_SIDE_CHANNEL].status == STATUS_OK;
    l->more = false;
    if (shop && !l->fetched)
        shop_in(l, channel);
    enum status status = orders_count(l->orders, 0, &counts, &e);
    if (status != STATUS_OK)
        failed(l, ORDER_SIDE_LEDGER, status, -1, &e);
    else if (!l->cancelled && clock_mono(l->w->clock) >= l->erp_at)
        at_erp(l, &counts);
    if (!l->cancelled && (status = orders_files_put_away(l, &e)) != STATUS_OK)
        failed(l, ORDER_SIDE_LEDGER, status, -1, &e);
    shop = channel && l->errors[ORDER_SIDE_CHANNEL].status == STATUS_OK;
    if (shop && !l->cancelled)
        shop_out(l, channel);
    answer_requests(l);
}

static void pass(struct orders_loop *l)
{
    struct channel *channel = NULL;
    int64_t began = clock_mono(l->w->clock);
    begin_pass(l);
    if (clock_mono(l->w->clock) >= l->shop_at)
        shop_open(l, &channel);
    for (;;) {
        work_a_round(l, channel);
        l->again = l->more && !l->cancelled;
        if (!l->again || clock_mono(l->w->clock) - began >= PASS_MS)
            break;
        say(l);
    }
    close_erp(l);
    if (channel)
        l->w->ops->close(channel);
    if (!l->cancelled)
        tidy(l);
    if (!l->cancelled)
        end_pass(l);
}

/* ---- people ----------------------------------------------------------------------------------- */

static json_t *refused(const struct error *e)
{
    return json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(e));
}

/* "order-retry", "order-resolve": the whole answer. */
static json_t *settle(struct orders_loop *l, const json_t *request)
{
    struct error e = {0};
    struct order_entry entry;
    json_t *order = NULL;
    const char *what = json_text(request, "do", ""), *name = json_text(request, "order", "");
    const char *exists_as = json_text(request, "exists_as", NULL);
    bool missing = json_flag(request, "does_not_exist", false);
    enum status status;
    if (text_equal(what, "order-retry"))
        status = order_flow_retry(&l->flow, name, &entry, &e);
    else if (!text_equal(what, "order-resolve"))
        status = error_set(&e, STATUS_INVALID, "request_unknown",
                           "a plugin does not know \"%.40s\"", what);
    else if (!exists_as == !missing)
        status = error_set(&e, STATUS_INVALID, "order_resolve",
                           "state either which document it is, or that there is none");
    else
        status = order_flow_resolve(&l->flow, name, exists_as, &entry, &e);
    if (status == STATUS_OK)
        status = orders_show(l->orders, entry.id, &order, &e);
    if (status != STATUS_OK)
        return refused(&e);
    json_object_del(order, "order"); /* its content is long */
    json_set_text(order, "plugin", l->w->id);
    l->requested = true;
    l->shop_at = l->erp_at = l->writer_at = l->seen_at = l->files_at = 0;
    return json_pack("{s:b,s:o}", "ok", 1, "order", order);
}

static void answer_requests(struct orders_loop *l)
{
    json_t *list = l->w->events.requests;
    while (json_array_size(list) > 0) {
        json_t *request = json_incref(json_array_get(list, 0));
        json_array_remove(list, 0);
        events_answer(&l->w->events, request, settle(l, request));
        json_decref(request);
    }
}

/* ---- the loop --------------------------------------------------------------------------------- */

/* How long until something is to be done; < 0: nothing until told. */
static int64_t next_step(struct orders_loop *l)
{
    struct orders_counts n = {0};
    bool counted = orders_count(l->orders, 0, &n, NULL) == STATUS_OK;
    const struct step_orders s = {.schedule = json_object_get(l->w->plugin, "schedule"),
                                  .since_ms = loop_since(l->w, &l->started),
                                  .wall_ms = clock_wall(l->w->clock),
                                  .mono_ms = clock_mono(l->w->clock),
                                  .requested = l->requested || l->again,
                                  .fetch = l->fetch,
                                  .shop_at = l->shop_at,
                                  .erp_at = l->erp_at,
                                  .writer_at = l->writer_at,
                                  .counted = counted,
                                  .outcomes = n.outcomes,
                                  .to_write = n.states[ORDER_WAITING] + n.states[ORDER_SENDING],
                                  .pause_left_ms = order_flow_pause_left(&l->flow)};
    return step_next_orders(&s);
}

static bool set_up(struct orders_loop *l)
{
    struct error e = {0};
    int64_t since = 0;
    enum status status = orders_open(l->w->ledger, &l->orders, &e);
    if (status == STATUS_OK)
        status = ledger_fact(l->w->ledger, "orders_setup", &since, &e);
    if (status == STATUS_OK && since == 0)
        status = ledger_set_fact(l->w->ledger, "orders_setup", clock_wall(l->w->clock), &e);
    if (status == STATUS_OK)
        return true;
    loop_say(l->w, l->said[ORDER_SIDE_LEDGER], "plugin.ledger", "The plugin's ledger", &e);
    return false;
}

int orders_run(struct worker *w)
{
    struct orders_loop l = {.w = w};
    struct error e = {0};
    for (size_t i = 0; i < ORDER_SIDES; i++)
        backoff_init(&l.waits[i], RETRY_FIRST, RETRY_CAP);
    if (!loop_wait_for_ledger(w, l.said[ORDER_SIDE_LEDGER]))
        return 0;
    if (!set_up(&l))
        return 1;
    l.erp.w = w;
    l.asked = orders_erp_side(&l.erp);
    orders_flow_init(w, l.orders, &l.asked, &l.flow);
    l.flow.now = on_clock;
    l.flow.tick = on_tick;
    l.flow.journal = on_journal;
    l.flow.point = on_point;
    l.flow.may_write = on_may_write;
    l.flow.user = &l;
    l.flow.unsettled = true;
    orders_files_init(&l);
    l.flow.writer_ops = writer_find(config_text(w->config, "orders.writer"));
    if (orders_account_endpoint(w, &l.flow, &e) != STATUS_OK) {
        loop_say(w, l.said[ORDER_SIDE_LEDGER], "plugin.ledger", "The plugin's ledger", &e);
        return 1;
    }
    orders_send_state(&l);
    while (!worker_told_to_stop(w)) {
        answer_requests(&l);
        if (w->events.run_now) {
            l.requested = true;
            l.shop_at = l.erp_at = l.writer_at = l.look_at = l.seen_at = l.files_at = 0;
            w->events.run_now = false;
        }
        if (w->events.lease_news) {
            l.fetch = true;
            l.shop_at = l.writer_at = 0;
            w->events.lease_news = false;
        }
        l.fetch |= w->events.orders_waiting;
        w->events.orders_waiting = false;
        int64_t wait = next_step(&l);
        if (wait == 0) {
            if (l.requested)
                order_flow_unpause(&l.flow);
            l.requested = false;
            pass(&l);
        } else {
            loop_announce_idle(w, wait);
            loop_idle(w, wait < 0 ? -1 : clock_mono(w->clock) + wait);
        }
    }
    orders_close(l.orders);
    return 0;
}
