/* Finds out in the ERP what became of orders. */
#include "sync/order_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "document/order_recent.h"
#include "sync/order_flow_internal.h"
#include "store/orders_read.h"
#include "store/orders_count.h"

#define SWEEP_MS \
    INT64_C(900000)   /* in which all waiting orders are looked up, if the ERP reports news */
#define SWEEP_ONCE 20 /* pages per look, until all were looked up once */
#define NEWS_ONCE  20 /* queries for news per look */
#define SETTLED_MS INT64_C(60000) /* how long an id may be taken before its document is visible */
#define WARN_ONCE  20             /* pages of overdue imports per look */

struct look {
    struct order_entry entries[ORDER_FLOW_LOOK];
    struct order_move moves[ORDER_FLOW_LOOK];
    struct order_found found[ORDER_FLOW_LOOK];
    int match[ORDER_FLOW_LOOK];
    size_t count;
    char markers[ORDER_RECENT_MAX][ORDER_MARKER + 1];
};

/* Handed over and not seen for too long: a person has to import it, or to say what became of it. */
static void overdue(const struct order_flow *f, const struct order_entry *n, struct order_move *m)
{
    bool file = f->writer_ops && f->writer_ops->makes_files;
    char since[CLOCK_TEXT];
    clock_format(since, n->handed_ms);
    move_note(m, "warning", "order_overdue",
              "given to the ERP as %s at %s, and no document with this marker has appeared",
              n->marker, since);
    m->warned = true;
    move_remedy(
        m,
        file
            ? N_("Import the file %s.epp in the ERP. If it was imported: endpointctl order resolve %s "
                 "--exists-as NUMBER; if it is lost: --does-not-exist")
            : N_("Look for %s in the ERP, then: endpointctl order resolve %s --exists-as NUMBER or "
                 "--does-not-exist"),
        n->marker, n->id);
}

/* Ask for the entries of l; late: those not found are overdue. */
static enum status ask_page(struct order_flow *f, struct look *l, bool late, struct error *e)
{
    memset(l->moves, 0, sizeof l->moves);
    enum status status = order_flow_find(f, l->entries, l->count, l->found, l->match, e);
    if (status != STATUS_OK)
        return status;
    bool any = false;
    for (size_t i = 0; i < l->count; i++) {
        if (l->match[i] >= 0)
            move_found(&l->moves[i], &l->found[l->match[i]]);
        else if (late)
            overdue(f, &l->entries[i], &l->moves[i]);
        any |= l->moves[i].what != MOVE_NONE;
    }
    order_flow_point(f, "seen");
    if (any)
        status = move_commit(f, l->entries, l->moves, l->count, e);
    if (status != STATUS_OK)
        return status;
    order_flow_point(f, "done");
    return order_flow_tick(f, "look", (uint64_t)l->entries[l->count - 1].num)
               ? STATUS_OK
               : error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
}

/* ---- what is new in the ERP -------------------------------------------------------------------- */

static bool awaited(const struct order_entry *n)
{
    return n->state == ORDER_HANDED_OVER || n->state == ORDER_IN_DOUBT;
}

/* Our orders that are in the news, a page at a time. */
static enum status take_news(struct order_flow *f, struct look *l, size_t count, struct error *e)
{
    enum status status = STATUS_OK;
    l->count = 0;
    for (size_t i = 0; i <= count && status == STATUS_OK; i++) {
        if (l->count == ORDER_FLOW_LOOK || (i == count && l->count)) {
            status = ask_page(f, l, false, e);
            l->count = 0;
        }
        if (i == count || status != STATUS_OK)
            break;
        struct order_entry *n = &l->entries[l->count];
        if (orders_marked(f->orders, l->markers[i], n, NULL) == STATUS_OK && awaited(n))
            l->count++;
    }
    return status;
}

/* Where to begin: see order_looking. Documents from before we began are found by a sweep over all
 * orders. */
static void mind_newest(struct order_looking *k, int64_t newest, int64_t now)
{
    if (!k->news) {
        k->from_id = k->seen_id = newest;
        k->seen_ms = now;
        k->sweeps[0].whole = k->sweeps[1].whole = false;
    } else if (now - k->seen_ms >= SETTLED_MS || now < k->seen_ms) {
        k->from_id = k->seen_id;
        k->seen_id = newest;
        k->seen_ms = now;
    }
    k->news = true;
}

static enum status look_at_news(struct order_flow *f, struct look *l, struct error *e)
{
    struct order_looking *k = &f->looking;
    int64_t newest = 0, last = 0;
    size_t count = 0;
    enum status status = f->erp->newest ? f->erp->newest(f->erp->user, &newest, e) : STATUS_END;
    if (status == STATUS_END) {
        k->news = false;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return order_flow_failed(f, ORDER_SIDE_ERP, status);
    mind_newest(k, newest, order_flow_now(f));
    int64_t from = k->from_id;
    for (int i = 0; i < NEWS_ONCE; i++) {
        status = f->erp->recent(f->erp->user, from, l->markers, &count, &last, e);
        if (status != STATUS_OK)
            return order_flow_failed(f, ORDER_SIDE_ERP, status);
        if (last <= from)
            return STATUS_OK;
        status = take_news(f, l, count, e);
        if (status != STATUS_OK)
            return status;
        from = last;
    }
    k->from_id = k->seen_id = from; /* more than fits into one look: the next one continues here */
    return STATUS_OK;
}

/* ---- what waits -------------------------------------------------------------------------------- */

/* How often a page is due, so that all are looked up within SWEEP_MS. */
static int64_t page_every(int64_t waiting)
{
    return SWEEP_MS * ORDER_FLOW_LOOK / waiting;
}

/* How many pages of a sweep may be asked for now. */
static int64_t pages_now(const struct order_flow *f, struct order_sweep *s, int64_t waiting)
{
    int64_t now = order_flow_now(f);
    if (waiting <= ORDER_FLOW_LOOK)
        return 1;
    if (!f->looking.news || !s->whole) {
        s->at_ms = now;
        return SWEEP_ONCE;
    }
    if (now < s->at_ms || now - s->at_ms > SWEEP_MS) /* not looked for long, or the clock was set */
        s->at_ms = now - page_every(waiting);
    int64_t due = (now - s->at_ms) / page_every(waiting);
    due = due < SWEEP_ONCE ? due : SWEEP_ONCE;
    s->at_ms += due * page_every(waiting);
    return due;
}

static enum status sweep(struct order_flow *f, struct look *l, enum order_state state,
                         struct order_sweep *s, int64_t waiting, struct error *e)
{
    enum status status = STATUS_OK;
    int64_t pages = pages_now(f, s, waiting);
    for (int64_t i = 0; i < pages && status == STATUS_OK; i++) {
        status = orders_page(f->orders, state, s->after, ORDER_FLOW_LOOK, l->entries, &l->count, e);
        if (status == STATUS_END) { /* from the beginning, next time */
            s->after = 0;
            s->whole = true;
            return STATUS_OK;
        }
        if (status != STATUS_OK)
            return order_flow_failed(f, ORDER_SIDE_LEDGER, status);
        int64_t last = l->entries[l->count - 1].num;
        bool end = l->count < ORDER_FLOW_LOOK;
        status = ask_page(f, l, false, e);
        if (status == STATUS_OK) {
            s->after = end ? 0 : last;
            s->whole |= end;
        }
        if (end)
            break;
    }
    return status;
}

/* ---- what waits for too long ------------------------------------------------------------------- */

static enum status check_waits(struct order_flow *f, int64_t before, struct error *e)
{
    if (f->looking.waits_checked)
        return STATUS_OK;
    enum status status = ledger_begin(f->ledger, e);
    bool began = status == STATUS_OK;
    if (status == STATUS_OK)
        status = orders_forget_warned(f->orders, before, e);
    if (status == STATUS_OK)
        status = ledger_commit(f->ledger, e);
    else if (began)
        ledger_rollback(f->ledger);
    f->looking.waits_checked = status == STATUS_OK;
    return status;
}

/* Report each once. A clock that was set back must not make anything overdue, nor keep it from
 * becoming overdue. */
static enum status warn_overdue(struct order_flow *f, struct look *l, struct error *e)
{
    int64_t before = order_flow_now(f) - f->wait_ms;
    enum status status = STATUS_OK;
    f->overdue = 0;
    if (!f->wait_ms)
        return STATUS_OK;
    if (check_waits(f, before, e) != STATUS_OK)
        return order_flow_failed(f, ORDER_SIDE_LEDGER, e ? e->status : STATUS_IO);
    for (int i = 0; i < WARN_ONCE && status == STATUS_OK; i++) {
        status = orders_unwarned(f->orders, before, ORDER_FLOW_LOOK, l->entries, &l->count, e);
        if (status == STATUS_END) {
            status = STATUS_OK;
            break;
        }
        if (status != STATUS_OK)
            return order_flow_failed(f, ORDER_SIDE_LEDGER, status);
        status = ask_page(f, l, true, e);
    }
    if (status == STATUS_OK &&
        (status = orders_count_overdue(f->orders, before, &f->overdue, e)) != STATUS_OK)
        return order_flow_failed(f, ORDER_SIDE_LEDGER, status);
    return status;
}

enum status order_flow_look(struct order_flow *f, struct error *e)
{
    struct orders_counts n;
    struct order_sweep *sweeps = f->looking.sweeps;
    enum status status = orders_count(f->orders, 0, &n, e);
    if (status != STATUS_OK)
        return order_flow_failed(f, ORDER_SIDE_LEDGER, status);
    struct look *l = mem_alloc(sizeof *l);
    int64_t open = n.states[ORDER_HANDED_OVER] + n.states[ORDER_IN_DOUBT];
    if (open > ORDER_FLOW_LOOK) /* if there are fewer, all are looked up each time */
        status = look_at_news(f, l, e);
    if (status == STATUS_OK)
        status = sweep(f, l, ORDER_HANDED_OVER, &sweeps[0], n.states[ORDER_HANDED_OVER], e);
    if (status == STATUS_OK)
        status = sweep(f, l, ORDER_IN_DOUBT, &sweeps[1], n.states[ORDER_IN_DOUBT], e);
    if (status == STATUS_OK)
        status = warn_overdue(f, l, e);
    free(l);
    return status;
}

/* A finished order of which the ERP has more documents than we knew. */
static void judge(const struct order_entry *n, const struct order_found *found,
                  struct order_move *m)
{
    bool another = n->by_hand && n->copies == 0 && !text_equal(n->document, found->document);
    if (found->count <= n->copies)
        return;
    m->change.copies = found->count;
    if (another) {
        move_note(m, "error", "order_twice",
                  "it was resolved by hand as %s, but the ERP has %s with its marker as well",
                  n->document, found->document);
    } else if (found->count > 1) {
        move_note(m, "error", "order_twice",
                  "the ERP has %d documents of this order, the first is %s", found->count,
                  found->document);
    } else { /* the one that was expected: only remember that it was seen */
        m->what = MOVE_NOTE;
        text_copy(m->reason, sizeof m->reason, n->reason_said);
        text_copy(m->remedy, sizeof m->remedy, n->remedy_said);
        return;
    }
    move_remedy(m, "Look for %s in the ERP and cancel the extra documents.", found->marker);
}

enum status order_flow_watch(struct order_flow *f, struct error *e)
{
    struct look *l = mem_alloc(sizeof *l);
    int64_t after = 0, now = order_flow_now(f);
    enum status status;
    while ((status = orders_watched(f->orders, now, after, ORDER_FLOW_LOOK, l->entries, &l->count,
                                    e)) == STATUS_OK) {
        memset(l->moves, 0, sizeof l->moves);
        after = l->entries[l->count - 1].num;
        status = order_flow_find(f, l->entries, l->count, l->found, l->match, e);
        bool any = false;
        for (size_t i = 0; i < l->count && status == STATUS_OK; i++) {
            if (l->match[i] >= 0)
                judge(&l->entries[i], &l->found[l->match[i]], &l->moves[i]);
            any |= l->moves[i].what != MOVE_NONE;
        }
        if (status == STATUS_OK && any)
            status = move_commit(f, l->entries, l->moves, l->count, e);
        if (status != STATUS_OK)
            break;
        if (!order_flow_tick(f, "look", (uint64_t)after)) {
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
            break;
        }
    }
    free(l);
    return status == STATUS_END ? STATUS_OK : status;
}
