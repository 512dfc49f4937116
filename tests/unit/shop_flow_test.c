/* sync: a shop with a catalogue, which answers for each record as it likes. Whatever it says, in the end each product that
 * the ERP has and the shop knows shows the ERP's value, or is held with a reason; and nothing stands in the way of others. */
#include "flow_world.h"

#include <inttypes.h>

#include "base/memory.h"
#include "os/clock.h"
#include "store/db.h"
#include "store/items.h"
#include "store/ledger_mend.h"
#include "store/ledger_outbox.h"

#define GOODS 400

struct goods {
    char id[24], sku[24];
    int level;
    bool gone, blocked;
    enum channel_result answer; /* 0: the truth */
};

/* The shop behind the channel. */
static struct {
    struct goods goods[GOODS];
    size_t count, page_size;
    int pages, sends, records; /* calls; records that were sent */
    size_t tail;               /* so many records of a call are left untried; 0: none */
    size_t skip;               /* and each such one; 0: none */
    enum status status;        /* of the next send, after its answers */
    bool lost;                 /* it does what it is told, and its answer is lost */
    enum status page_status;
    int64_t again_ms;
    int last_key; /* of the record that came last */
} shop;

static struct goods *by_id(const char *id)
{
    for (size_t i = 0; i < shop.count; i++)
        if (!shop.goods[i].gone && text_equal(shop.goods[i].id, id))
            return &shop.goods[i];
    return NULL;
}

static enum status shop_catalogue(struct channel *c, const char *page,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, struct buf *next, int64_t *retry, struct error *e)
{
    size_t from = (size_t)atoi(page), i;
    (void)c;
    *retry = -1;
    if (shop.page_status != STATUS_OK)
        return error_set(e, shop.page_status, "shop_no", "no catalogue today");
    shop.pages++;
    for (i = from; i < shop.count && i < from + shop.page_size; i++) {
        const struct goods *g = &shop.goods[i];
        char value[16];
        snprintf(value, sizeof value, "%d", g->level);
        const struct channel_item it = {.id = g->id,
                                        .sku = g->sku,
                                        .ean = "",
                                        .name = "thing",
                                        .value = value,
                                        .obstacle = g->blocked ? "item_unknown" : NULL};
        if (!g->gone)
            item(user, &it);
    }
    if (i < shop.count)
        buf_printf(next, "%zu", i);
    return STATUS_OK;
}

static int level_of(const struct channel_record *r)
{
    json_t *data = json_parse(r->data, r->length, NULL);
    int level = text_equal(r->op, "delete") ? 0 : atoi(json_text(data, "on_hand", "0"));
    json_decref(data);
    return level;
}

/* The ERP's levels are "7.5000": the shop takes whole pieces. */
static enum status shop_express(struct channel *c, const struct channel_record *r,
                                struct buf *value, struct error *e)
{
    (void)c;
    if (level_of(r) == 13)
        return error_set(e, STATUS_INVALID, "price_decimals", "thirteen cannot be written");
    buf_printf(value, "%d", level_of(r));
    error_set(e, STATUS_OK, "stock_rounded", "rounded down");
    return STATUS_OK;
}

static enum status shop_send(struct channel *c, const struct channel_record *records, size_t count,
                             channel_answer *answer, void *user, struct buf *mark, int64_t *retry,
                             struct error *e)
{
    struct error why = {0};
    (void)c;
    *retry = -1;
    shop.sends++;
    buf_add_text(mark, "m");
    error_set(&why, STATUS_REFUSED, "shop_no", "the shop says no");
    for (size_t i = count; i-- > 0;) { /* in any order */
        const struct channel_record *r = &records[i];
        char value[16];
        assert_true(r->item || text_equal(r->stream, "products"));
        struct goods *g = by_id(r->item);
        if ((shop.tail && i + shop.tail >= count) || (shop.skip && i % shop.skip == 1))
            continue;
        shop.records++;
        if (g && (!g->answer || g->answer == CHANNEL_SAME)) {
            g->level = level_of(r);
            snprintf(value, sizeof value, "%d", g->level);
        }
        if (shop.lost)
            continue;
        if (!g)
            answer(user, i, CHANNEL_UNKNOWN, NULL, NULL, 0, &why);
        else if (g->answer && g->answer != CHANNEL_SAME)
            answer(user, i, g->answer, NULL, NULL, shop.again_ms, &why);
        else
            answer(user, i, g->answer ? CHANNEL_SAME : CHANNEL_SENT, i % 2 ? value : NULL, NULL, 0,
                   NULL);
        answer(user, i, CHANNEL_REFUSED, NULL, NULL, 0, &why); /* once is enough */
    }
    if (shop.lost)
        return error_set(e, STATUS_UNREACHABLE, "http_unreachable", "the reply was lost");
    return shop.status == STATUS_OK ? STATUS_OK
                                    : error_set(e, shop.status, "shop_no", "the shop says no");
}

static const struct channel_ops ops = {.type = "model",
                                       .has_catalogue = true,
                                       .batch_rows = 50,
                                       .catalogue = shop_catalogue,
                                       .express = shop_express,
                                       .send = shop_send};

/* ---- the world around it ---- */

static struct flow_swept swept;
static int sweeps;
static json_t *options;

static void on_swept(void *user, const struct flow_swept *s)
{
    (void)user;
    swept = *s;
    sweeps++;
}

/* Products 0…count-1 in both; the shop's have other levels. */
static struct world *some_shop(int count)
{
    struct world *w = world_new(GOODS);
    memset(&shop, 0, sizeof shop);
    memset(&swept, 0, sizeof swept);
    sweeps = 0;
    shop.count = (size_t)count;
    shop.page_size = 30;
    for (int i = 0; i < count; i++) {
        struct goods *g = &shop.goods[i];
        snprintf(g->id, sizeof g->id, "id%d", i);
        snprintf(g->sku, sizeof g->sku, " s-%d", i); /* the ERP's is "S-7" */
        g->level = 500;
        w->erp[i] = 20 + i;
    }
    json_decref(options);
    options = json_pack("{s:s}", "verify", "off");
    w->flow.options = options;
    w->flow.swept = on_swept;
    return w;
}

static enum status send_shop(struct world *w, struct error *e)
{
    struct flow_sender *s = NULL;
    uint64_t sent;
    int64_t retry;
    enum status status = flow_send_open(&w->flow, &ops, NULL, &s, e);
    for (int i = 0; status == STATUS_OK; i++) {
        status = flow_send(s, &sent, &retry, e);
        assert_true(i < 2000);
    }
    flow_send_close(s);
    return status;
}

static void pass(struct world *w)
{
    struct error e = {0};
    if (read_erp(w, NULL, &e) != STATUS_OK || send_shop(w, &e) != STATUS_END)
        fail_msg("%s", e.text);
}

static json_t *held(struct world *w)
{
    json_t *answer = NULL;
    assert_int_equal(held_list_all(w->dir, "p", 20000, &answer, NULL), STATUS_OK);
    return answer;
}

static size_t held_now(struct world *w)
{
    json_t *answer = held(w);
    size_t count = (size_t)json_number(answer, "count", -1);
    json_decref(answer);
    return count;
}

/* The reason for which a key is held; "": it is not. */
static const char *reason(struct world *w, const char *key)
{
    static char word[32];
    json_t *answer = held(w), *row;
    size_t i;
    word[0] = '\0';
    json_array_foreach (json_object_get(answer, "held"), i, row)
        if (text_equal(json_text(row, "key", ""), key)) {
            text_copy(word, sizeof word, json_text(row, "reason", ""));
            assert_true(*json_text(row, "text", "") && *json_text(row, "remedy", ""));
        }
    json_decref(answer);
    return word;
}

static void in_step_but(struct world *w, int but)
{
    for (size_t i = 0; i < shop.count; i++)
        if ((int)i != but && !shop.goods[i].gone && shop.goods[i].level != w->erp[i])
            fail_msg("product %zu: the ERP has %d, the shop %d", i, w->erp[i], shop.goods[i].level);
}

static uint64_t queued(struct world *w)
{
    struct ledger_state s;
    assert_int_equal(ledger_state(w->ledger, &s, NULL), STATUS_OK);
    return s.queued;
}

static void long_ago(struct world *w, const char *fact)
{
    int64_t at = 0;
    assert_int_equal(ledger_fact(w->ledger, fact, &at, NULL), STATUS_OK);
    assert_int_equal(ledger_set_fact(w->ledger, fact, at - INT64_C(8) * 86400000, NULL), STATUS_OK);
}

static int key_of(const char *text)
{
    int key = -1;
    assert_int_equal(sscanf(text, "%d/", &key), 1);
    return key;
}

/* ---- the stories ---- */

static void every_product_gets_its_value_once(void **state)
{
    (void)state;
    struct world *w = some_shop(200);
    pass(w);
    in_step_but(w, -1);
    assert_int_equal(shop.records, 200);
    assert_int_equal(shop.pages, 7);
    assert_int_equal(swept.items, 200);
    pass(w);
    assert_int_equal(shop.records, 200);
    assert_int_equal(shop.pages, 7); /* the catalogue is not read each time */
    w->erp[5] = 77;
    w->erp[6] = 0; /* gone in the ERP: the item that it went to is found all the same */
    w->flow.accept_deletions = true;
    pass(w);
    assert_int_equal(shop.goods[5].level, 77);
    assert_int_equal(shop.goods[6].level, 0);
    assert_int_equal(shop.records, 202);
    char mark[8];
    assert_int_equal(ledger_mark(w->ledger, mark, sizeof mark, NULL), STATUS_OK);
    assert_string_equal(mark, "m");
    world_free(w);
}

static void each_answer_has_its_fate(void **state)
{
    (void)state;
    struct world *w = some_shop(100);
    int64_t at = 0;
    shop.goods[10].answer = CHANNEL_REFUSED;
    shop.goods[11].answer = CHANNEL_AMBIGUOUS;
    shop.goods[12].answer = CHANNEL_LATER;
    shop.goods[13].answer = CHANNEL_SAME;
    shop.goods[14].answer = CHANNEL_UNKNOWN;
    shop.again_ms = clock_wall_ms() + 3600000;
    w->erp[15] = 13; /* what the shop cannot express */
    pass(w);
    assert_int_equal(queued(w), 0);
    assert_string_equal(reason(w, "10/1"), "refused");
    assert_string_equal(reason(w, "11/1"), "ambiguous");
    assert_string_equal(reason(w, "12/1"), "later");
    assert_string_equal(reason(w, "13/1"), "");
    assert_string_equal(reason(w, "14/1"), "unknown");
    assert_string_equal(reason(w, "15/1"), "refused");
    assert_int_equal(held_now(w), 5);
    assert_int_equal(shop.goods[99].level, 119);
    assert_int_equal(held_next_again(w->ledger, &at, NULL), STATUS_OK);
    assert_true(at == shop.again_ms);
    for (int i = 10; i < 15; i++)
        shop.goods[i].answer = 0;
    uint64_t count;
    w->erp[15] = 14;
    assert_int_equal(held_retry(w->ledger, NULL, 1, &count, NULL), STATUS_OK);
    long_ago(w, "sweep_done"); /* what was unknown is looked for again */
    pass(w);
    pass(w);
    assert_int_equal(held_now(w), 0);
    in_step_but(w, -1);
    world_free(w);
}

static void what_is_later_goes_when_it_is_due(void **state)
{
    (void)state;
    struct world *w = some_shop(30);
    shop.goods[3].answer = CHANNEL_LATER;
    shop.again_ms = clock_wall_ms() - 1;
    pass(w);
    assert_string_equal(reason(w, "3/1"), "later");
    shop.goods[3].answer = 0;
    pass(w);
    assert_int_equal(held_now(w), 0);
    in_step_but(w, -1);
    world_free(w);
}

static void untried_tails_stay_and_go_next(void **state)
{
    (void)state;
    struct world *w = some_shop(170);
    shop.tail = 20;
    for (int i = 3; i < 170; i += 7)
        shop.goods[i].answer = CHANNEL_REFUSED;
    shop.page_size = 1000;
    struct error e = {0};
    struct flow_sender *s;
    uint64_t sent;
    int64_t retry;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(flow_send_open(&w->flow, &ops, NULL, &s, &e), STATUS_OK);
    assert_int_equal(flow_send(s, &sent, &retry, &e), STATUS_OK); /* the catalogue */
    assert_int_equal(flow_send(s, &sent, &retry, &e), STATUS_OK);
    assert_int_equal(queued(w), 140); /* 30 of 50 were tried */
    shop.tail = 0;
    while (flow_send(s, &sent, &retry, &e) == STATUS_OK)
        ;
    flow_send_close(s);
    assert_int_equal(queued(w), 0);
    for (int i = 0; i < 170; i++)
        assert_int_equal(shop.goods[i].level, i % 7 == 3 ? 500 : w->erp[i]);
    world_free(w);
}

/* Rows that stay in the middle of a batch move up, so that the queue has no hole, and nothing is lost or sent twice. */
static void untried_rows_in_the_middle_close_ranks(void **state)
{
    (void)state;
    struct world *w = some_shop(170);
    struct error e = {0};
    shop.skip = 3;
    shop.status = STATUS_BUSY;
    shop.goods[7].answer = CHANNEL_REFUSED;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(send_shop(w, &e), STATUS_BUSY);
        ledger_close(w->ledger);
        open_ledger(w);
        assert_int_equal(ledger_sound(w->ledger, &e), STATUS_OK);
    }
    shop.skip = 0;
    shop.status = STATUS_OK;
    assert_int_equal(send_shop(w, &e), STATUS_END);
    in_step_but(w, 7);
    assert_int_equal(shop.records, 170);
    assert_int_equal(held_now(w), 1);
    world_free(w);
}

static void a_lost_reply_is_sent_again(void **state)
{
    (void)state;
    struct world *w = some_shop(80);
    struct error e = {0};
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    shop.lost = true;
    assert_int_equal(send_shop(w, &e), STATUS_UNREACHABLE);
    assert_int_equal(queued(w), 80);
    shop.lost = false;
    assert_int_equal(send_shop(w, &e), STATUS_END);
    in_step_but(w, -1);
    world_free(w);
}

/* Answers that came before a failure hold. */
static void busy_keeps_what_was_answered(void **state)
{
    (void)state;
    struct world *w = some_shop(80);
    struct error e = {0};
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    shop.status = STATUS_BUSY;
    assert_int_equal(send_shop(w, &e), STATUS_BUSY);
    assert_int_equal(queued(w), 30);
    shop.status = STATUS_OK;
    assert_int_equal(send_shop(w, &e), STATUS_END);
    in_step_but(w, -1);
    world_free(w);
}

static void a_shop_that_was_restored_gets_everything(void **state)
{
    (void)state;
    struct world *w = some_shop(60);
    struct error e = {0};
    pass(w);
    for (int i = 0; i < 60; i++)
        shop.goods[i].level = 1;
    w->erp[3] = 99;
    shop.status = STATUS_EXISTS;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_shop(w, &e), STATUS_EXISTS);
    shop.status = STATUS_OK;
    pass(w);
    in_step_but(w, -1);
    world_free(w);
}

static void a_product_that_comes_later_goes_by_itself(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    for (int i = 50; i < 60; i++)
        w->erp[i] = i;
    pass(w);
    assert_int_equal(held_now(w), 10);
    assert_string_equal(reason(w, "55/1"), "unknown");
    in_step_but(w, -1); /* nothing stands in the way of the others */
    int pages = shop.pages;
    pass(w);
    assert_int_equal(shop.pages, pages);
    for (int i = 50; i < 60; i++) {
        snprintf(shop.goods[i].id, sizeof shop.goods[i].id, "id%d", i);
        snprintf(shop.goods[i].sku, sizeof shop.goods[i].sku, "S-%d", i);
    }
    shop.count = 60;
    long_ago(w, "sweep_done");
    pass(w);
    assert_int_equal(swept.again, 10);
    pass(w);
    assert_int_equal(held_now(w), 0);
    in_step_but(w, -1);
    world_free(w);
}

static void a_shop_that_has_nothing_holds_everything(void **state)
{
    (void)state;
    struct world *w = some_shop(0);
    for (int i = 0; i < GOODS; i++)
        w->erp[i] = 5;
    shop.count = 1;
    text_copy(shop.goods[0].id, sizeof shop.goods[0].id, "id390");
    text_copy(shop.goods[0].sku, sizeof shop.goods[0].sku, "S-390");
    pass(w);
    assert_int_equal(held_now(w), GOODS - 1);
    assert_int_equal(queued(w), 0);
    assert_int_equal(shop.goods[0].level, 5);
    world_free(w);
}

/* The catalogue is read again before a product is held, but not for each of them. */
static void a_new_product_is_looked_for_at_once(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    pass(w);
    snprintf(shop.goods[50].id, sizeof shop.goods[50].id, "id50");
    snprintf(shop.goods[50].sku, sizeof shop.goods[50].sku, "S-50");
    shop.count = 51;
    w->erp[50] = 88;
    int64_t done = clock_wall_ms() - 601000;
    assert_int_equal(ledger_set_fact(w->ledger, "sweep_done", done, NULL), STATUS_OK);
    pass(w);
    assert_int_equal(held_now(w), 0);
    assert_int_equal(shop.goods[50].level, 88);
    int pages = shop.pages;
    w->erp[60] = 5;
    pass(w);
    w->erp[61] = 5;
    pass(w);
    assert_int_equal(held_now(w), 2);
    assert_int_equal(shop.pages, pages);
    world_free(w);
}

static void two_with_one_sku_are_named(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    text_copy(shop.goods[20].sku, sizeof shop.goods[20].sku, "s-21");
    text_copy(shop.goods[30].sku, sizeof shop.goods[30].sku,
              "S-31"); /* as it is written: that one */
    text_copy(shop.goods[31].sku, sizeof shop.goods[31].sku, "s-31");
    w->erp[20] = w->erp[30] = 0;
    pass(w);
    assert_string_equal(reason(w, "21/1"), "ambiguous");
    json_t *answer = held(w), *row = json_array_get(json_object_get(answer, "held"), 0);
    assert_non_null(strstr(json_text(row, "text", ""), "id20"));
    assert_non_null(strstr(json_text(row, "text", ""), "id21"));
    json_decref(answer);
    assert_int_equal(held_now(w), 1);
    assert_int_equal(shop.goods[30].level, w->erp[31]);
    assert_int_equal(shop.goods[31].level, 500);
    text_copy(shop.goods[20].sku, sizeof shop.goods[20].sku, "other");
    long_ago(w, "sweep_done");
    pass(w);
    pass(w);
    assert_int_equal(held_now(w), 0);
    assert_int_equal(shop.goods[21].level, w->erp[21]);
    world_free(w);
}

static void an_obstacle_holds_until_it_is_away(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    shop.goods[7].blocked = true;
    pass(w);
    assert_string_equal(reason(w, "7/1"), "refused");
    in_step_but(w, 7);
    shop.goods[7].blocked = false;
    long_ago(w, "sweep_done");
    pass(w);
    pass(w);
    assert_int_equal(held_now(w), 0);
    in_step_but(w, -1);
    world_free(w);
}

static void a_sku_that_moved_takes_its_value_along(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    pass(w);
    text_copy(shop.goods[7].sku, sizeof shop.goods[7].sku, "");
    snprintf(shop.goods[50].id, sizeof shop.goods[50].id, "moved");
    snprintf(shop.goods[50].sku, sizeof shop.goods[50].sku, "S-7");
    shop.count = 51;
    long_ago(w, "sweep_done");
    w->erp[7] = 66;
    pass(w);
    assert_int_equal(shop.goods[50].level, 66);
    assert_int_equal(shop.goods[7].level, 27); /* what it had */
    world_free(w);
}

/* A person deletes a product there and makes it anew: it is another one, and the old one is forgotten at once. */
static void a_product_that_is_made_anew_is_found(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    pass(w);
    shop.goods[7].gone = true;
    w->erp[7] = 66;
    pass(w);
    assert_string_equal(reason(w, "7/1"), "unknown");
    snprintf(shop.goods[50].id, sizeof shop.goods[50].id, "anew");
    snprintf(shop.goods[50].sku, sizeof shop.goods[50].sku, " s-7");
    shop.count = 51;
    long_ago(w, "sweep_done");
    pass(w);
    assert_int_equal(swept.again, 1);
    pass(w);
    assert_int_equal(shop.goods[50].level, 66);
    assert_int_equal(held_now(w), 0);
    world_free(w);
}

static void only_the_latest_of_a_key_is_sent(void **state)
{
    (void)state;
    struct world *w = some_shop(10);
    struct error e = {0};
    for (int level = 30; level < 40; level++) {
        w->erp[4] = level;
        assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    }
    assert_int_equal(queued(w), 19);
    assert_int_equal(send_shop(w, &e), STATUS_END);
    assert_int_equal(shop.records, 10);
    assert_int_equal(shop.goods[4].level, 39);
    in_step_but(w, -1);
    world_free(w);
}

static void refusing_everything_is_red(void **state)
{
    (void)state;
    struct world *w = some_shop(300);
    struct error e = {0};
    for (int i = 0; i < 300; i++)
        shop.goods[i].answer = CHANNEL_REFUSED;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_shop(w, &e), STATUS_REFUSED);
    assert_string_equal(e.code, "refused_all");
    assert_int_equal(held_now(w), 100);
    world_free(w);
}

static void verify(const char *policy)
{
    struct world *w = some_shop(50);
    pass(w);
    json_object_set_new(options, "verify", json_string(policy));
    shop.goods[5].level = 3;   /* a person edited it */
    shop.goods[6].level = 500; /* as it was before: ours never arrived */
    bool off = text_equal(policy, "off");
    struct error e = {0};
    assert_int_equal(ledger_set_fact(w->ledger, "sweep_verified", clock_wall_ms(), NULL),
                     STATUS_OK);
    long_ago(w, "sweep_done"); /* the catalogue is due, the comparison is not */
    assert_int_equal(send_shop(w, &e), STATUS_END);
    assert_true(sweeps == 2 && !swept.verified);
    long_ago(w, "sweep_done");
    long_ago(w, "sweep_verified");
    assert_int_equal(send_shop(w, &e), STATUS_END);
    assert_int_equal(sweeps, 3);
    assert_int_equal(swept.verified, !off);
    assert_int_equal(swept.differ, off ? 0 : 2);
    assert_int_equal(swept.sent_again, text_equal(policy, "send"));
    assert_true(off || strstr(swept.first, "5/1"));
    pass(w);
    if (text_equal(policy, "send"))
        in_step_but(w, -1);
    else
        assert_true(shop.goods[5].level == 3 && shop.goods[6].level == 500);
    world_free(w);
}

static void verify_mends_says_or_looks_away(void **state)
{
    (void)state;
    verify("send");
    verify("report");
    verify("off");
}

static void a_mass_change_asks_first(void **state)
{
    (void)state;
    struct world *w = some_shop(100);
    struct error e = {0};
    pass(w);
    int records = shop.records;
    for (int i = 0; i < 60; i++)
        w->erp[i] = 0;
    w->flow.accept_deletions = true; /* the read guard is another */
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    w->erp[99] = 3;
    assert_int_equal(send_shop(w, &e), STATUS_GUARD);
    assert_string_equal(e.code, "mass_change");
    assert_int_equal(shop.records, records);
    for (int i = 0; i < 60; i++) /* the ERP was mended: nobody needs to be asked */
        w->erp[i] = 20 + i;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_shop(w, &e), STATUS_END);
    in_step_but(w, -1);
    for (int i = 0; i < 60; i++)
        w->erp[i] = 0;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_shop(w, &e), STATUS_GUARD);
    w->flow.accept_mass = true;
    assert_int_equal(send_shop(w, &e), STATUS_END);
    in_step_but(w, -1);
    world_free(w);
}

/* Half of the catalogue was read when the worker was killed: it goes on where it was. */
static void a_sweep_goes_on_after_a_kill(void **state)
{
    (void)state;
    struct world *w = some_shop(200);
    struct error e = {0};
    struct flow_sender *s;
    uint64_t sent;
    int64_t retry;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(flow_send_open(&w->flow, &ops, NULL, &s, &e), STATUS_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(flow_send(s, &sent, &retry, &e), STATUS_OK);
    flow_send_close(s);
    ledger_close(w->ledger);
    open_ledger(w);
    assert_int_equal(send_shop(w, &e), STATUS_END);
    assert_int_equal(shop.pages, 7);
    in_step_but(w, -1);
    world_free(w);
}

static void a_catalogue_that_is_refused_stops_only_what_is_new(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    struct error e = {0};
    shop.page_status = STATUS_DENIED;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    assert_int_equal(send_shop(w, &e), STATUS_DENIED);
    shop.page_status = STATUS_OK;
    assert_int_equal(send_shop(w, &e), STATUS_END);
    shop.page_status = STATUS_DENIED;
    long_ago(w, "sweep_done");
    w->erp[4] = 44;
    pass(w);
    assert_non_null(swept.failed);
    in_step_but(w, -1);
    world_free(w);
}

static void tamper(struct world *w, const char *sql)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/ledgers/p.db", w->dir);
    assert_int_equal(db_open(path, 0, &db, NULL), STATUS_OK);
    assert_int_equal(db_exec(db, sql, NULL), STATUS_OK);
    db_close(db);
}

/* A SKU whose byte flipped must not lead to another product. */
static void a_damaged_catalogue_is_read_again(void **state)
{
    (void)state;
    struct world *w = some_shop(50);
    pass(w);
    ledger_close(w->ledger);
    tamper(w, "UPDATE items SET sku='S-4',sku_fold='s-4' WHERE id='id9'");
    tamper(w, "DELETE FROM items WHERE id='id4'");
    open_ledger(w);
    w->erp[4] = 71;
    w->erp[9] = 72;
    pass(w);
    in_step_but(w, -1);
    world_free(w);
}

/* The Nth call to SQLite fails, and then the worker is killed: for every N. Each product ends with its value. */
static void a_failing_disk_loses_nothing(void **state)
{
    (void)state;
    bool fired = true;
    for (int n = 1; fired && n < 3000; n += 1 + n / 60) {
        struct world *w = some_shop(25);
        struct error e = {0};
        shop.page_size = 10;
        shop.goods[4].answer = CHANNEL_REFUSED;
        w->erp[30] = 3;
        fail_afterwards = n % 2;
        fail_in = n;
        read_erp(w, NULL, &e);
        send_shop(w, &e);
        fired = fail_in == 0;
        fail_in = 0;
        ledger_close(w->ledger);
        open_ledger(w);
        pass(w);
        in_step_but(w, 4);
        assert_int_equal(held_now(w), 2);
        assert_int_equal(queued(w), 0);
        world_free(w);
    }
}

/* ---- a large shop ---- */

#define MANY      200000
#define MANY_PAGE 1000

static enum status many_catalogue(struct channel *c, const char *page,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, struct buf *next, int64_t *retry, struct error *e)
{
    int from = atoi(page);
    (void)c, (void)e;
    *retry = -1;
    for (int i = from; i < from + MANY_PAGE; i++) {
        char id[24], sku[24], name[64];
        snprintf(id, sizeof id, "%d", 100000 + i);
        snprintf(sku, sizeof sku, "S-%d", i);
        snprintf(name, sizeof name, "a product with a name of a usual length, %d", i);
        const struct channel_item it = {
            .id = id, .sku = sku, .ean = "5901234123457", .name = name, .value = "7"};
        item(user, &it);
    }
    if (from + MANY_PAGE < MANY)
        buf_printf(next, "%d", from + MANY_PAGE);
    return STATUS_OK;
}

static enum status many_send(struct channel *c, const struct channel_record *records, size_t count,
                             channel_answer *answer, void *user, struct buf *mark, int64_t *retry,
                             struct error *e)
{
    (void)c, (void)mark, (void)e;
    *retry = -1;
    for (size_t i = 0; i < count; i++, shop.records++) {
        assert_int_equal(atoi(records[i].item), 100000 + key_of(records[i].key));
        answer(user, i, CHANNEL_SENT, NULL, NULL, 0, NULL);
    }
    return STATUS_OK;
}

/* KiB that this process had in memory at most. */
static long peak(void)
{
    char line[200];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib;
}

static void a_large_catalogue_takes_little_memory(void **state)
{
    (void)state;
    static const struct channel_ops many = {.type = "many",
                                            .has_catalogue = true,
                                            .catalogue = many_catalogue,
                                            .express = shop_express,
                                            .send = many_send};
    struct world *w = some_shop(0);
    struct error e = {0};
    struct flow_sender *s = NULL;
    uint64_t sent;
    int64_t retry;
    for (int i = 0; i < KEYS; i++)
        w->erp[i] = 20 + i % 30;
    w->keys = KEYS;
    assert_int_equal(read_erp(w, NULL, &e), STATUS_OK);
    long before = peak();
    assert_int_equal(flow_send_open(&w->flow, &many, NULL, &s, &e), STATUS_OK);
    enum status status;
    while ((status = flow_send(s, &sent, &retry, &e)) == STATUS_OK)
        ;
    flow_send_close(s);
    assert_int_equal(status, STATUS_END);
    assert_int_equal(swept.items, MANY);
    assert_int_equal(shop.records, KEYS);
    print_message("a catalogue of %d products took %ld KiB\n", MANY, peak() - before);
    if (!getenv("ASAN_OPTIONS") && !getenv("SANITIZER_RUN") && before > 0)
        assert_true(peak() - before < 6 * 1024);
    world_free(w);
}

static void values_of_several_places_are_words(void **state)
{
    (void)state;
    assert_true(items_shows("12", "12"));
    assert_false(items_shows("120", "12"));
    assert_true(items_shows("a=1 b=2 c=3", "b=2"));
    assert_true(items_shows("a=1 b=2 c=3", "c=3 a=1"));
    assert_false(items_shows("a=1 b=20", "b=2"));
    assert_false(items_shows("", "b=2"));
    assert_true(items_shows("x", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_product_gets_its_value_once),
        cmocka_unit_test(each_answer_has_its_fate),
        cmocka_unit_test(what_is_later_goes_when_it_is_due),
        cmocka_unit_test(untried_tails_stay_and_go_next),
        cmocka_unit_test(untried_rows_in_the_middle_close_ranks),
        cmocka_unit_test(a_lost_reply_is_sent_again),
        cmocka_unit_test(busy_keeps_what_was_answered),
        cmocka_unit_test(a_shop_that_was_restored_gets_everything),
        cmocka_unit_test(a_product_that_comes_later_goes_by_itself),
        cmocka_unit_test(a_shop_that_has_nothing_holds_everything),
        cmocka_unit_test(a_new_product_is_looked_for_at_once),
        cmocka_unit_test(two_with_one_sku_are_named),
        cmocka_unit_test(an_obstacle_holds_until_it_is_away),
        cmocka_unit_test(a_sku_that_moved_takes_its_value_along),
        cmocka_unit_test(a_product_that_is_made_anew_is_found),
        cmocka_unit_test(only_the_latest_of_a_key_is_sent),
        cmocka_unit_test(refusing_everything_is_red),
        cmocka_unit_test(verify_mends_says_or_looks_away),
        cmocka_unit_test(a_mass_change_asks_first),
        cmocka_unit_test(a_sweep_goes_on_after_a_kill),
        cmocka_unit_test(a_catalogue_that_is_refused_stops_only_what_is_new),
        cmocka_unit_test(a_damaged_catalogue_is_read_again),
        cmocka_unit_test(a_failing_disk_loses_nothing),
        cmocka_unit_test(values_of_several_places_are_words),
        cmocka_unit_test(a_large_catalogue_takes_little_memory),
    };
    int failed = cmocka_run_group_tests_name("shop_flow", tests, NULL, NULL);
    json_decref(options);
    return failed;
}
