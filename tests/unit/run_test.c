/* worker/run and worker/orders_run: a plugin's loop over days and weeks, by a clock that the test steps. The ERP and the shop
 * are the test's; the ledger is real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/host.h"
#include "os/log.h"
#include "store/held.h"
#include "sync/flow_send.h"
#include "sync/order_look.h"
#include "sync/order_tell.h"
#include "unit.h"
#include "worker/loop.h"
#include "worker/orders_loop.h"
#include "worker/orders_simulate.h"
#include "worker/pass.h"
#include "worker/run.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define WAKE   4500 /* an idle worker looks around this often */
#define KEPT   50000

/* What happens at a time of its own; mono since the start, the soonest first. */
struct happening {
    int64_t at;
    void (*what)(void);
};

struct answer {
    enum status status;
    int64_t retry_ms; /* 0: none */
};

static struct {
    struct clock clock;
    int64_t wall, mono, began, end; /* mono: it is told to stop then */
    struct worker w;
    volatile int stop;
    char dir[64];
    FILE *said;
    const struct happening *happenings;
    size_t happened;
    struct answer erp, shop; /* what they answer now */
    int64_t read_ms;         /* how long a pass takes */
    int passes, sendings;
    int64_t pass_at[KEPT], sent_at[KEPT]; /* mono since the start */
    bool everything;                      /* the last pass was asked to read all */
    bool holds;                           /* rows are held until later */
    bool restless;                        /* the shop has to be told something after each pass */
} t;

static int64_t read_wall(const struct clock *c)
{
    (void)c;
    return t.wall;
}

static int64_t read_mono(const struct clock *c)
{
    (void)c;
    return t.mono;
}

static int64_t now(void)
{
    return t.mono - t.began;
}

/* Time goes by, as far as the next thing that happens; it does. */
static void step(int64_t ms)
{
    const struct happening *next = t.happenings ? &t.happenings[t.happened] : NULL;
    bool happens = next && next->what && next->at <= now() + ms;
    if (happens && next->at - now() < ms)
        ms = next->at > now() ? next->at - now() : 0;
    t.wall += ms;
    t.mono += ms;
    if (happens) {
        t.happened++;
        next->what();
    }
    if (t.mono >= t.end)
        t.stop = 1;
}

/* ---- what is the test's ---------------------------------------------------------------------------------- */

void __wrap_events_poll(struct events *ev, int timeout_ms);
void __wrap_events_poll(struct events *ev, int timeout_ms)
{
    (void)ev;
    if (timeout_ms > 0)
        step(timeout_ms);
}

void __wrap_events_alive(struct events *ev);
void __wrap_events_alive(struct events *ev)
{
    (void)ev; /* half a million of them */
}

uint32_t __wrap_crypto_random_u32(void);
uint32_t __wrap_crypto_random_u32(void)
{
    return 0; /* half of each wait */
}

void __wrap_host_give_memory_back(void);
void __wrap_host_give_memory_back(void)
{
}

static enum status give(const struct answer *a, int64_t *retry_ms, struct error *e)
{
    if (retry_ms)
        *retry_ms = a->retry_ms ? a->retry_ms : -1;
    return a->status == STATUS_OK ? STATUS_OK : error_set(e, a->status, "away", "it is away");
}

static void note(int64_t *at, int *count)
{
    assert_true(*count < KEPT);
    at[(*count)++] = now();
}

enum status __wrap_pass_read(struct worker *w, struct flow *f, bool everything,
                             struct flow_result *result, struct error *e);
enum status __wrap_pass_read(struct worker *w, struct flow *f, bool everything,
                             struct flow_result *result, struct error *e)
{
    memset(result, 0, sizeof *result);
    note(t.pass_at, &t.passes);
    t.everything = everything;
    if (t.holds && everything) { /* what a pass over everything does with rows that are due */
        assert_int_equal(ledger_begin(w->ledger, NULL), STATUS_OK);
        assert_int_equal(held_try_again(w->ledger, false, clock_wall(f->clock), NULL), STATUS_OK);
        assert_int_equal(ledger_commit(w->ledger, NULL), STATUS_OK);
    }
    step(t.read_ms);
    return give(&t.erp, NULL, e);
}

enum status __wrap_worker_channel_open(struct worker *w, struct channel **channel, struct error *e);
enum status __wrap_worker_channel_open(struct worker *w, struct channel **channel, struct error *e)
{
    static char any;
    (void)w, (void)e;
    *channel = (struct channel *)(void *)&any;
    return STATUS_OK;
}

enum status __wrap_flow_send_open(struct flow *f, const struct channel_ops *ops,
                                  struct channel *channel, struct flow_sender **s, struct error *e);
enum status __wrap_flow_send_open(struct flow *f, const struct channel_ops *ops,
                                  struct channel *channel, struct flow_sender **s, struct error *e)
{
    (void)f, (void)ops, (void)e;
    *s = (struct flow_sender *)(void *)channel;
    return STATUS_OK;
}

uint64_t __wrap_flow_send_rounded(const struct flow_sender *s, struct error *first);
uint64_t __wrap_flow_send_rounded(const struct flow_sender *s, struct error *first)
{
    (void)s;
    error_clear(first);
    return 0;
}

void __wrap_flow_send_close(struct flow_sender *s);
void __wrap_flow_send_close(struct flow_sender *s)
{
    (void)s;
}

enum status __wrap_flow_send(struct flow_sender *s, uint64_t *sent, int64_t *retry_after_ms,
                             struct error *e);
enum status __wrap_flow_send(struct flow_sender *s, uint64_t *sent, int64_t *retry_after_ms,
                             struct error *e)
{
    (void)s;
    *sent = 0;
    note(t.sent_at, &t.sendings);
    enum status status = give(&t.shop, retry_after_ms, e);
    return status == STATUS_OK ? STATUS_END : status;
}

enum status __wrap_flow_send_finish(struct flow_sender *s, struct error *e);
enum status __wrap_flow_send_finish(struct flow_sender *s, struct error *e)
{
    (void)s, (void)e;
    return STATUS_OK;
}

/* ---- and for orders */

void __wrap_orders_flow_init(struct worker *w, struct orders *orders, const struct order_erp *erp,
                             struct order_flow *f);
void __wrap_orders_flow_init(struct worker *w, struct orders *orders, const struct order_erp *erp,
                             struct order_flow *f)
{
    *f = (struct order_flow){.ledger = w->ledger,
                             .orders = orders,
                             .scope = "panel/a",
                             .channel_type = "panel",
                             .account = "a",
                             .document_type = "ZK",
                             .erp = erp};
}

void __wrap_orders_flow_account(struct worker *w, struct channel *channel, struct order_flow *f);
void __wrap_orders_flow_account(struct worker *w, struct channel *channel, struct order_flow *f)
{
    (void)w, (void)channel, (void)f;
}

enum status __wrap_orders_erp_open(struct orders_erp *x, struct error *e);
enum status __wrap_orders_erp_open(struct orders_erp *x, struct error *e)
{
    (void)x;
    return error_set(e, STATUS_UNREACHABLE, "erp", "nobody asked for it");
}

enum status __wrap_order_flow_fetch(struct order_flow *f, const struct channel_ops *ops,
                                    struct channel *channel, int64_t *retry_after_ms,
                                    struct error *e);
enum status __wrap_order_flow_fetch(struct order_flow *f, const struct channel_ops *ops,
                                    struct channel *channel, int64_t *retry_after_ms,
                                    struct error *e)
{
    (void)ops, (void)channel;
    note(t.pass_at, &t.passes);
    step(t.read_ms);
    f->side = ORDER_SIDE_CHANNEL;
    return give(&t.shop, retry_after_ms, e);
}

enum status __wrap_order_flow_tell(struct order_flow *f, const struct channel_ops *ops,
                                   struct channel *channel, int64_t *retry_after_ms,
                                   struct error *e);
enum status __wrap_order_flow_tell(struct order_flow *f, const struct channel_ops *ops,
                                   struct channel *channel, int64_t *retry_after_ms,
                                   struct error *e)
{
    (void)f, (void)ops, (void)channel, (void)retry_after_ms, (void)e;
    return STATUS_OK;
}

enum status __wrap_order_flow_watch(struct order_flow *f, struct error *e);
enum status __wrap_order_flow_watch(struct order_flow *f, struct error *e)
{
    (void)f, (void)e;
    return STATUS_OK;
}

/* ---- running a loop ---------------------------------------------------------------------------------------- */

static void close_channel(struct channel *channel)
{
    (void)channel;
}

static enum status finish(struct channel *channel, bool complete, struct buf *mark, struct error *e)
{
    (void)channel, (void)complete, (void)mark, (void)e;
    return STATUS_OK;
}

static const struct channel_ops quiet = {.type = "panel", .close = close_channel},
                                restless = {
                                    .type = "panel", .close = close_channel, .finish = finish};

static int open_it(void **state)
{
    static const char text[] = "erp : { type = \"generic\"; server = \"localhost\"; "
                               "database = \"FIRMA\"; user = \"reader\"; };\n";
    struct paths paths = {.config_file = ""};
    char file[120];
    (void)state;
    memset(&t, 0, sizeof t);
    unit_directory(t.dir, sizeof t.dir);
    t.clock = (struct clock){read_wall, read_mono};
    t.said = tmpfile();
    assert_non_null(t.said);
    snprintf(file, sizeof file, "%s/endpoint.conf", t.dir);
    assert_int_equal(file_replace(file, text, sizeof text - 1, 0600, NULL, NULL), STATUS_OK);
    text_copy(paths.config_file, sizeof paths.config_file, file);
    text_copy(paths.state_dir, sizeof paths.state_dir, t.dir);
    assert_int_equal(config_load(&paths, &t.w.config, NULL, NULL, NULL), STATUS_OK);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    config_free(t.w.config);
    fclose(t.said);
    return dir_remove(t.dir, NULL) == STATUS_OK ? 0 : -1;
}

/* From a time (UTC) on for so long. schedule: JSON. */
static void run(const char *kind, const char *schedule, const char *from, int64_t ms)
{
    struct worker *w = &t.w;
    char text[300];
    assert_true(clock_parse(from, &t.wall));
    t.mono = t.began = 7000000;
    t.end = t.began + ms;
    t.passes = t.sendings = 0;
    t.stop = 0;
    t.happened = 0;
    snprintf(text, sizeof text, "{\"id\":\"p\",\"kind\":\"%s\",\"schedule\":%s,\"options\":{}}",
             kind, schedule);
    json_t *plugin = json_parse(text, strlen(text), NULL);
    assert_non_null(plugin);
    struct config *config = w->config;
    memset(w, 0, sizeof *w);
    w->config = config;
    w->clock = &t.clock;
    w->plugin = plugin;
    w->id = "p";
    w->kind = kind;
    w->mode = "run";
    w->ops = t.restless ? &restless : &quiet;
    w->stopping = &t.stop;
    w->lock_fd = -1;
    text_copy(w->state_dir, sizeof w->state_dir, t.dir);
    rewind(t.said);
    events_open(&w->events, fileno(t.said), &t.clock);
    assert_int_equal(run_plugin(w), 0);
    events_close(&w->events);
    ledger_close(w->ledger);
    fd_close(&w->lock_fd);
    json_decref(plugin);
}

#define WINTER "2026-01-05T11:00:00Z" /* Monday, noon in Warsaw */

static int64_t longest_gap(void)
{
    int64_t most = 0;
    for (int i = 1; i < t.passes; i++)
        most = t.pass_at[i] - t.pass_at[i - 1] > most ? t.pass_at[i] - t.pass_at[i - 1] : most;
    return most;
}

static int64_t shortest_gap(void)
{
    int64_t least = INT64_MAX;
    for (int i = 1; i < t.passes; i++)
        least = t.pass_at[i] - t.pass_at[i - 1] < least ? t.pass_at[i] - t.pass_at[i - 1] : least;
    return least;
}

/* ---- by the schedule ----------------------------------------------------------------------------------------- */

static void thirty_days_of_passes_are_counted_exactly(void **state)
{
    (void)state;
    t.read_ms = 40 * SECOND; /* the interval counts from when a pass began */
    run("stock", "{\"every\":\"20min\"}", WINTER, 30 * DAY);
    assert_int_equal(t.passes, 30 * 24 * 3);
    assert_int_equal(shortest_gap(), 20 * MINUTE);
    assert_int_equal(longest_gap(), 20 * MINUTE);
    assert_int_equal(t.pass_at[0], 0);
}

/* 15 March to 14 April in Warsaw, and 10 October to 9 November. */
static void both_changes_of_the_clock_lose_no_pass(void **state)
{
    static const char windows[] = "{\"every\":\"1h\",\"hours\":[\"07:00-19:00\"]}",
                      nights[] = "{\"every\":\"30min\",\"hours\":[\"22:00-06:00\"]}";
    (void)state;
    t.read_ms = 3 * SECOND;
    run("stock", windows, "2026-03-14T23:00:00Z", 719 * HOUR);
    assert_int_equal(t.passes, 30 * 12);
    run("stock", windows, "2026-10-09T22:00:00Z", 721 * HOUR);
    assert_int_equal(t.passes, 30 * 12);
    run("stock", nights, "2026-03-14T23:00:00Z", 719 * HOUR);
    assert_int_equal(t.passes, 30 * 16 - 2);
    run("stock", nights, "2026-10-09T22:00:00Z", 721 * HOUR);
    assert_int_equal(t.passes, 30 * 16 + 2);
}

static void a_pass_that_takes_longer_is_followed_by_the_next(void **state)
{
    (void)state;
    t.read_ms = 90 * SECOND;
    run("stock", "{\"every\":\"60s\"}", WINTER, 2 * HOUR);
    assert_int_equal(t.passes, 2 * HOUR / (90 * SECOND));
    assert_int_equal(longest_gap(), 90 * SECOND);
}

static void one_that_a_person_starts_waits_for_one(void **state)
{
    (void)state;
    run("stock", "{\"manual\":true}", WINTER, 30 * DAY);
    assert_int_equal(t.passes, 0);
}

static void run_now(void)
{
    t.w.events.run_now = true;
}

static void a_person_is_not_made_to_wait(void **state)
{
    static const struct happening happenings[] = {{HOUR + 7, run_now}, {0, NULL}};
    (void)state;
    t.happenings = happenings;
    run("stock", "{\"manual\":true}", WINTER, DAY);
    assert_int_equal(t.passes, 1);
    assert_int_equal(t.pass_at[0], HOUR + 7);
    assert_true(t.everything);
    t.erp = (struct answer){STATUS_DENIED, 0}; /* that waits for minutes */
    run("stock", "{\"every\":\"2h\"}", WINTER, 90 * MINUTE);
    assert_int_equal(t.passes, 2);
    assert_int_equal(t.pass_at[1], HOUR + 7);
}

/* ---- clocks that jump ------------------------------------------------------------------------------------------ */

static void hour_back(void)
{
    t.wall -= HOUR;
}

static void day_forward(void)
{
    t.wall += DAY;
}

static void sleeps(void)
{
    t.wall += 8 * HOUR; /* and the monotonic clock stands */
}

static void is_paused(void)
{
    t.wall += 8 * HOUR;
    t.mono += 8 * HOUR;
}

static void five_hours_forward(void)
{
    t.wall += 5 * HOUR;
}

static void a_clock_set_back_changes_nothing(void **state)
{
    static const struct happening happenings[] = {
        {HOUR + 1, hour_back}, {5 * HOUR, hour_back}, {6 * HOUR + 77, hour_back}, {0, NULL}};
    (void)state;
    t.happenings = happenings;
    run("stock", "{\"every\":\"10min\"}", WINTER, DAY);
    assert_int_equal(t.passes, 144);
    assert_int_equal(longest_gap(), 10 * MINUTE);
    assert_int_equal(shortest_gap(), 10 * MINUTE);
}

/* Nobody knows whether a day went by: one pass at once, and then by the schedule. */
static void a_clock_set_ahead_costs_one_pass(void **state)
{
    static const struct happening happenings[] = {{HOUR + 5 * MINUTE, day_forward}, {0, NULL}};
    (void)state;
    t.happenings = happenings;
    run("stock", "{\"every\":\"6h\"}", WINTER, DAY);
    assert_int_equal(t.passes, 5);
    assert_between(t.pass_at[1], HOUR + 5 * MINUTE, HOUR + 5 * MINUTE + WAKE);
    assert_int_equal(t.pass_at[2] - t.pass_at[1], 6 * HOUR);
}

static void a_machine_that_slept_is_in_step_within_seconds(void **state)
{
    static const struct happening suspends[] = {{HOUR, sleeps}, {0, NULL}},
                                  pauses[] = {{HOUR, is_paused}, {0, NULL}};
    (void)state;
    t.happenings = suspends;
    run("stock", "{\"every\":\"6h\"}", WINTER, 3 * HOUR);
    assert_int_equal(t.passes, 2);
    assert_between(t.pass_at[1], HOUR, HOUR + WAKE);
    t.happenings = pauses;
    run("stock", "{\"every\":\"6h\"}", WINTER, 12 * HOUR);
    assert_int_equal(t.passes, 2);
    assert_between(t.pass_at[1], 9 * HOUR, 9 * HOUR + WAKE);
}

/* A machine without a battery begins in another time of day, and hears the right one later. */
static void a_window_is_kept_by_the_clock_as_it_is_set(void **state)
{
    static const struct happening happenings[] = {{10 * MINUTE, five_hours_forward}, {0, NULL}};
    (void)state;
    t.happenings = happenings;
    run("stock", "{\"every\":\"30min\",\"hours\":[\"07:00-19:00\"]}", "2026-01-05T02:00:00Z", HOUR);
    assert_true(t.passes > 0);
    assert_between(t.pass_at[0], 10 * MINUTE, 10 * MINUTE + WAKE);
}

/* ---- an ERP that is away ---------------------------------------------------------------------------------------- */

static void erp_good(void)
{
    t.erp.status = STATUS_OK;
}

static void erp_away(void)
{
    t.erp.status = STATUS_UNREACHABLE;
}

/* Once a day is enough for what works, and not for what was away: 1, 2, 4, 8, 16 and then each 30 s. */
static void an_erp_that_was_away_is_read_soon(void **state)
{
    static const struct happening happenings[] = {{10 * MINUTE, erp_good}, {0, NULL}};
    static const int64_t first[] = {0, 1, 3, 7, 15, 31, 61, 91};
    (void)state;
    t.happenings = happenings;
    t.erp.status = STATUS_UNREACHABLE;
    run("stock", "{\"every\":\"24h\"}", WINTER, 23 * HOUR);
    for (size_t i = 0; i < COUNT_OF(first); i++)
        assert_int_equal(t.pass_at[i], first[i] * SECOND);
    assert_between(t.pass_at[t.passes - 1], 10 * MINUTE, 10 * MINUTE + 30 * SECOND);
    assert_int_equal(t.passes, 5 + 19 + 1); /* and the one that works is the last of the day */
}

static void what_needs_a_person_is_tried_less_often(void **state)
{
    static const int64_t first[] = {0, 60, 120, 180, 300, 540, 840, 1140};
    (void)state;
    t.erp.status = STATUS_DENIED;
    run("stock", "{\"every\":\"60s\"}", WINTER, DAY);
    for (size_t i = 0; i < COUNT_OF(first); i++)
        assert_int_equal(t.pass_at[i], first[i] * SECOND);
    assert_int_equal(longest_gap(), 5 * MINUTE);
}

/* It works for a while in between: the waits begin anew each time. */
static void failures_are_forgotten_after_a_good_pass(void **state)
{
    static const struct happening happenings[] = {
        {HOUR, erp_good}, {2 * HOUR, erp_away}, {0, NULL}};
    (void)state;
    t.happenings = happenings;
    t.erp.status = STATUS_UNREACHABLE;
    run("stock", "{\"every\":\"10min\"}", WINTER, 3 * HOUR);
    for (int i = 1; i < t.passes; i++)
        if (t.pass_at[i - 1] >= 2 * HOUR) {
            assert_int_equal(t.pass_at[i] - t.pass_at[i - 1], SECOND);
            return;
        }
    fail();
}

/* ---- a shop that is away ---------------------------------------------------------------------------------------- */

static void shop_good(void)
{
    t.shop = (struct answer){STATUS_OK, 0};
}

static void a_shop_that_is_away_is_asked_less_and_less(void **state)
{
    static const int64_t first[] = {0, 1, 3, 7, 15, 31, 61, 91, 121};
    (void)state;
    t.restless = true;
    t.shop.status = STATUS_UNREACHABLE;
    run("stock", "{\"every\":\"24h\"}", WINTER, 2 * HOUR);
    for (size_t i = 0; i < COUNT_OF(first); i++)
        assert_int_equal(t.sent_at[i], first[i] * SECOND);
    assert_int_equal(t.passes, 1); /* reading goes by its own time */
    assert_int_equal(t.sendings, 5 + (2 * HOUR - 31 * SECOND) / (30 * SECOND) + 1);
}

static void it_waits_as_long_as_the_shop_says(void **state)
{
    static const struct happening happenings[] = {{20 * MINUTE, shop_good}, {0, NULL}};
    (void)state;
    t.restless = true;
    t.happenings = happenings;
    t.shop = (struct answer){STATUS_BUSY, 15 * MINUTE};
    run("stock", "{\"every\":\"24h\"}", WINTER, 2 * HOUR);
    assert_int_equal(t.sendings, 3);
    assert_int_equal(t.sent_at[1], 15 * MINUTE);
    assert_int_equal(t.sent_at[2], 30 * MINUTE);
    t.happenings = NULL;
    t.shop = (struct answer){STATUS_BUSY, 10}; /* shorter than our own wait */
    run("stock", "{\"every\":\"24h\"}", WINTER, 10 * SECOND);
    assert_int_equal(t.sent_at[1], SECOND);
}

static void hears_of_a_lease(void)
{
    t.w.events.lease_news = true;
}

/* The panel knows this start now: what waited for that does not wait on. */
static void a_lease_ends_a_wait_for_the_shop(void **state)
{
    static const struct happening happenings[] = {
        {5 * MINUTE, shop_good}, {5 * MINUTE + 1, hears_of_a_lease}, {0, NULL}};
    (void)state;
    t.restless = true;
    t.happenings = happenings;
    t.shop = (struct answer){STATUS_DENIED, 0};
    run("stock", "{\"every\":\"24h\"}", WINTER, HOUR);
    assert_int_equal(t.sent_at[t.sendings - 1], 5 * MINUTE + 1);
}

/* ---- rows that the shop wants later -------------------------------------------------------------------------- */

/* In twenty minutes. */
static void holds_one(void)
{
    const struct error why = {.status = STATUS_BUSY, .code = "later", .text = "not now"};
    struct key key = {.length = 0};
    struct held_row row = {.stream = "stock",
                           .op = "upsert",
                           .name = "9",
                           .column = "",
                           .reason = HELD_LATER,
                           .why = &why,
                           .now_ms = t.wall,
                           .again_ms = t.wall + 20 * MINUTE};
    bool fresh;
    assert_int_equal(key_add_integer(&key, 9, NULL), STATUS_OK);
    row.key = key.bytes;
    row.key_length = key.length;
    assert_int_equal(ledger_begin(t.w.ledger, NULL), STATUS_OK);
    assert_int_equal(held_put(t.w.ledger, &row, &fresh, NULL), STATUS_OK);
    assert_int_equal(ledger_commit(t.w.ledger, NULL), STATUS_OK);
    t.w.events.lease_news = true; /* it looks around */
}

/* At its time and not by the schedule; one that no pass brings is not asked for again and again. */
static void a_row_for_later_has_a_pass_when_it_is_due(void **state)
{
    static const struct happening happenings[] = {{MINUTE, holds_one}, {0, NULL}};
    static const int64_t minutes[] = {0, 21, 81, 141};
    (void)state;
    t.holds = true;
    t.happenings = happenings;
    run("stock", "{\"every\":\"24h\"}", WINTER, 3 * HOUR);
    assert_int_equal(t.passes, 4);
    for (size_t i = 0; i < COUNT_OF(minutes); i++)
        assert_int_equal(t.pass_at[i], minutes[i] * MINUTE);
    assert_true(t.everything);
}

static void a_row_for_later_waits_for_the_hours_of_the_schedule(void **state)
{
    static const struct happening happenings[] = {{MINUTE, holds_one}, {0, NULL}};
    (void)state;
    t.holds = true;
    t.happenings = happenings; /* 18:55 in Warsaw, and until the next morning */
    run("stock", "{\"every\":\"24h\",\"hours\":[\"07:00-19:00\"]}", "2026-01-05T17:55:00Z",
        13 * HOUR);
    assert_int_equal(t.passes, 2);
    assert_between(t.pass_at[1], 12 * HOUR + 5 * MINUTE, 12 * HOUR + 6 * MINUTE);
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

static void thirty_days_of_fetching_are_counted_exactly(void **state)
{
    (void)state;
    t.read_ms = 300;
    run("orders", "{\"every\":\"20min\"}", WINTER, 30 * DAY);
    assert_int_equal(t.passes, 30 * 24 * 3);
    assert_int_equal(shortest_gap(), 20 * MINUTE);
    assert_int_equal(longest_gap(), 20 * MINUTE);
}

static void orders_wait(void)
{
    t.w.events.orders_waiting = true;
}

static void word_of_orders_fetches_them_at_once(void **state)
{
    static const struct happening happenings[] = {
        {HOUR + 3, orders_wait}, {HOUR + 10, orders_wait}, {9 * HOUR, orders_wait}, {0, NULL}};
    (void)state;
    t.happenings = happenings;
    run("orders", "{\"every\":\"24h\"}", WINTER, 23 * HOUR);
    assert_int_equal(t.passes, 4);
    assert_int_equal(t.pass_at[1], HOUR + 3);
    assert_int_equal(t.pass_at[2], HOUR + 10);
    assert_int_equal(t.pass_at[3], 9 * HOUR);
}

/* A failed fetch is tried again in its time, however seldom the schedule is. */
static void a_shop_that_gives_no_orders_is_asked_again_soon(void **state)
{
    static const struct happening happenings[] = {{10 * MINUTE, shop_good}, {0, NULL}};
    static const int64_t first[] = {0, 1, 3, 7, 15, 31, 61};
    (void)state;
    t.happenings = happenings;
    t.shop.status = STATUS_UNREACHABLE;
    run("orders", "{\"every\":\"24h\"}", WINTER, 23 * HOUR);
    for (size_t i = 0; i < COUNT_OF(first); i++)
        assert_int_equal(t.pass_at[i], first[i] * SECOND);
    assert_between(t.pass_at[t.passes - 1], 10 * MINUTE, 10 * MINUTE + 30 * SECOND);
    t.happenings = NULL;
    t.shop = (struct answer){STATUS_BUSY, 20 * MINUTE};
    run("orders", "{\"every\":\"24h\"}", WINTER, HOUR - 1);
    assert_int_equal(t.passes, 3);
    assert_int_equal(t.pass_at[1], 20 * MINUTE);
}

static void orders_after_a_sleep_come_within_seconds(void **state)
{
    static const struct happening suspends[] = {{HOUR, sleeps}, {0, NULL}};
    (void)state;
    t.happenings = suspends;
    run("orders", "{\"every\":\"6h\"}", WINTER, 3 * HOUR);
    assert_int_equal(t.passes, 2);
    assert_between(t.pass_at[1], HOUR, HOUR + WAKE);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(thirty_days_of_passes_are_counted_exactly),
        T(both_changes_of_the_clock_lose_no_pass),
        T(a_pass_that_takes_longer_is_followed_by_the_next),
        T(one_that_a_person_starts_waits_for_one),
        T(a_person_is_not_made_to_wait),
        T(a_clock_set_back_changes_nothing),
        T(a_clock_set_ahead_costs_one_pass),
        T(a_machine_that_slept_is_in_step_within_seconds),
        T(a_window_is_kept_by_the_clock_as_it_is_set),
        T(an_erp_that_was_away_is_read_soon),
        T(what_needs_a_person_is_tried_less_often),
        T(failures_are_forgotten_after_a_good_pass),
        T(a_shop_that_is_away_is_asked_less_and_less),
        T(it_waits_as_long_as_the_shop_says),
        T(a_lease_ends_a_wait_for_the_shop),
        T(a_row_for_later_has_a_pass_when_it_is_due),
        T(a_row_for_later_waits_for_the_hours_of_the_schedule),
        T(thirty_days_of_fetching_are_counted_exactly),
        T(word_of_orders_fetches_them_at_once),
        T(a_shop_that_gives_no_orders_is_asked_again_soon),
        T(orders_after_a_sleep_come_within_seconds),
    };
    setenv("TZ", "Europe/Warsaw", 1);
    tzset();
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
