#include "channel/baselinker_orders.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/baselinker_order.h"
#include "channel/loose.h"
#include "os/clock.h"

#define PAGE          100 /* orders of an answer, by the documentation of getOrders */
#define OVERLAP_S     600
#define SWEEP_BACK_S  (3 * 86400) /* the most that the journal covers */
#define SWEEP_EVERY_S 3600
#define FIRST_BACK_S  3600 /* how long before the plugin's setup the first call begins */
#define SEEN_MS       600000
#define SEEN_MOST     5000
#define GIVEN_MOST    50000
#define EVENTS_MOST   50 /* orders from the journal that are fetched at once */
#define RESTED_MS     2000

/* The position of a walk through orders by date. */
struct walk {
    int64_t since;  /* confirmed from this second */
    int64_t id;     /* > 0: a whole page was from one second, so it continues by id from here */
    int64_t newest; /* latest confirmation date seen in this walk */
};

/* The cursor. A pass walks its lanes one after the other: new orders and the sweep, or one per chosen status. */
struct cursor {
    int64_t start; /* confirmed before this second: never given; 0: the first call */
    int64_t since; /* all orders confirmed before this second were given */
    int64_t swept; /* when the last sweep began */
    int64_t log;   /* the last entry of the journal */
    int64_t
        turn; /* counts answers with orders: the cursor moves whenever there is something to store */
    int64_t lane;        /* < 0: no pass is under way */
    int64_t sweep_began; /* of the sweep under way */
    struct walk walk;
};

struct baselinker_feed {
    json_t *seen;                      /* id → {"at": ms, "order": …} */
    json_t *given;                     /* id → digest, stored by whoever asked */
    json_t *pending;                   /* the same, given with the last answer */
    char last[CHANNEL_CURSOR_MAX + 1]; /* the cursor that came with it */
    int64_t
        rested_ms; /* a pass ended then; 0: none. The question whether there is more is answered without a call */
};

struct baselinker_feed *baselinker_orders_open(void)
{
    struct baselinker_feed *f = mem_alloc(sizeof *f);
    f->seen = json_object();
    f->given = json_object();
    f->pending = json_object();
    return f;
}

void baselinker_orders_close(struct baselinker_feed *f)
{
    if (!f)
        return;
    json_decref(f->seen);
    json_decref(f->given);
    json_decref(f->pending);
    free(f);
}

/* ---- orders seen and given --------------------------------------------------------------------- */

const json_t *baselinker_orders_seen(const struct baselinker_shop *s, const char *order_id,
                                     int64_t *age_ms)
{
    const json_t *entry = json_object_get(s->feed->seen, order_id);
    *age_ms = clock_mono_ms() - json_number(entry, "at", 0);
    return entry && *age_ms <= SEEN_MS ? json_object_get(entry, "order") : NULL;
}

void baselinker_orders_unsee(struct baselinker_shop *s, const char *order_id)
{
    json_object_del(s->feed->seen, order_id);
}

/* Keep only the members that an outcome needs. */
static void see(struct baselinker_feed *f, json_t *order)
{
    static const char *const members[] = {"order_status_id",     "date_in_status",
                                          "extra_field_1",       "extra_field_2",
                                          "custom_extra_fields", "admin_comments"};
    const char *id = loose_text(order, "order_id");
    json_t *kept = json_object();
    if (json_object_size(f->seen) >= SEEN_MOST)
        json_object_clear(f->seen);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        json_object_set(kept, members[i], json_object_get(order, members[i]));
    json_object_set_new(f->seen, id,
                        json_pack("{s:I,s:o}", "at", (json_int_t)clock_mono_ms(), "order", kept));
}

/* Was the order given in this state before? */
static bool is_given(const struct baselinker_feed *f, const char *id, const char *digest)
{
    return *id && (text_equal(json_text(f->given, id, ""), digest) ||
                   text_equal(json_text(f->pending, id, ""), digest));
}

/* If the caller asks with the last cursor, it has stored the orders that came with it. */
static void settle(struct baselinker_feed *f, const char *cursor)
{
    if (json_object_size(f->given) >= GIVEN_MOST)
        json_object_clear(f->given);
    if (*cursor && text_equal(cursor, f->last))
        json_object_update(f->given, f->pending);
    json_object_clear(f->pending);
}

/* ---- the cursor ---------------------------------------------------------------------------------- */

static void read_cursor(const char *text, struct cursor *c)
{
    json_t *json = json_parse(text, strlen(text), NULL);
    *c = (struct cursor){.start = json_number(json, "start", 0),
                         .since = json_number(json, "since", 0),
                         .swept = json_number(json, "swept", 0),
                         .log = json_number(json, "log", 0),
                         .turn = json_number(json, "turn", 0),
                         .lane = json_number(json, "lane", -1),
                         .sweep_began = json_number(json, "sweep", 0),
                         .walk = {.since = json_number(json, "at", 0),
                                  .id = json_number(json, "id", 0),
                                  .newest = json_number(json, "newest", 0)}};
    json_decref(json);
}

static void write_cursor(struct buf *b, const struct cursor *c)
{
    buf_printf(b, "{\"start\":%lld,\"since\":%lld,\"swept\":%lld,\"log\":%lld,\"turn\":%lld",
               (long long)c->start, (long long)c->since, (long long)c->swept, (long long)c->log,
               (long long)c->turn);
    if (c->lane >= 0)
        buf_printf(b, ",\"lane\":%lld,\"sweep\":%lld,\"at\":%lld,\"id\":%lld,\"newest\":%lld",
                   (long long)c->lane, (long long)c->sweep_began, (long long)c->walk.since,
                   (long long)c->walk.id, (long long)c->walk.newest);
    buf_add_text(b, "}");
}

/* ---- walking ------------------------------------------------------------------------------------- */

static const json_t *statuses_of(const struct baselinker_shop *s)
{
    const json_t *list = json_object_get(s->settings, "statuses");
    return json_array_size(list) ? list : NULL;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t days_back_s(const struct baselinker_shop *s)
{
    return json_number(s->options, "days_back", 14) * 86400;
}

/* The status of a lane, if statuses are chosen; those for cancellations come last. NULL: no such
 * lane. */
static const char *status_of_lane(const struct baselinker_shop *s, int64_t lane)
{
    const json_t *chosen = statuses_of(s),
                 *cancelled = json_object_get(s->settings, "cancelled_statuses");
    size_t count = json_array_size(chosen);
    if ((size_t)lane < count)
        return json_string_value(json_array_get(chosen, (size_t)lane));
    return json_string_value(json_array_get(cancelled, (size_t)lane - count));
}

/* Begin the lane that c->lane names. False: there is none. */
static bool begin_lane(const struct baselinker_shop *s, struct cursor *c, int64_t now_s)
{
    int64_t floor = larger(c->start, now_s - days_back_s(s));
    c->walk = (struct walk){.since = floor};
    if (statuses_of(s))
        return status_of_lane(s, c->lane) != NULL;
    if (c->lane == 0) { /* a date of the future would leave out all that comes before it */
        c->walk.since = larger(floor, smaller(c->since, now_s) - OVERLAP_S);
        return true;
    }
    if (c->lane > 1 || (now_s >= c->swept && now_s - c->swept < SWEEP_EVERY_S))
        return false;
    c->sweep_began = now_s;
    c->walk.since = larger(floor, smaller(c->swept - OVERLAP_S, now_s - SWEEP_BACK_S));
    return true;
}

/* A lane has ended: begin the next one. False: the pass is over. */
static bool next_lane(const struct baselinker_shop *s, struct cursor *c, int64_t now_s)
{
    if (!statuses_of(s) && c->lane == 0)
        c->since = smaller(larger(c->since, c->walk.newest), now_s);
    if (!statuses_of(s) && c->lane == 1)
        c->swept = c->sweep_began;
    c->lane++;
    if (begin_lane(s, c, now_s))
        return true;
    c->lane = -1;
    return false;
}

static enum status out_of_order(struct error *e)
{
    return error_set(e, STATUS_UNREACHABLE, "shop_answer",
                     "BaseLinker returned orders in the wrong sequence");
}

/* Where the next page begins. OK: there is one; END: this was the last. */
static enum status advance(struct walk *w, const json_t *list, struct error *e)
{
    int64_t last = 0, id = w->id;
    size_t i;
    json_t *order;
    json_array_foreach (list, i, order) {
        int64_t date, number;
        if (!loose_integer(order, "date_confirmed", &date) ||
            !loose_integer(order, "order_id", &number))
            continue;
        last = larger(last, date);
        if (w->id > 0 && number < id)
            return out_of_order(e);
        id = w->id > 0 ? number + 1 : 0;
    }
    w->newest = larger(w->newest, last);
    if (json_array_size(list) < PAGE)
        return STATUS_END;
    if (w->id > 0 && id == w->id)
        return out_of_order(e); /* the same page again */
    if (w->id > 0)
        w->id = id;
    else if (last > w->since)
        w->since = last; /* the same second again: others may share it */
    else
        w->id = 1;
    return STATUS_OK;
}

/* ---- our answer --------------------------------------------------------------------------- */

struct reading {
    struct baselinker_shop *s;
    struct cursor c;
    json_t *orders; /* that are given */
    unsigned pages; /* read */
    int64_t *retry_after_ms;
};

static void take_orders(struct reading *r, const json_t *list)
{
    struct baselinker_feed *f = r->s->feed;
    size_t i;
    json_t *order;
    json_array_foreach (list, i, order) {
        see(f, order);
        json_t *made = baselinker_order(r->s, order);
        const char *id = json_text(made, "id", ""), *digest = json_text(made, "digest", "");
        if (made && !is_given(f, id, digest)) {
            json_set_text(f->pending, id, digest);
            json_array_append(r->orders, made);
        }
        json_decref(made);
    }
}

/* Get orders by these filters; *list: json_decref it. */
static enum status get_orders(struct reading *r, json_t *parameters, json_t **list, struct error *e)
{
    json_t *answer = NULL;
    *list = NULL;
    json_set_flag(parameters, "include_custom_extra_fields", true);
    enum status status =
        baselinker_call_json(&r->s->link, "getOrders", parameters, &answer, r->retry_after_ms, e);
    if (status == STATUS_OK)
        *list = loose_list(answer, "orders");
    json_decref(answer);
    return status;
}

/* The next page of the walk. END: the pass is over. */
static enum status read_page(struct reading *r, struct error *e)
{
    struct cursor *c = &r->c;
    const char *lane_status = statuses_of(r->s) ? status_of_lane(r->s, c->lane) : NULL;
    json_t *list,
        *parameters = json_pack("{s:I}", "date_confirmed_from", (json_int_t)c->walk.since);
    if (c->walk.id > 0)
        json_set_number(parameters, "id_from", c->walk.id);
    if (lane_status)
        json_set_text(parameters, "status_id", lane_status);
    enum status status = get_orders(r, parameters, &list, e);
    if (status != STATUS_OK)
        return status;
    status = advance(&c->walk, list, e);
    if (status == STATUS_OK || status == STATUS_END) {
        take_orders(r, list);
        r->pages++;
    }
    json_decref(list);
    if (status == STATUS_END)
        status =
            next_lane(r->s, c, baselinker_call_now(&r->s->link) / 1000) ? STATUS_OK : STATUS_END;
    return status;
}

/* ---- the journal --------------------------------------------------------------------------------- */

/* Kinds of entries after which an order is read again: confirmed, merged, split, delivery edited, product added, edited and
 * removed, order edited, copied, status changed. In some of them the object is another order. */
static const int event_kinds[] = {2, 5, 6, 11, 12, 13, 14, 16, 17, 18};

static bool names_another(int64_t kind)
{
    return kind == 5 || kind == 6 || kind == 17;
}

/* Was the order read after this entry was made? */
static bool was_read_since(const struct reading *r, const char *id, const json_t *event)
{
    const json_t *entry = json_object_get(r->s->feed->seen, id);
    int64_t date, age = clock_mono_ms() - json_number(entry, "at", 0);
    if (!entry || !loose_integer(event, "date", &date))
        return false;
    return date * 1000 + 1000 < baselinker_call_now(&r->s->link) - age;
}

static enum status read_again(struct reading *r, const char *id, const json_t *event,
                              struct error *e)
{
    json_t *list, *parameters;
    if (!*id || text_equal(id, "0") || was_read_since(r, id, event))
        return STATUS_OK;
    parameters = json_object();
    json_set_text(parameters, "order_id", id);
    enum status status = get_orders(r, parameters, &list, e);
    if (status == STATUS_OK)
        take_orders(r, list);
    json_decref(list);
    return status;
}

/* Read the orders that changed according to the journal. Orders that could not be read are asked
 * for next time. */
static enum status read_journal(struct reading *r, struct error *e)
{
    json_t *answer = NULL, *kinds = json_array(), *logs, *event;
    size_t i;
    for (i = 0; i < COUNT_OF(event_kinds); i++)
        json_array_append_new(kinds, json_integer(event_kinds[i]));
    json_t *parameters =
        json_pack("{s:I,s:o}", "last_log_id", (json_int_t)r->c.log, "logs_types", kinds);
    enum status status = baselinker_call_json(&r->s->link, "getJournalList", parameters, &answer,
                                              r->retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    logs = loose_list(answer, "logs");
    json_array_foreach (logs, i, event) {
        int64_t number = 0, kind = 0;
        const char *name = json_object_get(event, "id") ? "id" : "log_id"; /* both names occur */
        if (i >= EVENTS_MOST || !loose_integer(event, name, &number) ||
            !loose_integer(event, "log_type", &kind))
            break;
        status = read_again(r, loose_text(event, "order_id"), event, e);
        if (status == STATUS_OK && names_another(kind))
            status = read_again(r, loose_text(event, "object_id"), event, e);
        if (status != STATUS_OK)
            break;
        r->c.log = larger(r->c.log, number);
    }
    json_decref(logs);
    json_decref(answer);
    return status;
}

/* ---- all together -------------------------------------------------------------------------------- */

/* The first call: set where the feed begins, by the shop's clock. */
static enum status begin(struct reading *r, struct error *e)
{
    struct baselinker_shop *s = r->s;
    json_t *answer = NULL;
    enum status status = STATUS_OK;
    if (!s->link.clock_known)
        status =
            baselinker_call(&s->link, "getOrderStatusList", "{}", &answer, r->retry_after_ms, e);
    json_decref(answer);
    if (status != STATUS_OK)
        return status;
    int64_t now = baselinker_call_now(&s->link) / 1000;
    bool before = json_flag(s->options, "before_setup", false);
    r->c.start = r->c.since = now - (before ? days_back_s(s) : FIRST_BACK_S);
    r->c.swept = now;
    return STATUS_OK;
}

/* Read one page, or as many as needed to have an order to give. END: the pass is over. */
static enum status read_on(struct reading *r, struct error *e)
{
    int64_t now = baselinker_call_now(&r->s->link) / 1000;
    enum status status = STATUS_OK;
    if (r->c.lane < 0) {
        r->c.lane = 0;
        if (!begin_lane(r->s, &r->c, now))
            return STATUS_END;
    }
    do {
        status = read_page(r, e);
    } while (status == STATUS_OK && json_array_size(r->orders) == 0);
    if (status == STATUS_END && !statuses_of(r->s) && json_flag(r->s->settings, "journal", false)) {
        status = read_journal(r, e);
        return status == STATUS_OK ? STATUS_END : status;
    }
    return status;
}

static bool is_resting(struct baselinker_feed *f, const char *cursor)
{
    bool rests =
        f->rested_ms && clock_mono_ms() - f->rested_ms < RESTED_MS && text_equal(cursor, f->last);
    f->rested_ms = 0;
    return rests;
}

enum status baselinker_orders(struct baselinker_shop *s, const char *cursor, int limit,
                              json_t **orders, struct buf *next, int64_t *retry_after_ms,
                              struct error *e)
{
    struct baselinker_feed *f = s->feed;
    struct reading r = {.s = s, .orders = json_array(), .retry_after_ms = retry_after_ms};
    enum status status = STATUS_OK;
    (void)
        limit; /* a page of theirs is as many as fit; the flow takes up to twice what it asked for */
    *orders = NULL;
    *retry_after_ms = -1;
    settle(f, cursor);
    if (is_resting(f, cursor)) {
        buf_add_text(next, cursor);
        *orders = r.orders;
        return STATUS_OK;
    }
    read_cursor(cursor, &r.c);
    if (r.c.start == 0)
        status = begin(&r, e);
    if (status == STATUS_OK)
        status = read_on(&r, e);
    bool over = status == STATUS_END;
    r.c.turn += json_array_size(r.orders) > 0;
    write_cursor(next, &r.c);
    /* Keep what was read before a limit or a fault, and the position. */
    if (!over && status != STATUS_OK && r.pages == 0) {
        json_decref(r.orders);
        return status;
    }
    f->rested_ms = over && json_array_size(r.orders) ? clock_mono_ms() : 0;
    text_copy(f->last, sizeof f->last, buf_text(next));
    *orders = r.orders;
    return STATUS_OK;
}
