#include "sync/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "store/ledger_outbox.h"
#include "sync/match.h"

#define WANTED_MS    600000 /* between sweeps because of products that were not found */
#define WANTED_TIMES 20     /* of the last sweep's duration */
#define LATER_MS     600000 /* after one that failed */
#define PAGE_MAX     1000   /* bytes of a page's name */

/* What the ledger knows of sweeps. */
struct state {
    int64_t number;   /* of the sweep that runs, or ran last */
    int64_t began_ms; /* 0: none runs */
    int64_t done_ms;  /* of the last whole one; 0: never */
    int64_t took_ms;
    int64_t later_ms; /* not before, as the last one failed */
    int64_t verified_ms;
};

struct sweep {
    struct flow *f;
    const struct channel_ops *ops;
    struct channel *channel;
    struct items *items;
    struct state now;
    char page[PAGE_MAX + 1];
    struct buf next;
    enum status put; /* of the page's items */
    struct error why;
    struct flow_swept told;
};

static const struct {
    const char *name;
    size_t at;
} facts[] = {{"sweep", offsetof(struct state, number)},
             {"sweep_began", offsetof(struct state, began_ms)},
             {"sweep_done", offsetof(struct state, done_ms)},
             {"sweep_took", offsetof(struct state, took_ms)},
             {"sweep_later", offsetof(struct state, later_ms)},
             {"sweep_verified", offsetof(struct state, verified_ms)}};

static int64_t *fact_of(struct state *s, size_t i)
{
    return (int64_t *)(void *)((char *)s + facts[i].at);
}

static enum status load(struct ledger *l, struct state *s, struct error *e)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < COUNT_OF(facts) && status == STATUS_OK; i++)
        status = ledger_fact(l, facts[i].name, fact_of(s, i), e);
    return status;
}

/* Inside a transaction. */
static enum status save(struct sweep *s, const struct state *fresh, struct error *e)
{
    struct state next = *fresh;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < COUNT_OF(facts) && status == STATUS_OK; i++)
        if (*fact_of(&next, i) != *fact_of(&s->now, i))
            status = ledger_set_fact(s->f->ledger, facts[i].name, *fact_of(&next, i), e);
    return status;
}

enum status sweep_open(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                       struct items *items, struct sweep **out, struct error *e)
{
    struct sweep *s = mem_alloc(sizeof *s);
    s->f = f;
    s->ops = ops;
    s->channel = channel;
    s->items = items;
    buf_init(&s->next, PAGE_MAX);
    enum status status = load(f->ledger, &s->now, e);
    if (status == STATUS_OK)
        status = ledger_text(f->ledger, "sweep_page", s->page, sizeof s->page, e);
    if (status != STATUS_OK) {
        sweep_close(s);
        return status;
    }
    *out = s;
    return STATUS_OK;
}

void sweep_close(struct sweep *s)
{
    if (!s)
        return;
    buf_free(&s->next);
    free(s);
}

/* ---- when ---- */

static int64_t option(const struct flow *f, const char *name, const char *fallback)
{
    int64_t ms = 0;
    text_to_duration(json_text(f->options, name, fallback), &ms);
    return ms;
}

static bool verifies(const struct flow *f)
{
    return !text_equal(json_text(f->options, "verify", "send"), "off");
}

static int64_t verify_at(const struct flow *f, const struct state *s)
{
    return s->verified_ms + option(f, "verify_every", "24h");
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* On the schedule; 0: at once. */
static int64_t next_at(const struct flow *f, const struct state *s, int64_t now)
{
    if (s->done_ms == 0 || s->began_ms || s->done_ms > now) /* or the clock was set back */
        return s->later_ms > now && s->later_ms <= now + LATER_MS ? s->later_ms : 0;
    int64_t at = s->done_ms + option(f, "catalogue_every", "6h");
    if (verifies(f) && verify_at(f, s) < at)
        at = verify_at(f, s);
    return later(at, s->later_ms <= now + LATER_MS ? s->later_ms : 0);
}

bool sweep_due(const struct sweep *s, bool wanted)
{
    int64_t now = clock_wall(s->f->clock);
    if (next_at(s->f, &s->now, now) <= now)
        return true;
    int64_t pause = later(WANTED_MS, WANTED_TIMES * s->now.took_ms);
    return wanted && now >= later(s->now.done_ms + pause, s->now.later_ms);
}

bool sweep_done_once(const struct sweep *s)
{
    return s->now.done_ms != 0;
}

enum status sweep_next(const struct flow *f, int64_t *at_ms, struct error *e)
{
    struct state s = {0};
    enum status status = load(f->ledger, &s, e);
    *at_ms = next_at(f, &s, clock_wall(f->clock));
    return status;
}

/* ---- a page ---- */

static void on_item(void *user, const struct channel_item *item)
{
    struct sweep *s = user;
    const struct items_row row = {.id = item->id,
                                  .sku = item->sku ? item->sku : "",
                                  .ean = item->ean ? item->ean : "",
                                  .name = item->name ? item->name : "",
                                  .value = item->value,
                                  .obstacle = item->obstacle};
    if (s->put != STATUS_OK || text_empty(item->id) || strlen(item->id) > CHANNEL_ID)
        return;
    s->put = items_put(s->items, &row, s->now.number, &s->why);
}

static void on_difference(void *user, const struct items_difference *d)
{
    struct sweep *s = user;
    if (s->told.differ++ == 0)
        said_format(s->told.first, sizeof s->told.first, "%s (%.80s): sent %.60s, shown %.60s",
                    d->key, d->name, d->sent, d->shown);
    s->told.never_arrived += d->never_arrived;
    if (s->told.sent_again && s->put == STATUS_OK)
        s->put = items_send_again(s->items, d->key, &s->why);
}

/* What the shop shows against what was sent there. */
static enum status verify(struct sweep *s, struct error *e)
{
    s->told.verified = true;
    s->told.sent_again = text_equal(json_text(s->f->options, "verify", "send"), "send");
    s->put = STATUS_OK;
    enum status status = items_differences(s->items, s->now.number, on_difference, s, e);
    if (status == STATUS_OK && s->put != STATUS_OK) {
        if (e)
            *e = s->why;
        status = s->put;
    }
    return status;
}

/* The last page is in. */
static enum status finish(struct sweep *s, struct state *fresh, struct error *e)
{
    int64_t now = clock_wall(s->f->clock);
    fresh->took_ms = now > fresh->began_ms ? now - fresh->began_ms : 0;
    fresh->began_ms = 0;
    fresh->done_ms = now;
    fresh->later_ms = 0;
    enum status status = items_swept(s->items, s->now.number, e);
    if (status == STATUS_OK)
        status = items_count(s->items, &s->told.items, e);
    if (status == STATUS_OK)
        status = items_retry_held(s->items, match_by(s->f), &s->told.again, e);
    /* All pages were read as one look, and the shop had time to show what was sent before it. */
    if (status == STATUS_OK && verifies(s->f) && verify_at(s->f, &s->now) <= now) {
        status = verify(s, e);
        fresh->verified_ms = now;
    }
    return status;
}

/* The page's items, and where the sweep is now, in one transaction. */
static enum status read_page(struct sweep *s, int64_t *retry_after_ms, struct error *e)
{
    struct state fresh = s->now;
    struct ledger *l = s->f->ledger;
    buf_reset(&s->next);
    s->put = STATUS_OK;
    enum status status = ledger_begin(l, e);
    if (status != STATUS_OK)
        return status;
    status = s->ops->catalogue(s->channel, s->page, on_item, s, &s->next, retry_after_ms, e);
    if (status == STATUS_OK && s->put != STATUS_OK) {
        if (e)
            *e = s->why;
        status = s->put;
    }
    if (status == STATUS_OK && s->next.failed)
        status = error_set(e, STATUS_UNREACHABLE, "catalogue_page",
                           "the shop's next page has a name that is too long");
    if (status == STATUS_OK && s->next.length == 0)
        status = finish(s, &fresh, e);
    if (status == STATUS_OK)
        status = save(s, &fresh, e);
    if (status == STATUS_OK)
        status = ledger_set_text(l, "sweep_page", buf_text(&s->next), e);
    if (status != STATUS_OK) {
        ledger_rollback(l);
        return status;
    }
    status = ledger_commit(l, e);
    if (status == STATUS_OK) {
        s->now = fresh;
        text_copy(s->page, sizeof s->page, buf_text(&s->next));
    }
    return status;
}

/* Settle facts outside of a page's transaction. */
static enum status set(struct sweep *s, const struct state *fresh, const char *page,
                       struct error *e)
{
    enum status status = ledger_begin(s->f->ledger, e);
    if (status == STATUS_OK)
        status = save(s, fresh, e);
    if (status == STATUS_OK && page)
        status = ledger_set_text(s->f->ledger, "sweep_page", page, e);
    if (status != STATUS_OK) {
        ledger_rollback(s->f->ledger);
        return status;
    }
    status = ledger_commit(s->f->ledger, e);
    if (status == STATUS_OK) {
        s->now = *fresh;
        if (page)
            text_copy(s->page, sizeof s->page, page);
    }
    return status;
}

static void tell(struct sweep *s, const struct error *failed)
{
    s->told.failed = failed;
    if (s->f->swept)
        s->f->swept(s->f->held_user, &s->told);
}

enum status sweep_step(struct sweep *s, int64_t *retry_after_ms, struct error *e)
{
    struct error why = {0};
    struct state fresh = s->now;
    enum status status = STATUS_OK;
    memset(&s->told, 0, sizeof s->told);
    if (!s->now.began_ms) {
        fresh.number++;
        fresh.began_ms = clock_wall(s->f->clock);
        status = set(s, &fresh, "", e);
    }
    if (status != STATUS_OK)
        return status;
    status = read_page(s, retry_after_ms, &why);
    if (status == STATUS_OK && !s->now.began_ms)
        tell(s, NULL);
    if (status == STATUS_OK)
        return status;
    bool said_no =
        status == STATUS_REFUSED || status == STATUS_DENIED || status == STATUS_NOT_FOUND;
    if (said_no && s->now.done_ms) { /* what is known can still be sent */
        fresh = s->now;
        fresh.began_ms = 0;
        fresh.later_ms = clock_wall(s->f->clock) + LATER_MS;
        *retry_after_ms = -1;
        tell(s, &why);
        return set(s, &fresh, NULL, e);
    }
    if (e)
        *e = why;
    return status;
}

enum status sweep_anew(struct sweep *s, struct error *e)
{
    struct state fresh = {.number = s->now.number + 1};
    enum status status = ledger_begin(s->f->ledger, e);
    if (status == STATUS_OK)
        status = items_clear(s->items, e);
    if (status != STATUS_OK) {
        ledger_rollback(s->f->ledger);
        return status;
    }
    status = ledger_commit(s->f->ledger, e);
    return status == STATUS_OK ? set(s, &fresh, "", e) : status;
}

enum status sweep_forget(struct ledger *l, struct error *e)
{
    struct items *items;
    enum status status = items_open(l, &items, e);
    if (status != STATUS_OK)
        return status;
    status = items_clear(items, e);
    if (status == STATUS_OK)
        status = items_clear_sent(items, e);
    items_close(items);
    for (size_t i = 1; i < COUNT_OF(facts) && status == STATUS_OK; i++) /* its number goes on */
        status = ledger_set_fact(l, facts[i].name, 0, e);
    return status == STATUS_OK ? ledger_set_text(l, "sweep_page", "", e) : status;
}
